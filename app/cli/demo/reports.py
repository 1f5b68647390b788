"""Reports that did not become a case: waiting, overdue, passed on, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from app.cli.demo import trafficking_entries as entries
from app.cli.demo.accounts import Cast
from app.cli.demo.desk_work import HOUR, classify, log_report
from app.cli.demo.people import CALLERS, VICTIMS
from app.cli.demo.timeline import Beginning, Story
from app.domain.states import Outcome
from app.services.classification import Decision

WAYS: tuple[tuple[int, str, Decision | None], ...] = (
    (0, "hotline_111", None),
    (0, "emergency_113", None),
    (0, "self_report_commune_ubnd", None),
    (2, "online", None),
    (3, "written", None),
    (4, "hotline_province_police", Decision(Outcome.PASSED_ON, body="other_province_police")),
    (6, "self_report_border_guard", Decision(Outcome.PASSED_ON, body="border_guard")),
    (11, "media", Decision(Outcome.PASSED_ON, body="provincial_investigation", note="Đã gọi báo trước.")),
    (5, "third_party_report", Decision(Outcome.CLOSED, close_reason="duplicate")),
    (7, "hotline_111", Decision(Outcome.CLOSED, close_reason="information_only")),
    (8, "emergency_113", Decision(Outcome.CLOSED, close_reason="test_call")),
)
"""Days ago, channel, and what was decided (None: still waiting; after a day it is overdue)."""


def beginnings(cast: Cast) -> tuple[Beginning, ...]:
    """One story for each way."""
    return tuple(
        Beginning(days_ago, 7 + number % 12, _story(cast, _form(number, channel), decision))
        for number, (days_ago, channel, decision) in enumerate(WAYS)
    )


def _story(cast: Cast, form: dict[str, Any], decision: Decision | None) -> Story:
    def tell() -> Iterator[timedelta]:
        report = log_report(cast["truc"], form)
        if decision:
            yield 2 * HOUR
            classify(cast["truc"], report, decision)

    return tell


def _form(number: int, channel: str) -> dict[str, Any]:
    person, caller = VICTIMS[-1 - number % len(VICTIMS)], CALLERS[number % len(CALLERS)]
    form = entries.report(caller, person, channel=channel, danger=number % 3 == 1)
    if number % 4 == 3:
        form["content"] |= {"anonymous": True, "anonymous_reason": "Sợ bị trả thù.", "caller_name": ""}
    return form
