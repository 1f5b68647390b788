"""`flask backup restore`: everything comes back, once, into an empty database, and says what is missing."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
from sqlalchemy import func, select

from app.attachments.files import path_of
from app.backup import bringing_back
from app.backup.recording import NAME
from app.domain.actor import operator_of_the_service
from app.domain.errors import Erased
from app.domain.events import LedgerRead
from app.domain.sealing import Branch
from app.extensions import db, part
from app.models import DataKey, SealedValue
from app.records import Subject, read
from app.transaction import transaction
from app.vault import FileKeyStore
from tests.backup.conftest import INCOMPLETE, rows_of
from tests.backup.test_create import attach
from tests.conftest import ApiClient, token_for
from tests.ledger import logs
from tests.services import acting

CONTINUE = ["ledger", "continue", "--accept-missing"]


@pytest.fixture
def case_id(app, actor_for):
    """A case with sealed sections."""
    with app.app_context():
        return acting.ready_to_transfer(actor_for)


def seal(app) -> None:
    with app.app_context():
        logs.sealed()
        db.session.remove()


def bring_checkpoints(app, other) -> None:
    """The checkpoints from outside, without the tide, which belongs to one machine."""
    here = app.extensions["benan.settings"].checkpoint_directory
    there = other.extensions["benan.settings"].checkpoint_directory
    shutil.copytree(here, there, ignore=shutil.ignore_patterns("tide*"), dirs_exist_ok=True)


def restore(operator, made, *words, keys=None, code=0):
    return operator.run(
        "restore", made.data, keys or made.keys, "--identity", operator.identity, *words, code=code
    )


def test_everything_comes_back_and_the_entry_says_so(operator, elsewhere, app, actor_for, case_id, watched):
    id_ = attach(app, actor_for, case_id, b"picture" * 1000)
    seal(app)
    before = rows_of(app)
    made = operator.create()
    bring_checkpoints(app, elsewhere.app)
    said = restore(elsewhere, made)
    assert "Complete up to the last checkpoint" in said
    after = rows_of(elsewhere.app)
    entries, lanes = after.pop("ledger_entry"), after.pop("ledger_lane")
    assert set(before.pop("ledger_entry")) < set(entries)
    assert before.pop("ledger_lane") != lanes
    assert before == after
    with elsewhere.app.app_context():
        (told,) = acting.entries(action="backup:restored")
        assert acting.body(told)["missing"] == acting.body(told)["newer_keys"] == 0
        assert acting.whole()
        assert path_of(id_, 1).read_bytes() == b"picture" * 1000
        assert read(Subject.case(case_id), "identity").value["full_name"] == acting.IDENTITY["full_name"]
        assert not (part("settings").instance / NAME).exists()
    assert list(watched.iterdir()) == []
    assert operator.run("verify", made.data, "--identity", operator.identity)


def test_people_sign_in_and_work_goes_on(operator, elsewhere, app, case_id):
    seal(app)
    made = operator.create()
    bring_checkpoints(app, elsewhere.app)
    restore(elsewhere, made)
    answer = ApiClient(elsewhere.app, token_for(elsewhere.app, "minh")).get(
        f"/cases/{case_id}/sections/identity"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("lost", [1, 7])
def test_missing_sealed_entries_are_counted_and_nothing_goes_on(operator, elsewhere, app, case_id, lost):
    seal(app)
    made = operator.create()
    with app.app_context():
        logs.write(lost - 1)  # the entry of the backup itself is one of the lost ones
    seal(app)
    bring_checkpoints(app, elsewhere.app)
    said = restore(elsewhere, made, code=INCOMPLETE)
    assert f"({lost} entries, since 2026-11-23 09:00) are missing" in said
    assert "flask ledger continue" in said
    with elsewhere.app.app_context():
        assert acting.entries(action="backup:restored") == []
        db.session.remove()
    assert "known outside" in elsewhere.run("settle", code=1)


def test_entries_that_were_never_sealed_are_counted_by_the_tide_of_the_same_machine(
    operator, elsewhere, app, case_id
):
    seal(app)
    made = operator.create()
    with app.app_context():
        logs.write(4)
    here, there = (a.extensions["benan.settings"].checkpoint_directory for a in (app, elsewhere.app))
    shutil.copytree(here, there, dirs_exist_ok=True)
    said = restore(elsewhere, made, code=INCOMPLETE)
    assert "5 entries committed on this machine since 2026-11-23 09:00 are missing, sealed or not" in said


def test_without_checkpoints_it_is_unproven_and_waits_for_a_person(operator, elsewhere, app, case_id):
    made = operator.create()
    said = restore(elsewhere, made, code=INCOMPLETE)
    assert "No checkpoint was found" in said
    assert "flask backup settle" in said
    assert "in the ledger" in elsewhere.run("settle")
    assert "No restore waits" in elsewhere.run("settle")
    with elsewhere.app.app_context():
        assert acting.whole()


def test_after_the_loss_was_accepted_it_is_settled_and_whole(operator, elsewhere, app, case_id):
    seal(app)
    made = operator.create()
    seal(app)
    bring_checkpoints(app, elsewhere.app)
    restore(elsewhere, made, code=INCOMPLETE)
    result = elsewhere.app.test_cli_runner().invoke(args=CONTINUE, input="y\n")
    assert result.exit_code == 0, result.output
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        (told,) = acting.entries(action="backup:restored")
        assert acting.body(told)["missing"] == 1
        assert acting.whole()


def test_a_ledger_of_another_history_is_never_taken_for_this_one(operator, elsewhere, app, case_id):
    seal(app)
    made = operator.create()
    bring_checkpoints(app, elsewhere.app)
    folder = elsewhere.app.extensions["benan.settings"].checkpoint_directory / "1"
    (note,) = folder.iterdir()
    note.chmod(0o600)
    note.write_text(note.read_text().replace("benan/", "benam/"))
    assert "NOT whole" in restore(elsewhere, made, code=1)


def test_a_database_that_is_not_empty_is_left_alone(operator, app, case_id):
    made = operator.create()
    before = rows_of(app)
    assert "not empty" in restore(operator, made, code=1)
    assert rows_of(app) == before


def test_into_another_database_for_a_look(operator, elsewhere, app, case_id):
    seal(app)
    made = operator.create()
    url = elsewhere.app.extensions["benan.settings"].database_url
    said = restore(operator, made, "--into", url, code=INCOMPLETE)
    assert "1 entries committed on this machine" in said
    with elsewhere.app.app_context():
        assert acting.look(select(func.count()).select_from(SealedValue)) > 0
        db.session.remove()
    assert not (app.extensions["benan.settings"].instance / NAME).exists()


# --- two parts of different times ---


def renew_keys(app, case_id) -> None:
    """What rewrapping does to key rows: a new version, told of."""
    with app.app_context():
        with transaction(operator_of_the_service()) as tx:
            for key in db.session.query(DataKey).filter_by(owner_id=case_id):
                data_key = part("vault").open_data_key(
                    key.owner_id, key.branch, key.number, key.root_key_id, key.wrapped
                )
                key.wrapped = part("vault").wrap(
                    key.owner_id, key.branch, key.number, key.root_key_id, data_key
                )
            tx.record(LedgerRead(count=1))
        db.session.remove()


def erase(app, case_id, clock) -> None:
    """What erasing does to key rows."""
    with app.app_context():
        with transaction(operator_of_the_service()) as tx:
            for key in db.session.query(DataKey).filter_by(owner_id=case_id):
                key.wrapped, key.destroyed_at = None, clock()
            tx.record(LedgerRead(count=1))
        db.session.remove()


def test_an_older_data_part_opens_with_newer_keys_and_the_ledger_tells_of_them(
    operator, elsewhere, app, actor_for, case_id
):
    older = operator.create(days=1)
    renew_keys(app, case_id)
    with app.app_context():
        acting.report(actor_for)  # a file of which the older data part knows nothing
    newer = operator.create()
    said = restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    assert "keys changed since, 0 of them erased" in said
    assert "are of files opened since" in said
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        (told,) = acting.entries(action="backup:restored")
        assert acting.body(told)["newer_keys"] > 0
        assert acting.findings() == []
        assert read(Subject.case(case_id), "identity").value["full_name"] == acting.IDENTITY["full_name"]


def test_a_file_erased_since_stays_erased(operator, elsewhere, app, actor_for, case_id, clock):
    older = operator.create(days=1)
    erase(app, case_id, clock)
    newer = operator.create()
    said = restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    assert ", 0 of them" not in said
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        assert acting.findings() == []
        with pytest.raises(Erased):
            read(Subject.case(case_id), "identity")


def test_older_keys_are_refused_because_erased_files_would_come_back(
    operator, elsewhere, app, case_id, clock
):
    older = operator.create(days=1)
    erase(app, case_id, clock)
    newer = operator.create()
    said = restore(elsewhere, newer, keys=older.keys, code=1)
    assert "erased in between would come back" in said
    assert "Take the keys part of the same backup" in said
    restore(elsewhere, newer, code=INCOMPLETE)  # the refusal left the database empty
    with elsewhere.app.app_context():
        assert acting.whole()


def test_settling_again_after_a_kill_tells_nothing_twice(operator, elsewhere, app, case_id):
    older = operator.create(days=1)
    renew_keys(app, case_id)
    newer = operator.create()
    restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    path = elsewhere.app.extensions["benan.settings"].instance / NAME
    waiting = path.read_bytes()
    elsewhere.run("settle")
    path.write_bytes(waiting)
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        assert acting.findings() == []
        assert len(acting.entries(action="backup:restored")) == 1


def test_keys_wrapped_by_a_retired_root_are_refused_before_anything_is_loaded(
    operator, elsewhere, case_id, tmp_path
):
    made = operator.create()
    settings = elsewhere.app.extensions["benan.settings"]
    later = shutil.copytree(settings.key_store, tmp_path / "later-keys")
    store = FileKeyStore(later)
    for branch in Branch:
        store.add_root(branch)
        store.destroy_root(f"{branch}-0001")
    elsewhere.app.extensions["benan.settings"] = dataclasses.replace(settings, key_store=str(later))
    said = restore(elsewhere, made, code=1)
    assert "take a newer keys part" in said
    assert elsewhere.app.extensions["benan.missing"]


# --- what does not belong together, or is not what was made ---


def test_parts_exchanged_are_refused(operator, elsewhere, case_id):
    made = operator.create()
    swapped = dataclasses.replace(made, data=made.keys, keys=made.data)
    assert "is a keys part" in restore(elsewhere, swapped, code=1)


def test_an_older_or_newer_program_is_said(operator, elsewhere, app, case_id, monkeypatch):
    made = operator.create()
    original = bringing_back.open_part

    def of_another(*args, **kwargs):
        return dataclasses.replace(original(*args, **kwargs), schema="0001", program="0.0.9")

    monkeypatch.setattr(bringing_back, "open_part", of_another)
    assert "Restore it with version 0.0.9, then upgrade" in restore(elsewhere, made, code=1)


def test_a_damaged_part_touches_nothing(operator, elsewhere, case_id):
    made = operator.create()
    content = bytearray(made.data.read_bytes())
    content[len(content) // 2] ^= 1
    made.data.write_bytes(content)
    assert "damaged or cut short" in restore(elsewhere, made, code=1)
    assert elsewhere.app.extensions["benan.missing"]
    attachments = elsewhere.app.extensions["benan.settings"].attachment_directory
    assert not attachments.exists() or list(attachments.iterdir()) == []
