"""Which answers of a report or section say who somebody is: a name, a birth date, a phone, a paper, a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.terms import Person, documents_in


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of a section: the ids of the fields that tell of them.

    `papers`: free text in which numbers of papers may stand; `table`: the field whose rows are persons.
    """

    names: tuple[str, ...] = ()
    born: str = ""
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A section or a report whose persons are found by searching; its code stands in the sealed pointers for good."""

    code: int
    persons: tuple[Somebody, ...]


REPRESENTATIVE = Somebody(names=("representative_name",), phones=("representative_phone",))

SOURCES: Mapping[str, Source] = {
    "report": Source(
        1,
        (
            Somebody(names=("caller_name",), phones=("caller_phone", "callback_phone")),
            Somebody(names=("person_name",), born="person_birth_date", phones=("person_phone",)),
        ),
    ),
    "identity": Source(
        2,
        (
            Somebody(
                names=("full_name", "other_names"),
                born="birth_date",
                documents=("national_id", "passport_number"),
                papers=("other_papers",),
                places=("permanent_residence", "current_residence", "birth_place"),
            ),
            REPRESENTATIVE,
        ),
    ),
    "safe_contact": Source(3, (Somebody(phones=("phone",)),)),
    "minors": Source(
        4,
        (
            Somebody(names=("full_name",), born="birth_date", table="children"),
            replace(REPRESENTATIVE, table="children"),
        ),
    ),
}
"""By the id of the section; "report" is what a caller told. The section "intake" repeats reports and is left out."""


def people_in(source: str, values: Mapping[str, Any]) -> tuple[Person, ...]:
    """The persons that stored values of a report or section tell of; none for a source that is not indexed."""
    persons = SOURCES[source].persons if source in SOURCES else ()
    found = (
        _person(somebody, row)
        for somebody in persons
        for row in (values.get(somebody.table) or () if somebody.table else (values,))
    )
    return tuple(person for person in found if person != Person(born=person.born))


def _person(somebody: Somebody, row: Mapping[str, Any]) -> Person:
    return Person(
        names=_told(row, somebody.names),
        born=str(row.get(somebody.born) or ""),
        phones=_told(row, somebody.phones),
        documents=(
            *_told(row, somebody.documents),
            *(number for text in _told(row, somebody.papers) for number in documents_in(text)),
        ),
        places=_told(row, somebody.places),
    )


def _told(row: Mapping[str, Any], fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(row[field]) for field in fields if row.get(field))
