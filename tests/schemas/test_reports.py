"""The intake form and the decision about a report. Every caller here is invented."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid
from app.schemas.loading import load
from app.schemas.reports import ClassificationIn, ReportIn

LEAST = {"channel": "hotline_111", "danger_now": False, "content": {"what_happened": "An invented call."}}


def paths(schema, entries):
    with pytest.raises(Invalid) as error:
        load(schema, entries)
    return set(error.value.errors)


def test_the_least_report_needs_a_channel_the_danger_and_a_sentence():
    values = load(ReportIn(), LEAST)
    assert values["danger_now"] is False
    assert values["language"] == "unknown"
    assert "people" not in values
    assert paths(ReportIn(), {}) == {"channel", "danger_now", "content"}
    assert paths(ReportIn(), {**LEAST, "content": {"place": "x"}}) == {"content.what_happened"}


@pytest.mark.parametrize(
    ("top", "content", "expected"),
    [
        ({"people": 1, "children": 2}, {}, {"children"}),
        ({}, {"anonymous": True}, {"content.anonymous_reason"}),
        (
            {},
            {"anonymous": "yes", "anonymous_reason": "afraid", "caller_name": "Invented"},
            {"content.caller_name"},
        ),
        ({}, {"callback_until": "20:00"}, {"content.callback_phone"}),
        (
            {},
            {"callback_phone": "0912345678", "callback_from": "20:00", "callback_until": "20:00"},
            {"content.callback_until"},
        ),
        ({"id": 1}, {}, {"id"}),
        (
            {"people": 2, "children": 1, "channel": "pigeon"},
            {"caller_phone": "x"},
            {"channel", "content.caller_phone"},
        ),
    ],
)
def test_entries_must_fit_each_other(top, content, expected):
    assert paths(ReportIn(), {**LEAST, **top, "content": {**LEAST["content"], **content}}) == expected


def test_a_safe_time_may_pass_midnight():
    content = {"callback_phone": "0912345678", "callback_from": "22:00", "callback_until": "06:00"}
    assert load(ReportIn(), {**LEAST, "content": {**LEAST["content"], **content}})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({}, {"outcome"}),
        ({"outcome": "case_opened"}, {"procedure_id"}),
        ({"outcome": "case_joined"}, {"case_code"}),
        ({"outcome": "passed_on", "body": "nobody"}, {"body"}),
        ({"outcome": "closed", "close_reason": "duplicate", "case_code": "X"}, {"case_code"}),
    ],
)
def test_an_outcome_needs_its_own_entry_and_no_other(entries, expected):
    assert paths(ClassificationIn(), entries) == expected


def test_a_decision_is_loaded():
    entries = {"outcome": "passed_on", "body": "border_guard", "case_code": "", "note": "By phone."}
    assert load(ClassificationIn(), entries) == {
        "outcome": "passed_on",
        "body": "border_guard",
        "note": "By phone.",
    }
