"""Cases, sections and moves over the API: shapes, versions, who sees what."""

from __future__ import annotations

SECRET = "Nguyễn Thị Hư Cấu"


def test_a_case_is_listed_by_its_code_and_shown_without_any_content(story, api_for):
    story.opened().described()
    row = api_for("minh").get("/cases").get_json()["items"][0]
    assert set(row["procedure"]["label"]) == {"vi", "en"}
    assert (row["due_at"], row["overdue"], row["holidays_forecast"]) == (None, False, False)
    assert row["deadline"]["unit"] == "immediate"
    assert row["deadline"]["basis"]["verified"] in (True, False)
    answer = api_for("minh").get(story.path)
    case = answer.get_json()
    assert answer.headers["ETag"] == f'"{case["version"]}"'
    assert SECRET not in answer.text
    assert {line["section"]["id"]: line["version"] for line in case["sections"]}["identity"] == 1
    assert case["places"][0]["stage"]["phase"] == "receipt"
    assert [o["name"][:15] for o in case["officers"]] == ["Nguyễn Văn Minh"]
    assert api_for("lan").get(story.path).status_code == 404
    assert api_for("lan").get("/cases").get_json()["items"] == []
    assert api_for("khac").get(story.path).status_code == 404
    assert api_for("quan").get(story.path).status_code == 404
    assert api_for("minh").get("/cases?show=closed").get_json()["items"] == []


