"""How long a file is kept, holds and requests for erasing, in and out."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, post_load

from app.catalogue.retention import ERASURE_GROUNDS, HOLD_GROUNDS, TERM_GROUNDS, Ground
from app.schemas.forms import Form
from app.schemas.scalars import Day, OneOf, YesNo
from app.schemas.terms import BasisOut, Instant, NamedOut, Out, page_of


def _one_of(grounds: tuple[Ground, ...]) -> OneOf:
    return OneOf(tuple(ground.id for ground in grounds), required=True)


class TermIn(Form):
    """The last day of keeping, absent when it is not known, and why."""

    keep_until = Day()
    ground = _one_of(TERM_GROUNDS)

    @post_load
    def day(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`keep_until` as a date or None."""
        told = data.get("keep_until")
        return {**data, "keep_until": date.fromisoformat(told) if told else None}


class HoldIn(Form):
    """Why the file must not be erased."""

    ground = _one_of(HOLD_GROUNDS)


class ErasureIn(Form):
    """Why the file is to be erased."""

    ground = _one_of(ERASURE_GROUNDS)


class ErasureDecisionIn(Form):
    """The second person's answer."""

    approved = YesNo(required=True)


class GroundOut(NamedOut):
    """A reason of a list, and the article it rests on."""

    basis = fields.Nested(BasisOut, required=True, allow_none=True)


class ErasureOut(Out):
    """A request for erasing: asked when, decided when and how."""

    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    basis = fields.String(required=True)
    requested_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    approved = fields.Boolean(required=True, allow_none=True)


class KeepingOut(Out):
    """How a file is kept; `obstacles` forbid erasing it now, `version` is the case's."""

    case_id = fields.UUID(attribute="case.id", required=True)
    code = fields.String(attribute="case.code", required=True)
    version = fields.Integer(attribute="case.version", required=True)
    closed_at = Instant(attribute="case.closed_at", required=True, allow_none=True)
    keep_until = fields.Date(attribute="case.keep_until", required=True, allow_none=True)
    term_ground = fields.Nested(GroundOut, required=True, allow_none=True)
    held_at = Instant(attribute="case.held_at", required=True, allow_none=True)
    hold_ground = fields.Nested(GroundOut, required=True, allow_none=True)
    erased_at = Instant(attribute="case.erased_at", required=True, allow_none=True)
    erasures = fields.List(fields.Nested(ErasureOut), required=True)
    obstacles = fields.List(fields.String(), required=True)


class KeptCaseOut(Out):
    """A case after a change to how it is kept."""

    case_id = fields.UUID(attribute="id", required=True)
    version = fields.Integer(required=True)
    keep_until = fields.Date(required=True, allow_none=True)
    held_at = Instant(required=True, allow_none=True)
    erased_at = Instant(required=True, allow_none=True)


class WaitingErasureOut(Out):
    """A request that waits: which file, why, who asked, what forbids it by now."""

    erasure = fields.Nested(ErasureOut, required=True)
    case_code = fields.String(attribute="case.code", required=True)
    ground = fields.Nested(GroundOut, required=True)
    requested_by = fields.String(required=True)
    obstacles = fields.List(fields.String(), required=True)


WaitingErasurePageOut = page_of(WaitingErasureOut)
