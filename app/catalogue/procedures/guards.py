"""Guards that more than one move asks: age, representation, consent and a chosen outcome."""

from __future__ import annotations

from app.domain.ages import least_age, treated_as_minor
from app.domain.procedure import Facts, Guard, Section
from app.domain.text import N_, Message

AGREEING = frozenset({"given", "required_by_law"})
"""The answers after which a file may be handed over; a blank or unknown one is not an agreement."""


def minor_has_representative(facts: Facts) -> tuple[Message, ...]:
    """A person who is, or may be, under 18 needs a representative."""
    person = facts.record.get("identity", {})
    if person.get("representative_name") or not treated_as_minor(person, facts.today):
        return ()
    if least_age(person, facts.today) is None:
        return (
            Message(
                N_(
                    "The age is not known, so the person is treated as a minor: "
                    "record the birth date or the stated age, or name a representative in “Identity”."
                )
            ),
        )
    return (Message(N_("The person is under 18: name the representative or guardian in “Identity”.")),)


def accompanying_minors_have_representatives(facts: Facts) -> tuple[Message, ...]:
    """Every accompanying minor needs a representative; the row number says which one lacks it."""
    rows = facts.record.get("minors", {}).get("children") or []
    return tuple(
        Message(N_("Accompanying minors, row %(row)s: name the representative or guardian."), {"row": number})
        for number, row in enumerate(rows, start=1)
        if treated_as_minor(row, facts.today) and not row.get("representative_name")
    )


def sharing_agreed(facts: Facts) -> tuple[Message, ...]:
    """The last recorded answer on handing the file over is one of AGREEING (Law 53/2024 art. 3(10))."""
    rows = facts.record.get("consent", {}).get("answers") or []
    answers = [row.get("answer") for row in rows if row.get("purpose") == "handover"]
    last = answers[-1] if answers else None
    if last in AGREEING:
        return ()
    if last == "refused":
        return (
            Message(
                N_(
                    "The person refused the handover of the file. Respect it, "
                    "or record in “Consent” that the law requires it and that the person was told."
                )
            ),
        )
    return (Message(N_("Ask the person about handing the file over and record the answer in “Consent”.")),)


def chosen(section: Section, field_id: str, choice_id: str) -> Guard:
    """A guard that is content only when that choice stands in that field."""
    field = section.field(field_id)
    choice = next(c for c in field.choices if c.id == choice_id)
    params = {"choice": choice.label, "field": field.label, "section": section.label}

    def guard(facts: Facts) -> tuple[Message, ...]:
        if facts.record.get(section.id, {}).get(field_id) == choice_id:
            return ()
        return (
            Message(N_("This step needs “%(choice)s” as “%(field)s” in the section “%(section)s”."), params),
        )

    return guard
