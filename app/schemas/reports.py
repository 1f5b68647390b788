"""Reports in and out: the intake form, the decision about a report, and what a reader gets."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.catalogue.intake import (
    CHANNELS,
    CLOSE_REASONS,
    COMPETENT_BODIES,
    LANGUAGES,
    REPORT_SECTION,
)
from app.catalogue.procedures import CURRENT
from app.domain.procedure import Choice
from app.domain.states import Outcome
from app.domain.text import N_, Message
from app.schemas.fields import fields_schema
from app.schemas.forms import LISTS_AND_FORMS, Form
from app.schemas.scalars import REQUIRED, OneOf, Text, Whole, YesNo
from app.schemas.terms import Instant, Out, page_of

MORE_CHILDREN = Message(N_("More children than people. Count the children among the people."))
WHY_ANONYMOUS = Message(N_("Write why the caller gives no name; the report is accepted all the same."))
NAMED = Message(N_("A name is given although the caller gives no name. Delete one of the two."))
NO_CALLBACK = Message(N_("Write the number to call back, or leave the times empty."))
NO_WINDOW = Message(N_("These two times are the same. Write from when until when it is safe to call."))
WHAT_FOLLOWS = {
    Outcome.CASE_OPENED: "procedure_id",
    Outcome.CASE_JOINED: "case_code",
    Outcome.PASSED_ON: "body",
    Outcome.CLOSED: "close_reason",
}


def _ids(choices: tuple[Choice, ...]) -> tuple[str, ...]:
    return tuple(choice.id for choice in choices)


class ReportIn(Form):
    """The intake form. `content` holds the sealed part, the fields of REPORT_SECTION."""

    channel = OneOf(_ids(CHANNELS), required=True)
    danger_now = YesNo(required=True)
    people = Whole(least=0, most=1000, allow_none=True)
    children = Whole(least=0, most=1000, allow_none=True)
    language = OneOf(_ids(LANGUAGES), load_default="unknown")
    content = fields.Nested(
        fields_schema(REPORT_SECTION.fields, name="ReportContent"),
        required=True,
        error_messages=LISTS_AND_FORMS,  # type: ignore[arg-type]
    )

    @validates_schema(skip_on_field_errors=False)
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Entries that must fit each other."""
        errors: dict[str, Any] = {}
        people, children = data.get("people"), data.get("children")
        if people is not None and children is not None and children > people:
            errors["children"] = [MORE_CHILDREN]
        content = _contradictions(data.get("content") or {})
        if content:
            errors["content"] = content
        if errors:
            raise ValidationError(errors)


def _contradictions(content: dict[str, Any]) -> dict[str, list[Message]]:
    errors: dict[str, list[Message]] = {}
    if content.get("anonymous") and "anonymous_reason" not in content:
        errors["anonymous_reason"] = [WHY_ANONYMOUS]
    if content.get("anonymous") and "caller_name" in content:
        errors["caller_name"] = [NAMED]
    begin, end = content.get("callback_from"), content.get("callback_until")
    if (begin or end) and not ("callback_phone" in content or "caller_phone" in content):
        errors["callback_phone"] = [NO_CALLBACK]
    if begin and begin == end:
        errors["callback_until"] = [NO_WINDOW]
    return errors


class ClassificationIn(Form):
    """What becomes of a report; the one entry that goes with the outcome, and a note. Fits services' Decision."""

    outcome = OneOf(tuple(o.value for o in Outcome), required=True)
    procedure_id = OneOf(tuple(p.id for p in CURRENT))
    case_code = Text(most=20)
    body = OneOf(_ids(COMPETENT_BODIES))
    close_reason = OneOf(_ids(CLOSE_REASONS))
    note = Text(most=2000, lines=True)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly the entry that the outcome needs."""
        wanted = WHAT_FOLLOWS[Outcome(data["outcome"])]
        if wanted not in data:
            raise ValidationError({wanted: [REQUIRED]})
        superfluous = (set(data) & set(WHAT_FOLLOWS.values())) - {wanted}
        if superfluous:
            message = Message(N_("This does not go with the chosen outcome. Leave it empty."))
            raise ValidationError({name: [message] for name in superfluous})

    @post_load
    def outcome_as_word(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`outcome` as an Outcome; the other entries as they are."""
        return {**data, "outcome": Outcome(data["outcome"])}


class ReportOut(Out):
    """A report's row: code, channel, term and outcome; nothing of its content."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    channel = fields.String(required=True)
    language = fields.String(required=True)
    danger_now = fields.Boolean(required=True)
    people = fields.Integer(required=True, allow_none=True)
    children = fields.Integer(required=True, allow_none=True)
    received_at = Instant(required=True)
    due_at = Instant(required=True)
    outcome = fields.String(required=True, allow_none=True)
    outcome_detail = fields.String(required=True, allow_none=True)
    classified_at = Instant(required=True, allow_none=True)
    case_id = fields.UUID(required=True, allow_none=True)


class OpenedReportOut(Out):
    """An opened report: its row and its content by field id."""

    report = fields.Nested(ReportOut, required=True)
    content = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


ReportPageOut = page_of(ReportOut)
