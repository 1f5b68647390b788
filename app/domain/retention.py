"""When a file may be erased: pure rules over a few facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.text import N_, Message

LONGEST = 100
"""Years after its closing until which a file may be kept; more is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class KeepingFacts:
    """What the rule looks at; `offered`: to another unit, undecided; `keep_until`: the last day, None while unknown."""

    closed: bool
    held: bool
    offered: bool
    keep_until: date | None
    today: date


def obstacles(facts: KeepingFacts) -> tuple[Message, ...]:
    """Everything that forbids erasing the file, each with its remedy; nothing when it may be erased."""
    found = []
    if not facts.closed:
        found.append(Message(N_("The file is not closed. Close it first.")))
    if facts.offered:
        found.append(
            Message(N_("The file is offered to another unit. Wait for its answer, or take it back."))
        )
    if facts.held:
        found.append(Message(N_("A legal hold forbids it. Lift the hold when its reason is over.")))
    if facts.keep_until is None:
        found.append(Message(N_("It is not known how long this file must be kept. Decide it first.")))
    elif facts.keep_until >= facts.today:
        found.append(
            Message(
                N_("The file must be kept until %(day)s, that day included."),
                {"day": f"{facts.keep_until:%d/%m/%Y}"},
            )
        )
    return tuple(found)


def wrong_term(keep_until: date, closed_on: date) -> Message | None:
    """What is wrong with a last day of keeping; None when nothing is."""
    if keep_until < closed_on:
        return Message(N_("This day lies before the closing of the file. Check the year."))
    if keep_until.year > closed_on.year + LONGEST:
        return Message(
            N_("This day is more than %(years)s years after the closing. Check the year."), {"years": LONGEST}
        )
    return None
