"""The stored index: put postings under the next free tags of their terms, follow tags to files, take postings back.

The postings of a term stand under its tags 0, 1, 2 ... without a gap; one taken back leaves a pointer to nothing.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.errors import IntegrityBroken, SubjectKind
from app.domain.terms import VERSION, Term
from app.extensions import db
from app.ledger import tags
from app.models import SearchTag
from app.vault import BrokenSeal
from app.vault.tags import TermKey, term_key

CHUNK = 900  # tags in one query
WIDTHS = (1, 4, 16, 64, 256)  # how many tags of a run are asked for, round by round
PROBES = (0, 1, 3, 7, 15, 63, 255, 1023, 4095, 16383, 65535, 262143, 1048575)
MOST_ROUNDS = 1000
POINTER = struct.Struct(">BB16s")
INSERT: dict[str, Callable[..., Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class OwnerKind(IntEnum):
    """What a pointer leads to; the number is sealed into it."""

    NOTHING = 0
    CASE = 1
    REPORT = 2


@dataclass(frozen=True, slots=True, order=True)
class Posting:
    """A file in which a term occurs, and in which of its sections: a code of catalogue.people."""

    kind: OwnerKind
    owner_id: UUID
    source: int

    def encode(self) -> bytes:
        """18 bytes."""
        return POINTER.pack(self.kind, self.source, self.owner_id.bytes)

    @classmethod
    def decode(cls, raw: bytes) -> Posting:
        """From 18 bytes."""
        kind, source, owner = POINTER.unpack(raw)
        return cls(OwnerKind(kind), UUID(bytes=owner), source)


NOTHING = Posting(OwnerKind.NOTHING, UUID(int=0), 0)
"""What stands where a posting was taken back."""

Place = tuple[bytes, bytes, Posting]
"""A tag, the sealed pointer beside it and where it leads."""


def put(entries: Iterable[tuple[Term, Posting]]) -> int:
    """Add postings, each under the next free tag of its term; how many. The caller knows that none is there yet.

    Call it once in a transaction. Writers of the same term wait for each other's commit.
    """
    waiting: dict[Term, list[Posting]] = defaultdict(list)
    for term, posting in sorted(set(entries)):
        waiting[term].append(posting)
    keys = {term: _key(term) for term in waiting}
    connection = db.session.connection()
    for _ in range(MOST_ROUNDS if waiting else 0):
        rows = _rows(waiting, keys)
        with connection.begin_nested() as savepoint:
            stored = _insert(rows)
            if len(stored) < len(rows):
                # Another writer took a place. All are given back: places are only ever taken in the order of
                # their terms, so that no two writers wait for each other.
                savepoint.rollback()
        if len(stored) == len(rows):
            tags.tell(db.session(), put=rows)
            return len(rows)
    if waiting:
        raise RuntimeError("no free place for a search tag")
    return 0


def take_back(entries: Iterable[tuple[Term, Posting]]) -> int:
    """Turn postings into pointers to nothing; how many were there."""
    count = 0
    for term, posting in sorted(set(entries)):
        key = _key(term)
        for tag, pointer, found in run(term):
            if found == posting:
                emptied = key.seal(tag, NOTHING.encode())
                change = update(SearchTag).where(SearchTag.tag == tag).values(pointer=emptied)
                db.session.execute(change, execution_options={"synchronize_session": False})
                tags.tell(db.session(), put=[(tag, term.kind, emptied)], taken=[(tag, term.kind, pointer)])
                count += 1
    return count


def run(term: Term) -> Iterator[Place]:
    """Every place of a term in its order, also those that lead to nothing."""
    yield from runs((term,))[term]


def runs(terms: Iterable[Term], most: int | None = None) -> dict[Term, list[Place]]:
    """The places of several terms, a few queries for all of them together; at most about `most` of each.

    Raises IntegrityBroken when a pointer does not open beside its tag.
    """
    found: dict[Term, list[Place]] = {term: [] for term in terms}
    keys = {term: _key(term) for term in found}
    going = list(found)
    for round_ in range(MOST_ROUNDS):
        width = WIDTHS[min(round_ + (len(found) <= 8), len(WIDTHS) - 1)]
        asked = {term: [keys[term].tag(len(found[term]) + n) for n in range(width)] for term in going}
        pointers = _pointers([tag for tags_ in asked.values() for tag in tags_])
        for term, wanted in asked.items():
            for tag in wanted:
                if tag not in pointers:
                    break
                found[term].append((tag, pointers[tag], _open(keys[term], tag, pointers[tag])))
        going = [
            term
            for term, wanted in asked.items()
            if wanted[-1] in pointers and (most is None or len(found[term]) < most)
        ]
        if not going:
            break
    return found


def _rows(waiting: Mapping[Term, Sequence[Posting]], keys: Mapping[Term, TermKey]) -> list[tags.Row]:
    free = _first_free(keys, list(waiting))
    rows = []
    for term, postings in waiting.items():
        for place, posting in enumerate(postings, free[term]):
            tag = keys[term].tag(place)
            rows.append((tag, int(term.kind), keys[term].seal(tag, posting.encode())))
    return rows


def _first_free(keys: Mapping[Term, TermKey], terms: Sequence[Term]) -> dict[Term, int]:
    low = dict.fromkeys(terms, -1)  # the highest place known to be taken
    high: dict[Term, int | None] = dict.fromkeys(terms, None)  # the lowest known to be free
    for _ in range(MOST_ROUNDS):
        open_ends = [t for t in terms if high[t] is None or (high[t] or 0) - low[t] > 1]
        if not open_ends:
            break
        asked = {
            term: [(p, keys[term].tag(p)) for p in _between(low[term], high[term])] for term in open_ends
        }
        taken = _pointers([tag for places in asked.values() for _, tag in places])
        for term, places in asked.items():
            low[term] = max((p for p, tag in places if tag in taken), default=low[term])
            free = [p for p, tag in places if tag not in taken and p > low[term]]
            high[term] = min(free, default=high[term])
    return {term: low[term] + 1 for term in terms}


def _between(low: int, high: int | None) -> list[int]:
    if high is None:
        return [p for p in PROBES if p > low][:5] or [2 * low]
    step = max(1, (high - low) // 8)
    return list(range(low + 1, high, step))


def _insert(rows: Sequence[tags.Row]) -> set[bytes]:
    insert = INSERT[db.engine.dialect.name](SearchTag)
    statement = insert.on_conflict_do_nothing().returning(SearchTag.tag)
    stored: set[bytes] = set()
    for start in range(0, len(rows), CHUNK // 3):
        part = [
            dict(zip(("tag", "kind", "pointer"), row, strict=True))
            for row in rows[start : start + CHUNK // 3]
        ]
        stored.update(bytes(tag) for tag in db.session.scalars(statement.values(part)))
    return stored


def _pointers(wanted: Sequence[bytes]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(SearchTag.tag, SearchTag.pointer).where(
            SearchTag.tag.in_(wanted[start : start + CHUNK])
        )
        found.update((bytes(tag), bytes(pointer)) for tag, pointer in db.session.execute(query))
    return found


def _open(key: TermKey, tag: bytes, pointer: bytes) -> Posting:
    try:
        return Posting.decode(key.open(tag, pointer))
    except (BrokenSeal, ValueError):
        raise IntegrityBroken(SubjectKind.SEARCH, None) from None


def _key(term: Term) -> TermKey:
    return term_key(term.kind, VERSION, term.value)
