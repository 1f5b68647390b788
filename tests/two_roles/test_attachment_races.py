"""An attachment is removed, erased or sealed again while somebody opens it: the right answer, and never an alarm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from app import records
from app.attachments.files import leftovers, path_of
from app.domain.errors import Conflict, Erased, IntegrityBroken
from app.extensions import db
from app.models import Attachment, Case
from app.services import attachments, erasure, keeping, key_renewal
from app.services.moves import decide_move, move_case
from tests.attachments import samples
from tests.rotation.test_erasure import ask
from tests.rotation.test_killed import US
from tests.services import acting


@pytest.fixture
def attached(ctx, actor_for):
    """An attachment of a running case; on SQLite a use case begins when the one before has ended."""
    made = acting.attached(actor_for, acting.case(actor_for))
    place = made.id, made.case_id
    db.session.remove()
    return place


@pytest.fixture
def meanwhile(app, monkeypatch):
    """`meanwhile(act)`: the act is done by somebody else between a reader's row and his file."""
    usual, waiting = records.data_key, []

    def elsewhere(act):
        with app.app_context():
            act()
            db.session.remove()

    def data_key(*place):
        key = usual(*place)
        if waiting:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(elsewhere, waiting.pop()).result()
        return key

    monkeypatch.setattr(records, "data_key", data_key)
    return waiting.append


READERS = {"download": attachments.download_attachment, "show": attachments.show_attachment}
reading = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


@reading
def test_removed_meanwhile(attached, actor_for, meanwhile, read):
    meanwhile(lambda: attachments.remove_attachment(actor_for("tuan"), attached[0], "hư cấu", version=1))
    with pytest.raises(Conflict) as refused:
        read(actor_for("minh"), attached[0])
    assert refused.value.message == attachments.REMOVED
    assert acting.entries(action="integrity:alarm") == []


@reading
def test_erased_meanwhile(attached, actor_for, clock, meanwhile, read):
    id_, case_id = attached
    acting.write(actor_for, case_id, "identity", acting.IDENTITY)
    version = acting.case_version(case_id)
    asked = move_case(actor_for("minh"), case_id, "victim", "closed", version=version, reason="Hư cấu")
    if asked.approval:
        decide_move(actor_for("tuan"), asked.approval.id, approved=True)
    version = acting.case_version(case_id)
    keeping.set_term(actor_for("tuan"), case_id, date(2026, 11, 23), "competent_decision", version=version)
    clock.forward(days=2)
    waiting = ask(actor_for, case_id).id
    meanwhile(lambda: erasure.decide_erasure(actor_for("thu"), waiting, approved=True))
    with pytest.raises(Erased):
        read(actor_for("minh"), id_)
    assert acting.entries(action="integrity:alarm") == []


def test_sealed_again_meanwhile(attached, actor_for, meanwhile):
    code = acting.look(select(Case.code).where(Case.id == attached[1]))

    def renew_and_tidy():
        file, waiting = key_renewal.begin_renewal(US, code)
        key_renewal.renew_attachment(US, file, *waiting)
        for path, _ in leftovers():
            path.unlink()

    meanwhile(renew_and_tidy)
    download = attachments.download_attachment(actor_for("minh"), attached[0])
    assert b"".join(download.chunks) == samples.photograph()
    assert acting.look(select(Attachment.key_number)) == 2
    assert acting.entries(action="integrity:alarm") == []


@reading
def test_a_file_that_is_merely_gone_is_an_alarm(attached, actor_for, meanwhile, read):
    meanwhile(lambda: path_of(attached[0], 1).unlink())
    with pytest.raises(IntegrityBroken):
        read(actor_for("minh"), attached[0])
    assert len(acting.entries(action="integrity:alarm")) == 1
