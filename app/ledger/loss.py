"""What is missing after an older backup was restored, and making room for a new log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.ledger.append import stored_heads
from app.ledger.behind import Known, behind
from app.ledger.findings import NOT_READ, Finding, Problem
from app.ledger.log import Log
from app.ledger.note import NoteError
from app.ledger.tide import replace_tide
from app.models import LedgerCheckpoint, LedgerEntry, LedgerLeaf, LedgerTile


@dataclass(frozen=True, slots=True)
class Loss:
    """What was known outside, beside what the database holds.

    `generation`, `size`, `root`: of the last checkpoint outside (root None: none, or unreadable); `kept`: how many
    of its leaves the database still has; `entries`: all in the database; `missing`: what the tide knew beyond them.
    """

    generation: int
    size: int
    root: bytes | None
    kept: int
    entries: int
    missing: int


def find_loss(session: Session, log: Log, known: Known) -> Loss | None:
    """What is missing; None when the database is behind nothing."""
    if not any(behind(session, log, known)):
        return None
    generation = known.later_generation or log.generation
    sizes, root = known.sizes, known.newest.checkpoint.root if known.newest else None
    if known.later_generation:
        later = Log(log.deployment, generation, log.directory, log.public, log.sign, log.authenticate)
        sizes, root = tuple(later.outside.sizes()), _last_root(later)
    return Loss(
        generation,
        sizes[-1] if sizes else 0,
        root,
        _kept(session, log),
        session.scalar(select(func.count(LedgerEntry.counter))) or 0,
        _missing(session, known),
    )


def outdated_tide(session: Session, log: Log, known: Known) -> bool:
    """True when all that is wrong is this machine's tide: the log went on from another machine."""
    older = known.tide is not None and known.tide.generation < log.generation
    return older and [finding.problem for finding in behind(session, log, known)] == [Problem.TIDE_BROKEN]


def unfinished(session: Session, log: Log) -> bool:
    """True when the stored tree is still the one of an earlier generation."""
    query = select(LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)
    note = session.scalar(query)
    for generation in range(log.generation - 1, 0, -1) if note else ():
        try:
            log.earlier(generation).open(note or "")
        except NoteError:
            continue
        return True
    return False


def begin_tide_anew(session: Session, log: Log, generation: int) -> None:
    """Set this machine's tide to what the database holds now; the old one is kept beside the old checkpoints."""
    kept = log.directory / str(generation - 1) / "tide"
    replace_tide(log.directory, generation, stored_heads(session), kept=kept)


def tide_at_present(session: Session, log: Log) -> None:
    """Begin this machine's tide anew in the same generation; the old file goes, nothing in it is needed."""
    replace_tide(log.directory, log.generation, stored_heads(session), kept=None)


def publish_stored(session: Session, log: Log) -> None:
    """Put every stored checkpoint outside again; NoteError when this log did not sign one of them."""
    for note in session.scalars(select(LedgerCheckpoint.note).order_by(LedgerCheckpoint.size)):
        log.outside.publish(log.key.open(note))


def refused_anew(session: Session, log: Log, known: Known) -> list[Finding]:
    """Why the tide must not be begun anew: all that is wrong beside a damaged tide."""
    found = list(behind(session, log, known))
    return [one for one in found if not (known.damaged and one.problem is Problem.TIDE_BROKEN)]


def clear_tree(engine: Engine) -> None:
    """Take the stored tree away, so that all entries are sealed again under a new name. The entries stay."""
    with Session(engine) as session:
        session.connection(execution_options={"benan_writes": True})
        for table in (LedgerCheckpoint, LedgerTile, LedgerLeaf):
            session.execute(delete(table), execution_options={"synchronize_session": False})
        session.commit()


def _kept(session: Session, log: Log) -> int:
    """The size of the newest checkpoint in the database that is outside, too."""
    sizes = set(log.outside.sizes())
    for size, note in session.execute(
        select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc())
    ):
        try:
            if size in sizes and log.outside.read(size, log.key).note == note:
                return int(size)
        except NoteError:
            continue
    return 0


def _last_root(log: Log) -> bytes | None:
    try:
        newest = log.outside.newest(log.key)
    except NoteError:
        return None
    return newest.checkpoint.root if newest else None


def _missing(session: Session, known: Known) -> int:
    try:
        stored = {head.lane: head.count for head in stored_heads(session)}
    except NOT_READ:
        stored = {}
    heads = known.tide.heads if known.tide else ()
    return sum(max(0, head.count - stored.get(head.lane, 0)) for head in heads)
