"""Documents and handovers over the API, from the first draft to the receiver's word."""

from __future__ import annotations

import hashlib

from tests.documents.samples import content


def test_a_document_is_drafted_previewed_issued_and_then_final(story, api_for):
    story.opened().described().transferring()
    minh = api_for("minh")
    entries = {"type": "victim_handover", "form": dict(content("victim_handover").form)}
    key = {"Idempotency-Key": "the draft"}
    made = minh.post(f"{story.path}/documents", json=entries, headers=key)
    assert made.status_code == 201, made.text
    assert (
        minh.post(f"{story.path}/documents", json=entries, headers=key).get_json()["id"]
        == made.get_json()["id"]
    )
    path = made.headers["Location"].removeprefix("/api/v1")
    assert minh.get(path).get_json()["form"]["place"] == entries["form"]["place"]
    assert minh.get(path + "/preview.pdf").data.startswith(b"%PDF-")
    assert minh.get(path + "/pdf").status_code == 409

    saved = minh.put(
        path + "/form", json={"values": entries["form"]}, headers={"If-Match": made.headers["ETag"]}
    )
    assert saved.status_code == 200
    stale = minh.put(
        path + "/form", json={"values": entries["form"]}, headers={"If-Match": made.headers["ETag"]}
    )
    assert stale.status_code == 412
    issued = minh.post(path + "/issue", headers={"If-Match": saved.headers["ETag"]})
    assert (issued.status_code, issued.get_json()["symbol"]) == (200, "01/BB-PC02")
    pdf = minh.get(path + "/pdf")
    assert hashlib.sha256(pdf.data).hexdigest() == issued.get_json()["sha256"]
    final = minh.put(
        path + "/form", json={"values": entries["form"]}, headers={"If-Match": issued.headers["ETag"]}
    )
    assert final.status_code == 409

    lines = api_for("van").get("/register?year=2026").get_json()["items"]
    assert [line["document"]["symbol"] for line in lines] == ["01/BB-PC02"]
    assert api_for("van").get("/register?year=2025").get_json()["items"] == []
    assert api_for("van").get(path + "/pdf").status_code == 200
    assert api_for("van").get(story.path).status_code == 404


def test_the_form_of_a_document_is_checked_by_path(story, api_for):
    story.opened().described().transferring()
    form = {**content("victim_handover").form, "givers": [{"name": "x"}], "colour": "red"}
    entries = {"type": "victim_handover", "form": form}
    answer = api_for("minh").post(f"{story.path}/documents", json=entries)
    assert answer.status_code == 422
    assert {"givers.0.position", "givers.0.unit", "colour"} <= set(answer.get_json()["errors"])


def test_the_receiver_confirms_and_the_giver_s_officer_loses_the_file(story, api_for):
    story.opened().described().transferring().documented().offered()
    sen, path = api_for("sen"), f"/handovers/{story.handover['id']}"
    view = sen.get(path)
    assert view.headers["ETag"] == '"1"'
    assert view.get_json()["giver"]["symbol"] == "PC02"
    assert [h["handover"]["id"] for h in sen.get("/handovers").get_json()["items"]] == [story.handover["id"]]
    assert sen.get(story.path).status_code == 404
    assert api_for("minh").post(path + "/confirmation", headers={"If-Match": '"1"'}).status_code == 403
    assert sen.post(path + "/confirmation", headers={"If-Match": '"9"'}).status_code == 412
    done = sen.post(path + "/confirmation", headers={"If-Match": '"1"'})
    assert (done.status_code, done.get_json()["state"]) == (200, "confirmed")
    assert sen.post(path + "/confirmation", headers={"If-Match": done.headers["ETag"]}).status_code == 409
    assert sen.get(f"{story.path}/sections/identity").status_code == 200
    assert sen.get(f"{story.path}/sections/statement").status_code == 404
    assert api_for("minh").get(f"{story.path}/sections/identity").status_code == 404


def test_the_receiver_refuses_with_a_reason_or_the_giver_withdraws(story, api_for):
    story.opened().described().transferring().documented().offered()
    sen, minh, path = api_for("sen"), api_for("minh"), f"/handovers/{story.handover['id']}"
    tag = {"If-Match": '"1"'}
    assert sen.post(path + "/refusal", json={"reason": " "}, headers=tag).status_code == 422
    refused = sen.post(path + "/refusal", json={"reason": "No free place (invented)."}, headers=tag)
    assert refused.get_json()["state"] == "refused"
    assert minh.get(path).get_json()["refusal"] == "No free place (invented)."
    to = {"to_unit_id": story.handover["to_unit_id"]}
    offers = f"{story.path}/handovers"
    again = minh.post(offers, json=to, headers={"If-Match": f'"{story.version("minh")}"'})
    assert again.status_code == 201
    twice = minh.post(offers, json=to, headers={"If-Match": f'"{story.version("minh")}"'})
    assert twice.status_code == 409
    path = again.headers["Location"].removeprefix("/api/v1")
    withdrawn = minh.post(path + "/withdrawal", headers={"If-Match": again.headers["ETag"]})
    assert withdrawn.get_json()["state"] == "withdrawn"
