"""How often a search misleads and how often it helps: `python -m benchmarks.people`, on invented people.

Every person asked about is looked up among others, none of whom is the same: each answer is a false one. Then the same
person is looked up as somebody else may have written it down: each answer that is missing is a loss.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.matching import RARE, SEARCHED_ONLY, Tier, questions, worth_telling
from app.domain.terms import Person, Term, fold, terms_of
from app.search.population import people

Index = Mapping[Term, Sequence[int]]
Slip = Callable[[Person, random.Random], Person]
RULE = "the rule for notices"


@dataclass
class Rates:
    """Over the people asked about: for each tier and for the rule, whom it touched and how many answers it gave."""

    asked: int
    questions: int = 0
    touched: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)

    def share(self, name: str) -> float:
        """How many of the people asked about got at least one answer, 0 to 1."""
        return self.touched[name] / self.asked

    def mean(self, name: str) -> float:
        """Answers for each person asked about."""
        return self.answers[name] / self.asked


def index_of(persons: Sequence[Person]) -> Index:
    """Term -> numbers of the persons, as the stored index would answer."""
    index: dict[Term, list[int]] = defaultdict(list)
    for number, person in enumerate(persons):
        for term in terms_of(person):
            index[term].append(number)
    return index


def answers(index: Index, person: Person) -> dict[int, set[Tier]]:
    """Who is found, and by what."""
    found: dict[int, set[Tier]] = defaultdict(set)
    for question in questions(person):
        for number in index.get(question.term, ()):
            found[number].add(question.tier)
    return found


def false_answers(persons: Sequence[Person], index: Index, asked: Sequence[int]) -> Rates:
    """What is found about these of the persons beside themselves."""
    rates = Rates(len(asked))
    for number in asked:
        found = answers(index, persons[number])
        found.pop(number)
        rates.questions += len(questions(persons[number]))
        count = Counter(tier.value for tiers in found.values() for tier in tiers)
        count[RULE] = len(worth_telling({n: tiers - SEARCHED_ONLY for n, tiers in found.items()}))
        rates.answers.update(count)
        rates.touched.update(name for name, n in count.items() if n)
    return rates


def found_again(
    persons: Sequence[Person], index: Index, asked: Sequence[int], slip: Slip
) -> tuple[float, float]:
    """How many are found again after a slip: by searching, and by a notice; 0 to 1."""
    chance, searched, noticed = random.Random(5), 0, 0
    for number in asked:
        found = answers(index, slip(persons[number], chance))
        searched += number in found
        noticed += number in worth_telling({n: tiers - SEARCHED_ONLY for n, tiers in found.items()})
    return searched / len(asked), noticed / len(asked)


def _one_digit(number: str, chance: random.Random) -> str:
    at = chance.randrange(4, len(number))
    return number[:at] + chance.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]


def _only(person: Person, *kept: str) -> Person:
    return replace(Person(), **{name: getattr(person, name) for name in kept})


def _swapped(person: Person, _: random.Random) -> Person:
    words = person.names[0].split()
    return replace(_only(person, "born"), names=(" ".join([*words[1:], words[0]]),))


def _year_off(person: Person, chance: random.Random) -> Person:
    return replace(
        _only(person, "names"), born=f"{int(person.year) + chance.choice((-1, 1))}{person.born[4:]}"
    )


SLIPS: Mapping[str, Slip] = {
    "name without marks, whole or partial birth date": lambda p, _: replace(
        _only(p, "born"), names=(fold(p.names[0]).upper(),)
    ),
    "order of the words swapped": _swapped,
    "the year of birth alone is known": lambda p, _: replace(_only(p, "names"), born=p.year),
    "the year of birth and the commune": lambda p, _: replace(_only(p, "names", "places"), born=p.year),
    "the year of birth off by one": _year_off,
    "the name alone": lambda p, _: _only(p, "names"),
    "one digit of the paper wrong, no name": lambda p, c: Person(
        documents=tuple(_one_digit(d, c) for d in p.documents)
    ),
    "one digit of the phone wrong, and the name": lambda p, c: replace(
        _only(p, "names"), phones=tuple(_one_digit(n, c) for n in p.phones)
    ),
}
NEEDED = {
    "one digit of the paper wrong, no name": "documents",
    "one digit of the phone wrong, and the name": "phones",
}


def main() -> None:
    """Measure and print; about two minutes for 200,000 people."""
    parser = argparse.ArgumentParser(prog="benchmarks.people", description=__doc__)
    parser.add_argument("--people", type=int, nargs="*", default=[2_000, 20_000, 200_000])
    parser.add_argument("--asked", type=int, default=20_000)
    options = parser.parse_args()
    columns: dict[int, Rates] = {}
    for size in options.people:
        persons = list(people(size))
        index = index_of(persons)
        asked = random.Random(9).sample(range(size), min(options.asked, size))
        columns[size] = false_answers(persons, index, asked)
        print(f"{size} people: {columns[size].questions / len(asked):.0f} questions for each", flush=True)
        if size == max(options.people):
            found = {
                name: found_again(persons, index, [n for n in asked[:5000] if _has(persons[n], name)], slip)
                for name, slip in SLIPS.items()
            }
    print(
        f"\nSearches with at least one false answer, and false answers for each (rare: at most {RARE} namesakes)"
    )
    print(f"{'':22}" + "".join(f"{size:>12} files{'':>6}" for size in columns))
    for name in (*(tier.value for tier in Tier), RULE):
        print(
            f"{name:22}" + "".join(f"{c.share(name):>12.3%}{c.mean(name):>12.5f}" for c in columns.values())
        )
    print(
        f"\nThe same person among {max(options.people)}, written otherwise{'':13}{'searched':>10}{'noticed':>10}"
    )
    for name, (searched, noticed) in found.items():
        print(f"{name:52}{searched:>10.1%}{noticed:>10.1%}")


def _has(person: Person, slip: str) -> bool:
    return slip not in NEEDED or bool(getattr(person, NEEDED[slip]))


if __name__ == "__main__":
    main()
