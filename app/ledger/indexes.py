"""Whether the indexes of the ledger hold every entry: what an index lacks, no question by it finds.

Sessions, holds and erasings are asked of the ledger by subject. Whoever owns the server can leave an entry out of an
index while it stands in its table and in its chain.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ledger.findings import Finding, Problem
from app.models.ledger import FINAL

SHOWN = 5
ASKED = ("subject_id IS NOT NULL", f"subject_id IS NOT NULL AND {FINAL}")
WAYS = ("enable_seqscan", "enable_bitmapscan", "enable_indexonlyscan", "enable_indexscan")
BY_INDEX, BY_TABLE = "indexscan", "seqscan"


def index_findings(session: Session) -> Iterator[Finding]:
    """Each index that holds less, or other things, than its table; ends the session's transaction."""
    if session.get_bind().dialect.name == "sqlite":
        for told in session.scalars(text(f"PRAGMA integrity_check({SHOWN})")):
            if told != "ok":
                yield Finding(None, 0, Problem.SCHEMA_CHANGED, f"({told})")
    else:
        session.rollback()
        session.connection(
            execution_options={"isolation_level": "REPEATABLE READ"}
        )  # both counts see the same
        for asked in ASKED:
            if _counted(session, asked, BY_INDEX) != _counted(session, asked, BY_TABLE):
                yield Finding(None, 0, Problem.SCHEMA_CHANGED, "ledger_entry (an index lacks entries)")
    session.rollback()


def _counted(session: Session, asked: str, way: str) -> int:
    for other in WAYS:
        session.execute(text(f"SET LOCAL {other} = {'on' if other.endswith(way) else 'off'}"))
    return int(session.scalar(text(f"SELECT count(*) FROM ledger_entry WHERE {asked}")) or 0)  # noqa: S608 - ours
