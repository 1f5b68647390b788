"""The guards: who counts as a minor, whose representative is missing, which paper is not there."""

from __future__ import annotations

from datetime import date

import pytest

from app.catalogue.procedures import PROCEDURES
from app.catalogue.procedures.extradition_checklist import ITEMS, Needed, essential_papers_present
from app.catalogue.procedures.guards import (
    accompanying_minors_have_representatives,
    minor_has_representative,
    sharing_agreed,
)
from app.domain.procedure import Facts
from app.domain.workflow import obstacles

TODAY = date(2026, 11, 22)
VICTIM = PROCEDURES["trafficking_victim", 1]
EXTRADITION = PROCEDURES["extradition_incoming", 1]
ALWAYS = {"letter", "case_summary", "law_articles", "description", "three_sets", "translation"}


def facts(**record) -> Facts:
    return Facts(record, frozenset(), handover_confirmed=False, today=TODAY)


def named(messages) -> list[str]:
    return [str(m) for m in messages]


def missing_papers(purpose, present=(), **request) -> set[str]:
    """Ids of the papers the guard names."""
    by_label = {item.label: item.id for item in ITEMS}
    checked = dict.fromkeys(present, "present")
    found = essential_papers_present(facts(request={"purpose": purpose, **request}, checklist=checked))
    return {by_label[m.params["document"]] for m in found if m.params}


def test_a_minor_needs_a_representative():
    assert "under 18" in named(minor_has_representative(facts(identity={"birth_date": "2012"})))[0]
    assert "not known" in named(minor_has_representative(facts()))[0]
    assert (
        minor_has_representative(
            facts(identity={"birth_date": "2012", "representative_name": "Cán bộ giám hộ"})
        )
        == ()
    )
    assert minor_has_representative(facts(identity={"birth_date": "1990"})) == ()


def test_each_accompanying_minor_without_representative_is_named_by_row():
    children = [
        {"full_name": "Trẻ Một", "representative_name": "Người giám hộ"},
        {"full_name": "Trẻ Hai", "birth_date": "2015"},
        {"full_name": "Người Ba", "birth_date": "1999"},
        {"full_name": "Trẻ Bốn"},
    ]
    found = accompanying_minors_have_representatives(facts(minors={"children": children}))
    assert [m.params["row"] for m in found] == [2, 4]
    assert not any("Trẻ" in text for text in named(found))
    assert accompanying_minors_have_representatives(facts()) == ()


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [
        ([], False),
        (["given"], True),
        (["refused"], False),
        (["given", "refused"], False),
        (["refused", "given"], True),
        (["refused", "required_by_law"], True),
        (["agreed"], False),
        (["given", None], False),
        (["given", ""], False),
    ],
)
def test_the_last_answer_about_the_handover_counts(answers, agreed):
    rows = [{"purpose": "handover", "answer": answer} for answer in answers]
    rows.append({"purpose": "family", "answer": "given"})
    assert (sharing_agreed(facts(consent={"answers": rows})) == ()) is agreed


@pytest.mark.parametrize(
    ("to", "outcome"), [("identified", "identified"), ("not_identified", "not_identified")]
)
def test_the_conclusion_must_be_the_one_chosen(to, outcome):
    move = VICTIM.track("victim").stage("identification_pending").move(to)
    verification = {"evidence": ["b"], "reason": "Căn cứ", "admin_definition_met": True, "outcome": outcome}
    adult = {"birth_date": "1990"}
    assert move.second_person
    assert obstacles(VICTIM, move, facts(verification=verification, identity=adult), {}) == {}
    other = {"identified": "not_identified", "not_identified": "identified"}[outcome]
    found = obstacles(VICTIM, move, facts(verification=verification | {"outcome": other}, identity=adult), {})
    assert set(found) == {"guard"}


def test_every_move_that_decides_about_a_person_takes_two():
    deciding = {"identified", "not_identified", "transferring", "closed"}
    for stage in VICTIM.track("victim").stages:
        for move in stage.moves:
            assert move.second_person == (move.to in deciding), (stage.id, move.to)


def test_a_minor_is_not_handed_over_without_representative_and_answer():
    for stage in VICTIM.track("victim").stages:
        for move in stage.moves:
            if move.to == "transferring":
                found = obstacles(
                    VICTIM, move, facts(identity={"birth_date": "2012"}, health={"condition": "Ổn định"}), {}
                )
                assert len(found["guard"]) == 2, stage.id


def test_the_statement_is_never_handed_over():
    assert set(VICTIM.handover.sections).isdisjoint(
        {"statement", "intake", "verification", "protection", "consent"}
    )


@pytest.mark.parametrize(
    ("purpose", "own"),
    [("prosecution", {"warrant", "confirmed_accused"}), ("sentence", {"judgment", "confirmed_convicted"})],
)
def test_each_essential_paper_is_named_for_its_purpose(purpose, own):
    essential = ALWAYS | own
    assert missing_papers(purpose) == essential
    assert missing_papers(purpose, present=essential) == set()
    for paper in essential:
        assert missing_papers(purpose, present=essential - {paper}) == {paper}


def test_an_urgent_holding_adds_the_commitment_to_compensate():
    assert missing_papers("sentence", urgent_holding=True) - missing_papers("sentence") == {"compensation"}


def test_without_a_purpose_the_guard_asks_for_it():
    found = essential_papers_present(facts())
    assert "purpose" in named(found)[0]
    assert len(found) == 1 + len(ALWAYS)


def test_not_applicable_does_not_excuse_an_essential_paper():
    checked = dict.fromkeys(ALWAYS | {"warrant", "confirmed_accused"}, "present") | {
        "warrant": "not_applicable"
    }
    assert len(essential_papers_present(facts(request={"purpose": "prosecution"}, checklist=checked))) == 1


def test_papers_needed_only_sometimes_never_block():
    sometimes = {item.id for item in ITEMS if item.needed is Needed.AS_NEEDED}
    assert sometimes == {"nationality", "assurances"}
    assert not missing_papers("prosecution") & sometimes


def test_the_file_goes_to_court_only_complete():
    move = EXTRADITION.track("request").stage("checking").move("at_court")
    record = {
        "request": {"purpose": "prosecution"},
        "identity": {"full_name": "Người Hư Cấu"},
        "whereabouts": {"verified_on": "2026-11-20"},
        "court": {"court_name": "Tòa án nhân dân khu vực"},
        "checklist": dict.fromkeys(ALWAYS | {"warrant", "confirmed_accused"}, "present"),
    }
    assert obstacles(EXTRADITION, move, facts(**record), {}) == {}
    found = obstacles(EXTRADITION, move, facts(**(record | {"checklist": {}})), {})
    assert len(found["guard"]) == len(ALWAYS) + 2


@pytest.mark.parametrize("to", ["decided_extradite", "decided_refuse"])
def test_the_court_decision_recorded_is_the_one_followed(to):
    move = EXTRADITION.track("request").stage("examining").move(to)
    outcome = {"decided_extradite": "extradite", "decided_refuse": "refuse"}[to]
    court = {
        "court_name": "Tòa án nhân dân khu vực",
        "decision_number": "01/2026",
        "decided_on": "2026-11-20",
        "refusal_grounds": ["citizen"],
    }
    assert set(obstacles(EXTRADITION, move, facts(court=court), {})) == {"court.outcome", "guard"}
    assert obstacles(EXTRADITION, move, facts(court=court | {"outcome": outcome}), {}) == {}
