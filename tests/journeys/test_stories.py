"""The entries that journeys and the demonstration use are what the forms accept."""

from __future__ import annotations

import pytest

from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures import CURRENT
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.reports import ReportIn
from app.services.sections import SYSTEM_SECTIONS
from tests import stories
from tests.conftest import START

TODAY = START.date()


@pytest.mark.parametrize("procedure", CURRENT, ids=lambda p: p.id)
def test_every_section_has_entries_that_its_form_accepts(ctx, procedure):
    values = stories.section_values(procedure.id, TODAY)
    assert set(values) == {s.id for s in procedure.sections} - SYSTEM_SECTIONS
    for section_id, entries in values.items():
        loaded = load(fields_schema(procedure.section(section_id).fields), entries)
        assert set(loaded) == set(entries), section_id


@pytest.mark.parametrize("type_id", sorted(DOCUMENTS))
def test_every_paper_has_entries_that_its_form_accepts(ctx, type_id):
    form = stories.document_forms(TODAY)[type_id]
    assert set(load(fields_schema(DOCUMENTS[type_id].form), form)) == set(form)


@pytest.mark.parametrize("procedure", CURRENT, ids=lambda p: p.id)
def test_a_report_is_accepted_and_names_an_invented_person(ctx, procedure):
    loaded = load(ReportIn(), stories.report_entries(procedure.id))
    assert "(hư cấu)" in loaded["content"]["what_happened"]
