"""The same person in another file: noticed at intake and on demand, without opening that file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import records
from app.access import (
    load_case,
    load_own_case,
    readable_sections,
    require,
    stated_reason,
    visible_cases,
    visible_reports,
)
from app.catalogue.people import people_in
from app.domain.actor import Actor
from app.domain.errors import IntegrityBroken, SearchesUsedUp, SubjectKind
from app.domain.events import CatalogueId, SamePersonChecked, SearchRefused, ids
from app.domain.matching import SEARCHED_ONLY, Tier, strongest, worth_telling
from app.domain.permissions import Permission
from app.domain.terms import Person
from app.extensions import db
from app.models import Case, Report, Unit
from app.search import File, Owner, OwnerKind, files_of, is_indexed, look_up, seconds_to_wait
from app.transaction import Transaction, transaction

AT_WORK = CatalogueId("case_work")


@dataclass(frozen=True, slots=True)
class PossibleMatch:
    """A file that may concern the same person: its unit and what is the same.

    Code and id only of a file this actor sees anyway; of the others one line per unit, however many they are.
    """

    unit_name: str
    tier: Tier
    code: str | None = None
    case_id: UUID | None = None
    report_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """What was noticed; `wait`: nothing was looked up, the account may do so again in so many seconds.

    `broken`: the index did not pass its integrity check; the alarm is recorded, and what was saved stays saved.
    """

    items: tuple[PossibleMatch, ...] = ()
    wait: int = 0
    broken: bool = False


def matches_of_report(actor: Actor, report_id: UUID, content: Mapping[str, Any]) -> Matches:
    """Files that may concern a person of the report just logged; `content` as its author gave it."""
    people = people_in("report", content)
    if not people:
        return Matches()
    with suppress(IntegrityBroken), transaction(actor) as tx:
        require(actor, Permission.REPORT_CREATE, SubjectKind.REPORT)
        return _checked(tx, Owner.report(report_id), people, AT_WORK)
    return Matches(broken=True)


def matches_of_section(actor: Actor, case_id: UUID, section_id: str, values: Mapping[str, Any]) -> Matches:
    """Files that may concern a person of the section just written; `values` as their author gave them."""
    people = people_in(section_id, values)
    if not people:
        return Matches()
    with suppress(IntegrityBroken), transaction(actor) as tx:
        load_own_case(actor, case_id, Permission.SECTION_WRITE)
        return _checked(tx, Owner.case(case_id), people, AT_WORK)
    return Matches(broken=True)


def matches_of_case(actor: Actor, case_id: UUID, *, reason: str | None = None) -> Matches:
    """Files that may concern a person of this case; its identities are opened to ask, and shown to nobody.

    Raises SearchesUsedUp after as many look-ups in an hour as the role may make.
    """
    with transaction(actor) as tx:
        case = load_case(actor, case_id, Permission.CASE_READ)
        require(actor, Permission.SEARCH, SubjectKind.SEARCH)
        code = stated_reason(actor, reason)
        names = [s for s in readable_sections(actor, case) if is_indexed(s)]
        told = records.read_many(records.Subject.case(case.id), names)
        people = [person for source, values in told.items() for person in people_in(source, values)]
        matches = _checked(tx, Owner.case(case.id), people, code)
    if matches.wait:
        raise SearchesUsedUp(actor.role.searches_per_hour, matches.wait)
    return matches


def _checked(tx: Transaction, owner: Owner, people: Iterable[Person], reason: CatalogueId) -> Matches:
    """Look for each person once, at most as many as an hour allows; all of them together, or none and a wait."""
    asked = tuple(dict.fromkeys(people))[: tx.actor.role.searches_per_hour]
    if wait := seconds_to_wait(tx.actor, tx.now, len(asked) or 1):
        tx.record(SearchRefused(limit=tx.actor.role.searches_per_hour))
        return Matches(wait=wait)
    worth: dict[File, Tier] = {}
    for person in asked:
        files = files_of(look_up(person, without=SEARCHED_ONLY), tx.actor.unit_id)
        others = {file: tiers for file, tiers in files.items() if file.owner != owner}
        for file, tier in worth_telling(others).items():
            worth[file] = strongest({tier, worth.get(file, tier)})
    items = _as_seen_by(tx.actor, worth)
    tx.record(
        SamePersonChecked(
            subject_id=owner.id,
            subject=SubjectKind.CASE if owner.kind is OwnerKind.CASE else SubjectKind.REPORT,
            persons=len(asked),
            count=len(items),
            tiers=ids({item.tier for item in items}),
            reason=reason,
        )
    )
    return Matches(items)


def _as_seen_by(actor: Actor, worth: Mapping[File, Tier]) -> tuple[PossibleMatch, ...]:
    seen = _seen(actor, worth)
    units = select(Unit.id, Unit.name).where(Unit.id.in_({file.unit_id for file in worth}))
    names = dict(db.session.execute(units).tuples().all())
    hidden: dict[UUID, Tier] = {}
    items = []
    for file, tier in worth.items():
        is_case = file.owner.kind is OwnerKind.CASE
        if file.owner.id in seen and not file.withheld:
            case_id, report_id = (file.owner.id, None) if is_case else (None, file.owner.id)
            items.append(PossibleMatch(names[file.unit_id], tier, file.code, case_id, report_id))
        else:
            hidden[file.unit_id] = strongest({tier, hidden.get(file.unit_id, tier)})
    items += [PossibleMatch(names[unit_id], tier) for unit_id, tier in hidden.items()]
    return tuple(sorted(items, key=lambda item: (item.tier.rank, item.unit_name, item.code or "")))


def _seen(actor: Actor, files: Iterable[File]) -> set[UUID]:
    wanted = [file.owner.id for file in files]
    cases = visible_cases(actor).with_only_columns(Case.id).where(Case.id.in_(wanted))
    reports = visible_reports(actor).with_only_columns(Report.id).where(Report.id.in_(wanted))
    return {*db.session.scalars(cases), *db.session.scalars(reports)}
