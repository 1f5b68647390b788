"""The whole story of an extradition request over the API: check, court, execution, failed pick-up, handover."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.cli.demo import extradition_entries as entries
from app.cli.demo import trafficking_entries as shared
from tests import stories
from tests.stories import Story

PAPERS = ("surrender_record", "records_handover")


@pytest.fixture
def story(app, api_for, clock):
    return Story(api_for, clock, "extradition_incoming")


def checking(story: Story) -> None:
    """Registered, noted and being checked; nothing of the checklist is marked yet."""
    person = stories.PERSON[story.procedure_id]
    story.begin(stories.report_entries(story.procedure_id))
    story.write("request", entries.request(person, story.today))
    story.write("identity", entries.identity(person))
    story.move("checking", event_on=story.today)


def at_court(story: Story) -> None:
    checking(story)
    story.days(5)
    story.write("checklist", entries.checklist())
    story.write("whereabouts", entries.whereabouts(story.today))
    story.write("court", entries.sent_to_court())
    story.move("at_court", event_on=story.today)


def execution_decided(story: Story) -> None:
    at_court(story)
    for days, write, to in (
        (4, entries.accepted, "accepted"),
        (20, entries.examining, "examining"),
        (20, entries.decided, "decided_extradite"),
        (31, entries.final, "final"),
    ):
        story.days(days)
        story.write("court", write(story.today))
        story.move(to, event_on=story.today)
    story.days(2)
    story.write("execution", entries.execution(story.today))
    story.move("execution_decided", event_on=story.today)


def running(story: Story, who: str = "minh") -> dict[str, str]:
    """The running terms: id -> due."""
    terms = story.get(who, story.case).json["terms"]
    return {t["deadline"]["id"]: t["due_at"] for t in terms if t["stopped_at"] is None}


def midnight_after(day) -> str:
    """24:00 in Viet Nam on that day, as the API writes it."""
    return f"{day.isoformat()}T17:00:00Z"


def test_a_missing_essential_document_blocks_the_court_and_is_named(story):
    checking(story)
    story.write("checklist", entries.checklist("translation"))
    story.write("whereabouts", entries.whereabouts(story.today))
    story.write("court", entries.sent_to_court())
    refused = story.move("at_court", status=422)
    assert set(refused.json["errors"]) == {"guard"}
    (message,) = refused.json["errors"]["guard"]
    assert "“Translation into the required language”" in message
    assert story.stage("minh") == "checking"
    story.write("checklist", {"translation": "present"})
    story.move("at_court")
    assert story.stage("minh") == "at_court"


def test_the_papers_that_count_as_essential_follow_the_purpose(story):
    checking(story)
    story.write("checklist", entries.checklist("warrant", "judgment"))
    guard = story.get("minh", f"{story.case}/moves/request/at_court").json["missing"]["guard"]
    assert len(guard) == 1
    assert "warrant" in guard[0]
    story.write("request", {"purpose": "sentence"})
    guard = story.get("minh", f"{story.case}/moves/request/at_court").json["missing"]["guard"]
    assert len(guard) == 1
    assert "judgment" in guard[0]


def test_the_reception_term_runs_fifteen_days_from_the_execution_decision(story):
    execution_decided(story)
    effective = story.today
    assert running(story) == {"reception": midnight_after(effective + timedelta(days=15))}
    story.days(3)
    story.write("agreement", entries.agreement(story.today))
    story.move("handover_agreed", event_on=effective)
    assert running(story) == {"reception": midnight_after(effective + timedelta(days=15))}
    story.days(16)
    assert story.get("tuan", "/cases?show=overdue").json["items"] == []  # the term is not verified
    (row,) = story.get("tuan", "/cases").json["items"]
    assert (row["id"], row["past"], row["overdue"]) == (story.id, True, False)
    assert row["deadline"]["id"] == "reception"


def test_a_step_cannot_carry_a_day_to_come(story):
    at_court(story)
    story.write("court", entries.accepted(story.today))
    refused = story.move("accepted", event_on=story.today + timedelta(days=1), status=422)
    assert set(refused.json["errors"]) == {"event_on"}


def test_a_refusal_of_the_court_ends_only_with_a_second_person(story):
    at_court(story)
    story.write("court", entries.accepted(story.today))
    story.move("accepted")
    story.write("court", entries.examining(story.today))
    story.move("examining")
    story.write("court", entries.decided(story.today, "refuse"))
    refused = story.move("decided_extradite", status=422)
    assert "“Extradite”" in refused.json["errors"]["guard"][0]
    story.move("decided_refuse")
    story.days(31)
    story.write("court", entries.final(story.today))
    story.approved("refused")
    (row,) = story.get("tuan", "/cases?show=closed").json["items"]
    assert row["closed_at"]
    assert story.open("minh", "court").json["editable"] is False
    story.call(
        "minh",
        "PUT",
        f"{story.case}/sections/court",
        403,
        json={"values": entries.sent_to_court()},
        headers={"If-Match": '"5"'},
    )


def agreed_again(story: Story) -> None:
    """Agreed, not picked up, and agreed anew with a second person."""
    execution_decided(story)
    effective = story.today
    story.days(2)
    story.write("agreement", entries.agreement(story.today))
    story.move("handover_agreed", event_on=effective)

    story.days(5)
    story.move("pickup_failed", reason="Đoàn tiếp nhận không đến.", status=422)
    story.write("agreement", entries.failed_pickup())
    story.move("pickup_failed", status=422)  # without the reason
    story.move("pickup_failed", reason="Đoàn tiếp nhận không đến.", event_on=story.today)
    failed_on = story.today
    assert running(story) == {"lift_measures": midnight_after(failed_on + timedelta(days=15))}

    story.days(2)
    story.write("agreement", entries.agreement(story.today))
    asked = story.move("handover_agreed", reason="Thỏa thuận lại.", event_on=story.today, status=202)
    story.decide("minh", asked.json["approval"]["id"], status=403)
    story.open("tuan", "agreement", 422)
    story.open("tuan", "agreement", reason="approval")
    story.decide("tuan", asked.json["approval"]["id"])
    assert running(story) == {"reception": midnight_after(story.today + timedelta(days=15))}


def test_the_whole_story_of_a_request(story):
    agreed_again(story)
    form = stories.document_forms(story.today)["surrender_record"]
    draft = story.post("minh", f"{story.case}/documents", {"type": PAPERS[0], "form": form}, status=201).json
    path = f"/documents/{draft['id']}"
    refused = story.post("minh", f"{path}/issue", tag=story.tag("minh", path), status=422)
    assert {"surrender.detention_days", "surrender.outcome"} <= set(refused.json["errors"])
    story.write("health", shared.health(story.today))
    story.write("property", shared.belongings())
    story.write("papers", shared.papers(story.today))
    story.write("assurances", entries.assurances(story.today))
    story.write("surrender", entries.surrender())
    surrendered = story.post("minh", f"{path}/issue", tag=story.tag("minh", path)).json
    assert surrendered["symbol"] == "01/BB-PC02"
    assert story.get("minh", f"{path}/preview.pdf", 409)
    story.hand_over_papers("records_handover")
    assert len(story.get("van", "/register").json["items"]) == 2
    assert story.get("van", f"{path}/pdf").data.startswith(b"%PDF-")

    offered = story.offer("PC02-K").json
    path = f"/handovers/{offered['id']}"
    story.post("khac", f"{path}/refusal", {"reason": "Thiếu người áp giải."}, tag=story.tag("khac", path))
    second = story.offer("PC02-K").json
    path = f"/handovers/{second['id']}"
    story.post("khac", f"{path}/confirmation", tag=story.tag("khac", path))

    story.get("minh", story.case, 404)
    assert story.open("khac", "surrender", reason="handover").json["values"]["detention_days"] == 58
    story.open("khac", "surrender", 422)
    for kept in ("request", "court", "execution", "checklist", "whereabouts", "intake"):
        story.open("khac", kept, 404, reason="handover")
    story.get("xoan", story.case, 404)  # the receiving unit's officer was not put on it
    assert story.stage("khac") == "handed_over"
    entries_seen = story.ledger("tuan")
    assert [(e["body"]["section"]) for e in entries_seen if e["action"] == "section:read"] == [
        section for _, section in story.opened
    ]
    assert len([e for e in entries_seen if e["action"] == "access:denied"]) == len(story.denied)
