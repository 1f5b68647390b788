"""What the gate of a move looks at, gathered for one case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import records
from app.catalogue.procedures import procedure
from app.domain.deadlines import LOCAL
from app.domain.document import DocumentState
from app.domain.procedure import Facts
from app.extensions import db
from app.models import Case, Document


def facts_of(case: Case, at: datetime, *, handover_confirmed: bool = False) -> Facts:
    """Every section opened for the gate alone (nothing of it is shown), the issued papers, and the local day."""
    sections = [s.id for s in procedure(case.procedure_id, case.procedure_version).sections]
    issued = db.session.scalars(
        select(Document.type_id).where(
            Document.case_id == case.id, Document.state == DocumentState.ISSUED.value
        )
    )
    return Facts(
        record=records.read_many(records.Subject.case(case.id), sections),
        issued=frozenset(issued),
        handover_confirmed=handover_confirmed,
        today=at.astimezone(LOCAL).date(),
    )
