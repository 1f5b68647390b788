"""Which backups stay: pure decisions over times, nothing is deleted here.

Daily, weekly and monthly copies: Decree 160/2026/NĐ-CP, article 10 (read in a scanned copy, to be compared with
the gazette). How many of each stay is our choice: the decree names none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.deadlines import LOCAL


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many days, weeks and months keep their last backup; keys parts stay `keys_days` days at most."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12
    keys_days: int = 35


def kept(times: Iterable[datetime], rotation: Rotation) -> set[datetime]:
    """The newest backup of each of the last days, weeks and months that have one, by local date."""
    newest_first = sorted(times, reverse=True)
    spans: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (rotation.daily, lambda at: at.astimezone(LOCAL).date()),
        (rotation.weekly, lambda at: at.astimezone(LOCAL).isocalendar()[:2]),
        (rotation.monthly, lambda at: (at.astimezone(LOCAL).year, at.astimezone(LOCAL).month)),
    )
    chosen: set[datetime] = set()
    for count, span in spans:
        first_of: dict[object, datetime] = {}
        for at in newest_first:
            first_of.setdefault(span(at), at)
        chosen |= set(list(first_of.values())[:count])
    return chosen


def keys_outlived(at: datetime, now: datetime, rotation: Rotation) -> bool:
    """True when a keys part of that time must be gone: an erased case becomes unreadable by it."""
    return now - at >= timedelta(days=rotation.keys_days)
