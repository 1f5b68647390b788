"""Keys are rotated, renewed and destroyed by an application that owns no table."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.models import Case
from tests.rotation.test_attacks import test_a_root_is_not_retired_under_somebody_who_is_about_to_use_it
from tests.rotation.test_erasure import (
    ask,
    closed_case,
    over,
    test_two_persons_erase_a_file_and_nobody_opens_it_any_more,
)
from tests.rotation.test_killed import renewal
from tests.rotation.test_rotation import (
    test_new_data_keys_are_under_the_new_root_at_once_and_old_ones_stay_readable,
)
from tests.services import acting

__all__ = [
    "ask",
    "over",
    "test_a_root_is_not_retired_under_somebody_who_is_about_to_use_it",
    "test_new_data_keys_are_under_the_new_root_at_once_and_old_ones_stay_readable",
    "test_two_persons_erase_a_file_and_nobody_opens_it_any_more",
]


def test_a_case_gets_new_data_keys(ctx, actor_for):
    case_id = closed_case(actor_for, keep_until=date(2026, 11, 23))
    renewal(acting.look(select(Case.code).where(Case.id == case_id)))()
    assert acting.whole()
