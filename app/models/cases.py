"""Reports, cases and their position. Everything about a person is in sealed values, not here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.errors import SubjectKind
from app.extensions import Base
from app.models.kept import Kept

NO_TERM = datetime(9999, 12, 31, tzinfo=UTC)
"""Sorts after every real term: no clock is running, or the duty has no last day."""


class Report(Kept, Base):
    """A report as it came in. The columns are what routing needs; the rest is sealed.

    `outcome_detail`: a code of catalogue.intake (competent body or close reason).
    """

    __tablename__ = "report"
    alarm = (SubjectKind.REPORT, "id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str] = mapped_column(String(40))
    danger_now: Mapped[bool]
    people: Mapped[int | None]
    children: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_detail: Mapped[str | None] = mapped_column(String(60))
    classified_at: Mapped[datetime | None]
    classified_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)

    __table_args__ = (
        Index("ix_report_unit_received", "unit_id", "received_at", "id"),
        Index("ix_report_author_received", "created_by", "received_at", "id"),
    )


class Case(Kept, Base):
    """One file. Its position is its open stays; `version` guards against lost updates.

    `next_due_at`: the earliest running term, what is next; `overdue_from`: the earliest
    running verified term, after which the file is overdue. NO_TERM when there is none.
    `keep_until`: the last day of the retention period a person decided, None while unknown; `held_at`: since
    when a legal hold forbids erasing it; `erased_at`: when its keys were destroyed.
    """

    __tablename__ = "case_file"
    alarm = (SubjectKind.CASE, "id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    procedure_id: Mapped[str] = mapped_column(String(60))
    procedure_version: Mapped[int]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    next_due_at: Mapped[datetime] = mapped_column(default=NO_TERM)
    overdue_from: Mapped[datetime] = mapped_column(default=NO_TERM)
    handed_over_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    keep_until: Mapped[date | None]
    held_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_case_unit_due", "unit_id", "closed_at", "next_due_at", "id"),
        Index("ix_case_unit_overdue", "unit_id", "closed_at", "overdue_from", "id"),
        Index("ix_case_unit_opened", "unit_id", "opened_at", "id"),
    )


class Stay(Kept, Base):
    """A case in a stage, from when to when. Open stays are the position; closed ones the history."""

    __tablename__ = "stay"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    track_id: Mapped[str] = mapped_column(String(40))
    stage_id: Mapped[str] = mapped_column(String(60))
    event_on: Mapped[date]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    moved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        Index(
            "uq_stay_open",
            "case_id",
            "track_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )


class Clock(Kept, Base):
    """A running or stopped statutory term of a case; its rule is in the catalogue.

    `due_at` is NO_TERM for a duty at once, which has no last day.
    """

    __tablename__ = "clock"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("stay.id"))
    deadline_id: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    stopped_at: Mapped[datetime | None]


class Assignment(Kept, Base):
    """Who works a case, from when to when; read by `access` only."""

    __tablename__ = "assignment"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    assigned_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_assignment_open",
            "account_id",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Approval(Kept, Base):
    """A move that waits for, or got, a second person's decision. Reasons are sealed values."""

    __tablename__ = "approval"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    track_id: Mapped[str] = mapped_column(String(40))
    from_stage: Mapped[str] = mapped_column(String(60))
    to_stage: Mapped[str] = mapped_column(String(60))
    event_on: Mapped[date]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]

    __table_args__ = (
        Index(
            "uq_approval_open",
            "case_id",
            "track_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )


class Erasure(Kept, Base):
    """A case whose erasing one person asked for and another decides.

    `basis`: a code of the catalogue.
    """

    __tablename__ = "erasure"
    alarm = (SubjectKind.CASE, "case_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    basis: Mapped[str] = mapped_column(String(60))
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
