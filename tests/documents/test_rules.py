"""Each check of an official paper: the valid sample passes, one change at a time fails where expected."""

from __future__ import annotations

from datetime import date

import pytest

from app.catalogue.documents import DOCUMENTS, LABELS
from app.catalogue.procedures import CURRENT
from app.domain.document_rules import sheet_count
from app.domain.procedure import FieldKind
from tests.documents.samples import GIVER, RECEIVER, SECTIONS, content


def errors(document_id, form=None, record=None):
    found = {}
    for validator in DOCUMENTS[document_id].validators:
        found |= validator(content(document_id, form, record))
    return found


def rows(*ranges):
    return [{"summary": "Tài liệu", "sheet_from": first, "sheet_to": last} for first, last in ranges]


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_a_complete_paper_passes(document_id):
    assert errors(document_id) == {}


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ({"givers": []}, "givers"),
        ({"receivers": []}, "receivers"),
        ({"receivers": [GIVER]}, "receivers.0.name"),
        (
            {"receivers": [RECEIVER, {**GIVER, "paper": "", "name": "  LỤC văn  giả định "}]},
            "receivers.1.name",
        ),
        ({"givers": [{**GIVER, "rank": ""}]}, "givers.0.rank"),
        ({"givers": [{**GIVER, "position": None}]}, "givers.0.position"),
        ({"receivers": [{**RECEIVER, "unit": ""}]}, "receivers.0.unit"),
        ({"end_time": "09:29"}, "end_time"),
        ({"start_date": "2026-02-07"}, "start_date"),
        ({"end_date": "2026-02-07"}, "end_date"),
        ({"refused": True, "refusal_reason": "Không nêu"}, "refused_by"),
        ({"refused": True, "refused_by": "Người nhận"}, "refusal_reason"),
        ({"refused": True, "refused_by": "A", "refusal_reason": "B", "attendees": []}, "attendees"),
        ({"copies": 5}, "copies"),
        ({"copies": 2, "holders": [{"holder": "Bên giao", "count": 1}]}, "copies"),
        ({"opinions": "Tối mật"}, "opinions"),
        ({"grounds": [{"citation": "Độ mật: TUYỆT MẬT"}]}, "grounds.0.citation"),
    ],
)
def test_one_fault_is_found_where_it_is(form, path):
    found = errors("victim_handover", form)
    assert set(found) == {path}
    assert all(str(message) for message in found[path])


def test_two_people_of_one_name_with_different_papers_are_two_people():
    assert errors("victim_handover", {"receivers": [{**RECEIVER, "name": GIVER["name"]}]}) == {}


def test_a_record_may_close_after_midnight():
    assert (
        errors(
            "victim_handover",
            {
                "start_date": "2026-02-04",
                "start_time": "23:30",
                "end_date": "2026-02-05",
                "end_time": "00:15",
            },
        )
        == {}
    )


def test_the_word_for_secret_inside_a_sentence_is_no_grade():
    assert errors("victim_handover", {"opinions": "Đề nghị giữ bí mật danh tính."}) == {}


@pytest.mark.parametrize(
    ("person", "fails"),
    [
        ({"birth_date": "2008-02-05"}, False),
        ({"birth_date": "2008-02-06"}, True),
        ({"birth_date": "2008"}, True),
        ({"birth_date": "2008-01"}, False),
        ({"stated_age": 17}, True),
        ({"stated_age": 17, "age_stated_on": "2025-02-01"}, False),
        ({}, True),
        ({"birth_date": "2012", "representative_name": "Người giám hộ"}, False),
    ],
)
def test_a_minor_has_a_representative(person, fails):
    assert ("attendees" in errors("victim_handover", record={"identity": person})) is fails


def test_a_representative_may_attend_instead():
    attendee = {"role": "representative", "name": "Người giám hộ"}
    assert errors("victim_handover", {"attendees": [attendee]}, {"identity": {"birth_date": "2012"}}) == {}


@pytest.mark.parametrize(
    ("ranges", "path"),
    [
        ([(1, 3), (5, 6)], "papers.1.sheet_from"),
        ([(1, 3), (3, 6)], "papers.1.sheet_from"),
        ([(4, 2)], "papers.0.sheet_to"),
    ],
)
def test_sheets_follow_one_another(ranges, path):
    papers = rows(*ranges)
    totals = {"total_documents": len(papers), "total_sheets": sum(map(sheet_count, papers))}
    assert set(errors("records_handover", {"papers": papers, **totals})) == {path}


def test_sheets_of_the_case_file_follow_one_another_too():
    found = errors("victim_handover", record={"papers": {"items": rows((1, 3), (5, 6))}})
    assert set(found) == {"papers.items.1.sheet_from"}


@pytest.mark.parametrize("totals", [{"total_documents": 3}, {"total_sheets": 8}])
def test_declared_totals_equal_the_rows(totals):
    assert set(errors("records_handover", totals)) == set(totals)


def test_an_exhibit_is_counted_from_one():
    assert set(errors("surrender_record", {"exhibits": [{"item": "Ổ cứng", "quantity": 0}]})) == {
        "exhibits.0.quantity"
    }


def test_the_record_of_surrender_needs_its_decisions_and_outcome():
    found = errors(
        "surrender_record", record={"court": {}, "execution": {}, "surrender": {"detention_days": 0}}
    )
    assert set(found) == {"court.decision_number", "execution.decision_number", "surrender.outcome"}


def test_incomplete_rows_do_not_break_the_rules():
    form = {
        "papers": [{"sheet_from": 1}, {}],
        "givers": [{}],
        "receivers": [{}],
        "holders": [{}],
        "start_date": "?",
        "start_time": None,
    }
    for validator in DOCUMENTS["records_handover"].validators:
        validator(content("records_handover", form))


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_a_paper_discloses_only_sections_that_exist(document_id):
    assert set(DOCUMENTS[document_id].discloses) <= {section.id for section in SECTIONS[document_id]}
    assert DOCUMENTS[document_id].label == LABELS[document_id]


def test_every_paper_a_procedure_offers_is_registered():
    offered = {d for p in CURRENT for t in p.tracks for s in t.stages for d in s.documents}
    assert offered
    assert offered <= set(DOCUMENTS)


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_only_past_days_are_asked_for(document_id):
    fields = {field.id: field for field in DOCUMENTS[document_id].form}
    assert fields["start_date"].kind is FieldKind.DATE
    assert fields["start_date"].past
    assert date.fromisoformat("2026-02-05") < content(document_id).today
