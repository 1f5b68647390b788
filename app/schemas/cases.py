"""Cases in and out: the list, one case's page, its moves, and who works on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, post_load

from app.schemas.documents import DocumentOut
from app.schemas.forms import Form
from app.schemas.handovers import HandoverOut
from app.schemas.procedures import DeadlineOut, MoveOut, StageOut
from app.schemas.scalars import Day, Id, Text, YesNo
from app.schemas.terms import Instant, NamedOut, Out, TermOut, page_of


class MoveIn(Form):
    """A step to take: on which track, where to, the day of the legal event, and why."""

    track = Text(most=60, required=True)
    to = Text(most=60, required=True)
    event_on = Day(past=True)
    reason = Text(most=2000, lines=True)

    @post_load
    def day(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`event_on` as a date."""
        return {**data, "event_on": date.fromisoformat(data["event_on"])} if "event_on" in data else data


class DecisionIn(Form):
    """The second person's answer; a refusal says why."""

    approved = YesNo(required=True)
    reason = Text(most=2000, lines=True)


class AssignmentIn(Form):
    """Which officer is put on the case."""

    account_id = Id(required=True)


class CaseRowOut(Out):
    """A line of the list: code, stages and the next term; nothing about a person.

    `due_at` is null when no term runs and for a duty at once; `overdue` is a `past` term that is verified.
    """

    id = fields.UUID(attribute="case.id", required=True)
    code = fields.String(attribute="case.code", required=True)
    version = fields.Integer(attribute="case.version", required=True)
    procedure = fields.Nested(NamedOut, required=True)
    stages = fields.List(fields.Nested(StageOut), required=True)
    due_at = Instant(attribute="term.due_at", dump_default=None, required=True, allow_none=True)
    deadline = fields.Nested(
        DeadlineOut, attribute="term.deadline", dump_default=None, required=True, allow_none=True
    )
    past = fields.Boolean(attribute="term.past", dump_default=False, required=True)
    overdue = fields.Boolean(attribute="term.overdue", dump_default=False, required=True)
    holidays_forecast = fields.Boolean(attribute="term.forecast", dump_default=False, required=True)
    opened_at = Instant(attribute="case.opened_at", required=True)
    closed_at = Instant(attribute="case.closed_at", required=True, allow_none=True)
    erased_at = Instant(attribute="case.erased_at", required=True, allow_none=True)
    officers = fields.List(fields.String(), required=True)


