"""`flask attachments check`: what is missing or changed is told; a killed check goes on; tidying loses nothing."""

from __future__ import annotations

import io
import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.attachments import directory, sealed_again
from app.attachments.files import path_of
from app.cli.attachments import Progress
from app.extensions import db
from app.models import Attachment, LedgerEntry
from app.services import attachment_checks
from app.services.attachment_intake import add_attachment
from app.services.attachments import remove_attachment
from tests.attachments import samples
from tests.services import acting


@pytest.fixture
def kept(app, actor_for):
    """Three attachments of one case, by their ids."""
    with app.app_context():
        case_id = acting.case(actor_for)
        made = [
            add_attachment(actor_for("minh"), case_id, io.BytesIO(make()), name="a").id
            for make in (samples.photograph, samples.wav, samples.pdf)
        ]
        db.session.remove()
    return sorted(made)


@pytest.fixture
def run(app):
    def check(*options: str):
        return app.test_cli_runner().invoke(args=["attachments", "check", *options])

    return check


def told(app, action: str) -> list[tuple[UUID | None, dict]]:
    with app.app_context(), Session(db.engine) as session:
        return [
            (e.subject_id, json.loads(e.body)) for e in session.query(LedgerEntry).filter_by(action=action)
        ]


def place(app, id_: UUID, number: int = 1):
    with app.app_context():
        return path_of(id_, number)


def test_nothing_attached_is_nothing_wrong(app, run):
    answer = run("--open")
    assert answer.exit_code == 0, answer.output
    assert "0 attachments" in answer.output


@pytest.mark.parametrize("options", [(), ("--open",)])
def test_whole_files_raise_no_alarm(app, run, kept, options):
    answer = run(*options)
    assert answer.exit_code == 0, answer.output
    assert "3 attachments" in answer.output
    assert "0 damaged, 0 files left over" in answer.output
    [(_, body)] = told(app, "attachment:checked")
    assert body == {"count": 3, "damaged": 0, "leftovers": 0, "opened": bool(options)}
    assert told(app, "attachment:damaged") == []


@pytest.mark.parametrize("options", [(), ("--open",)])
def test_missing_and_changed_files_are_found_and_told(app, run, kept, options):
    place(app, kept[0]).unlink()
    changed = bytearray(place(app, kept[1]).read_bytes())
    changed[-1] ^= 1
    place(app, kept[1]).write_bytes(changed)
    answer = run(*options)
    assert answer.exit_code == 1
    assert f"{kept[0]} is missing" in answer.output
    assert f"{kept[1]} is not what was sealed" in answer.output
    found = {body["attachment_id"]: body["missing"] for _, body in told(app, "attachment:damaged")}
    assert found == {str(kept[0]): True, str(kept[1]): False}
    assert all(case_id for case_id, _ in told(app, "attachment:damaged"))


def test_a_content_that_was_exchanged_with_its_row_is_found_by_opening(app, run, kept, monkeypatch):
    """Whoever holds the keys and the database can do this; the digest at intake is sealed beside it."""
    with app.app_context():
        seen = attachment_checks._content_digest
        monkeypatch.setattr(attachment_checks, "_content_digest", lambda probe: seen(probe)[::-1])
    assert run().exit_code == 0
    assert run("--open").exit_code == 1


def test_a_killed_check_goes_on_where_it_was(app, run, kept, monkeypatch):
    monkeypatch.setattr(attachment_checks, "TOGETHER", 1)
    place(app, kept[0]).unlink()
    seen = []

    def dying(actor, **options):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(options["after"])
        return attachment_checks.check_attachments(actor, **options)

    monkeypatch.setattr("app.cli.attachments.check_attachments", dying)
    assert run().exit_code != 0
    with app.app_context():
        assert Progress.of_last(opened=False).count == 2
        assert Progress.of_last(opened=True).count == 0
    monkeypatch.setattr("app.cli.attachments.check_attachments", attachment_checks.check_attachments)
    answer = run()
    assert "Going on after 2 attachments" in answer.output
    assert "3 attachments compared, 1 damaged" in answer.output
    assert answer.exit_code == 1
    assert "Going on" not in run().output


def leave_over(app, actor_for, kept):
    """One file of each sort that is left over, and what it stands for."""
    with app.app_context():
        remove = kept[0]
        whole = place(app, remove).read_bytes()
        remove_attachment(actor_for("tuan"), remove, "Nhầm.", version=1)
        place(app, remove).write_bytes(whole)
        part = place(app, kept[1]).with_name(f"{uuid4()}.1.part")
        part.write_bytes(b"BA\x02")
        strange = part.with_name(f"{uuid4()}.1.sealed")
        strange.write_bytes(b"BA\x02")
        note = part.with_name("ghi chú.txt")
        note.write_bytes(b"x")
        db.session.remove()
    return {"removed": place(app, remove), "part": part, "strange": strange, "note": note}


def test_tidying_deletes_what_is_accounted_for_and_nothing_else(app, actor_for, run, kept):
    left = leave_over(app, actor_for, kept)
    answer = run()
    assert answer.exit_code == 0, answer.output
    assert "2 attachments compared, 0 damaged, 4 files left over" in answer.output
    assert all(path.exists() for path in left.values())
    answer = run("--tidy")
    assert "2 files left over" in answer.output
    assert {name for name, path in left.items() if path.exists()} == {"strange", "note"}
    assert all(place(app, id_).exists() for id_ in kept[1:])


def test_a_file_under_a_former_key_is_left_over(app, run, kept, actor_for):
    with app.app_context():
        from app import records
        from app.domain.events import AttachmentsProbed
        from app.transaction import transaction

        with transaction(actor_for("minh")) as tx:
            row = db.session.get_one(Attachment, kept[0])
            subject = records.Subject.of_case(row.case_id, row.id)
            key = records.data_key(subject, row.branch, 1)
            size = records.read(subject, "intake").value["size"]
            with sealed_again(row, key, (2, bytes(32)), size) as digest:
                row.key_number, row.sha256 = 2, digest
            tx.record(AttachmentsProbed(count=1))
        db.session.remove()
    answer = run("--tidy")
    assert f"Deleted: {kept[0]}.1.sealed: sealed under a former key" in answer.output
    assert not place(app, kept[0]).exists()
    assert place(app, kept[0], 2).exists()
    assert answer.exit_code == 0


def test_an_attachment_removed_meanwhile_is_no_damage(app, actor_for, run, kept, monkeypatch):
    looked = attachment_checks._damage

    def removing(probe, *, opened):
        if probe.attachment.id == kept[0]:
            place(app, kept[0]).unlink()
            with app.app_context():
                remove_attachment(actor_for("tuan"), kept[0], "Nhầm.", version=1)
                db.session.remove()
        return looked(probe, opened=opened)

    monkeypatch.setattr(attachment_checks, "_damage", removing)
    answer = run()
    assert answer.exit_code == 0, answer.output
    assert told(app, "attachment:damaged") == []


def test_the_check_shows_no_name(app, run, kept):
    output = run("--open").output
    assert "Nguy" not in output
    with app.app_context():
        assert not list(directory().glob("check.*"))


def test_the_ledger_tells_of_every_row_and_of_every_one_taken_away(app, actor_for, kept):
    def deep():
        return app.test_cli_runner().invoke(args=["ledger", "verify", "--deep"])

    with app.app_context():
        remove_attachment(actor_for("tuan"), kept[0], "Nhầm.", version=1)
        db.session.remove()
    assert deep().exit_code == 0, deep().output
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Attachment.__table__.delete().where(Attachment.id == kept[1]))
    assert deep().exit_code == 1
