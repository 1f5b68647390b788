"""Erasing a file, by two persons: one asks, another supervisor of the unit decides; and the proof that stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from app import position
from app.access import load_kept_case, require, visible_cases
from app.catalogue.retention import ERASURE_GROUNDS, GROUNDS, Ground
from app.config import Settings
from app.domain.actor import Actor
from app.domain.errors import Conflict, Erased, Invalid, NotVisible, SecondPersonRequired, SubjectKind
from app.domain.events import (
    CaseErased,
    CatalogueId,
    ErasureRefused,
    ErasureRequested,
    ErasuresListed,
    KeepingViewed,
    LedgerRead,
    ReportErased,
)
from app.domain.permissions import Permission
from app.domain.retention import obstacles
from app.domain.text import N_, Message
from app.extensions import db, part
from app.ledger.told import checked
from app.models import Account, Case, DataKey, Erasure, LedgerEntry, Report
from app.models.codes import normal_code
from app.rotation import erasing
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction
from app.vault import KeyStore

ASKED = Message(N_("Somebody asked for this already; another supervisor decides it."))
DECIDED = Message(N_("This request was already decided."))


@dataclass(frozen=True, slots=True)
class WaitingErasure:
    """A request with its case, why, who asked, and what forbids it by now."""

    erasure: Erasure
    case: Case
    ground: Ground
    requested_by: str
    obstacles: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The entry of an erasing, the user names of both persons, and from when on no backup opens the file.

    `gone_from_backups`: when the last keys part from before it is deleted; `roots`: the root keys under which the
    destroyed keys were wrapped and which still exist. Once there is none, no copy anywhere opens the file.
    """

    entry: LedgerEntry
    body: dict[str, Any]
    requested_by: str
    approved_by: str
    gone_from_backups: datetime
    roots: tuple[str, ...]


def request_erasure(actor: Actor, case_id: UUID, ground: str, *, version: int) -> Erasure:
    """Ask for a file to be erased; Invalid with everything that forbids it."""
    with transaction(actor) as tx:
        case = _held(actor, case_id)
        if ground not in {one.id for one in ERASURE_GROUNDS}:
            raise Invalid({"ground": [Message(N_("Choose a reason from the list."))]})
        if case.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        if db.session.scalar(
            select(Erasure.id).where(Erasure.case_id == case.id, Erasure.decided_at.is_(None))
        ):
            raise Conflict(ASKED)
        _refuse_forbidden(tx, case)
        erasure = Erasure(
            id=uuid4(), case_id=case.id, basis=ground, requested_by=actor.id, requested_at=tx.now
        )
        db.session.add(erasure)
        position.touch(case, tx.now)
        tx.record(ErasureRequested(subject_id=case.id, erasure_id=erasure.id, basis=CatalogueId(ground)))
    return erasure


def list_waiting_erasures(actor: Actor, *, limit: int = 50) -> tuple[WaitingErasure, ...]:
    """Requests of the unit that wait for a second person, oldest first."""
    with transaction(actor) as tx:
        require(actor, Permission.CASE_ERASE, SubjectKind.CASE)
        ours = visible_cases(actor).where(Case.unit_id == actor.unit_id).with_only_columns(Case.id)
        rows = db.session.execute(
            select(Erasure, Case, Account.display_name)
            .join(Case, Case.id == Erasure.case_id)
            .join(Account, Account.id == Erasure.requested_by)
            .where(Erasure.decided_at.is_(None), Erasure.case_id.in_(ours))
            .order_by(Erasure.requested_at)
            .limit(limit)
        ).all()
        waiting = tuple(
            WaitingErasure(
                erasure, case, GROUNDS[erasure.basis], name, obstacles(erasing.facts_of(case, tx.now))
            )
            for erasure, case, name in rows
        )
        tx.record(ErasuresListed(count=len(waiting)))
    return waiting


def decide_erasure(actor: Actor, erasure_id: UUID, *, approved: bool) -> tuple[Erasure, Case]:
    """Approve or refuse, once, and never who asked. Approved, the keys are gone with the commit, for everybody."""
    with transaction(actor) as tx:
        erasure, case = _to_decide(actor, erasure_id)
        erasure.decided_by, erasure.decided_at, erasure.approved = actor.id, tx.now, approved
        files: tuple[UUID, ...] = ()
        if approved:
            _refuse_forbidden(tx, case)
            files = _erase(tx, erasure, case)
        else:
            tx.record(ErasureRefused(subject_id=case.id, erasure_id=erasure.id))
        position.touch(case, tx.now)
    if approved:
        erasing.destroy_files(files)
        erasing.wipe_log()
    return erasure, case


