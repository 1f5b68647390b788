"""The only place that answers "may they see it?": loading is authorising.

Absent and not yours are the same answer (NotVisible, 404); visible but not
allowed is another (Forbidden, 403). A list believes its query; whatever opens a single
file loads the rows that give the right to it, so that a forged one is an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, false, or_, select

from app.catalogue.intake import READ_REASONS
from app.catalogue.procedures import procedure
from app.domain.actor import Actor
from app.domain.document import DocumentState
from app.domain.errors import Erased, Forbidden, IntegrityBroken, Invalid, NotVisible, SubjectKind
from app.domain.events import CatalogueId
from app.domain.permissions import Permission, Scope
from app.domain.procedure import Procedure
from app.domain.states import HandoverState
from app.domain.text import N_, Message
from app.extensions import db
from app.ledger.told import ended_for_good
from app.models import Approval, Assignment, Attachment, Case, DataKey, Document, Handover, Report

T = TypeVar("T", Case, Report, Handover)


def require(actor: Actor, permission: Permission, kind: SubjectKind) -> None:
    """Forbidden unless the account holds the right at all."""
    if not actor.can(permission):
        raise Forbidden(kind, None, permission)


def stated_reason(actor: Actor, reason: str | None) -> CatalogueId:
    """Why a section is opened: a code of catalogue.intake.READ_REASONS.

    A role that must state its reason gets Invalid without one; others open what they are assigned to.
    """
    if reason is None and actor.role.states_reason:
        raise Invalid({"reason": [Message(N_("Say why you open this: choose a reason."))]})
    if reason is not None and reason not in {choice.id for choice in READ_REASONS}:
        raise Invalid({"reason": [Message(N_("Not a known reason: choose one from the list."))]})
    return CatalogueId(reason or "case_work")


def visible_cases(actor: Actor) -> Select[tuple[Case]]:
    """The cases this actor can see; every list and every single load starts here."""
    received = select(Handover.case_id).where(
        Handover.to_unit_id == actor.unit_id, Handover.state == HandoverState.CONFIRMED
    )
    match actor.role.scope:
        case Scope.ASSIGNED:
            mine = select(Assignment.case_id).where(
                Assignment.account_id == actor.id, Assignment.ended_at.is_(None)
            )
            return select(Case).where(Case.id.in_(mine))
        case Scope.UNIT:
            return select(Case).where(or_(Case.unit_id == actor.unit_id, Case.id.in_(received)))
        case Scope.RECEIVED:
            return select(Case).where(Case.id.in_(received))
        case Scope.NONE:
            return select(Case).where(false())


def load_case(actor: Actor, case_id: UUID, permission: Permission, *, lock: bool = False) -> Case:
    """The case, if this actor may do `permission` on it; `lock` holds the row to the end of the transaction."""
    query = visible_cases(actor).where(Case.id == case_id)
    case = _load(actor, query, permission, SubjectKind.CASE, case_id, lock=lock)
    _check_grounds(actor, case)
    _check_erasing(case)
    return case


def load_own_case(actor: Actor, case_id: UUID, permission: Permission, *, lock: bool = False) -> Case:
    """As load_case, but only while the actor's own unit holds the file: for every act that changes it."""
    case = load_case(actor, case_id, permission, lock=lock)
    if case.unit_id != actor.unit_id or case.handed_over_at is not None:
        raise Forbidden(SubjectKind.CASE, case_id, permission)
    if case.erased_at is not None:
        raise Erased
    return case


def load_kept_case(actor: Actor, case_id: UUID, permission: Permission, *, lock: bool = False) -> Case:
    """The case for who decides how long it is kept: people of its own unit, after a handover, too."""
    case = load_case(actor, case_id, permission, lock=lock)
    if case.unit_id != actor.unit_id:
        raise Forbidden(SubjectKind.CASE, case_id, permission)
    return case


def procedure_of(case: Case) -> Procedure:
    """The procedure version the case runs on."""
    return procedure(case.procedure_id, case.procedure_version)


