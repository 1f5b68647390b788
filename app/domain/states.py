"""Closed lists that columns hold: the kind of a unit, what became of a report, the state of a handover."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """Whether a unit keeps files here or only receives them."""

    POLICE = "police"
    PARTNER = "partner"


class Outcome(StrEnum):
    """What became of a report."""

    CASE_OPENED = "case_opened"
    CASE_JOINED = "case_joined"
    PASSED_ON = "passed_on"
    CLOSED = "closed"


class HandoverState(StrEnum):
    """offered -> confirmed | refused | withdrawn; the last three are final."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
