"""The files behind found owners: a report that joined a case is that case; an erased one is nobody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from app.domain.matching import Tier
from app.domain.states import HandoverState
from app.extensions import db
from app.models import Case, Handover, Report
from app.search.index import OwnerKind
from app.search.persons import Owner

CHUNK = 900
Row = TypeVar("Row", Case, Report)


@dataclass(frozen=True, slots=True)
class File:
    """A case, or a report that belongs to none; `unit_id`: the unit that holds it now."""

    owner: Owner
    code: str
    unit_id: UUID


def files_of(found: Mapping[Owner, AbstractSet[Tier]]) -> dict[File, set[Tier]]:
    """Each file once, with everything it has in common."""
    reports = _rows(Report, [o.id for o in found if o.kind is OwnerKind.REPORT])
    wanted = {o.id for o in found if o.kind is OwnerKind.CASE} | {
        r.case_id for r in reports.values() if r.case_id
    }
    cases = {id_: case for id_, case in _rows(Case, list(wanted)).items() if case.erased_at is None}
    holders = _holders([case for case in cases.values() if case.handed_over_at])
    files: dict[File, set[Tier]] = defaultdict(set)
    for owner, tiers in found.items():
        report = reports.get(owner.id)
        case = cases.get((report.case_id or owner.id) if report else owner.id)
        if case:
            unit_id = holders.get(case.id, case.unit_id)
            files[File(Owner.case(case.id), case.code, unit_id)] |= tiers
        elif report and not report.case_id:
            files[File(owner, report.code, report.unit_id)] |= tiers
    return files


def _rows(table: type[Row], ids: list[UUID]) -> dict[UUID, Row]:
    found: dict[UUID, Row] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(table).where(table.id.in_(ids[start : start + CHUNK]))
        found.update((row.id, row) for row in db.session.scalars(query))
    return found


def _holders(cases: Iterable[Case]) -> dict[UUID, UUID]:
    """The unit each handed-over case went to."""
    ids = [case.id for case in cases]
    query = (
        select(Handover.case_id, Handover.to_unit_id)
        .where(Handover.case_id.in_(ids), Handover.state == HandoverState.CONFIRMED)
        .order_by(Handover.decided_at)
    )
    return dict(db.session.execute(query).tuples().all()) if ids else {}
