"""A unit's yearly register: the next number, none skipped, none given twice (NĐ 30/2020 art. 15)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import RegisterCounter


def next_number(unit_id: UUID, register: str, year: int) -> int:
    """Take the next number; the series starts at 1 each year. The row stays locked until the commit."""
    counter = _locked(unit_id, register, year)
    if counter is None:
        try:
            with db.session.begin_nested():
                db.session.add(RegisterCounter(unit_id=unit_id, register=register, year=year, last=0))
        except IntegrityError:
            pass  # somebody else began the year's series at this moment; theirs is the row to lock
        counter = _locked(unit_id, register, year)
    if counter is None:
        raise LookupError(register)
    counter.last += 1
    db.session.flush()
    return counter.last


def _locked(unit_id: UUID, register: str, year: int) -> RegisterCounter | None:
    return db.session.scalar(
        select(RegisterCounter)
        .where(
            RegisterCounter.unit_id == unit_id,
            RegisterCounter.register == register,
            RegisterCounter.year == year,
        )
        .with_for_update(),
        execution_options={"populate_existing": True},
    )
