"""The Vietnamese working calendar: a forecast from the `holidays` package, and the yearly decisions that win over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

import holidays

from app.domain.text import Label

SATURDAY = 5
WORKING = None
"""In a decision: this weekend day is worked, in exchange for a day off elsewhere."""


@dataclass(frozen=True, slots=True)
class YearDecision:
    """What the competent authority announced for one year.

    `days`: date -> name of the day off, or WORKING. `official`: the announcement
    was seen; without one the year is a forecast and due dates carry a badge.
    """

    source: Label
    official: bool
    days: Mapping[date, Label | None]


_NEW_YEAR_SWAP = Label("Nghỉ hoán đổi dịp Tết Dương lịch", "New Year's Day, swapped day off")
_REUNIFICATION_SWAP = Label("Nghỉ hoán đổi dịp 30/4 và 01/5", "Reunification and Labour Day, swapped day off")
_NATIONAL_SWAP = Label("Nghỉ hoán đổi dịp Quốc khánh", "National Day, swapped day off")
_TET = Label("Nghỉ Tết Nguyên đán", "Lunar New Year holiday")
_NATIONAL = Label("Nghỉ lễ Quốc khánh", "National Day holiday")

DECISIONS: Mapping[int, YearDecision] = MappingProxyType(
    {
        2024: YearDecision(
            Label("Công văn 2450/VPCP-KGVX năm 2024", "Official letter 2450/VPCP-KGVX of 2024"),
            official=True,
            days={date(2024, 4, 29): _REUNIFICATION_SWAP, date(2024, 5, 4): WORKING},
        ),
        2025: YearDecision(
            Label("Thông báo 6150/TB-BLĐTBXH năm 2024", "Announcement 6150/TB-BLDTBXH of 2024"),
            official=True,
            days={
                **{date(2025, 1, day): _TET for day in range(27, 32)},
                date(2025, 5, 2): _REUNIFICATION_SWAP,
                date(2025, 4, 26): WORKING,
            },
        ),
        2026: YearDecision(
            Label(
                "Thông báo của Bộ Nội vụ về nghỉ lễ, tết năm 2026; hoán đổi ngày 02/01/2026 (25/12/2025)",
                "Ministry of Home Affairs announcements for 2026; swap of 02/01/2026 (25/12/2025)",
            ),
            official=True,
            days={
                date(2026, 1, 2): _NEW_YEAR_SWAP,
                date(2026, 1, 10): WORKING,
                **{date(2026, 2, day): _TET for day in range(16, 21)},
                date(2026, 8, 31): _NATIONAL_SWAP,
                date(2026, 8, 22): WORKING,
                date(2026, 9, 1): _NATIONAL,
                date(2026, 9, 2): _NATIONAL,
            },
        ),
        2027: YearDecision(
            Label("Dự kiến, chưa có thông báo chính thức", "Forecast, not yet announced"),
            official=False,
            days={},
        ),
    }
)


class VietnamCalendar:
    """Saturdays, Sundays, public holidays and compensated days; a year's decision wins over the forecast."""

    def is_day_off(self, day: date) -> bool:
        """True when public bodies do not work that day."""
        decided = _decided(day)
        if day in decided:
            return decided[day] is not WORKING
        return day.weekday() >= SATURDAY or day in _forecast(day.year)

    def is_official(self, year: int) -> bool:
        """True when the announcement for that year has been seen."""
        decision = DECISIONS.get(year)
        return decision is not None and decision.official

    def name(self, day: date) -> Label | None:
        """The holiday's name; None on a working day and on a plain weekend."""
        decided = _decided(day)
        if day in decided:
            return decided[day]
        name = _forecast(day.year).get(day)
        return Label(name, _forecast(day.year, "en_US")[day]) if name else None


VIETNAM = VietnamCalendar()


def _decided(day: date) -> Mapping[date, Label | None]:
    decision = DECISIONS.get(day.year)
    return decision.days if decision else {}


@cache
def _forecast(year: int, language: str = "vi") -> Mapping[date, str]:
    """The package's days of one year; only a guess for years without a decision."""
    return dict(holidays.country_holidays("VN", years=year, language=language))
