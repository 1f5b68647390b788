"""Invented people with the name frequencies of a real population, for measuring what the index finds and tells."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate

from app.catalogue.name_frequencies import (
    FEMALE_GIVEN,
    FEMALE_MIDDLE,
    FURTHER_SURNAMES,
    MALE_GIVEN,
    MALE_MIDDLE,
    SIMPLE_MIDDLE,
    SURNAMES,
)
from app.domain.terms import Person

OLDEST, YOUNGEST = 1955, 2012
COMMUNES = 3321
COMMUNE_NAMES = 2400  # several communes share a name
PROVINCES = tuple(f"{n:03d}" for n in range(1, 97) if n % 3 != 2 or n < 20)
PREFIXES = (
    "086 096 097 098 032 033 034 035 036 037 038 039 088 091 094 083 084 085 081 082 089 090 093 070 079 077 076 078 "
    "092 056 058 099 059"
)
SYLLABLES = "Tân Phú Bình An Hòa Long Thạnh Mỹ Vĩnh Đông Tây Nam Bắc Xuân Sơn Lâm Hải Thượng Hạ Yên Đức Minh"


class Weighted:
    """Picks values by their weights; the weights may be a Zipf-like tail by rank."""

    def __init__(self, values: Sequence[str], weights: Sequence[float] | None = None) -> None:
        self.values = values
        self.totals = list(accumulate(weights or [1 / (rank + 3) for rank in range(len(values))]))

    def pick(self, chance: random.Random) -> str:
        """One value."""
        return self.values[bisect(self.totals, chance.random() * self.totals[-1])]

    def shares(self) -> dict[str, float]:
        """Every value's share of the whole, 0 to 1."""
        previous = [0.0, *self.totals[:-1]]
        return {
            v: (t - p) / self.totals[-1] for v, t, p in zip(self.values, self.totals, previous, strict=True)
        }


@cache
def surnames() -> Weighted:
    """All family names with their shares."""
    rest = 100 - sum(share for _, share in SURNAMES)
    tail = Weighted(FURTHER_SURNAMES).shares()
    return Weighted(
        (*(name for name, _ in SURNAMES), *FURTHER_SURNAMES),
        (*(share for _, share in SURNAMES), *(rest * tail[name] for name in FURTHER_SURNAMES)),
    )


def people(count: int, seed: int = 1) -> Iterator[Person]:
    """`count` invented people, each different, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - invented data needs no cryptographic chance
    return (_person(chance) for _ in range(count))


def _person(chance: random.Random) -> Person:
    year = int(chance.triangular(OLDEST, YOUNGEST, 1996))
    female = chance.random() < 0.6
    born = (
        f"{year}"
        if chance.random() < 0.15
        else f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    )
    return Person(
        names=(name(chance, year, female=female),),
        born=born,
        phones=(_phone(chance),) if chance.random() < 0.85 else (),
        documents=(_document(chance, year, female=female),) if chance.random() < 0.8 else (),
        places=(f"xã {_communes().pick(chance)}",),
    )


def name(chance: random.Random, year: int, *, female: bool) -> str:
    """A full name of somebody born in that year: two to four words, the family name first."""
    given = _given(female=female, since=_since(FEMALE_GIVEN, year)).pick(chance)
    middles = FEMALE_MIDDLE if female else MALE_MIDDLE
    simple = SIMPLE_MIDDLE[_since(SIMPLE_MIDDLE, year)][0 if female else 1]
    words = [surnames().pick(chance)]
    if chance.random() < simple:
        words.append(middles[0])
        if female and chance.random() < 0.35:
            words.append(_middle(female=female).pick(chance))
    elif chance.random() < 0.92:
        words.append(_middle(female=female).pick(chance))
        if chance.random() < 0.12:
            words.append(_middle(female=female).pick(chance))
    return " ".join([*words, given])


def _phone(chance: random.Random) -> str:
    return chance.choice(PREFIXES.split()) + f"{chance.randrange(10**7):07d}"


def _document(chance: random.Random, year: int, *, female: bool) -> str:
    kind = chance.random()
    if kind < 0.05:
        return f"{chance.choice('BCKNPQ')}{chance.randrange(10**7):07d}"
    if kind < 0.2 and year < 1998:
        return f"{chance.randrange(10, 400):03d}{chance.randrange(10**6):06d}"
    century = 2 * (year // 100 - 19) + female
    return f"{_provinces().pick(chance)}{century}{year % 100:02d}{chance.randrange(10**6):06d}"


def _since(table: Mapping[int, object], year: int) -> int:
    return max(begin for begin in table if begin <= year)


@cache
def _given(*, female: bool, since: int) -> Weighted:
    return Weighted((FEMALE_GIVEN if female else MALE_GIVEN)[since])


@cache
def _middle(*, female: bool) -> Weighted:
    return Weighted((FEMALE_MIDDLE if female else MALE_MIDDLE)[1:])


@cache
def _provinces() -> Weighted:
    return Weighted(PROVINCES)


@cache
def _communes() -> Weighted:
    chance = random.Random(63)  # noqa: S311 - the same communes at every run
    pool = sorted(
        {
            " ".join(chance.sample(SYLLABLES.split(), chance.choice((2, 2, 3))))
            for _ in range(4 * COMMUNE_NAMES)
        }
    )
    chance.shuffle(pool)
    names = [pool[int(chance.expovariate(1 / 900)) % COMMUNE_NAMES] for _ in range(COMMUNES)]
    return Weighted(names, [chance.lognormvariate(0, 0.5) for _ in names])
