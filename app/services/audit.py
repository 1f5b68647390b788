"""Who looked at what: the access log of a case, and the entries of the unit's own people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access import load_case, require
from app.domain.actor import NOBODY, Actor
from app.domain.errors import NotVisible, SubjectKind
from app.domain.events import LedgerRead
from app.domain.permissions import Permission
from app.extensions import db
from app.models import Account, Case, Document, Handover, LedgerEntry, Report
from app.paging import Page, read_page
from app.transaction import transaction

ORDER = (LedgerEntry.at, LedgerEntry.lane, LedgerEntry.counter)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry with names beside ids: who acted, and which account it concerned; the body as data."""

    entry: LedgerEntry
    actor_name: str | None
    account_name: str | None
    body: dict[str, Any]


def list_entries(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[EntryView]:
    """What the people of the actor's unit did, newest first."""
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        query = select(LedgerEntry).where(LedgerEntry.unit_id == actor.unit_id)
        page = _named(read_page(query, ORDER, cursor, limit, descending=True))
        tx.record(LedgerRead(subject_id=None, count=len(page.items)))
    return page


def list_case_entries(
    actor: Actor, case_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> tuple[Case, Page[EntryView]]:
    """Everything anybody did, or was refused, on a case and its reports, papers and handovers; newest first."""
    with transaction(actor) as tx:
        case = load_case(actor, case_id, Permission.LEDGER_READ)
        if case.unit_id != actor.unit_id:
            raise NotVisible(SubjectKind.LEDGER, case_id)
        subjects = [
            case.id,
            *db.session.scalars(select(Report.id).where(Report.case_id == case.id)),
            *db.session.scalars(select(Document.id).where(Document.case_id == case.id)),
            *db.session.scalars(select(Handover.id).where(Handover.case_id == case.id)),
        ]
        query = select(LedgerEntry).where(LedgerEntry.subject_id.in_(subjects))
        page = _named(read_page(query, ORDER, cursor, limit, descending=True))
        tx.record(LedgerRead(subject_id=case.id, count=len(page.items)))
    return case, page


def _named(page: Page[LedgerEntry]) -> Page[EntryView]:
    bodies = [json.loads(entry.body) for entry in page.items]
    concerned = [UUID(body["account_id"]) if "account_id" in body else None for body in bodies]
    wanted = {entry.actor_id for entry in page.items} | set(concerned)
    names = {
        a.id: a.display_name
        for a in db.session.scalars(select(Account).where(Account.id.in_(wanted - {None})))
    }
    views = (
        EntryView(entry, names.get(entry.actor_id or NOBODY), names.get(account_id or NOBODY), body)
        for entry, account_id, body in zip(page.items, concerned, bodies, strict=True)
    )
    return Page(tuple(views), page.next_cursor)
