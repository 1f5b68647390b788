"""The whole story of a possible victim over the API: report, work, second person, papers, handover, audit."""

from __future__ import annotations

import hashlib

import pytest

from tests import stories
from tests.stories import Story

PAPERS = ("victim_handover", "records_handover")
HANDED = ("identity", "safe_contact", "health", "minors", "support", "property", "papers")
KEPT = ("statement", "verification", "protection", "consent", "intake")


@pytest.fixture
def story(app, api_for, clock):
    return Story(api_for, clock, "trafficking_victim")


@pytest.fixture
def values(story):
    return stories.section_values("trafficking_victim", story.today)


def received(story: Story) -> None:
    story.begin(stories.report_entries("trafficking_victim"))


def identified(story: Story, values) -> None:
    """Up to the conclusion, which one supervisor asks for and another decides."""
    received(story)
    story.write("safe_contact", values["safe_contact"])
    story.write("identity", values["identity"])
    story.move("initial_verification")
    for section in ("statement", "health", "protection", "verification"):
        story.write(section, values[section])
    story.move("identification_pending")
    story.approved("identified", asks="minh", decides="thu")


def transferring(story: Story, values) -> None:
    """Up to the stage that offers the handover papers."""
    identified(story, values)
    for section in ("support", "minors", "property", "papers", "consent"):
        story.write(section, values[section])
    story.move("supporting")
    story.approved("transferring")


def test_a_report_leaves_its_operator_when_it_is_classified(story):
    entries = stories.report_entries("trafficking_victim")
    report = story.post("hoa", "/reports", entries, status=201).json
    path = f"/reports/{report['id']}"
    seen = story.get("hoa", path)
    assert seen.json["content"]["caller_name"] == entries["content"]["caller_name"]
    story.get("hanh", path, 404)
    decision = {"outcome": "case_opened", "procedure_id": "trafficking_victim"}
    story.post("hoa", f"{path}/classification", decision, status=428)
    story.post("hoa", f"{path}/classification", decision, tag='"99"', status=412)
    story.post("hoa", f"{path}/classification", decision, tag=seen.headers["ETag"])
    story.get("hoa", path, 404)
    story.get("hoa", f"{path}/slip.pdf", 404)
    story.get("hoa", "/cases", 403)
    story.get("tuan", path, 422)  # a supervisor says why
    assert story.get("tuan", f"{path}?reason=supervision").json["content"] == seen.json["content"]


def test_nobody_but_the_assigned_officer_works_on_a_case(story, values):
    report = story.post("hoa", "/reports", stories.report_entries("trafficking_victim"), status=201).json
    path = f"/reports/{report['id']}"
    decision = {"outcome": "case_opened", "procedure_id": "trafficking_victim"}
    story.post("hoa", f"{path}/classification", decision, tag=story.tag("hoa", path))
    story.id = story.get("tuan", "/cases").json["items"][0]["id"]
    story.get("minh", story.case, 404)
    story.assign("tuan", "minh")
    story.get("minh", story.case)
    for stranger in ("lan", "hoa", "sen", "khac", "xoan"):
        story.get(stranger, story.case, 404)
        story.get(stranger, f"{story.case}/sections/identity", 404)
    for outsider in ("van", "quan"):
        story.get(outsider, story.case, 404)
    (intake,) = story.open("minh", "intake").json["values"]["reports"]
    assert intake["caller_phone"].startswith("+84900001")


def test_two_people_writing_the_same_section_do_not_overwrite_each_other(story, values):
    received(story)
    path = f"{story.case}/sections/safe_contact"
    body = {"values": values["safe_contact"]}
    story.call("minh", "PUT", path, 428, json=body)
    first = story.call("minh", "PUT", path, json=body, headers={"If-Match": '"0"'})
    assert first.headers["ETag"] == '"1"'
    story.call("minh", "PUT", path, 412, json=body, headers={"If-Match": '"0"'})
    wrong = {"values": {"phone": "12", "safe_from": "25:00", "colour": "red"}}
    refused = story.call("minh", "PUT", path, 422, json=wrong, headers={"If-Match": '"1"'})
    assert set(refused.json["errors"]) == {"phone", "safe_from", "colour"}
    story.call("tuan", "PUT", path, 403, json=body, headers={"If-Match": '"1"'})
    assert story.open("minh", "safe_contact").json["version"] == 1


def test_a_step_names_what_it_still_needs(story, values):
    received(story)
    refused = story.move("initial_verification", status=422)
    assert set(refused.json["errors"]) == {"safe_contact.safe_way"}
    assert "Safe way of contact" in refused.json["errors"]["safe_contact.safe_way"][0]
    asked = story.get("minh", f"{story.case}/moves/victim/initial_verification")
    assert set(asked.json["missing"]) == {"safe_contact.safe_way"}
    story.write("safe_contact", values["safe_contact"])
    assert story.move("initial_verification").json["stage_id"] == "initial_verification"
    refused = story.move("identification_pending", status=422)
    assert set(refused.json["errors"]) == {"verification.initial_result", "statement.account", "guard"}
    assert "age is not known" in refused.json["errors"]["guard"][0]
    assert story.stage("minh") == "initial_verification"