class ApprovalOut(Out):
    """A step that waits for, or got, a second person's decision."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    track_id = fields.String(required=True)
    from_stage = fields.String(required=True)
    to_stage = fields.String(required=True)
    event_on = fields.Date(required=True)
    requested_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    approved = fields.Boolean(required=True, allow_none=True)


class PlaceOut(Out):
    """Where the case stands on one track, and the steps this account may start."""

    track = fields.Nested(NamedOut, required=True)
    stage = fields.Nested(StageOut, required=True)
    entered_at = Instant(attribute="stay.entered_at", required=True)
    moves = fields.List(fields.Nested(MoveOut), required=True)
    waiting = fields.Nested(ApprovalOut, required=True, allow_none=True)


class RunningTermOut(Out):
    """A statutory clock; `stopped_at` is null while it runs, `due_at` for a duty at once.

    `overdue` is a `past` term that is verified; `holidays_forecast`: its date may still move.
    """

    deadline = fields.Nested(DeadlineOut, required=True)
    stage = fields.Nested(StageOut, required=True)
    started_at = Instant(required=True)
    due_at = Instant(required=True, allow_none=True)
    stopped_at = Instant(required=True, allow_none=True)
    past = fields.Boolean(required=True)
    overdue = fields.Boolean(required=True)
    holidays_forecast = fields.Boolean(attribute="forecast", required=True)


class SectionLineOut(Out):
    """A section by name: its version (0 = empty) and whether this account may open it."""

    section = fields.Nested(NamedOut, required=True)
    version = fields.Integer(required=True)
    readable = fields.Boolean(required=True)


class StepOut(Out):
    """One stay of the history."""

    stage = fields.Nested(StageOut, required=True)
    track_id = fields.String(attribute="stay.track_id", required=True)
    event_on = fields.Date(attribute="stay.event_on", required=True)
    entered_at = Instant(attribute="stay.entered_at", required=True)
    left_at = Instant(attribute="stay.left_at", required=True, allow_none=True)
    moved_by = fields.String(required=True)


class OfficerOut(Out):
    """A member of staff who may be, or is, put on a case."""

    id = fields.UUID(required=True)
    username = fields.String(required=True)
    name = fields.String(attribute="display_name", required=True)
    rank = fields.String(required=True)
    position = fields.String(required=True)


class CaseOut(Out):
    """A case without the content of any section."""

    id = fields.UUID(attribute="case.id", required=True)
    code = fields.String(attribute="case.code", required=True)
    version = fields.Integer(attribute="case.version", required=True)
    procedure = fields.Nested(NamedOut, required=True)
    procedure_version = fields.Integer(attribute="procedure.version", required=True)
    opened_at = Instant(attribute="case.opened_at", required=True)
    changed_at = Instant(attribute="case.changed_at", required=True)
    next_due_at = Instant(attribute="case.next_due_at", required=True, allow_none=True)
    handed_over_at = Instant(attribute="case.handed_over_at", required=True, allow_none=True)
    closed_at = Instant(attribute="case.closed_at", required=True, allow_none=True)
    erased_at = Instant(attribute="case.erased_at", required=True, allow_none=True)
    held_here = fields.Boolean(required=True)
    places = fields.List(fields.Nested(PlaceOut), required=True)
    terms = fields.List(fields.Nested(RunningTermOut), required=True)
    sections = fields.List(fields.Nested(SectionLineOut), required=True)
    history = fields.List(fields.Nested(StepOut), required=True)
    officers = fields.Method(
        "officers_now", required=True, metadata={"type": "array", "items": {"type": "object"}}
    )
    documents = fields.List(fields.Nested(DocumentOut), required=True)
    handovers = fields.List(fields.Nested(HandoverOut), required=True)

    def officers_now(self, view: Any) -> list[Any]:
        """The officers on the case, as OfficerOut."""
        return [OfficerOut().dump(account) for _, account in view.officers]


class ChangedCaseOut(Out):
    """A case after a change: its new version."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    version = fields.Integer(required=True)


class MoveCheckOut(Out):
    """A step and everything it still needs, by path; nothing missing means the gate is open."""

    case_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    stage = fields.Nested(StageOut, required=True)
    move = fields.Nested(MoveOut, required=True)
    missing = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class MoveResultOut(Out):
    """Where the case stands now; `approval` when a second person decides or has decided."""

    case = fields.Nested(ChangedCaseOut, required=True)
    stage_id = fields.String(required=True)
    approval = fields.Nested(ApprovalOut, required=True, allow_none=True)


class WaitingMoveOut(Out):
    """A request for the person who decides."""

    approval = fields.Nested(ApprovalOut, required=True)
    case_code = fields.String(attribute="case.code", required=True)
    stage = fields.Nested(StageOut, required=True)
    to = fields.String(attribute="move.to", required=True)
    label = fields.Nested(TermOut, attribute="move.label", required=True)
    requested_by = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class ReasonOut(Out):
    """A sentence somebody wrote for the others on the case; `step` is null for a handover."""

    at = Instant(required=True)
    by = fields.String(required=True)
    step = fields.Nested(TermOut, required=True, allow_none=True)
    approved = fields.Boolean(required=True, allow_none=True)
    text = fields.String(required=True)


CasePageOut = page_of(CaseRowOut)
OfficerPageOut = page_of(OfficerOut)
ReasonPageOut = page_of(ReasonOut)
WaitingMovePageOut = page_of(WaitingMoveOut)
