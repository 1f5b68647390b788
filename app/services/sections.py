"""Sealed sections of a case: open one, save a new version of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import position, records, search
from app.access import load_section, procedure_of, stated_reason
from app.domain.actor import Actor
from app.domain.errors import Forbidden, SubjectKind
from app.domain.events import CaseViewed, CatalogueId, SectionRead, SectionWritten
from app.domain.permissions import Permission
from app.domain.procedure import Section
from app.extensions import db
from app.models import Account, Case
from app.transaction import transaction

SYSTEM_SECTIONS = frozenset({"intake"})
"""Written only by the acts that bring reports in; nobody edits what a caller said."""


@dataclass(frozen=True, slots=True)
class BlankSection:
    """The questions of a section, its content unopened."""

    case: Case
    section: Section


@dataclass(frozen=True, slots=True)
class SectionView:
    """An opened section; version 0 and empty values when nothing was written yet."""

    case: Case
    section: Section
    version: int
    values: Mapping[str, Any]
    written_at: datetime | None
    written_by: str | None
    editable: bool


def read_section(actor: Actor, case_id: UUID, section_id: str, *, reason: str | None = None) -> SectionView:
    """Open one section; the ledger entry is committed before anything is returned."""
    return _open(actor, case_id, section_id, Permission.SECTION_READ, reason)


def edit_section(actor: Actor, case_id: UUID, section_id: str) -> SectionView:
    """Open one section in order to change it; refused where it could not be saved."""
    return _open(actor, case_id, section_id, Permission.SECTION_WRITE, None)


def section_to_write(actor: Actor, case_id: UUID, section_id: str) -> BlankSection:
    """The questions of a section this actor may change, its content unopened."""
    with transaction(actor) as tx:
        case = _writable(actor, case_id, section_id)
        tx.record(CaseViewed(subject_id=case.id))
    return BlankSection(case, procedure_of(case).section(section_id))


def write_section(
    actor: Actor, case_id: UUID, section_id: str, values: Mapping[str, Any], *, version: int
) -> SectionView:
    """Save the next version of a section; `version` is the one the author saw (0 = none yet).

    Conflict when somebody saved a newer one; earlier versions stay stored.
    """
    with transaction(actor) as tx:
        case = _writable(actor, case_id, section_id)
        subject = records.Subject.case(case.id, procedure_of(case).section(section_id).sensitivity.branch)
        before = records.read(subject, section_id) if search.is_indexed(section_id) else None
        sealed = records.write(subject, section_id, dict(values), actor.id, tx.now, expected=version)
        search.update(search.Owner.case(case.id), section_id, before.value if before else {}, values)
        position.touch(case, tx.now)
        tx.record(
            SectionWritten(
                subject_id=case.id,
                section=CatalogueId(section_id),
                version=sealed.version,
            )
        )
        author = db.session.get_one(Account, actor.id)
    return SectionView(
        case,
        procedure_of(case).section(section_id),
        sealed.version,
        values,
        tx.now,
        author.display_name,
        editable=True,
    )


def _open(
    actor: Actor, case_id: UUID, section_id: str, permission: Permission, reason: str | None
) -> SectionView:
    with transaction(actor) as tx:
        if permission is Permission.SECTION_WRITE:
            case = _writable(actor, case_id, section_id)
        else:
            case = load_section(actor, case_id, section_id, permission)
        code = stated_reason(actor, reason)
        opened = records.read(records.Subject.case(case.id), section_id)
        author = db.session.get(Account, opened.written_by) if opened else None
        view = SectionView(
            case=case,
            section=procedure_of(case).section(section_id),
            version=opened.version if opened else 0,
            values=opened.value if opened else {},
            written_at=opened.written_at if opened else None,
            written_by=author.display_name if author else None,
            editable=_editable(actor, case, section_id),
        )
        tx.record(
            SectionRead(
                subject_id=case.id, section=CatalogueId(section_id), version=view.version, reason=code
            )
        )
    return view


def _writable(actor: Actor, case_id: UUID, section_id: str) -> Case:
    case = load_section(actor, case_id, section_id, Permission.SECTION_WRITE)
    if not _editable(actor, case, section_id):
        raise Forbidden(SubjectKind.CASE, case.id, Permission.SECTION_WRITE)
    return case


def _editable(actor: Actor, case: Case, section_id: str) -> bool:
    return (
        actor.can(Permission.SECTION_WRITE)
        and case.unit_id == actor.unit_id
        and case.handed_over_at is None
        and case.closed_at is None
        and section_id not in SYSTEM_SECTIONS
    )
