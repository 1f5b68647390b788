"""The deep check: every stored row and sealed value, compared with what the ledger tells of it.

First every row's code is recomputed: who has no key can neither change nor make a row. Then every entry is asked
what it told: the row must still be there, in that version or a later one, so that an older row with its genuine
code is found. Last, the sum of all versions must be the number of tellings, so that nothing was slipped in.
That sum holds because keys are distinct, which is counted and not left to the database: each version of a row is
told once, so a row's version is at least the number of its tellings, a row nobody told of adds at least 1, and the
sum fits only when no row has more than it was told. A second copy of a row would be summed twice, and hide a loss.
Nothing is remembered but places and counts: the check goes on where it was interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Double, Row, RowMapping, Table, cast, func, select, tuple_
from sqlalchemy.orm import Session

from app.ledger import cells, tags
from app.ledger.append import current_ledger
from app.ledger.cells import CODE
from app.ledger.findings import UNREADABLE, Finding, Problem
from app.ledger.indexes import index_findings
from app.ledger.places import columns_as_written, kept, place_of, typed, unkept
from app.ledger.rows import every_table, row_code, row_digest, table_of
from app.ledger.schema import schema_findings
from app.ledger.verify import ENTRY, genuine_entry, read_page
from app.models import Kept, LedgerEntry, LedgerLane, SealedValue

BATCH = 500
VALUES = 20  # sealed values of a page: some are whole papers
SEALED: Table = SealedValue.__table__  # type: ignore[assignment]
Save = Callable[["State"], None]
Telling = tuple[int, int, str, int, str]
"""Lane and counter of the entry that tells; place, version and digest of what it tells of."""


@dataclass
class State:
    """How far a deep check came: tables done, the place in the present one, entries read, tellings counted.

    `tags`: how many search tags the entries told of, and their sum in hexadecimal.
    `found`: how many broken places were shown so far.
    """

    tables: list[str] = field(default_factory=list)
    after: list[Any] | None = None
    lanes: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    tags: tuple[int, str] = (0, "0")
    seen: int = 0
    found: int = 0

    def encode(self) -> str:
        """As JSON, to be kept in a file."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> State:
        """From JSON."""
        return cls(**json.loads(text))


def volume(session: Session) -> int:
    """How many rows and entries a whole deep check looks at."""
    rows = sum(
        session.scalar(select(func.count()).select_from(table_of(kind))) or 0 for kind in every_table()
    )
    return rows + sum(count for _, count in _lanes(session)) + tags.volume(session)


def _lanes(session: Session) -> list[tuple[int, int]]:
    """Number and length of each lane, as far as they are numbers; what else is there, the walk of the entries names."""
    with cells.any_text(session):
        rows = session.execute(select(LedgerLane.lane, LedgerLane.count)).all()
    return [(lane, count if type(count) is int else 0) for lane, count in rows if type(lane) is int]


def verify_deep(session: Session, state: State, save: Save) -> Iterator[Finding]:
    """Every place that differs from what was told; `save` is called after each batch, to go on from there."""
    yield from schema_findings(session)
    yield from index_findings(session)
    session.rollback()
    yield from _rows(session, state, save)
    yield from _entries(session, state, save, None)
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    until = {str(lane): count for lane, count in _lanes(session)}
    yield from _entries(session, state, save, until)
    yield from _totals(session, state)
    yield from _tags(session, state, save)


def _rows(session: Session, state: State, save: Save) -> Iterator[Finding]:
    for kind in every_table():
        table = table_of(kind)
        if table.name in state.tables:
            continue
        size = full = VALUES if table is SEALED else BATCH
        while size == full:
            page = _page(session, table, state.after, full)
            for raw in page:
                yield from _checked(session, table, raw)
            size = len(page)
            state.seen += size
            if page:
                state.after = [kept(page[-1][key.name]) for key in table.primary_key.columns]
                save(state)
            session.rollback()
        state.tables.append(table.name)
        state.after = None
        save(state)


def _page(session: Session, table: Table, after: list[Any] | None, limit: int) -> Sequence[RowMapping]:
    keys = list(table.primary_key.columns)
    query = cells.rows(session, table).order_by(*keys)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*map(unkept, after)))
    with cells.any_text(session):
        return session.execute(query.limit(limit)).mappings().all()


def _checked(session: Session, table: Table, raw: RowMapping) -> Iterator[Finding]:
    try:
        columns = columns_as_written(session, table, raw)
        fits = columns[CODE] == row_code(table.name, columns)
    except UNREADABLE:
        fits = False
    if not fits:
        yield Finding(None, 0, Problem.ROW_CHANGED, f"{table.name} {place_of(table, raw)}")


def _entries(
    session: Session, state: State, save: Save, until: Mapping[str, int] | None
) -> Iterator[Finding]:
    for lane, _ in sorted(_lanes(session)):
        size = BATCH
        while size == BATCH:
            after = state.lanes.get(str(lane), 0)
            if until is not None and after >= until[str(lane)]:
                break
            query = (
                select(*ENTRY.columns)
                .where(LedgerEntry.lane == lane, LedgerEntry.counter > after)
                .order_by(LedgerEntry.counter)
                .limit(BATCH)
            )
            if until is not None:
                query = query.where(LedgerEntry.counter <= until[str(lane)])
            with cells.any_text(session):
                page = read_page(session, query)
            yield from _authentic(lane, page)
            yield from _compared(session, state, [(lane, n, _body(e.body)) for n, e in page if e is not None])
            reached = max((n for n, _ in page if type(n) is int), default=after)
            # What has no number comes last, and is told of already.
            size = len(page) if reached > after else 0
            if page:
                state.lanes[str(lane)] = reached
                state.seen += len(page)
                save(state)
            if until is None:
                session.rollback()


