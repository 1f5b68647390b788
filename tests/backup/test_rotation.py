"""Which backups stay: by local day, week and month; the newest of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.backup.rotation import Rotation, kept, keys_outlived

NIGHT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)  # 02:00 on the 23rd in Viet Nam
RULE = Rotation()


def nightly(count: int) -> list[datetime]:
    return [NIGHT - timedelta(days=n) for n in range(count)]


def test_a_year_of_nights_leaves_seven_days_five_weeks_and_twelve_months():
    stay = kept(nightly(400), RULE)
    assert set(nightly(7)) <= stay
    months = {(at + timedelta(hours=7)).strftime("%Y-%m") for at in stay}
    assert months == {"2026-11", "2026-10", *(f"2026-{m:02d}" for m in range(1, 10)), "2025-12"}
    assert 7 + 11 <= len(stay) <= 7 + 5 + 12


def test_of_several_on_one_day_the_newest_stays():
    times = [NIGHT, NIGHT + timedelta(hours=3), NIGHT + timedelta(hours=5)]
    assert kept(times, RULE) == {times[-1]}


def test_days_are_local_ones():
    before, after = NIGHT - timedelta(hours=2, seconds=1), NIGHT - timedelta(hours=2)
    rule = Rotation(daily=2, weekly=0, monthly=0)
    assert kept([before, after], rule) == {before, after}  # 23:59:59 and 00:00 in Viet Nam


def test_pauses_do_not_count_as_days():
    times = [NIGHT - timedelta(days=30 * n) for n in range(7)]
    assert kept(times, RULE) == set(times)


def test_keys_are_over_after_exactly_their_days():
    assert not keys_outlived(NIGHT, NIGHT + timedelta(days=35, seconds=-1), RULE)
    assert keys_outlived(NIGHT, NIGHT + timedelta(days=35), RULE)


@given(
    st.lists(st.integers(0, 5_000_000).map(lambda minutes: NIGHT + timedelta(minutes=minutes)), min_size=1)
)
def test_the_newest_always_stays_and_choosing_again_changes_nothing(times):
    stay = kept(times, RULE)
    assert max(times) in stay
    assert kept(stay, RULE) == stay
