"""Counting of legal terms: pure functions from a term, an instant and a calendar to an instant."""

from __future__ import annotations

import calendar as months
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from app.domain.procedure import Deadline, TermUnit

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)


class Calendar(Protocol):
    """The days on which public bodies do not work."""

    def is_day_off(self, day: date) -> bool:
        """True on weekends, public holidays and compensated days; False on a working day swapped in."""
        ...

    def is_official(self, year: int) -> bool:
        """False while the dates of that year are only a forecast."""
        ...


def due_at(deadline: Deadline, start: datetime, calendar: Calendar) -> datetime:
    """The instant (UTC) at which the term has run out.

    `start` is the aware instant of the legal event. Days and months end at
    24:00 local time of their last day, given as the midnight that follows;
    the day of the event is not counted. Hours run on through the night.
    Code of Criminal Procedure art. 134; ValueError for a naive `start` and for
    a duty "at once", which has no last day: it stays open until it is done.
    """
    if start.tzinfo is None:
        raise ValueError("start must be an aware datetime")
    if deadline.unit is TermUnit.IMMEDIATE:
        raise ValueError("a duty at once has no due instant")
    if deadline.unit is TermUnit.HOUR:
        return start.astimezone(UTC) + timedelta(hours=deadline.amount)
    return _end_of(_closing_day(deadline, start.astimezone(LOCAL).date(), calendar))


def last_day(due: datetime, unit: TermUnit) -> date:
    """The local day to show for a due instant.

    For a term in days or months, which ends at 24:00, this is the day that ends
    there, not the one that begins; for a term in hours the local date of the instant.
    """
    day = due.astimezone(LOCAL).date()
    return day if unit is TermUnit.HOUR else day - DAY


def is_forecast(deadline: Deadline, start: datetime, due: datetime, calendar: Calendar) -> bool:
    """True when days off decide the end and the days off of one of its years are only a forecast."""
    counts = deadline.unit is TermUnit.WORKING_DAY
    rolls = deadline.unit in (TermUnit.CALENDAR_DAY, TermUnit.MONTH) and deadline.rolls
    if not (counts or rolls):
        return False
    years = range(start.astimezone(LOCAL).year, last_day(due, deadline.unit).year + 1)
    return not all(calendar.is_official(year) for year in years)


def _closing_day(deadline: Deadline, event: date, calendar: Calendar) -> date:
    """The local day at whose 24:00 a term in days or months ends."""
    if deadline.unit is TermUnit.WORKING_DAY:
        return _nth_working_day(event, deadline.amount, calendar)
    in_months = deadline.unit is TermUnit.MONTH
    end = _months_later(event, deadline.amount) if in_months else event + deadline.amount * DAY
    return _next_working_day(end, calendar) if deadline.rolls else end


def _nth_working_day(event: date, count: int, calendar: Calendar) -> date:
    day = event
    for _ in range(count):
        day = _next_working_day(day + DAY, calendar)
    return day


def _next_working_day(day: date, calendar: Calendar) -> date:
    """That day itself when it is a working day, else the first one after it."""
    while calendar.is_day_off(day):
        day += DAY
    return day


def _months_later(event: date, count: int) -> date:
    """The same day number `count` months on, or the last day of a shorter month."""
    years, month = divmod(event.month - 1 + count, 12)
    year = event.year + years
    return date(year, month + 1, min(event.day, months.monthrange(year, month + 1)[1]))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + DAY, time.min, LOCAL).astimezone(UTC)
