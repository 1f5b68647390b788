"""Proofs by API and command line: they hold with the public key alone, and nobody gets one of what is not theirs."""

from __future__ import annotations

import json

import pytest

from app.extensions import db
from app.ledger.log import current_log
from app.ledger.note import decoded
from app.ledger.tree import leaf_hash, verify_consistency, verify_inclusion
from tests.ledger.logs import ask, sealed, sql, write
from tests.pictures import kept


@kept
def _written():
    write(600, at_once=100)


@pytest.fixture
def auditor(app, api_for, client_for):
    """A supervisor's machine, on a log of some entries of the own unit and some of others, sealed twice."""
    with app.app_context():
        _written()
        db.session.remove()
    client_for("minh").get("/cases/")
    client_for("xoan").get("/cases/")
    machine = api_for("tuan")
    with app.app_context():
        sealed()
        db.session.remove()
    machine.get("/ledger")
    with app.app_context():
        sealed()
        db.session.remove()
    return machine


@pytest.fixture
def sizes(app, auditor):
    """Of both checkpoints."""
    with app.app_context():
        return [ask(f"SELECT {which}(size) FROM ledger_checkpoint") for which in ("min", "max")]  # noqa: S608 - ours


def place(app, username):
    """Lane and counter of an entry by one of the cast."""
    with app.app_context():
        return {
            name: ask(
                f"SELECT {name} FROM ledger_entry JOIN account ON account.id = actor_id "  # noqa: S608 - our own text
                "WHERE username = :username ORDER BY lane, counter LIMIT 1",
                username=username,
            )
            for name in ("lane", "counter")
        }


def key(app):
    with app.app_context():
        return current_log().key


def test_the_newest_checkpoint_and_an_older_one(app, auditor, sizes):
    newest = auditor.get("/ledger/checkpoint").json
    signed = key(app).open(newest["note"])
    assert (newest["size"], newest["origin"]) == (signed.checkpoint.size, signed.checkpoint.origin)
    assert decoded(newest["root"]) == signed.checkpoint.root
    assert newest["signed_at"] == "2026-11-23T02:00:00Z"
    older = auditor.get(f"/ledger/checkpoint?size={sizes[0]}").json
    assert [older["size"], newest["size"]] == sizes
    assert auditor.get("/ledger/checkpoint?size=5").status_code == 422


@pytest.mark.parametrize("which", [None, 0, 1])
def test_an_entry_of_the_own_unit_is_proved_to_be_in_the_log(app, auditor, sizes, which):
    query = place(app, "minh") | ({} if which is None else {"size": sizes[which]})
    proof = auditor.get("/ledger/proofs/inclusion", query_string=query).json
    checkpoint = key(app).open(proof["checkpoint"]).checkpoint
    assert checkpoint.size == sizes[1 if which is None else which]
    parts = [decoded(part) for part in proof["proof"]]
    verify_inclusion(
        leaf_hash(proof["leaf"].encode()), proof["position"], checkpoint.size, parts, checkpoint.root
    )
    entry = json.loads(proof["leaf"].removeprefix("benan/ledger-entry/1\0"))
    assert {name: entry[name] for name in ("lane", "counter")} == place(app, "minh")
    again = auditor.get("/ledger/proofs/inclusion", query_string={"position": proof["position"]}).json
    assert again["leaf"] == proof["leaf"]


def test_growth_is_proved(app, auditor, sizes):
    proof = auditor.get(f"/ledger/proofs/consistency?old={sizes[0]}").json
    old, new = (key(app).open(proof[name]).checkpoint for name in ("old", "new"))
    verify_consistency(old.size, new.size, [decoded(part) for part in proof["proof"]], old.root, new.root)
    assert [old.size, new.size] == sizes


def test_entries_of_another_unit_and_of_the_operator_look_absent(app, auditor):
    answer = auditor.get("/ledger/proofs/inclusion", query_string=place(app, "xoan"))
    assert answer.status_code == 404
    with app.app_context():
        own = "SELECT position FROM ledger_leaf NATURAL JOIN ledger_entry WHERE unit_id IS NULL LIMIT 1"
        position = ask(own)
    assert auditor.get(f"/ledger/proofs/inclusion?position={position}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "inclusion",
        "inclusion?lane=1",
        "inclusion?lane=0&counter=99999",
        "inclusion?position=99999",
        "inclusion?position=-1",
        "inclusion?lane={lane}&counter={counter}&size=6",
        "consistency",
        "consistency?old=5",
        "consistency?old={1}&new={0}",
        "consistency?old={0}&new=9",
    ],
)
def test_what_cannot_be_proved_is_refused_with_the_field(app, auditor, sizes, address):
    answer = auditor.get("/ledger/proofs/" + address.format(*sizes, **place(app, "minh")))
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_an_entry_is_not_in_a_log_from_before_it(app, auditor, sizes):
    query = {"position": sizes[0], "size": sizes[0]}
    assert "size" in auditor.get("/ledger/proofs/inclusion", query_string=query).json["errors"]


def test_each_is_an_entry(app, auditor, sizes):
    def told(action):
        with app.app_context():
            return ask("SELECT count(*) FROM ledger_entry WHERE action = :action", action=action)

    auditor.get("/ledger/checkpoint")
    auditor.get("/ledger/proofs/inclusion", query_string=place(app, "minh"))
    auditor.get(f"/ledger/proofs/consistency?old={sizes[0]}")
    actions = ("checkpoint:read", "ledger:inclusion_proved", "ledger:consistency_proved")
    assert [told(action) for action in actions] == [1, 1, 1]


def test_a_tree_that_does_not_prove_it_is_an_alarm_and_no_proof(app, auditor, sizes):
    with app.app_context():
        sql("UPDATE ledger_tile SET hashes = :none WHERE level = 0", none=bytes(256 * 32))
    query = place(app, "minh") | {"size": sizes[0]}
    assert auditor.get("/ledger/proofs/inclusion", query_string=query).status_code == 503
    assert auditor.get(f"/ledger/proofs/consistency?old={sizes[0]}").status_code == 503
    with app.app_context():
        assert ask("SELECT count(*) FROM ledger_entry WHERE action = 'integrity:alarm'") == 2


def test_a_changed_entry_gets_no_proof(app, auditor):
    where = place(app, "minh")
    with app.app_context():
        sql("UPDATE ledger_entry SET source = 'x' WHERE lane = :lane AND counter = :counter", **where)
    assert auditor.get("/ledger/proofs/inclusion", query_string=where).status_code == 503


def test_a_checkpoint_of_another_key_is_never_given_out(app, auditor):
    with app.app_context():
        sql("UPDATE ledger_checkpoint SET note = replace(note, 'benan/', 'other/')")
    assert auditor.get("/ledger/checkpoint").status_code == 503


def test_the_supervisor_prints_the_checkpoint_for_the_safe(app, auditor, client_for):
    tuan = client_for("tuan")
    page = tuan.get("/ledger/checkpoint")
    assert page.status_code == 200
    assert f"benan/{key(app).origin.split('/')[1]}/1" in page.text
    pdf = tuan.get("/ledger/checkpoint.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    again = tuan.get("/ledger/checkpoint.pdf")
    assert again.data == pdf.data  # the same checkpoint, the same bytes
    assert client_for("minh").get("/ledger/checkpoint.pdf").status_code == 403