def _authentic(lane: int, page: Sequence[tuple[int, Row[Any] | None]]) -> Iterator[Finding]:
    """The chain may have been checked long before: what an entry tells counts only under its own code."""
    authenticate = current_ledger().authenticate
    for counter, entry in page:
        if entry is None or not genuine_entry(entry, authenticate):
            yield Finding(lane, counter, Problem.ENTRY_CHANGED)


def _compared(
    session: Session, state: State, entries: Sequence[tuple[int, int, Mapping[str, Any]]]
) -> Iterator[Finding]:
    tables = {table_of(kind).name: table_of(kind) for kind in every_table()}
    tellings: dict[str, list[Telling]] = {}
    for lane, counter, body in entries:
        try:
            for name, telling in _tellings(lane, counter, body):
                tellings.setdefault(tables[name].name, []).append(telling)
            told = _sum(state) + tags.told_by(body)
            state.tags = (told.count, f"{told.total:x}")
        except (*UNREADABLE, LookupError):  # no entry of this program
            yield Finding(lane, counter, Problem.ENTRY_CHANGED)
    for name, items in tellings.items():
        state.told[name] = state.told.get(name, 0) + len(items)
        for start in range(0, len(items), BATCH):
            yield from _present(session, tables[name], items[start : start + BATCH])


def _tellings(lane: int, counter: int, body: Mapping[str, Any]) -> Iterator[tuple[str, Telling]]:
    """Each row and sealed value an entry tells of, by table."""
    for table, items in body.get("rows", {}).items():
        for place, version, digest in items:
            yield table, (lane, counter, str(place), int(version), str(digest))
    for value in body.get("sealed", ()):
        place = f"{value['subject']}/{value['name']}/{value['version']}"
        yield SEALED.name, (lane, counter, place, int(value.get("revision", 1)), str(value["digest"]))


def _present(session: Session, table: Table, items: Sequence[Telling]) -> Iterator[Finding]:
    stored = _stored(session, table, {place for _, _, place, _, _ in items})
    for lane, counter, place, version, digest in items:
        found = stored.get(place)
        if found is None:
            yield Finding(lane, counter, Problem.ROW_LOST, f"{table.name} {place}")
        elif found[0] < version or (found[0] == version and found[1] != digest):
            yield Finding(lane, counter, Problem.ROW_ROLLED_BACK, f"{table.name} {place}")


def _stored(session: Session, table: Table, places: set[str]) -> dict[str, tuple[int, str]]:
    keys = list(table.primary_key.columns)
    parts = (place.split("/") for place in sorted(places))
    wanted = [tuple(map(typed, keys, texts)) for texts in parts if len(texts) == len(keys)]
    query = cells.rows(session, table).where(tuple_(*keys).in_(wanted))
    found = {}
    with cells.any_text(session):
        rows = session.execute(query).mappings().all()
    for row in rows:
        try:
            columns = columns_as_written(session, table, row)
            found[place_of(table, row)] = (columns[_counter(table)], _digest(table, columns))
        except UNREADABLE:
            continue
    return found


def _totals(session: Session, state: State) -> Iterator[Finding]:
    for kind in every_table():
        table = table_of(kind)
        yield from _repeated(session, table)
        if table is not SEALED and not issubclass(kind, Kept):
            continue
        # As doubles, exact far beyond any real count: a forged number must not overflow the sum.
        total = session.scalar(select(func.sum(cast(table.c[_counter(table)], Double)))) or 0
        if total != state.told.get(table.name, 0):
            yield Finding(None, 0, Problem.ROWS_UNTOLD, table.name)


def _repeated(session: Session, table: Table) -> Iterator[Finding]:
    """Keys that several rows have: whoever owns the table may have dropped its primary key."""
    keys = [cells.raw(key) for key in table.primary_key.columns]
    query = select(*keys).group_by(*table.primary_key.columns).having(func.count() > 1).limit(BATCH)
    with cells.any_text(session):
        found = session.execute(query).mappings().all()
    for raw in found:
        yield Finding(None, 0, Problem.ROW_REPEATED, f"{table.name} {place_of(table, raw)}")


def _tags(session: Session, state: State, save: Save) -> Iterator[Finding]:
    total = tags.Sum()
    with cells.any_text(session):
        for part in tags.stored(session):
            total += part
            state.seen += part.count
            save(state)
    if total != _sum(state) or tags.volume(session) != total.count:
        yield Finding(None, 0, Problem.ROWS_UNTOLD, "search_tag")


def _sum(state: State) -> tags.Sum:
    return tags.Sum(state.tags[0], int(state.tags[1], 16))


def _digest(table: Table, columns: Mapping[str, Any]) -> str:
    if table is SEALED:
        return sha256(columns["sealed"]).hexdigest()
    return row_digest(table.name, columns)


def _counter(table: Table) -> str:
    return "revision" if table is SEALED else "version"


def _body(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except UNREADABLE:
        return {}
    return body if isinstance(body, dict) else {}
