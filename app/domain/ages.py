"""How old a person may be, judged from what is known: always the youngest age the entries allow."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

ADULT = 18


def least_age(person: Mapping[str, Any], today: date) -> int | None:
    """The youngest age the entries allow, in full years; None when nothing is known.

    `person` holds `birth_date` (a partial date; known only to the year or
    month it counts as its last day), or else `stated_age`, which grows with
    the years since `age_stated_on`.
    """
    if person.get("birth_date"):
        return _full_years(_latest(str(person["birth_date"])), today)
    stated = person.get("stated_age")
    if stated is None:
        return None
    stated_on = person.get("age_stated_on")
    return int(stated) + (_full_years(date.fromisoformat(stated_on), today) if stated_on else 0)


def treated_as_minor(person: Mapping[str, Any], today: date) -> bool:
    """True below 18, and while the age is not known."""
    age = least_age(person, today)
    return age is None or age < ADULT


def _latest(partial: str) -> date:
    """The last day a partial date ("1998", "1998-03" or a full date) can mean."""
    year, *rest = (int(part) for part in partial.split("-"))
    month = rest[0] if rest else 12
    return date(year, month, rest[1] if len(rest) > 1 else monthrange(year, month)[1])


def _full_years(since: date, today: date) -> int:
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))
