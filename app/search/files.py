"""The files behind found owners: a report that joined a case is that case; an erased one is nobody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
from app.search.persons import Owner, Trace

CHUNK = 900
REPEATED = {"report": "intake"}
"""The section of a case that repeats what stands there: whoever may open it may know it."""
Row = TypeVar("Row", Case, Report)


@dataclass(frozen=True, slots=True)
class File:
    """A case, or a report that belongs to none; `unit_id`: the unit that holds it now.

    `withheld`: what was found stands in a part that the asking unit did not receive with the case.
    """

    owner: Owner
    code: str
    unit_id: UUID
    withheld: bool = False


def files_of(found: Mapping[Owner, AbstractSet[Trace]], asking: UUID) -> dict[File, set[Tier]]:
    """Each file with everything it has in common.

    A case that the unit `asking` received stands there for what came with it, and once more, withheld and
    with the unit it came from, for what did not.
    """
    reports = _rows(Report, [o.id for o in found if o.kind is OwnerKind.REPORT])
    wanted = {o.id for o in found if o.kind is OwnerKind.CASE} | {
        r.case_id for r in reports.values() if r.case_id
    }
    cases = {id_: case for id_, case in _rows(Case, list(wanted)).items() if case.erased_at is None}
    handed = _handed([case for case in cases.values() if case.handed_over_at])
    files: dict[File, set[Tier]] = defaultdict(set)
    for owner, traces in found.items():
        report = reports.get(owner.id)
        case = cases.get((report.case_id or owner.id) if report else owner.id)
        if case:
            for trace in traces:
                files[_file(case, handed[case.id], trace.source, asking)].add(trace.tier)
        elif report and not report.case_id:
            files[File(owner, report.code, report.unit_id)] |= {trace.tier for trace in traces}
    return files


def _file(case: Case, handed: Sequence[Handover], source: str, asking: UUID) -> File:
    owner, received = Owner.case(case.id), [h for h in handed if h.to_unit_id == asking]
    if received and case.unit_id != asking:
        section = REPEATED.get(source, source)
        if not any(section in handover.sections for handover in received):
            return File(owner, case.code, case.unit_id, withheld=True)
    return File(owner, case.code, handed[-1].to_unit_id if handed else case.unit_id)


def _rows(table: type[Row], ids: list[UUID]) -> dict[UUID, Row]:
    found: dict[UUID, Row] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(table).where(table.id.in_(ids[start : start + CHUNK]))
        found.update((row.id, row) for row in db.session.scalars(query))
    return found


def _handed(cases: Iterable[Case]) -> Mapping[UUID, Sequence[Handover]]:
    """The confirmed handovers of each case, oldest first."""
    ids = [case.id for case in cases]
    query = (
        select(Handover)
        .where(Handover.case_id.in_(ids), Handover.state == HandoverState.CONFIRMED)
        .order_by(Handover.decided_at)
    )
    handed: dict[UUID, list[Handover]] = defaultdict(list)
    for handover in db.session.scalars(query) if ids else ():
        handed[handover.case_id].append(handover)
    return handed
