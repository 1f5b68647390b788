"""How long a file is kept: its last day, a legal hold; and what stands in the way of erasing it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import position
from app.access import load_kept_case
from app.catalogue.retention import GROUNDS, HOLD_GROUNDS, TERM_GROUNDS, UNKNOWN, Ground
from app.domain.actor import Actor
from app.domain.errors import Conflict, Erased, Invalid
from app.domain.events import CatalogueId, Event, HoldLifted, HoldPut, KeepingViewed, TermSet
from app.domain.permissions import Permission
from app.domain.retention import obstacles, wrong_term
from app.domain.text import N_, Message
from app.extensions import db
from app.ledger.told import checked
from app.models import Account, Case, Erasure, LedgerEntry
from app.rotation.erasing import facts_of
from app.transaction import CHANGED_MEANWHILE, transaction

NOT_CLOSED = Message(N_("The period of keeping begins when the file is closed. Close it first."))
DAY_MISSING = Message(N_("Enter the last day of keeping, or say that it is not known."))
NOT_ON_THE_LIST = Message(N_("Choose a reason from the list."))


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """A request for erasing with its ground and the names of both persons."""

    erasure: Erasure
    ground: Ground
    requested_by: str
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class KeepingView:
    """How a file is kept; the grounds are those told when term and hold were last set, None before.

    `obstacles`: what forbids erasing it now.
    """

    case: Case
    term_ground: Ground | None
    hold_ground: Ground | None
    erasures: tuple[ErasureRow, ...]
    obstacles: tuple[Message, ...]


def read_keeping(actor: Actor, case_id: UUID) -> KeepingView:
    """Until when a file is kept and why, whether it is held, who asked for its erasing. Nothing is opened."""
    with transaction(actor) as tx:
        case = load_kept_case(actor, case_id, Permission.CASE_KEEP)
        view = KeepingView(
            case=case,
            term_ground=_ground(case, TermSet),
            hold_ground=_ground(case, HoldPut) if case.held_at else None,
            erasures=_erasures(case),
            obstacles=obstacles(facts_of(case, tx.now)),
        )
        tx.record(KeepingViewed(subject_id=case.id))
    return view


def set_term(actor: Actor, case_id: UUID, keep_until: date | None, ground: str, *, version: int) -> Case:
    """Decide the last day on which a closed file is kept, or with None that it is not known (again)."""
    with transaction(actor) as tx:
        case = _to_change(actor, case_id, version)
        _check_listed(ground, TERM_GROUNDS)
        if (keep_until is None) != (ground == UNKNOWN):
            raise Invalid({"keep_until": [DAY_MISSING]})
        if case.closed_at is None:
            raise Invalid({"keep_until": [NOT_CLOSED]})
        wrong = wrong_term(keep_until, position.local_date(case.closed_at)) if keep_until else None
        if wrong:
            raise Invalid({"keep_until": [wrong]})
        case.keep_until = keep_until
        position.touch(case, tx.now)
        tx.record(TermSet(subject_id=case.id, keep_until=keep_until, basis=CatalogueId(ground)))
    return case


def put_hold(actor: Actor, case_id: UUID, ground: str, *, version: int) -> Case:
    """Forbid erasing a file, whatever its term, until the hold is lifted."""
    with transaction(actor) as tx:
        case = _to_change(actor, case_id, version)
        _check_listed(ground, HOLD_GROUNDS)
        if case.held_at is not None:
            raise Conflict(Message(N_("There is a hold on this file already.")))
        case.held_at = tx.now
        position.touch(case, tx.now)
        tx.record(HoldPut(subject_id=case.id, basis=CatalogueId(ground)))
    return case


def lift_hold(actor: Actor, case_id: UUID, *, version: int) -> Case:
    """Lift the hold on a file."""
    with transaction(actor) as tx:
        case = _to_change(actor, case_id, version)
        if case.held_at is None:
            raise Conflict(Message(N_("There is no hold on this file.")))
        case.held_at = None
        position.touch(case, tx.now)
        tx.record(HoldLifted(subject_id=case.id))
    return case


def _to_change(actor: Actor, case_id: UUID, version: int) -> Case:
    case = load_kept_case(actor, case_id, Permission.CASE_KEEP, lock=True)
    if case.erased_at is not None:
        raise Erased
    if case.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    return case


def _check_listed(ground: str, grounds: tuple[Ground, ...]) -> None:
    if ground not in {one.id for one in grounds}:
        raise Invalid({"ground": [NOT_ON_THE_LIST]})


def _ground(case: Case, kind: type[Event]) -> Ground | None:
    """What the last entry of that kind says of the file."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.subject_id == case.id, LedgerEntry.action == kind.action)
        .order_by(LedgerEntry.at.desc(), LedgerEntry.counter.desc())
        .limit(1)
    )
    entries = checked(db.session.scalars(query))
    return GROUNDS[json.loads(entries[0].body)["basis"]] if entries else None


def _erasures(case: Case) -> tuple[ErasureRow, ...]:
    asker, decider = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(Erasure, asker.display_name, decider.display_name)
        .join(asker, asker.id == Erasure.requested_by)
        .outerjoin(decider, decider.id == Erasure.decided_by)
        .where(Erasure.case_id == case.id)
        .order_by(Erasure.requested_at.desc())
    ).all()
    return tuple(ErasureRow(e, GROUNDS[e.basis], asked, decided) for e, asked, decided in rows)
