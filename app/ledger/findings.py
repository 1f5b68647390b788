"""What can be wrong with the ledger, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

UNREADABLE = (ValueError, TypeError, AttributeError)
"""What a column of another type raises; SQLite stores any type in any column."""


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
    VALUE_LOST = "the sealed value written then is missing or changed"
    VALUE_ADDED = "sealed values that no entry tells of"
    DOCUMENT_CHANGED = "the document numbered or issued then is missing or changed"
    DOCUMENT_ADDED = "documents numbered or issued that no entry tells of"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place: `counter` 0 means the lane itself, `lane` None what is stored beside the ledger."""

    lane: int | None
    counter: int
    problem: Problem

    def __str__(self) -> str:
        """Place and problem on one line."""
        place = "stored data" if self.lane is None else f"lane {self.lane}, entry {self.counter}"
        return f"{place}: {self.problem.value}"
