"""What searching costs: a name, a phone, a whole person, each beside one plain indexed look-up, as the table grows."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from uuid import UUID

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, insert, select, text

from app.domain.terms import VERSION, Person, Term, TermKind, full_name, phone, terms_of
from app.extensions import db
from app.models import SearchTag
from app.search.index import OwnerKind, Posting, runs
from app.search.persons import MOST, look_up
from app.search.population import people
from app.vault.tags import TermKey, term_key
from benchmarks.databases import Databases
from benchmarks.line import Line
from benchmarks.office import Office

SIZES = (10_000, 100_000, 1_000_000)
BATCH = 20_000  # rows
EVERY_KIND = 10  # of so many people the whole set of terms is stored, of the others name and phone
FREQUENT = 5  # from so many postings on, a term's key is kept
PLAIN = Table(
    "bench_person",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(200)),
    Column("phone", String(20)),
    Index("ix_bench_person_name", "name"),
    Index("ix_bench_person_phone", "phone"),
)
Row = tuple[bytes, int, bytes]


class Filled:
    """An office whose index holds more and more invented people, with a plain table of the same names beside it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.count = 0
        self.persons = people(max(SIZES), seed=11)
        self.sample: list[Person] = []
        self.placed: Counter[Term] = Counter()
        self.keys: dict[Term, TermKey] = {}
        with office.app.app_context(), db.engine.begin() as connection:
            PLAIN.create(connection)

    def grow(self, size: int) -> None:
        """Add people until there are `size`; a few minutes for a million."""
        chance, tags, plain = random.Random(size), list[Row](), list[dict[str, object]]()
        while self.count < size:
            person = next(self.persons)
            self.count += 1
            if len(self.sample) < 2000 or chance.random() < 0.001:
                self.sample.append(person)
            name = full_name(person.names[0])
            number = f"+84{person.phones[0][1:]}" if person.phones else None  # its one form already
            tags += self._tags(person, name, number)
            plain.append({"id": self.count, "name": name, "phone": number})
            if len(tags) >= BATCH or self.count == size:
                self._store(tags, plain)
                tags, plain = [], []
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))

    def _tags(self, person: Person, name: str, number: str | None) -> Iterator[Row]:
        pointer = Posting(OwnerKind.CASE, UUID(int=self.count), 2).encode()
        terms = [Term(TermKind.NAME, name), *([Term(TermKind.PHONE, number)] if number else ())]
        for term in terms_of(person) if self.count % EVERY_KIND == 0 else terms:
            place, self.placed[term] = self.placed[term], self.placed[term] + 1
            key = self.keys.get(term) or term_key(term.kind, VERSION, term.value)
            if place == FREQUENT:
                self.keys[term] = key
            tag = key.tag(place)
            yield tag, int(term.kind), key.seal(tag, pointer)

    @staticmethod
    def _store(tags: Sequence[Row], plain: Sequence[dict[str, object]]) -> None:
        rows = [dict(zip(("tag", "kind", "pointer"), row, strict=True)) for row in sorted(tags)]
        with db.engine.begin() as connection:
            connection.execute(insert(SearchTag), rows)
            connection.execute(insert(PLAIN), plain)


def measure(databases: Databases, *, sizes: Sequence[int] = SIZES, rounds: int = 300) -> list[Line]:
    """Each look-up beside the same value in a plain indexed column, at each size; the median of `rounds` turns."""
    office = Office(databases.folder / "sealed", databases.urls["sealed"])
    try:
        with office.app.app_context():
            filled = Filled(office)
            lines: list[Line] = []
            for size in sizes:
                filled.grow(size)
                lines += _at(size, filled, rounds)
            db.session.remove()
    finally:
        office.close()
    return lines


def _at(size: int, filled: Filled, rounds: int) -> Iterator[Line]:
    chance = random.Random(7)
    asked = chance.choices(filled.sample, k=rounds)
    names = [full_name(p.names[0]) for p in asked]
    phones = [phone(p.phones[0]) for p in asked if p.phones]
    rare = sorted(names, key=lambda n: filled.placed[Term(TermKind.NAME, n)])[: rounds // 2]
    yield _beside(f"phone, {size:,} people", _turns("phone", phones, TermKind.PHONE))
    yield _beside(f"name, the rarer half, {size:,} people", _turns("name", rare, TermKind.NAME))
    yield _beside(f"name, as people bear it, {size:,} people", _turns("name", names, TermKind.NAME))
    whole = [(partial(look_up, p), _plain("name", full_name(p.names[0]))) for p in asked[: rounds // 3]]
    yield _beside(f"a whole person, near matches too, {size:,}", whole)


Turn = tuple[Callable[[], object], Callable[[], object]]


def _turns(column: str, values: Sequence[str], kind: TermKind) -> list[Turn]:
    return [(partial(runs, (Term(kind, v),), MOST), _plain(column, v)) for v in values]


def _plain(column: str, value: str) -> Callable[[], object]:
    query = select(PLAIN.c.id).where(PLAIN.c[column] == value).limit(MOST)
    return lambda: db.session.execute(query).all()


def _beside(name: str, turns: Sequence[Turn]) -> Line:
    """Both sides of each turn one after the other, in changing order."""
    times: tuple[list[float], list[float]] = ([], [])
    for number, turn in enumerate(turns):
        for side in (0, 1) if number % 2 else (1, 0):
            began = time.perf_counter()
            turn[side]()
            times[side].append(time.perf_counter() - began)
        db.session.rollback()
    ours, floor = median(times[0]), median(times[1])
    return Line(name, 1 / ours, 1 / floor, median(a / b for a, b in zip(*times, strict=True)))