def test_a_section_is_opened_written_and_guarded_by_its_own_version(story, api_for):
    story.opened()
    minh, path = api_for("minh"), f"{story.path}/sections/identity"
    empty = minh.get(path)
    assert (empty.status_code, empty.headers["ETag"], empty.get_json()["values"]) == (200, '"0"', {})
    first = minh.put(path, json={"values": {"full_name": SECRET}}, headers={"If-Match": '"0"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    stale = minh.put(path, json={"values": {"full_name": "Other"}}, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.get_json()["type"][-19:]) == (412, "precondition-failed")
    emptied = minh.put(path, json={"values": {}}, headers={"If-Match": '"1"'})
    assert (emptied.status_code, emptied.get_json()["values"]) == (200, {})
    wrong = minh.put(path, json={"values": {"birth_date": "2999"}}, headers={"If-Match": '"2"'})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["birth_date"])


def test_sections_that_are_not_there_or_not_for_writing(story, api_for):
    story.opened()
    minh = api_for("minh")
    for name in ("nothing", "request"):
        assert minh.get(f"{story.path}/sections/{name}").status_code == 404
        answer = minh.put(
            f"{story.path}/sections/{name}", json={"values": {"a": 1}}, headers={"If-Match": '"0"'}
        )
        assert answer.status_code == 404
    assert minh.get(f"{story.path}/sections/Not%20an%20id").status_code == 404
    intake = minh.put(f"{story.path}/sections/intake", json={"values": {}}, headers={"If-Match": '"1"'})
    assert intake.status_code == 403
    tuan = api_for("tuan")
    assert tuan.get(f"{story.path}/sections/identity").status_code == 422
    assert tuan.get(f"{story.path}/sections/identity?reason=supervision").status_code == 200
    written = tuan.put(f"{story.path}/sections/identity", json={"values": {}}, headers={"If-Match": '"0"'})
    assert written.status_code == 403


def test_a_move_says_what_it_needs_and_waits_for_the_second_person(story, api_for):
    story.opened()
    minh = api_for("minh")
    check = minh.get(f"{story.path}/moves/victim/transferring")
    assert {"health.condition", "guard"} <= set(check.get_json()["missing"])
    tag = {"If-Match": check.headers["ETag"]}
    move = {"track": "victim", "to": "transferring"}
    refused = minh.post(f"{story.path}/moves", json=move, headers=tag)
    assert (refused.status_code, "health.condition" in refused.get_json()["errors"]) == (422, True)
    assert minh.get(f"{story.path}/moves/victim/nowhere").status_code == 422
    assert minh.get(f"{story.path}/moves/nothing/closed").status_code == 422

    story.described()
    ready = minh.get(f"{story.path}/moves/victim/transferring")
    assert ready.get_json()["missing"] == {}
    stale = minh.post(f"{story.path}/moves", json=move, headers=tag)
    assert stale.status_code == 412
    asked = minh.post(f"{story.path}/moves", json=move, headers={"If-Match": ready.headers["ETag"]})
    assert (asked.status_code, asked.get_json()["stage_id"]) == (202, "received")
    again = minh.post(f"{story.path}/moves", json=move, headers={"If-Match": asked.headers["ETag"]})
    assert again.status_code == 409

    tuan = api_for("tuan")
    waiting = tuan.get("/approvals").get_json()["items"]
    assert [w["to"] for w in waiting] == ["transferring"]
    path = f"/approvals/{waiting[0]['approval']['id']}/decision"
    assert minh.post(path, json={"approved": True}).status_code == 403
    assert tuan.post(path, json={"approved": False}).status_code == 422
    decided = tuan.post(path, json={"approved": True})
    assert (decided.status_code, decided.get_json()["stage_id"]) == (200, "transferring")
    assert tuan.post(path, json={"approved": True}).status_code == 409


def test_a_plain_move_takes_the_day_of_the_event(story, api_for):
    story.opened()
    values = {"values": {"safe_way": "Qua trạm y tế (hư cấu)"}}
    minh = api_for("minh")
    minh.put(f"{story.path}/sections/safe_contact", json=values, headers={"If-Match": '"0"'})
    move = {"track": "victim", "to": "initial_verification", "event_on": "2026-11-24"}
    path, tag = f"{story.path}/moves", {"If-Match": f'"{story.version()}"'}
    assert list(minh.post(path, json=move, headers=tag).get_json()["errors"]) == ["event_on"]
    answer = minh.post(path, json={**move, "event_on": "2026-11-23"}, headers=tag)
    assert (answer.status_code, answer.get_json()["stage_id"]) == (200, "initial_verification")
    assert answer.get_json()["approval"] is None


def test_an_officer_loses_the_case_with_the_next_request(story, api_for):
    story.opened()
    tuan, minh = api_for("tuan"), api_for("minh")
    officer = tuan.get(story.path).get_json()["officers"][0]["id"]
    path = f"{story.path}/assignments/{officer}"
    assert minh.delete(path, headers={"If-Match": f'"{story.version()}"'}).status_code == 403
    assert minh.get(story.path).status_code == 200
    ended = tuan.delete(path, headers={"If-Match": f'"{story.version()}"'})
    assert (ended.status_code, ended.headers["ETag"]) == (200, f'"{ended.get_json()["version"]}"')
    assert minh.get(story.path).status_code == 404


def test_the_ledger_shows_who_looked_and_who_was_refused(story, api_for):
    story.opened().described()
    api_for("minh").get(f"{story.path}/sections/identity")
    page = api_for("tuan").get(f"{story.path}/ledger?limit=100").get_json()
    actions = [entry["action"] for entry in page["items"]]
    assert any("section" in action for action in actions)
    assert SECRET not in str(page)
    assert api_for("tuan").get("/ledger?limit=1").get_json()["next_cursor"]
    assert api_for("minh").get("/ledger").status_code == 403
    assert api_for("minh").get(f"{story.path}/ledger").status_code == 403
    assert api_for("khac").get(f"{story.path}/ledger").status_code == 404


def test_the_catalogue_is_for_every_token(api_for):
    procedures = api_for("sen").get("/procedures").get_json()
    assert {p["id"] for p in procedures["items"]} == {"trafficking_victim", "extradition_incoming"}
    identity = next(s for s in procedures["items"][0]["sections"] if s["id"] == "identity")
    assert identity["fields"][0]["label"]["vi"] == "Họ và tên"
    kinds = api_for("sen").get("/document-types").get_json()["items"]
    assert {"victim_handover", "records_handover"} <= {k["id"] for k in kinds}
    assert api_for(None).get("/procedures").status_code == 401
