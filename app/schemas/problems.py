"""How a refusal looks to a machine (RFC 9457), and which conflicts mean a stale version."""

from __future__ import annotations

from marshmallow import fields

from app.domain.errors import BenAnError, Conflict
from app.records import STALE
from app.schemas.terms import Out
from app.transaction import CHANGED_MEANWHILE


class ProblemOut(Out):
    """Problem details; `errors` names each wrong entry by its path, with what is wrong and the remedy."""

    class Meta:
        """The name in the API's description."""

        title = "Problem"

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


def is_stale(error: BenAnError) -> bool:
    """True when the version in If-Match is no longer the present one (412, not 409)."""
    return isinstance(error, Conflict) and error.message in (STALE, CHANGED_MEANWHILE)
