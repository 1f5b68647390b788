"""The hotline form and its code lists."""

from __future__ import annotations

import pytest

from app.catalogue import intake
from app.domain.procedure import Sensitivity, TermUnit

CODE_LISTS = (
    intake.CHANNELS,
    intake.LANGUAGES,
    intake.CLOSE_REASONS,
    intake.COMPETENT_BODIES,
    intake.READ_REASONS,
)


@pytest.mark.parametrize("choices", CODE_LISTS)
def test_code_lists_have_unique_ids_and_both_languages(choices):
    ids = [c.id for c in choices]
    assert sorted(ids) == sorted(set(ids))
    assert all(c.label.vi and c.label.en for c in choices)


def test_the_report_is_classified_within_a_day_by_the_hour():
    deadline = intake.CLASSIFY_DEADLINE
    assert (deadline.amount, deadline.unit, deadline.rolls) == (24, TermUnit.HOUR, False)
    assert deadline.basis.confidence.verified


def test_routing_facts_are_not_sealed_in_the_report():
    sealed = {f.id for f in intake.REPORT_SECTION.fields}
    assert not sealed & {"channel", "danger_now", "people", "children", "language"}
    assert [f.id for f in intake.REPORT_SECTION.fields if f.required] == ["what_happened"]


def test_who_called_is_kept_as_narrowly_as_an_identity():
    assert intake.REPORT_SECTION.sensitivity is Sensitivity.IDENTITY