def readable_sections(actor: Actor, case: Case) -> tuple[str, ...]:
    """The section ids this actor may open, in form order.

    The receiving unit sees what was handed over; the giving unit sees no
    section once the handover is confirmed.
    """
    if not actor.can(Permission.SECTION_READ):
        return ()
    every = tuple(s.id for s in procedure_of(case).sections)
    if case.unit_id == actor.unit_id:
        _check_grounds(actor, case)
        return () if case.handed_over_at else every
    handed = _confirmed(actor, case.id)
    return tuple(s for s in every if any(s in handover.sections for handover in handed))


def load_section(actor: Actor, case_id: UUID, section_id: str, permission: Permission) -> Case:
    """The case, if this actor may open (or write) that section; NotVisible for any other section."""
    if permission is Permission.SECTION_WRITE:
        case = load_own_case(actor, case_id, permission, lock=True)
    else:
        case = load_case(actor, case_id, permission)
    if section_id not in readable_sections(actor, case):
        raise NotVisible(SubjectKind.CASE, case_id)
    if case.erased_at is not None:
        raise Erased
    return case


def load_report(actor: Actor, report_id: UUID, permission: Permission, *, lock: bool = False) -> Report:
    """A report of the actor's unit: its author's while unclassified, the supervisor's always."""
    query = visible_reports(actor).where(Report.id == report_id)
    report = _load(actor, query, permission, SubjectKind.REPORT, report_id, lock=lock)
    case = db.session.get(Case, report.case_id) if report.case_id else None
    if case is not None:
        _check_erasing(case, report.id)
    return report


def visible_reports(actor: Actor) -> Select[tuple[Report]]:
    """Whose rows (not content) the actor sees: an operator his own, a supervisor the unit's."""
    if not actor.can(Permission.REPORT_READ):
        return select(Report).where(false())
    mine = Report.unit_id == actor.unit_id
    return select(Report).where(
        mine if actor.role.scope is Scope.UNIT else and_(mine, Report.created_by == actor.id)
    )


def content_visible(actor: Actor, report: Report) -> bool:
    """An operator loses a report's content the moment it is classified."""
    return actor.role.scope is Scope.UNIT or report.outcome is None


def load_document(
    actor: Actor, document_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Document, Case]:
    """A document and its case: by the case, by the unit's register, or by a handover that carries it."""
    query = select(Document).where(Document.id == document_id)
    document = db.session.scalar(query.with_for_update() if lock else query)
    case = None if document is None else db.session.get(Case, document.case_id)
    if document is None or case is None or not _document_visible(actor, document, case):
        raise NotVisible(SubjectKind.DOCUMENT, document_id)
    if not actor.can(permission):
        raise Forbidden(SubjectKind.DOCUMENT, document_id, permission)
    _check_erasing(case)
    return document, case


def load_attachment(
    actor: Actor, attachment_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Attachment, Case]:
    """An attachment and its case, while the actor's own unit holds the file: no handover carries attachments yet."""
    query = select(Attachment).where(Attachment.id == attachment_id)
    attachment = db.session.scalar(query.with_for_update() if lock else query)
    mine = visible_cases(actor).where(Case.unit_id == actor.unit_id, Case.handed_over_at.is_(None))
    case = db.session.scalar(mine.where(Case.id == attachment.case_id)) if attachment else None
    if attachment is None or case is None:
        raise NotVisible(SubjectKind.ATTACHMENT, attachment_id)
    _check_grounds(actor, case)
    if not actor.can(permission):
        raise Forbidden(SubjectKind.ATTACHMENT, attachment_id, permission)
    _check_erasing(case)
    return attachment, case


def _document_visible(actor: Actor, document: Document, case: Case) -> bool:
    if carried_documents(actor, document.case_id).intersection({str(document.id)}):
        return True
    if case.unit_id != actor.unit_id or case.handed_over_at is not None:
        return False
    if actor.can(Permission.REGISTER_READ) and actor.role.scope is Scope.NONE:
        return document.state == DocumentState.ISSUED
    if db.session.scalar(visible_cases(actor).where(Case.id == case.id)) is None:
        return False
    _check_grounds(actor, case)
    return True


