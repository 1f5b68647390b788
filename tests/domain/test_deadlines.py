"""Counting of legal terms, each example worked by hand in its comment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.calendar import VIETNAM
from app.domain.deadlines import due_at, is_forecast, last_day
from app.domain.procedure import Confidence, Deadline, LegalBasis, TermUnit
from app.domain.text import Label

HANOI = timezone(timedelta(hours=7))
BASIS = LegalBasis(Label("Điều 134", "Art. 134"), Confidence.VERIFIED)


def term(amount: int, unit: TermUnit, rolls: bool = True) -> Deadline:
    return Deadline("example", Label("Thời hạn", "Term"), amount, unit, BASIS, rolls)


def local(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant on the clock in Hà Nội, as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


def ends(amount: int, unit: TermUnit, start: datetime, rolls: bool = True) -> date:
    return last_day(due_at(term(amount, unit, rolls), start, VIETNAM), unit)


def test_at_once_has_no_last_day():
    with pytest.raises(ValueError, match="at once"):
        due_at(term(0, TermUnit.IMMEDIATE), local(2026, 2, 17, 3, 30), VIETNAM)


def test_hours_that_end_at_midnight_end_on_the_day_that_begins():
    # From Tuesday 03/03/2026 00:00: 24 h end at 00:00 of Wednesday, not "24:00" of a term in days.
    assert ends(24, TermUnit.HOUR, local(2026, 3, 3, 0)) == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("subject", "start", "forecast"),
    [
        # Official 2026: Thursday 24/12 + 5 working days = Thursday 31/12/2026, 24:00 - still 2026.
        (term(5, TermUnit.WORKING_DAY), local(2026, 12, 24), False),
        (term(6, TermUnit.WORKING_DAY), local(2026, 12, 24), True),
        (term(3, TermUnit.CALENDAR_DAY), local(2027, 2, 3), True),
        (term(4, TermUnit.MONTH), local(2026, 10, 1), True),
        # Neither custody nor hours look at days off.
        (term(45, TermUnit.CALENDAR_DAY, rolls=False), local(2026, 12, 24), False),
        (term(24, TermUnit.HOUR), local(2027, 2, 3), False),
    ],
)
def test_a_date_is_a_forecast_when_days_off_not_announced_yet_decide_it(subject, start, forecast):
    assert is_forecast(subject, start, due_at(subject, start, VIETNAM), VIETNAM) is forecast


def test_hours_run_through_night_weekend_and_tet():
    # Friday 13/02/2026 22:15 + 24 h = Saturday 14/02 22:15, although both Saturday and the Tết week are off.
    assert due_at(term(24, TermUnit.HOUR), local(2026, 2, 13, 22, 15), VIETNAM) == local(2026, 2, 14, 22, 15)
    assert ends(24, TermUnit.HOUR, local(2026, 2, 13, 22, 15)) == date(2026, 2, 14)


def test_three_days_end_at_the_midnight_after_the_third():
    # Received Monday 02/03/2026 09:00; day 1 = Tue 3, day 2 = Wed 4, day 3 = Thu 5/03, 24:00 = Fri 6/03 00:00 local
    # = Thu 05/03 17:00 UTC.
    due = due_at(term(3, TermUnit.CALENDAR_DAY), local(2026, 3, 2), VIETNAM)
    assert due == datetime(2026, 3, 5, 17, 0, tzinfo=UTC)
    assert last_day(due, TermUnit.CALENDAR_DAY) == date(2026, 3, 5)


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (0, 1), (6, 59), (7, 0), (23, 59)])
def test_the_day_of_the_event_is_the_local_day(hour, minute):
    # 02/03/2026 00:01 in Hà Nội is still 01/03 in UTC; the event belongs to 02/03 all the same.
    assert ends(3, TermUnit.CALENDAR_DAY, local(2026, 3, 2, hour, minute)) == date(2026, 3, 5)


def test_an_end_on_saturday_rolls_to_monday():
    # Wednesday 04/03/2026 + 3 = Saturday 07/03 -> Monday 09/03.
    assert ends(3, TermUnit.CALENDAR_DAY, local(2026, 3, 4)) == date(2026, 3, 9)


def test_a_term_of_detention_does_not_roll():
    # Same Wednesday; a person is not held over the weekend because the office is shut.
    assert ends(3, TermUnit.CALENDAR_DAY, local(2026, 3, 4), rolls=False) == date(2026, 3, 7)


def test_an_end_in_tet_2026_rolls_past_the_whole_holiday():
    # Thursday 12/02/2026 + 3 = Sunday 15/02. Off: Sat 14, Sun 15, Tết Mon 16 - Fri 20, Sat 21, Sun 22 -> Monday 23/02.
    assert ends(3, TermUnit.CALENDAR_DAY, local(2026, 2, 12)) == date(2026, 2, 23)


def test_working_days_skip_tet_2026():
    # From Thursday 12/02/2026: 1 = Fri 13/02, 2 = Mon 23, 3 = Tue 24, 4 = Wed 25, 5 = Thu 26/02.
    assert ends(5, TermUnit.WORKING_DAY, local(2026, 2, 12)) == date(2026, 2, 26)


def test_working_days_skip_hung_kings_compensation_and_reunification():
    # From Friday 24/04/2026. Giỗ Tổ falls on Sun 26/04, made up on Mon 27. 1 = Tue 28, 2 = Wed 29;
    # Thu 30/04, Fri 01/05, Sat, Sun off; 3 = Mon 04/05.
    assert ends(3, TermUnit.WORKING_DAY, local(2026, 4, 24)) == date(2026, 5, 4)


def test_a_saturday_swapped_in_is_a_working_day():
    # Thursday 20/08/2026: 1 = Fri 21/08, 2 = Sat 22/08, worked in exchange for Mon 31/08.
    assert ends(2, TermUnit.WORKING_DAY, local(2026, 8, 20)) == date(2026, 8, 22)


def test_an_end_on_a_saturday_swapped_in_does_not_roll():
    # Wednesday 19/08/2026 + 3 = Saturday 22/08, a working day this year.
    assert ends(3, TermUnit.CALENDAR_DAY, local(2026, 8, 19)) == date(2026, 8, 22)


def test_the_day_given_in_exchange_is_off():
    # Friday 28/08/2026 + 3 = Monday 31/08, swapped off; 01 and 02/09 National Day -> Thursday 03/09.
    assert ends(3, TermUnit.CALENDAR_DAY, local(2026, 8, 28)) == date(2026, 9, 3)


def test_new_year_2026_was_swapped_by_a_late_decision():
    # Wednesday 31/12/2025: Thu 01/01 New Year, Fri 02/01 swapped off, Sat, Sun;
    # 1 = Mon 05/01 ... 5 = Fri 09/01, 6 = Sat 10/01, worked in exchange.
    assert ends(6, TermUnit.WORKING_DAY, local(2025, 12, 31)) == date(2026, 1, 10)


def test_a_month_ends_on_the_same_day_number():
    # 15/06/2026 + 4 months = Thursday 15/10/2026.
    assert ends(4, TermUnit.MONTH, local(2026, 6, 15)) == date(2026, 10, 15)


def test_a_month_without_that_day_ends_on_its_last():
    # 31/10/2025 + 4 months: February 2026 has 28 days; Saturday 28/02 rolls to Monday 02/03.
    assert ends(4, TermUnit.MONTH, local(2025, 10, 31)) == date(2026, 3, 2)
    assert ends(4, TermUnit.MONTH, local(2025, 10, 31), rolls=False) == date(2026, 2, 28)


def test_months_reach_the_leap_day_and_the_next_year():
    # 30/12/2023 + 2 months = 29/02/2024 (leap year, Thursday); 15/12/2025 + 1 month = Thursday 15/01/2026.
    assert ends(2, TermUnit.MONTH, local(2023, 12, 30)) == date(2024, 2, 29)
    assert ends(1, TermUnit.MONTH, local(2025, 12, 15)) == date(2026, 1, 15)


def test_a_month_ending_in_december_stays_in_its_year():
    # 30/11/2026 + 1 month = Wednesday 30/12/2026.
    assert ends(1, TermUnit.MONTH, local(2026, 11, 30)) == date(2026, 12, 30)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="aware"):
        due_at(term(1, TermUnit.HOUR), datetime(2026, 3, 2), VIETNAM)  # noqa: DTZ001 - the point of the test


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    amount=st.integers(1, 60),
    unit=st.sampled_from([TermUnit.CALENDAR_DAY, TermUnit.WORKING_DAY, TermUnit.MONTH]),
)
def test_a_rolling_term_ends_on_a_working_day_and_never_early(start, amount, unit):
    due = due_at(term(amount, unit), start, VIETNAM)
    day = last_day(due, unit)
    assert not VIETNAM.is_day_off(day)
    assert due.tzinfo is UTC
    assert due.astimezone(HANOI).time().isoformat() == "00:00:00"
    assert day >= start.astimezone(HANOI).date() + timedelta(
        days=amount if unit is not TermUnit.MONTH else 28 * amount
    )


def test_only_announced_years_are_official():
    assert [VIETNAM.is_official(year) for year in (2024, 2025, 2026, 2027, 2040)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_holidays_have_names_in_both_languages():
    assert VIETNAM.name(date(2026, 1, 2)) == Label(
        "Nghỉ hoán đổi dịp Tết Dương lịch", "New Year's Day, swapped day off"
    )
    assert VIETNAM.name(date(2024, 4, 18)) == Label("Ngày Giỗ Tổ Hùng Vương", "Hung Kings' Commemoration Day")
    assert VIETNAM.name(date(2026, 8, 22)) is None
    assert VIETNAM.name(date(2026, 3, 7)) is None
