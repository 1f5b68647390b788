"""Attachments as the services keep them: who may do what, what is an entry, what is lost never."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app import records
from app.attachments import destroy_files, directory
from app.attachments.content import Refused
from app.attachments.files import path_of
from app.domain.errors import (
    Conflict,
    Forbidden,
    IntegrityBroken,
    Invalid,
    NotVisible,
    TooLarge,
    Unavailable,
)
from app.extensions import db
from app.models import Attachment, Case, LedgerEntry, SealedValue
from app.services.attachment_intake import add_attachment, attachable
from app.services.attachments import (
    download_attachment,
    list_attachments,
    note_attachment,
    read_attachment,
    remove_attachment,
    show_attachment,
)
from app.services.cases import read_case
from app.vault import padded_length
from tests.attachments import samples
from tests.services import acting

NAME = "Nguyễn Thị Hư Cấu lúc 3 tuổi.jpg"
NOTE = "Ảnh do người thân (hư cấu) gửi."


def attach(cast, case_id, data=None, who="minh", **options):
    source = io.BytesIO(samples.photograph() if data is None else data)
    return add_attachment(cast(who), case_id, source, **{"name": NAME, "note": NOTE, **options})


def entries(*actions: str) -> list[LedgerEntry]:
    with Session(db.engine) as session:
        query = select(LedgerEntry).order_by(LedgerEntry.at, LedgerEntry.lane, LedgerEntry.counter)
        return [entry for entry in session.scalars(query) if entry.action in actions]


def body(entry: LedgerEntry) -> dict:
    return json.loads(entry.body)


def rows() -> list[Attachment]:
    with Session(db.engine) as session:
        return list(session.scalars(select(Attachment)))


def stored_files() -> list[str]:
    return sorted(path.name for path in directory().rglob("*") if path.is_file())


def bytes_of(download) -> bytes:
    try:
        return b"".join(download.chunks)
    finally:
        download.close()


def test_a_file_is_kept_byte_for_byte_with_its_entry(ctx, actor_for):
    case_id, data = acting.case(actor_for), samples.photograph()
    made = attach(actor_for, case_id, data)
    assert made.media_type == "image/jpeg"
    assert made.size == padded_length(len(data)) >= len(data)
    assert made.sha256 == hashlib.sha256(path_of(made.id, 1).read_bytes()).digest()
    got = download_attachment(actor_for("minh"), made.id)
    assert bytes_of(got) == data
    assert (got.size, got.media_type) == (len(data), "image/jpeg")
    assert got.name.endswith(f"-{made.id.hex[:8]}.jpg")
    assert "Nguy" not in got.name
    (begun,), (added,) = entries("attachment:begun"), entries("attachment:added")
    assert begun.subject_id == added.subject_id == case_id
    assert body(added)["attachment_id"] == str(made.id)
    assert body(added)["digest"] == made.sha256.hex()
    assert body(added)["file_kind"] == "jpg"


def test_the_label_is_sealed_and_tells_how_the_content_came_in(ctx, actor_for):
    case_id, data = acting.case(actor_for), samples.wav()
    made = attach(actor_for, case_id, data)
    view = read_attachment(actor_for("minh"), made.id)
    assert (view.label.name, view.label.note, view.label.version) == (NAME, NOTE, 1)
    assert (view.label.size, view.label.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (view.editable, view.removable) == (True, False)
    with Session(db.engine) as session:
        sealed = b"".join(bytes(value.sealed) for value in session.scalars(select(SealedValue)))
        told = "".join(e.body for e in session.scalars(select(LedgerEntry)))
    assert NAME.encode() not in sealed
    assert hashlib.sha256(data).hexdigest() not in told
    assert "Nguy" not in told


def test_a_list_opens_nothing_and_stands_on_the_page_of_the_case(ctx, actor_for, clock):
    case_id = acting.case(actor_for)
    assert list_attachments(actor_for("minh"), case_id)[1].items == ()
    made = []
    for _ in range(3):
        clock.forward(minutes=1)
        made.append(attach(actor_for, case_id).id)
    _, page = list_attachments(actor_for("minh"), case_id, limit=2)
    assert [line.attachment.id for line in page.items] == made[:0:-1]
    _, rest = list_attachments(actor_for("tuan"), case_id, limit=2, cursor=page.next_cursor)
    assert [line.attachment.id for line in rest.items] == made[:1]
    view = read_case(actor_for("minh"), case_id)
    assert (view.attachments.count, len(view.attachments.lines)) == (3, 3)
    assert view.attachments.lines[0].added_by.startswith("Nguyễn Văn Minh")
    assert not entries("attachment:read")


@pytest.mark.parametrize(
    ("data", "why", "error"),
    [(b"", "empty", Refused), (samples.word(macros=True), "kind", Refused), (bytes(9), "kind", Refused)],
)
def test_what_is_refused_is_an_entry_and_nothing_else(ctx, actor_for, data, why, error):
    case_id = acting.case(actor_for)
    with pytest.raises(error):
        attach(actor_for, case_id, data)
    assert [body(e)["why"] for e in entries("attachment:refused")] == [why]
    assert rows() == []
    assert stored_files() == []


def test_what_is_too_large_is_an_entry_and_nothing_else(ctx, actor_for, monkeypatch):
    case_id = acting.case(actor_for)
    limited = replace(ctx.extensions["benan.settings"], attachment_limit=1 << 20)
    monkeypatch.setitem(ctx.extensions, "benan.settings", limited)
    with pytest.raises(TooLarge) as refused:
        attach(actor_for, case_id, samples.wav() + bytes(2 << 20))
    assert "1 MB" in str(refused.value.errors["file"][0])
    assert [body(e)["why"] for e in entries("attachment:refused")] == ["size"]
    assert stored_files() == []


SCANNER = "import sys; sys.exit({'good': 0, 'evil': 1}.get(sys.stdin.read(4), 7))"


@pytest.mark.parametrize(("said", "error"), [("good", None), ("evil", Refused), ("odd!", Unavailable)])
def test_the_scanner_is_asked_before_a_file_is_kept(ctx, actor_for, monkeypatch, tmp_path, said, error):
    import sys

    (tmp_path / "scan.py").write_text(SCANNER.replace("sys.stdin.read(4)", "sys.stdin.read()[:4]"))
    case_id = acting.case(actor_for)
    scanning = replace(
        ctx.extensions["benan.settings"], scanner=f"{sys.executable} -I {tmp_path / 'scan.py'}"
    )
    monkeypatch.setitem(ctx.extensions, "benan.settings", scanning)
    if error:
        with pytest.raises(error):
            attach(actor_for, case_id, said.encode() * 1000)
        assert (rows(), stored_files()) == ([], [])
    else:
        attach(actor_for, case_id, said.encode() * 1000)
    told = [body(e)["why"] for e in entries("attachment:refused")]
    assert told == (["infected"] if error is Refused else [])


def test_a_request_sent_twice_attaches_once(ctx, actor_for):
    case_id = acting.case(actor_for)
    one = attach(actor_for, case_id, request_key="k1")
    again = attach(actor_for, case_id, request_key="k1")
    assert again.id == one.id
    assert len(rows()) == len(stored_files()) == 1
    with pytest.raises(Conflict):
        attach(actor_for, case_id, samples.wav(), request_key="k1")
    assert len(stored_files()) == 1


def test_only_who_works_on_the_file_may_attach_and_open(ctx, actor_for):
    case_id = acting.case(actor_for)
    made = attach(actor_for, case_id)
    for who, error in (("lan", NotVisible), ("hoa", NotVisible), ("tuan", Forbidden), ("khac", NotVisible)):
        with pytest.raises(error):
            attach(actor_for, case_id, who=who)
        with pytest.raises(error):
            attachable(actor_for(who), case_id)
    for who in ("lan", "hoa", "van", "quan", "sen", "khac"):
        for work in (read_attachment, show_attachment, download_attachment):
            with pytest.raises(NotVisible):
                work(actor_for(who), made.id)
        with pytest.raises((NotVisible, Forbidden)):
            list_attachments(actor_for(who), case_id)
    assert len(entries("access:denied")) == 8 + 6 * 4
    assert not entries("attachment:read", "attachment:shown", "attachment:downloaded")


def test_a_supervisor_says_why_each_time(ctx, actor_for):
    made = attach(actor_for, acting.case(actor_for))
    for work in (read_attachment, show_attachment, download_attachment):
        with pytest.raises(Invalid):
            work(actor_for("tuan"), made.id)
        done = work(actor_for("tuan"), made.id, reason="supervision")
    done.close()
    told = entries("attachment:read", "attachment:shown", "attachment:downloaded")
    assert [body(e)["reason"] for e in told] == ["supervision"] * 3


def test_after_a_handover_nobody_opens_them(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    made = attach(actor_for, case_id)
    for type_id in acting.HANDOVER_PAPERS:
        acting.issued(actor_for, case_id, type_id)
    handover = acting.offer(actor_for, case_id)
    from app.services.handovers import confirm_handover

    confirm_handover(actor_for("sen"), handover.id, version=handover.version)
    for who, reason in (("minh", None), ("tuan", "supervision"), ("sen", None)):
        with pytest.raises(NotVisible):
            download_attachment(actor_for(who), made.id, reason=reason)
    assert read_case(actor_for("sen"), case_id).attachments is None
    assert read_case(actor_for("tuan"), case_id).attachments is None


def test_a_picture_is_shown_drawn_anew(ctx, actor_for):
    made = attach(actor_for, acting.case(actor_for))
    view, picture = show_attachment(actor_for("minh"), made.id)
    assert picture.startswith(b"\xff\xd8")
    assert samples.MARKER.encode() not in picture
    assert view.label.name == NAME
    assert [body(e)["attachment_id"] for e in entries("attachment:shown")] == [str(made.id)]


def test_a_copy_for_sharing_holds_no_metadata_and_the_original_stays(ctx, actor_for):
    made = attach(actor_for, acting.case(actor_for))
    copy = bytes_of(download_attachment(actor_for("minh"), made.id, copy=True))
    assert samples.MARKER.encode() not in copy
    assert samples.MARKER.encode() in bytes_of(download_attachment(actor_for("minh"), made.id))
    assert sorted(body(e)["copy"] for e in entries("attachment:downloaded")) == [False, True]


def test_what_cannot_be_shown_or_stripped_says_so_after_its_entry(ctx, actor_for):
    made = attach(actor_for, acting.case(actor_for), samples.flac() + bytes(100))
    with pytest.raises(Conflict):
        show_attachment(actor_for("minh"), made.id)
    with pytest.raises(Conflict):
        download_attachment(actor_for("minh"), made.id, copy=True)
    assert len(entries("attachment:shown", "attachment:downloaded")) == 2


def test_a_note_is_changed_by_who_saw_the_present_one(ctx, actor_for):
    made = attach(actor_for, acting.case(actor_for))
    view = note_attachment(actor_for("minh"), made.id, "Bản mới.", version=1)
    assert (view.label.note, view.label.name, view.label.version) == ("Bản mới.", NAME, 2)
    with pytest.raises(Conflict):
        note_attachment(actor_for("minh"), made.id, "Khác.", version=1)
    with pytest.raises(Forbidden):
        note_attachment(actor_for("tuan"), made.id, "Khác.", version=2)
    assert [body(e)["version"] for e in entries("attachment:noted")] == [2]


def test_a_supervisor_removes_for_a_reason_and_the_label_stays(ctx, actor_for, clock):
    case_id = acting.case(actor_for)
    made, other = attach(actor_for, case_id), attach(actor_for, case_id)
    with pytest.raises(Forbidden):
        remove_attachment(actor_for("minh"), made.id, "x", version=1)
    with pytest.raises(Invalid):
        remove_attachment(actor_for("tuan"), made.id, "", version=1)
    with pytest.raises(Conflict):
        remove_attachment(actor_for("tuan"), made.id, "x", version=9)
    assert len(stored_files()) == 2
    clock.forward(hours=1)
    remove_attachment(actor_for("tuan"), made.id, "Gửi nhầm hồ sơ.", version=1)
    assert stored_files() == [f"{other.id}.1.sealed"]
    view = read_attachment(actor_for("minh"), made.id)
    assert (view.label.name, view.label.removal) == (NAME, "Gửi nhầm hồ sơ.")
    assert not view.editable
    for work in (show_attachment, download_attachment):
        with pytest.raises(Conflict):
            work(actor_for("minh"), made.id)
    with pytest.raises(Conflict):
        note_attachment(actor_for("minh"), made.id, "x", version=1)
    with pytest.raises(Conflict):
        remove_attachment(actor_for("tuan"), made.id, "y", version=1)
    (told,) = entries("attachment:removed")
    assert "nhầm" not in told.body


def test_a_closed_file_takes_none(ctx, actor_for):
    case_id = acting.case(actor_for)
    made = attach(actor_for, case_id)
    case = db.session.get(Case, case_id)
    case.closed_at = case.opened_at
    db.session.flush()
    from app.domain.events import CaseViewed
    from app.ledger import current_ledger

    current_ledger().append(db.session(), actor_for("tuan"), [CaseViewed(subject_id=case_id)], case.opened_at)
    db.session.commit()
    with pytest.raises(Forbidden):
        attach(actor_for, case_id)
    with pytest.raises(Forbidden):
        note_attachment(actor_for("minh"), made.id, "x", version=1)
    assert bytes_of(download_attachment(actor_for("minh"), made.id)) == samples.photograph()


def test_a_changed_file_is_an_alarm_and_is_not_given_out(ctx, actor_for):
    data = samples.wav(20)  # some chunks
    made = attach(actor_for, acting.case(actor_for), data)
    path = path_of(made.id, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    got = download_attachment(actor_for("minh"), made.id)
    given = []
    with pytest.raises(IntegrityBroken):
        given.extend(got.chunks)
    assert len(b"".join(given)) < len(data)
    assert len(entries("integrity:alarm")) == 1
    for broken in (b"BA\x02" + bytes(200), whole[:100]):
        path.write_bytes(broken)
        with pytest.raises(IntegrityBroken):
            download_attachment(actor_for("minh"), made.id)
    path.unlink()
    with pytest.raises(IntegrityBroken):
        show_attachment(actor_for("minh"), made.id)
    assert len(entries("integrity:alarm")) == 4
    assert len(entries("attachment:downloaded")) == 1


def test_two_files_exchanged_open_neither(ctx, actor_for):
    case_id = acting.case(actor_for)
    one, other = attach(actor_for, case_id), attach(actor_for, case_id)
    paths = [path_of(row.id, 1) for row in (one, other)]
    first, second = (path.read_bytes() for path in paths)
    paths[0].write_bytes(second)
    paths[1].write_bytes(first)
    for row in (one, other):
        with pytest.raises(IntegrityBroken):
            download_attachment(actor_for("minh"), row.id)


def test_a_row_changed_behind_the_program_is_an_alarm(ctx, actor_for):
    made = attach(actor_for, acting.case(actor_for))
    with db.engine.begin() as connection:
        connection.execute(update(Attachment.__table__).values(media_type="text/html"))
    with pytest.raises(IntegrityBroken):
        download_attachment(actor_for("minh"), made.id)


def test_a_key_renewed_while_a_file_comes_in_is_noticed(ctx, actor_for, monkeypatch):
    case_id = acting.case(actor_for)
    present, asked = records.key_for_writing, []

    def renewed(subject, at):
        asked.append(subject)
        number, key = present(subject, at)
        return (number, key) if len(asked) == 1 else (number + 1, bytes(32))

    monkeypatch.setattr(records, "key_for_writing", renewed)
    with pytest.raises(Conflict):
        attach(actor_for, case_id)
    assert stored_files() == []


def test_when_a_case_is_erased_its_files_are_destroyed_and_no_others(ctx, actor_for):
    case_id, other_id = acting.case(actor_for), acting.case(actor_for)
    attach(actor_for, case_id)
    attach(actor_for, case_id)
    kept = attach(actor_for, other_id)
    assert destroy_files(case_id) == 2
    assert stored_files() == [f"{kept.id}.1.sealed"]
    assert destroy_files(case_id) == 0
    db.session.execute(text("select 1"))


def test_nobody_waits_for_a_slow_line(ctx, actor_for):
    """While a file comes in no transaction is open: others write meanwhile."""
    case_id = acting.case(actor_for)

    class Slow(io.BytesIO):
        """Somebody else works on the case between two pieces."""

        def read(self, size=-1, /):
            if self.tell():
                return super().read(size)
            db.session.remove()
            acting.write(actor_for, case_id, "health", {"condition": "Ổn định"})
            db.session.remove()
            return super().read(size)

    made = add_attachment(actor_for("minh"), case_id, Slow(samples.wav()), name=NAME)
    assert rows()[0].id == made.id
