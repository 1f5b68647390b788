"""Handovers in and out, and the units they go to."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.documents import DocumentOut
from app.schemas.forms import Form
from app.schemas.scalars import Id, Text
from app.schemas.terms import Instant, NamedOut, Out, page_of


class HandoverIn(Form):
    """To which unit the case is offered."""

    to_unit_id = Id(required=True)


class RefusalIn(Form):
    """Why a handover is refused; kept sealed."""

    reason = Text(most=2000, lines=True, required=True)


class UnitOut(Out):
    """A unit a case can be offered to."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    parent_name = fields.String(required=True)
    symbol = fields.String(required=True)
    place_name = fields.String(required=True)
    kind = fields.String(required=True)


class HandoverOut(Out):
    """A handover: from whom, to whom, how it stands."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    from_unit_id = fields.UUID(required=True)
    to_unit_id = fields.UUID(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    offered_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)


class HandoverRowOut(Out):
    """A line of the list: the handover, its case's code, the two units."""

    handover = fields.Nested(HandoverOut, required=True)
    case_code = fields.String(required=True)
    giver = fields.String(required=True)
    receiver = fields.String(required=True)


class OpenedHandoverOut(Out):
    """A handover with what goes over and what the receiver said."""

    handover = fields.Nested(HandoverOut, required=True)
    case_code = fields.String(required=True)
    procedure = fields.Nested(NamedOut, required=True)
    giver = fields.Nested(UnitOut, required=True)
    receiver = fields.Nested(UnitOut, required=True)
    sections = fields.List(fields.Nested(NamedOut), required=True)
    documents = fields.List(fields.Nested(DocumentOut), required=True)
    offered_by = fields.String(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    refusal = fields.String(required=True, allow_none=True)


HandoverPageOut = page_of(HandoverRowOut)
UnitPageOut = page_of(UnitOut)