def find_waiting(actor: Actor, code: str) -> tuple[Case, Erasure | None]:
    """The case of that code and the request for its erasing that waits, if any."""
    with transaction(actor) as tx:
        found = db.session.scalar(visible_cases(actor).where(Case.code == normal_code(code)))
        if found is None:
            raise NotVisible(SubjectKind.CASE)
        case = load_kept_case(actor, found.id, Permission.CASE_ERASE)
        waiting = select(Erasure).where(Erasure.case_id == case.id, Erasure.decided_at.is_(None))
        erasure = db.session.scalar(waiting)
        tx.record(KeepingViewed(subject_id=case.id))
    return case, erasure


def read_proof(actor: Actor, code: str) -> Proof:
    """What the ledger says of an erasing, and what may still hold the destroyed keys; for who audits."""
    settings: Settings = part("settings")
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        case, entry = _erased(code)
        checked([entry])
        body = json.loads(entry.body)
        proof = Proof(
            entry=entry,
            body=body,
            requested_by=_username(UUID(body["requested_by"])),
            approved_by=_username(entry.actor_id),
            gone_from_backups=entry.at + timedelta(days=settings.backup_keys_days),
            roots=_roots_left(case),
        )
        tx.record(LedgerRead(subject_id=case.id, count=1))
    return proof


def _held(actor: Actor, case_id: UUID) -> Case:
    case = load_kept_case(actor, case_id, Permission.CASE_ERASE, lock=True)
    if case.erased_at is not None:
        raise Erased
    erasing.check_as_told(case)
    return case


def _to_decide(actor: Actor, erasure_id: UUID) -> tuple[Erasure, Case]:
    case_id = db.session.scalar(select(Erasure.case_id).where(Erasure.id == erasure_id))
    if case_id is None:
        raise NotVisible(SubjectKind.CASE, erasure_id)
    case = _held(actor, case_id)  # first the case, as every act on it does
    erasure = db.session.get_one(Erasure, erasure_id)
    if erasure.requested_by == actor.id:
        raise SecondPersonRequired(SubjectKind.CASE, case.id)
    if erasure.decided_at is not None:
        raise Conflict(DECIDED)
    return erasure, case


def _refuse_forbidden(tx: Transaction, case: Case) -> None:
    found = obstacles(erasing.facts_of(case, tx.now))
    if found:
        raise Invalid({"case": found})


def _erase(tx: Transaction, erasure: Erasure, case: Case) -> tuple[UUID, ...]:
    if case.keep_until is None:
        raise LookupError("a file of unknown term passed the rule")
    lost = erasing.erase(case, tx.now)
    tx.record(
        CaseErased(
            subject_id=case.id,
            erasure_id=erasure.id,
            basis=CatalogueId(erasure.basis),
            requested_by=erasure.requested_by,
            keep_until=case.keep_until,
            keys=lost.keys,
            values=lost.values,
            reports=len(lost.reports),
            attachments=len(lost.attachments),
            digest=lost.digest,
        )
    )
    for report_id in lost.reports:
        tx.record(ReportErased(subject_id=report_id, erasure_id=erasure.id))
    return lost.attachments


def _username(account_id: UUID | None) -> str:
    return db.session.scalar(select(Account.username).where(Account.id == account_id)) or ""


def _erased(code: str) -> tuple[Case, LedgerEntry]:
    case = db.session.scalar(select(Case).where(Case.code == normal_code(code)))
    entry = None
    if case is not None:
        of_case = (LedgerEntry.subject_id == case.id, LedgerEntry.action == CaseErased.action)
        entry = db.session.scalar(select(LedgerEntry).where(*of_case))
    if case is None or entry is None:
        raise Conflict(Message(N_("No erased file has this code.")))
    return case, entry


def _roots_left(case: Case) -> tuple[str, ...]:
    """The root keys that wrapped the case's keys last, and any older ones: older copies may be under those."""
    reports = select(Report.id).where(Report.case_id == case.id)
    owned = or_(DataKey.owner_id == case.id, DataKey.owner_id.in_(reports))
    store: KeyStore = part("key_store")
    roots = tuple(store.roots())  # oldest first
    used = set(db.session.scalars(select(DataKey.root_key_id).where(owned)))
    newest = max((place for place, root in enumerate(roots) if root in used), default=-1)
    branches = {root.rpartition("-")[0] for root in used} | {""}
    return tuple(root for root in roots[: newest + 1] if root.rpartition("-")[0] in branches)