def carried_documents(actor: Actor, case_id: UUID) -> frozenset[str]:
    """Ids of the papers that reached the actor's unit with a handover it confirmed."""
    if not actor.can(Permission.HANDOVER_DECIDE):
        return frozenset()
    handed = _confirmed(actor, case_id)
    return frozenset(document_id for handover in handed for document_id in handover.document_ids)


def visible_handovers(actor: Actor) -> Select[tuple[Handover]]:
    """Handovers of cases the actor sees, and those that concern the actor's unit as receiver."""
    of_my_cases = Handover.case_id.in_(visible_cases(actor).with_only_columns(Case.id))
    if not actor.can(Permission.HANDOVER_DECIDE):
        return select(Handover).where(of_my_cases)
    to_me = and_(Handover.to_unit_id == actor.unit_id, Handover.state != HandoverState.WITHDRAWN)
    return select(Handover).where(or_(of_my_cases, to_me))


def load_handover(actor: Actor, handover_id: UUID, permission: Permission, *, lock: bool = False) -> Handover:
    """A handover this actor may see and do `permission` on."""
    query = visible_handovers(actor).where(Handover.id == handover_id)
    handover = _load(actor, query, permission, SubjectKind.HANDOVER, handover_id, lock=lock)
    if handover.to_unit_id != actor.unit_id or not actor.can(Permission.HANDOVER_DECIDE):
        _check_grounds(actor, db.session.get_one(Case, handover.case_id))
    return handover


def load_approval(actor: Actor, approval_id: UUID, permission: Permission) -> tuple[Approval, Case]:
    """A waiting move and its case, locked, for the person who decides it."""
    approval = db.session.get(Approval, approval_id)
    if approval is None:
        raise NotVisible(SubjectKind.CASE, approval_id)
    case = load_own_case(actor, approval.case_id, permission, lock=True)
    db.session.refresh(approval)  # somebody may have decided it while this waited for the case
    return approval, case


def _check_grounds(actor: Actor, case: Case) -> None:
    """Load the rows by which the actor sees the case: IntegrityBroken for a forged one, which a query believes."""
    if actor.role.scope is Scope.ASSIGNED:
        mine = (Assignment.account_id == actor.id, Assignment.ended_at.is_(None))
        grounds: Sequence[Assignment | Handover] = db.session.scalars(
            select(Assignment).where(Assignment.case_id == case.id, *mine)
        ).all()
    elif case.unit_id == actor.unit_id:
        return
    else:
        grounds = _confirmed(actor, case.id)
    if not grounds:
        raise NotVisible(SubjectKind.CASE, case.id)


def _check_erasing(case: Case, *owners: UUID) -> None:
    """IntegrityBroken when the rows of an erased file were put back: by the ledger, or by a key that lives again."""
    if case.erased_at is None:
        if not ended_for_good(db.session(), (case.id, *owners)):
            return
        db.session.refresh(case)  # it may have been erased after it was loaded
    living = (DataKey.owner_id.in_((case.id, *owners)), DataKey.wrapped.is_not(None))
    if (
        case.erased_at is None
        or db.session.scalar(select(DataKey.number).where(*living).limit(1)) is not None
    ):
        raise IntegrityBroken(SubjectKind.CASE, case.id)


def _confirmed(actor: Actor, case_id: UUID) -> Sequence[Handover]:
    """The handovers of a case that the actor's unit confirmed."""
    return db.session.scalars(
        select(Handover).where(
            Handover.case_id == case_id,
            Handover.to_unit_id == actor.unit_id,
            Handover.state == HandoverState.CONFIRMED,
        )
    ).all()


def _load(
    actor: Actor,
    query: Select[tuple[T]],
    permission: Permission,
    kind: SubjectKind,
    subject_id: UUID,
    *,
    lock: bool,
) -> T:
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotVisible(kind, subject_id)
    if not actor.can(permission):
        raise Forbidden(kind, subject_id, permission)
    return found
