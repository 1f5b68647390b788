"""Entries of the ledger as an auditor reads them."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.terms import Instant, Out, page_of


class EntryOut(Out):
    """One act: who, what, when, by which door; `body` holds ids, codes, numbers and dates only."""

    lane = fields.Integer(attribute="entry.lane", required=True)
    counter = fields.Integer(attribute="entry.counter", required=True)
    at = Instant(attribute="entry.at", required=True)
    action = fields.String(attribute="entry.action", required=True)
    actor_id = fields.UUID(attribute="entry.actor_id", required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    account_name = fields.String(required=True, allow_none=True)
    channel = fields.String(attribute="entry.channel", required=True)
    source = fields.String(attribute="entry.source", required=True)
    subject_kind = fields.String(attribute="entry.subject_kind", required=True)
    subject_id = fields.UUID(attribute="entry.subject_id", required=True, allow_none=True)
    body = fields.Dict(keys=fields.String(), required=True)


EntryPageOut = page_of(EntryOut)
