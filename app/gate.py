"""The gate of a move for one case: gather what it looks at, and record that somebody was stopped there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app import records
from app.catalogue.documents import LABELS
from app.catalogue.procedures import procedure
from app.domain.deadlines import LOCAL
from app.domain.document import DocumentState
from app.domain.errors import Conflict, MoveRefused
from app.domain.events import CatalogueId, MoveChecked
from app.domain.procedure import Facts, Move
from app.domain.text import N_, Message
from app.domain.workflow import obstacles
from app.extensions import db
from app.models import Approval, Case, Document, Stay
from app.transaction import Transaction

NOT_READY = Message(
    N_("The giver's file no longer meets the requirements of a handover. Ask the giving unit to look at it.")
)


def missing_for(
    case: Case, move: Move, at: datetime, *, handover_confirmed: bool = False
) -> dict[str, list[Message]]:
    """Everything the move still needs, by field, document or guard; opens every section for the gate alone."""
    rules = procedure(case.procedure_id, case.procedure_version)
    return obstacles(rules, move, _facts(case, at, handover_confirmed=handover_confirmed), LABELS)


def pass_gate(tx: Transaction, case: Case, move: Move, *, handover_confirmed: bool = False) -> None:
    """Return when the gate is open; otherwise MoveRefused, with an entry that sections were opened to decide it."""
    missing = missing_for(case, move, tx.now, handover_confirmed=handover_confirmed)
    if missing:
        tx.attempt(MoveChecked(subject_id=case.id, to_stage=CatalogueId(move.to), missing=len(missing)))
        raise MoveRefused(missing)


def refuse_half_done(case: Case) -> None:
    """Nothing may be left hanging with the giver: no paper with a number and no bytes, no step that waits."""
    approvals = db.session.scalars(select(Approval).where(Approval.case_id == case.id)).all()
    if any(document.state == DocumentState.NUMBERED for document in _documents(case)):
        raise Conflict(Message(N_("A document is numbered but not issued. Issue it first.")))
    if any(approval.decided_at is None for approval in approvals):
        raise Conflict(Message(N_("A step of this case already waits for a second person's decision.")))


def check_still_ready(tx: Transaction, case: Case, stay: Stay) -> None:
    """Between offer and confirmation the file may have changed: a consent withdrawn, a paper replaced.

    The receiver is not told what; that belongs to the giver's file.
    """
    rules = procedure(case.procedure_id, case.procedure_version)
    rule, stage = rules.handover, rules.track(rules.handover.track).stage(stay.stage_id)
    try:
        if stage.id != rule.stage:
            raise Conflict(NOT_READY)
        refuse_half_done(case)
        pass_gate(tx, case, stage.move(rule.confirmed), handover_confirmed=True)
    except (Conflict, MoveRefused):
        raise Conflict(NOT_READY) from None


def _documents(case: Case) -> Sequence[Document]:
    """The rows themselves, each checked as it is loaded: a query by their state would believe a forged one."""
    return db.session.scalars(select(Document).where(Document.case_id == case.id)).all()


def _facts(case: Case, at: datetime, *, handover_confirmed: bool) -> Facts:
    sections = [s.id for s in procedure(case.procedure_id, case.procedure_version).sections]
    issued = (d.type_id for d in _documents(case) if d.state == DocumentState.ISSUED)
    return Facts(
        record=records.read_many(records.Subject.case(case.id), sections),
        issued=frozenset(issued),
        handover_confirmed=handover_confirmed,
        today=at.astimezone(LOCAL).date(),
    )
