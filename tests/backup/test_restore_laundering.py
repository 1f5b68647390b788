"""What was tampered with before a backup is found after its restore: nothing forged comes back as told."""

from __future__ import annotations

import pytest

from app.domain.actor import operator_of_the_service
from app.extensions import db
from app.ledger import tags
from app.ledger.rows import row_code
from app.models import DataKey, SearchTag
from app.records import Subject, read
from app.search.leakage import stored
from app.services.indexing import DONE, check_step
from tests.attacks import tampering
from tests.backup.conftest import INCOMPLETE
from tests.backup.test_restore import bring_checkpoints, case_id, erase, renew_keys, restore, seal
from tests.services import acting

MADE_UP = b"\1" * 32
LEFT = "keys differ and are not newer genuine ones"
REBUILD = "`flask index rebuild` was run"

__all__ = ["case_id"]


def tampered(app, act) -> None:
    """Somebody writes SQL past the program."""
    with app.app_context():
        act()
        db.session.remove()


def of_the_case(case_id):
    return DataKey.__table__.c.owner_id == case_id


# --- search tags ---

TAMPERED_TAGS = {
    "taken": lambda: tampering.remove(SearchTag),
    "led elsewhere": lambda: tampering.change(SearchTag, pointer=b"\1" * 60),
    "put": lambda: tampering.sql(SearchTag.__table__.insert().values(tag=MADE_UP[:16], kind=1, pointer=b"")),
}


@pytest.mark.parametrize("act", TAMPERED_TAGS.values(), ids=TAMPERED_TAGS)
def test_search_tags_tampered_with_before_a_backup_are_found_after_its_restore(
    operator, elsewhere, app, case_id, act
):
    tampered(app, act)
    seal(app)
    made = operator.create()
    bring_checkpoints(app, elsewhere.app)
    assert REBUILD not in restore(elsewhere, made)
    with elsewhere.app.app_context():
        assert any("search_tag" in found for found in acting.findings())


@pytest.mark.parametrize("act", TAMPERED_TAGS.values(), ids=TAMPERED_TAGS)
def test_newer_search_tags_never_come_back_and_are_made_anew_from_the_files(
    operator, elsewhere, app, actor_for, case_id, act
):
    with app.app_context():
        before = {row.kind: row.tags for row in stored()}
        db.session.remove()
    older = operator.create(days=1)
    with app.app_context():
        acting.report(actor_for)
    tampered(app, act)
    newer = operator.create()
    assert REBUILD in restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        assert tags.volume(db.session()) == 0
        assert acting.whole()
        db.session.remove()
    rebuilt(elsewhere)
    with elsewhere.app.app_context():
        assert {row.kind: row.tags for row in stored()} == before


def rebuilt(elsewhere) -> None:
    """The index is made anew, and every file is found."""
    answer = elsewhere.app.test_cli_runner().invoke(args=["index", "rebuild"])
    assert answer.exit_code == 0, answer.output
    with elsewhere.app.app_context():
        assert acting.whole()
        progress = None
        while progress is None or progress.phase != DONE:
            progress, gaps = check_step(operator_of_the_service(), progress)
            db.session.remove()
            assert gaps == ()


def test_the_index_is_made_anew_without_the_files_that_were_erased_since(
    operator, elsewhere, app, actor_for, case_id, clock
):
    with app.app_context():
        other = acting.ready_to_transfer(actor_for)
        db.session.remove()
    older = operator.create(days=1)
    erase(app, case_id, clock)
    newer = operator.create()
    restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    elsewhere.run("settle")
    rebuilt(elsewhere)
    with elsewhere.app.app_context():
        assert tags.volume(db.session()) > 0
        assert read(Subject.case(other), "identity").value["full_name"] == acting.IDENTITY["full_name"]


# --- key rows ---


def test_a_forged_key_row_of_a_newer_keys_part_never_gets_a_genuine_code(operator, elsewhere, app, case_id):
    older = operator.create(days=1)
    tampered(app, lambda: tampering.change(DataKey, of_the_case(case_id), wrapped=None, mac=MADE_UP))
    newer = operator.create()
    said = restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    assert f"2 {LEFT}" in said
    assert "erased for good" not in said
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        rows = tampering.rows(DataKey, of_the_case(case_id))
        assert {row["mac"] for row in rows} == {MADE_UP}
        assert all(row_code("data_key", row) != row["mac"] for row in rows)
        assert len([found for found in acting.findings() if f"data_key {case_id}" in found]) >= len(rows)


def test_a_key_row_put_back_before_the_newer_keys_part_is_not_taken_for_a_newer_one(
    operator, elsewhere, app, case_id
):
    with app.app_context():
        earlier = tampering.rows(DataKey, of_the_case(case_id))
        db.session.remove()
    renew_keys(app, case_id)
    older = operator.create(days=1)
    tampered(app, lambda: tampering.put_back(DataKey, *earlier))
    newer = operator.create()
    assert f"{len(earlier)} {LEFT}" in restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        assert all(row in tampering.rows(DataKey, of_the_case(case_id)) for row in earlier)
        found = acting.findings()
        assert len([line for line in found if f"data_key {case_id}" in line]) == len(earlier)


def test_a_key_row_forged_before_a_backup_is_found_after_its_restore(operator, elsewhere, app, case_id):
    tampered(app, lambda: tampering.change(DataKey, of_the_case(case_id), wrapped=None, mac=MADE_UP))
    seal(app)
    made = operator.create()
    bring_checkpoints(app, elsewhere.app)
    restore(elsewhere, made)
    with elsewhere.app.app_context():
        assert any(f"data_key {case_id}" in found for found in acting.findings())


def test_a_shell_with_another_version_is_found_whatever_keys_join_it(operator, elsewhere, app, case_id):
    tampered(app, lambda: tampering.change(DataKey, of_the_case(case_id), version=2, mac=MADE_UP))
    older = operator.create(days=1)
    with app.app_context():
        for row in tampering.rows(DataKey, of_the_case(case_id)):
            genuine = {**row, "version": 3}
            genuine["mac"] = row_code("data_key", genuine)
            tampering.put_back(DataKey, genuine)
        db.session.remove()
    newer = operator.create()
    restore(elsewhere, older, keys=newer.keys, code=INCOMPLETE)
    elsewhere.run("settle")
    with elsewhere.app.app_context():
        assert any("data_key" in found for found in acting.findings())
