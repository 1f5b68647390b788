"""What is indexed is what the forms ask: every named field exists, and no phone or identity number is forgotten."""

from __future__ import annotations

import pytest

from app.catalogue.intake import REPORT_SECTION
from app.catalogue.people import SOURCES, people_in
from app.catalogue.procedures import PROCEDURES
from app.domain.procedure import FieldKind
from app.domain.terms import Person

LEFT_OUT = {"intake"}  # repeats reports, which are indexed themselves
SECTIONS = [("report", REPORT_SECTION)] + [
    (section.id, section) for p in PROCEDURES.values() for section in p.sections if section.id in SOURCES
]
KINDS = {
    "names": {FieldKind.TEXT},
    "phones": {FieldKind.PHONE},
    "documents": {FieldKind.NATIONAL_ID, FieldKind.TEXT},
    "papers": {FieldKind.TEXT},
    "places": {FieldKind.TEXT},
}


def _fields(section, table):
    return {f.id: f for f in (section.field(table).columns if table else section.fields)}


@pytest.mark.parametrize(("source", "section"), SECTIONS, ids=range(len(SECTIONS)))
def test_every_field_that_is_indexed_is_asked_for(source, section):
    for somebody in SOURCES[source].persons:
        fields = _fields(section, somebody.table)
        for part, kinds in KINDS.items():
            for name in getattr(somebody, part):
                assert fields[name].kind in kinds, name
        if somebody.born:
            assert fields[somebody.born].kind is FieldKind.PARTIAL_DATE


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=lambda p: f"{p.id}-{p.version}")
def test_no_phone_and_no_identity_number_of_a_form_is_forgotten(procedure):
    for section in procedure.sections:
        if section.id in LEFT_OUT:
            continue
        persons = SOURCES[section.id].persons if section.id in SOURCES else ()
        indexed = {(s.table, name) for s in persons for name in (*s.phones, *s.documents)}
        asked = {("", f.id) for f in section.fields if f.kind in (FieldKind.PHONE, FieldKind.NATIONAL_ID)} | {
            (table.id, f.id)
            for table in section.fields
            for f in table.columns
            if f.kind in (FieldKind.PHONE, FieldKind.NATIONAL_ID)
        }
        assert asked <= indexed, section.id


def test_codes_of_sources_are_for_good():
    assert {name: source.code for name, source in SOURCES.items()} == {
        "report": 1,
        "identity": 2,
        "safe_contact": 3,
        "minors": 4,
    }


def test_a_child_and_its_representative_are_two_persons():
    row = {"full_name": "Lê Thử", "birth_date": "2020", "representative_name": "Đỗ Mẫu"}
    assert people_in("minors", {"children": [row, {}]}) == (
        Person(("Lê Thử",), "2020"),
        Person(("Đỗ Mẫu",)),
    )


def test_what_is_not_indexed_names_nobody():
    assert people_in("health", {"condition": "Nguyễn Thị Mẫu"}) == ()
    assert people_in("identity", {"birth_date": "1998"}) == ()
    assert people_in("identity", {"other_papers": "CMND 123456789"}) == (Person(documents=("123456789",)),)
