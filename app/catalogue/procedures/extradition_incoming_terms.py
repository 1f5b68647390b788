"""Terms and moves that several stages of an extradition request share."""

from __future__ import annotations

from app.domain.procedure import Deadline, LegalBasis, Move, TermUnit
from app.domain.text import Label


def days(id: str, label: Label, amount: int, basis: LegalBasis, on_miss: Label | None = None) -> Deadline:
    """A term in calendar days whose end rolls off a day off."""
    return Deadline(id, label, amount, TermUnit.CALENDAR_DAY, basis, on_miss=on_miss)


def working_days(id: str, label: Label, amount: int, basis: LegalBasis) -> Deadline:
    """A term in working days."""
    return Deadline(id, label, amount, TermUnit.WORKING_DAY, basis)


def custody_days(id: str, label: Label, amount: int, basis: LegalBasis, on_miss: Label) -> Deadline:
    """A term in calendar days while somebody is held: it never rolls."""
    return Deadline(id, label, amount, TermUnit.CALENDAR_DAY, basis, rolls=False, on_miss=on_miss)


DISCONTINUE = Move("discontinued", Label("Đình chỉ", "Discontinue"), second_person=True, asks_reason=True)
