"""Who works a case: a supervisor puts officers on it and takes them off."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Select, select

from app import position
from app.access import load_own_case, require
from app.catalogue.roles import ROLES
from app.domain.actor import Actor
from app.domain.errors import Conflict, Invalid, SubjectKind
from app.domain.events import AccountsListed, AssignmentEnded, CaseAssigned
from app.domain.permissions import Permission, Scope
from app.domain.text import N_, Message
from app.extensions import db
from app.models import Account, Assignment, Case
from app.transaction import CHANGED_MEANWHILE, transaction

ALREADY = Message(N_("This officer already works on the case."))
NOT_ON_CASE = Message(N_("This officer does not work on the case."))
NOT_ELIGIBLE = Message(N_("Choose an active case officer of your unit."))


def assignable_officers(actor: Actor) -> tuple[Account, ...]:
    """The active case officers of the supervisor's unit, by name."""
    with transaction(actor) as tx:
        require(actor, Permission.CASE_ASSIGN, SubjectKind.CASE)
        officers = tuple(db.session.scalars(_eligible(actor).order_by(Account.display_name).limit(200)))
        tx.record(AccountsListed(count=len(officers)))
    return officers


def assign_case(actor: Actor, case_id: UUID, account_id: UUID, *, version: int) -> Case:
    """Put an officer on a case; it shows on their list at their next request."""
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.CASE_ASSIGN, lock=True)
        if case.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        officer = db.session.scalar(_eligible(actor).where(Account.id == account_id))
        if officer is None:
            raise Invalid({"account_id": [NOT_ELIGIBLE]})
        if _open(case.id, officer.id) is not None:
            raise Conflict(ALREADY)
        db.session.add(
            Assignment(
                id=uuid4(), case_id=case.id, account_id=officer.id, assigned_by=actor.id, assigned_at=tx.now
            )
        )
        position.touch(case, tx.now)
        tx.record(CaseAssigned(subject_id=case.id, account_id=officer.id))
    return case


def end_assignment(actor: Actor, case_id: UUID, account_id: UUID, *, version: int) -> Case:
    """Take an officer off a case; their access ends with their next request."""
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.CASE_ASSIGN, lock=True)
        if case.version != version:
            raise Conflict(CHANGED_MEANWHILE)
        assignment = _open(case.id, account_id)
        if assignment is None:
            raise Invalid({"account_id": [NOT_ON_CASE]})
        assignment.ended_at = tx.now
        position.touch(case, tx.now)
        tx.record(AssignmentEnded(subject_id=case.id, account_id=account_id))
    return case


def _eligible(actor: Actor) -> Select[tuple[Account]]:
    roles = [role.id for role in ROLES.values() if role.scope is Scope.ASSIGNED]
    return select(Account).where(Account.unit_id == actor.unit_id, Account.active, Account.role_id.in_(roles))


def _open(case_id: UUID, account_id: UUID) -> Assignment | None:
    return db.session.scalar(
        select(Assignment).where(
            Assignment.case_id == case_id, Assignment.account_id == account_id, Assignment.ended_at.is_(None)
        )
    )
