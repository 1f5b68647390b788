"""Classifying a report: four ways out, once."""

from __future__ import annotations

import pytest

from app.domain.errors import Conflict, Invalid, NotVisible
from app.domain.states import Outcome
from app.services.cases import read_case
from app.services.classification import Decision, classify_report
from app.services.reports import find_report, list_reports, read_report
from app.services.sections import read_section
from tests.services import acting

OPEN = Decision(Outcome.CASE_OPENED, procedure_id="trafficking_victim")


def _classify(cast, logged, decision, who="hoa"):
    return classify_report(cast(who), logged.id, decision, version=logged.version)


def test_a_case_is_opened_with_the_report_in_it(ctx, actor_for):
    logged = acting.report(actor_for)
    done = _classify(actor_for, logged, OPEN)
    acting.assign(actor_for, done.case_id, "minh")
    view = read_case(actor_for("minh"), done.case_id)
    assert [(p.track.id, p.stage.id) for p in view.places] == [("victim", "received")]
    (row,) = read_section(actor_for("minh"), done.case_id, "intake").values["reports"]
    assert (row["code"], row["what_happened"]) == (logged.code, acting.TOLD)
    assert row["received_on"] == "2026-11-23"


def test_an_extradition_case_begins_on_all_its_tracks(ctx, actor_for):
    case_id = acting.case(actor_for, procedure="extradition_incoming")
    view = read_case(actor_for("minh"), case_id)
    assert {(p.track.id, p.stage.id) for p in view.places} == {
        (track.id, track.initial.id) for track in view.procedure.tracks
    }


def test_a_report_joins_a_running_case_by_its_code(ctx, actor_for):
    case_id = acting.case(actor_for)
    code = read_case(actor_for("minh"), case_id).case.code
    logged = acting.report(actor_for)
    typed = code.lower().replace("0", "o").replace("1", "l")
    done = _classify(actor_for, logged, Decision(Outcome.CASE_JOINED, case_code=typed))
    assert done.case_id == case_id
    assert len(read_section(actor_for("minh"), case_id, "intake").values["reports"]) == 2


@pytest.mark.parametrize("code", ["NN-0000-0000", "", "x", "NN-%"])
def test_a_code_that_is_not_the_unit_s_is_refused(ctx, actor_for, code):
    logged = acting.report(actor_for)
    with pytest.raises(Invalid) as refused:
        _classify(actor_for, logged, Decision(Outcome.CASE_JOINED, case_code=code))
    assert set(refused.value.errors) == {"case_code"}
    assert find_report(actor_for("hoa"), logged.id).outcome is None


def test_a_report_does_not_join_another_unit_s_case(ctx, actor_for):
    case_id = acting.case(actor_for)
    code = read_case(actor_for("minh"), case_id).case.code
    theirs = acting.report(actor_for, "khac")
    with pytest.raises(Invalid):
        _classify(actor_for, theirs, Decision(Outcome.CASE_JOINED, case_code=code), "khac")


def test_a_report_is_passed_on(ctx, actor_for):
    done = _classify(
        actor_for, acting.report(actor_for), Decision(Outcome.PASSED_ON, body="border_guard", note="Đã gọi.")
    )
    assert (done.outcome, done.outcome_detail, done.case_id) == ("passed_on", "border_guard", None)


def test_a_report_is_closed(ctx, actor_for):
    done = _classify(actor_for, acting.report(actor_for), Decision(Outcome.CLOSED, close_reason="duplicate"))
    assert (done.outcome, done.outcome_detail) == ("closed", "duplicate")


def test_a_report_is_classified_once(ctx, actor_for):
    logged = acting.report(actor_for)
    done = _classify(actor_for, logged, OPEN)
    for version in (logged.version, done.version):
        with pytest.raises(Conflict):
            classify_report(actor_for("hoa"), logged.id, OPEN, version=version)
    assert len(acting.entries(action="case:opened")) == 1


def test_the_operator_loses_the_content_the_moment_it_is_classified(ctx, actor_for):
    logged = acting.report(actor_for)
    assert read_report(actor_for("hoa"), logged.id).content
    done = _classify(actor_for, logged, OPEN)
    with pytest.raises(NotVisible):
        read_report(actor_for("hoa"), logged.id)
    with pytest.raises(NotVisible):
        read_case(actor_for("hoa"), done.case_id)
    assert [r.id for r in list_reports(actor_for("hoa"), waiting=False).items] == [logged.id]
    assert read_report(actor_for("tuan"), logged.id, reason="supervision").content


def test_a_late_classification_is_marked_late(ctx, clock, actor_for):
    in_time, late = acting.report(actor_for), acting.report(actor_for)
    clock.forward(hours=24)
    _classify(actor_for, in_time, OPEN)
    clock.forward(seconds=1)
    _classify(actor_for, late, OPEN)
    said = {e.subject_id: acting.body(e)["late"] for e in acting.entries(action="report:classified")}
    assert said == {in_time.id: False, late.id: True}


def test_another_operator_cannot_classify_it(ctx, actor_for):
    with pytest.raises(NotVisible):
        _classify(actor_for, acting.report(actor_for), OPEN, "hanh")
