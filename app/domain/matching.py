"""Which terms a person is looked up by, how strong each answer is, and when it is worth telling somebody.

The rule follows a measurement: `python -m benchmarks.people`, with its table in docs/search.md.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, pairwise, permutations, product
from typing import TypeVar

from app.domain.terms import (
    Person,
    Term,
    TermKind,
    document,
    each_name,
    name_terms,
    name_words,
    phone,
    terms_of,
    words_term,
)

K = TypeVar("K", bound=Hashable)

MOST_SPELLINGS = 8
MOST_SWAPPED = 4  # words
SAME_SURNAMES = ({"vu", "vo"}, {"hoang", "huynh"})
I_OR_Y = re.compile(r"((?:h|k|l|m|s|t|v|qu|n)?)[iy]\Z")
RARE = 2
"""A full name is rare in an index when it stands in at most so many files with another year of birth, or none."""


class Tier(StrEnum):
    """What is the same in both files, the strongest first. The values stand in the ledger."""

    DOCUMENT = "document"
    NAME_DATE = "name_date"
    PHONE = "phone"
    DOCUMENT_NEAR = "document_near"
    NAME_DATE_NEAR = "name_date_near"
    PHONE_NEAR = "phone_near"
    NAME_YEAR = "name_year"
    NAME = "name"
    LAST_TWO_YEAR = "last_two_year"
    COMMUNE_YEAR = "commune_year"
    GIVEN_YEAR = "given_year"
    NAME_YEAR_NEAR = "name_year_near"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return tuple(Tier).index(self)


OF_KIND = {
    TermKind.NAME: Tier.NAME,
    TermKind.WORDS_YEAR: Tier.NAME_YEAR,
    TermKind.WORDS_DATE: Tier.NAME_DATE,
    TermKind.GIVEN_YEAR: Tier.GIVEN_YEAR,
    TermKind.LAST_TWO_YEAR: Tier.LAST_TWO_YEAR,
    TermKind.PHONE: Tier.PHONE,
    TermKind.DOCUMENT: Tier.DOCUMENT,
    TermKind.COMMUNE_YEAR: Tier.COMMUNE_YEAR,
}
LIKE_NAMES = (Tier.NAME, Tier.NAME_YEAR, Tier.NAME_YEAR_NEAR, Tier.LAST_TWO_YEAR)
ENOUGH: tuple[frozenset[Tier], ...] = (
    *(
        frozenset({tier})
        for tier in (Tier.DOCUMENT, Tier.NAME_DATE, Tier.PHONE, Tier.DOCUMENT_NEAR, Tier.NAME_DATE_NEAR)
    ),
    frozenset({Tier.NAME_YEAR, Tier.COMMUNE_YEAR}),
    *(frozenset({Tier.PHONE_NEAR, name}) for name in LIKE_NAMES),
)
"""What is told at intake: any of these sets, whole. Everything weaker is only found by searching."""
SEARCHED_ONLY = frozenset({Tier.GIVEN_YEAR})
"""Common to too many people to say anything at intake."""


@dataclass(frozen=True, slots=True)
class Question:
    """A term to look for, and what an answer means."""

    term: Term
    tier: Tier


def worth_telling(found: Mapping[K, AbstractSet[Tier]]) -> dict[K, Tier]:
    """Of all that was found by the questions about one person, what is told at intake, with its strongest tier.

    The same full name and year of birth is enough while the index itself shows that the name is rare.
    """
    namesakes = sum(Tier.NAME in tiers and Tier.NAME_YEAR not in tiers for tiers in found.values())
    enough = (*ENOUGH, frozenset({Tier.NAME_YEAR})) if namesakes <= RARE else ENOUGH
    told = {place: tiers for place, tiers in found.items() if any(needed <= tiers for needed in enough)}
    return {place: strongest(tiers) for place, tiers in told.items()}


def strongest(tiers: AbstractSet[Tier]) -> Tier:
    """The strongest of several."""
    return min(tiers, key=lambda tier: tier.rank)


def questions(person: Person) -> tuple[Question, ...]:
    """Every question about this person, exact and near: other spellings, one wrong digit, a birth year off by one."""
    return tuple(dict.fromkeys((*_exact(person), *_near(person))))


def _exact(person: Person) -> Iterator[Question]:
    names = [words for words in map(name_words, each_name(person.names)) if words]
    terms = set(terms_of(replace(person, names=())))
    for spelling in (spelling for words in names for spelling in spellings(words)):
        terms.update(name_terms(spelling, person))
    yield from (Question(term, OF_KIND[term.kind]) for term in sorted(terms))
    for words in names:
        if (
            1 < len(words) <= MOST_SWAPPED
        ):  # whoever swapped the words must not make the name look rare, either
            yield from (Question(Term(TermKind.NAME, " ".join(o)), Tier.NAME) for o in permutations(words))


def _near(person: Person) -> Iterator[Question]:
    for tier, kind, values in (
        (Tier.DOCUMENT_NEAR, TermKind.DOCUMENT, map(document, person.documents)),
        (Tier.PHONE_NEAR, TermKind.PHONE, map(phone, person.phones)),
    ):
        fixed = len("+84") if kind is TermKind.PHONE else 0
        yield from (Question(Term(kind, v), tier) for value in values for v in misread(value, fixed))
    for words in map(name_words, each_name(person.names)):
        if len(words) > 1 and person.year:
            for spelling in spellings(words):
                yield from _near_birth(spelling, person)


def _near_birth(words: tuple[str, ...], person: Person) -> Iterator[Question]:
    for step in (-1, 1):
        year = str(int(person.year) + step)
        yield Question(words_term(words, year), Tier.NAME_YEAR_NEAR)
        if person.date:
            yield Question(words_term(words, year + person.date[4:]), Tier.NAME_DATE_NEAR)
    year, month, day = person.date.split("-") if person.date else ("", "", "")
    if month != day and day <= "12":
        yield Question(words_term(words, f"{year}-{day}-{month}"), Tier.NAME_DATE_NEAR)


def misread(number: str, fixed: int = 0) -> Iterator[str]:
    """The number with one digit wrong, or two neighbouring digits exchanged; the first `fixed` characters stay."""
    for at, digit in enumerate(number[fixed:], fixed):
        if digit.isdecimal():
            yield from (f"{number[:at]}{other}{number[at + 1 :]}" for other in "0123456789" if other != digit)
    for at, (one, two) in enumerate(pairwise(number[fixed:]), fixed):
        if one.isdecimal() and two.isdecimal() and one != two:
            yield f"{number[:at]}{two}{one}{number[at + 2 :]}"


def spellings(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The name as written, and as it is spelt elsewhere: Vũ or Võ, Hoàng or Huỳnh, i or y; at most eight."""
    same = next((sorted(group, key=words[0].__ne__) for group in SAME_SURNAMES if words[0] in group), None)
    choices = [same or _i_or_y(words[0]), *map(_i_or_y, words[1:])]
    return tuple(islice(product(*choices), MOST_SPELLINGS))


def _i_or_y(word: str) -> list[str]:
    found = I_OR_Y.match(word)
    return [word, found[1] + ("y" if word.endswith("i") else "i")] if found else [word]
