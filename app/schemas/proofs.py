"""Checkpoints and proofs of the ledger as machines ask for them and get them."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.forms import Form
from app.schemas.scalars import Whole
from app.schemas.terms import Instant, Out

MOST = 10**15


class CheckpointQuery(Form):
    """Which checkpoint; the newest when nothing is said."""

    size = Whole(least=1, most=MOST)


class InclusionQuery(Form):
    """Which entry: by lane and counter as lists show them, or by its position in the tree; against which checkpoint."""

    lane = Whole(least=0, most=255)
    counter = Whole(least=1, most=MOST)
    position = Whole(least=0, most=MOST)
    size = Whole(least=1, most=MOST)


class ConsistencyQuery(Form):
    """From which checkpoint to which; to the newest when `new` is left out."""

    old = Whole(least=1, most=MOST)
    new = Whole(least=1, most=MOST)


class CheckpointOut(Out):
    """A signed checkpoint: `note` is what counts (C2SP tlog-checkpoint); the rest repeats it."""

    origin = fields.String(attribute="checkpoint.origin", required=True)
    size = fields.Integer(attribute="checkpoint.size", required=True)
    root = fields.String(attribute="root", required=True)
    signed_at = Instant(attribute="at", required=True)
    note = fields.String(required=True)


class InclusionOut(Out):
    """That the entry with exactly the text `leaf` is leaf `position` of the log that `checkpoint` signs (RFC 6962)."""

    position = fields.Integer(required=True)
    leaf = fields.String(required=True)
    proof = fields.List(fields.String(), required=True)
    checkpoint = fields.String(required=True)


class ConsistencyOut(Out):
    """That the log `old` signs is the beginning of the log `new` signs (RFC 6962)."""

    old = fields.String(required=True)
    proof = fields.List(fields.String(), required=True)
    new = fields.String(required=True)