def test_nobody_decides_what_they_asked_for(story, values):
    received(story)
    for section in ("safe_contact", "identity", "statement", "verification"):
        story.write(section, values[section])
    story.move("initial_verification")
    asked = story.move("identified", who="tuan", status=202).json
    assert asked["stage_id"] == "initial_verification"
    approval = asked["approval"]["id"]
    assert [a["approval"]["id"] for a in story.get("thu", "/approvals").json["items"]] == [approval]
    refused = story.decide("tuan", approval, status=403)
    assert refused.json["type"].endswith("second-person-required")
    story.decide("minh", approval, status=403)
    story.decide("khac", approval, status=404)
    story.move("identified", status=409)  # one request at a time
    story.decide("thu", approval, approved=False, status=422)
    story.decide("thu", approval, approved=False, reason="Bổ sung chứng cứ.")
    assert story.stage("minh") == "initial_verification"
    story.approved("identified", asks="minh", decides="tuan")
    assert story.stage("minh") == "identified"


def test_a_handover_waits_for_both_papers(story, values):
    transferring(story, values)
    refused = story.offer("NTL", status=422)
    assert set(refused.json["errors"]) == {f"documents.{p}" for p in PAPERS}
    wrong = {**stories.document_forms(story.today)["records_handover"], "total_sheets": 99}
    draft = story.post("minh", f"{story.case}/documents", {"type": PAPERS[1], "form": wrong}, status=201).json
    path = f"/documents/{draft['id']}"
    refused = story.post("minh", f"{path}/issue", tag=story.tag("minh", path), status=422)
    assert set(refused.json["errors"]) == {"total_sheets"}
    story.get("minh", f"{path}/pdf", 409)


def test_the_whole_story_of_a_victim(story, values):
    transferring(story, values)
    issued = story.hand_over_papers(*PAPERS)
    assert [d["symbol"] for d in issued.values()] == ["01/BB-PC02", "02/BB-PC02"]
    for document in issued.values():
        answer = story.get("minh", f"/documents/{document['id']}/pdf")
        assert answer.data.startswith(b"%PDF-")
        assert hashlib.sha256(answer.data).hexdigest() == document["sha256"]

    first = story.offer("NTL").json
    story.offer("NTL", status=409)
    (listed,) = story.get("sen", "/handovers").json["items"]
    assert listed["handover"]["id"] == first["id"]
    path = f"/handovers/{first['id']}"
    offered = story.get("sen", path)
    assert {s["id"] for s in offered.json["sections"]} == set(HANDED)
    assert {d["id"] for d in offered.json["documents"]} == {d["id"] for d in issued.values()}
    for section in ("identity", "statement"):
        story.open("sen", section, 404)  # offered is not handed over
    story.post("khac", f"{path}/confirmation", tag=offered.headers["ETag"], status=404)
    story.post("tuan", f"{path}/confirmation", tag=offered.headers["ETag"], status=403)
    reason = {"reason": "Hết chỗ cho người có trẻ em đi cùng."}
    story.post("sen", f"{path}/refusal", {"reason": " "}, tag=offered.headers["ETag"], status=422)
    story.post("sen", f"{path}/refusal", reason, tag=offered.headers["ETag"])
    assert story.get("minh", path).json["refusal"] == reason["reason"]
    assert story.stage("minh") == "transferring"

    second = story.offer("NTL").json
    path = f"/handovers/{second['id']}"
    story.post("sen", f"{path}/confirmation", tag=story.tag("sen", path))
    story.post("sen", f"{path}/confirmation", tag='"1"', status=409)
    story.get("minh", story.case, 404)
    story.open("minh", "identity", 404)
    story.get("minh", f"/documents/{issued['victim_handover']['id']}/pdf", 404)

    for section in HANDED:
        assert story.open("sen", section).json["values"], section
    for section in KEPT:
        story.open("sen", section, 404)
    story.get("sen", f"/documents/{issued['victim_handover']['id']}/pdf")
    (received_case,) = story.get("sen", "/cases").json["items"]
    assert received_case["id"] == story.id
    assert {s["section"]["id"] for s in story.get("sen", story.case).json["sections"]} == set(HANDED)
    story.open("tuan", "identity", 404, reason="supervision")
    assert audited(story) == 2


def audited(story: Story) -> int:
    """Compare the ledger with everything that was opened and refused; how many handovers it shows."""
    story.get("minh", f"{story.case}/ledger", 404)
    story.get("sen", f"{story.case}/ledger", 403)
    entries = story.ledger("tuan")
    names = {"Minh": "minh", "Tuấn": "tuan", "Thu": "thu", "Sen": "sen", "Khắc": "khac", "Hoa": "hoa"}

    def who(entry):
        return next(username for name, username in names.items() if name in entry["actor_name"].split())

    read = [(who(e), e["body"]["section"]) for e in entries if e["action"] == "section:read"]
    assert read == story.opened
    denied = [e for e in entries if e["action"] == "access:denied"]
    assert sorted(who(e) for e in denied) == sorted(username for username, _ in story.denied)
    of = [e["action"] for e in entries]
    assert of.count("report:logged") == of.count("report:classified") == of.count("case:opened") == 1
    assert of.count("document:issued") == 2
    assert of.count("document:downloaded") == 3
    assert [e["body"]["confirmed"] for e in entries if e["action"] == "handover:decided"] == [False, True]
    assert all(e["channel"] == "api" for e in entries)
    return of.count("handover:offered")


def test_a_retried_report_makes_one_report(story):
    entries = stories.report_entries("trafficking_victim")
    key = {"Idempotency-Key": "a-key-made-once"}
    made = [story.post("hoa", "/reports", entries, status=201, headers=key).json["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert len(story.get("hoa", "/reports").json["items"]) == 1
    story.post("hoa", "/reports", {**entries, "people": 5}, status=409, headers=key)
