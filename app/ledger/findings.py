"""What can be wrong with the ledger, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import OperationalError

UNREADABLE = (ValueError, TypeError, AttributeError, MemoryError, OverflowError, RecursionError)
"""What a column of another type raises; SQLite stores any type in any column."""
NOT_READ = (*UNREADABLE, OperationalError)
"""The same for a query of several rows; the last is what text that is no UTF-8 raises."""


class Problem(StrEnum):
    """What is wrong at a place."""

    LANE_MISSING = "lane missing"
    LANE_FORGED = "lane head forged"
    LANE_UNKNOWN = "lane unknown"
    ENTRY_MISSING = "entry missing"
    ENTRY_CHANGED = "entry changed or forged"
    ORDER_BROKEN = "entry does not follow the one before it"
    TAIL_MISSING = "entries missing at the end"
    TAIL_ADDED = "entries added after the end"
    ROW_CHANGED = "changed or forged"
    ROW_LOST = "missing, though this entry tells of it"
    ROW_ROLLED_BACK = "older than this entry tells, or not what it tells"
    ROW_REPEATED = "stored more than once"
    SCHEMA_CHANGED = "not as the program made it in the database"
    ROWS_UNTOLD = "rows or versions that no entry tells of"
    NOT_AS_SEALED = "is not what was sealed"
    LEAF_MISSING = "is missing or out of order in the tree"
    TREE_BROKEN = "the stored tree is not the one its last checkpoint signed"
    CHECKPOINT_FORGED = "is not signed by this log"
    CHECKPOINT_MISSING = "is missing"
    OTHER_ROOT = "has another root than the stored tree: the ledger was rewritten"
    BEHIND_OUTSIDE = "the database holds less than the last checkpoint outside it"
    BEHIND_TIDE = "shorter than it was, or another: the database was put back"
    TIDE_BROKEN = "damaged, or of another generation of the ledger"
    OUTSIDE_LOST = "is gone from the checkpoint folder: is the folder mounted? Otherwise see docs/ledger.md"
    UNSEALED = "wait to be sealed: the sealer does not run, or it was refused"
    CLOCK_BEHIND = "is dated later than the clock shows: the clock was put back"
    UNREADABLE = "something cannot be read: it holds what the program never wrote"
    ROLE_MAY_CHANGE = "the application's database role may change or delete entries of the ledger"
    CLOCK_BACK = "is dated before an earlier one: the clock was put back"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place: `counter` 0 means the lane itself, `lane` None what is stored beside the ledger.

    `row`: table and primary key of a stored row.
    """

    lane: int | None
    counter: int
    problem: Problem
    row: str = ""

    def __str__(self) -> str:
        """Place and problem on one line; what a forger wrote as a place commands no terminal."""
        place = "stored data" if self.lane is None else f"lane {self.lane}, entry {self.counter}"
        line = f"{place}: {f'{self.row} ' if self.row else ''}{self.problem.value}"
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
