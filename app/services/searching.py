"""Searching for a person: codes, stages and initials of the files one may see, and how many units have others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app import records
from app.access import readable_sections, require, stated_reason, visible_cases, visible_reports
from app.domain.actor import Actor
from app.domain.errors import SearchesUsedUp, SubjectKind
from app.domain.events import CatalogueId, NameOpened, SearchMade, SearchRefused
from app.domain.matching import Tier, questions
from app.domain.permissions import Permission
from app.domain.terms import Person, initials
from app.extensions import db
from app.models import Case, Report
from app.models.codes import normal_code
from app.overview import CaseRow, case_rows
from app.search import File, OwnerKind, files_of, look_up, seconds_to_wait
from app.transaction import Transaction, transaction
from app.vault import current_vault

MOST = 20
IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: a person, or the code of a case or report; `reason` where the role must state one."""

    person: Person = field(default_factory=Person)
    code: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A file of the result: a case's line or a report, what it has in common, and the initials of its person."""

    case: CaseRow | None
    report: Report | None
    tiers: tuple[Tier, ...]
    initials: str


@dataclass(frozen=True, slots=True)
class Result:
    """At most 20 files, the best first; `more`: others were left off; `units`: how many hold files not open to you."""

    hits: tuple[Hit, ...]
    more: bool
    units: int


def search(actor: Actor, query: Query) -> Result:
    """Look for files; the entry keeps a keyed digest of the query, never the query.

    Raises SearchesUsedUp after as many look-ups in an hour as the role may make.
    """
    with transaction(actor) as tx:
        require(actor, Permission.SEARCH, SubjectKind.SEARCH)
        reason = stated_reason(actor, query.reason)
        wait = seconds_to_wait(actor, tx.now)
        result = Result((), more=False, units=0)
        if wait:
            tx.record(SearchRefused(limit=actor.role.searches_per_hour))
        else:
            result = _result(tx, query, reason)
    if wait:
        raise SearchesUsedUp(actor.role.searches_per_hour, wait)
    return result


def _result(tx: Transaction, query: Query, reason: CatalogueId) -> Result:
    files = files_of(look_up(query.person), tx.actor.unit_id)
    cases, reports = _visible(tx.actor, [file for file in files if not file.withheld])
    seen = {*cases, *reports}
    hidden = {file.unit_id for file in files if file.withheld or file.owner.id not in seen}
    tiers = {file.owner.id: _ranked(found) for file, found in files.items() if not file.withheld}
    if query.code:
        coded_cases, coded_reports = _coded(tx.actor, query.code)
        cases, reports = {**cases, **coded_cases}, {**reports, **coded_reports}
    best = sorted({*cases, *reports}, key=lambda id_: (_strength(tiers.get(id_, ())), str(id_)))
    shown = best[:MOST]
    names = _initials(tx, [cases[id_] for id_ in shown if id_ in cases], reason)
    rows = {row.case.id: row for row in case_rows([cases[id_] for id_ in shown if id_ in cases], tx.now)}
    hits = tuple(
        Hit(rows.get(id_), reports.get(id_), tiers.get(id_, ()), names.get(id_, "")) for id_ in shown
    )
    asked = sorted({question.term for question in questions(query.person)})
    tx.record(
        SearchMade(
            query=_digest(tx.actor, [f"{t.kind}:{t.value}" for t in asked] or [normal_code(query.code)]),
            kinds=tuple(CatalogueId(k) for k in sorted({t.kind.name.lower() for t in asked})),
            count=len(hits),
            units=len(hidden),
            reason=reason,
        )
    )
    return Result(hits, more=len(best) > MOST, units=len(hidden))


def _visible(actor: Actor, files: Sequence[File]) -> tuple[dict[UUID, Case], dict[UUID, Report]]:
    ids = {kind: [f.owner.id for f in files if f.owner.kind is kind] for kind in OwnerKind}
    cases = visible_cases(actor).where(Case.id.in_(ids[OwnerKind.CASE]))
    reports = visible_reports(actor).where(Report.id.in_(ids[OwnerKind.REPORT]))
    return (
        {case.id: case for case in db.session.scalars(cases)},
        {report.id: report for report in db.session.scalars(reports)},
    )


def _coded(actor: Actor, typed: str) -> tuple[dict[UUID, Case], dict[UUID, Report]]:
    code = normal_code(typed)
    cases = db.session.scalars(visible_cases(actor).where(Case.code == code))
    reports = db.session.scalars(visible_reports(actor).where(Report.code == code))
    return {case.id: case for case in cases}, {report.id: report for report in reports}


def _initials(tx: Transaction, cases: Sequence[Case], reason: CatalogueId) -> Mapping[UUID, str]:
    """Initials out of the identities this actor may open; each opening is an entry of its case."""
    open_to = [
        records.Subject.case(case.id)
        for case in cases
        if case.erased_at is None and IDENTITY in readable_sections(tx.actor, case)
    ]
    names = {}
    for (case_id, _), identity in records.read_all(open_to, (IDENTITY,)).items():
        names[case_id] = initials(str(identity.get("full_name", "")))
        tx.record(NameOpened(subject_id=case_id, reason=reason))
    return names


def _ranked(tiers: set[Tier]) -> tuple[Tier, ...]:
    return tuple(sorted(tiers, key=lambda tier: tier.rank))


def _strength(tiers: Sequence[Tier]) -> tuple[int, int]:
    return (tiers[0].rank, -len(tiers)) if tiers else (-1, 0)


def _digest(actor: Actor, asked: Sequence[str]) -> bytes:
    return current_vault().lookup_digest(b"search", actor.id.bytes, *(part.encode() for part in asked))
