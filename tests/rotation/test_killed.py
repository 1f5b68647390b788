"""Killed between any two lines: everything stays readable, the ledger whole, and the next run brings it to its end."""

from __future__ import annotations

import io
import random
import sys

import pytest
from sqlalchemy import func, select

from app.domain.actor import operator_of_the_service
from app.domain.errors import Erased
from app.domain.sealing import Branch
from app.extensions import db, part
from app.models import Attachment, Case, DataKey
from app.position import local_date
from app.rotation.rewrapping import outdated
from app.services import key_renewal
from app.services.attachment_intake import add_attachment
from app.services.attachments import download_attachment
from app.services.erasure import decide_erasure
from app.services.key_rotation import retire_root, rewrap_keys, rotate_root
from app.services.sections import read_section
from tests.rotation.killing import chosen, kill_at, lines_of
from tests.rotation.test_erasure import ask, closed_case
from tests.services import acting

US = operator_of_the_service()
PIECE = b"Bi\xc3\xaan b\xe1\xba\xa3n h\xc6\xb0 c\xe1\xba\xa5u. " * 9000


@pytest.fixture
def chance():
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


@pytest.fixture
def within(app, actor_for):
    """`within(act)`: an act in a context that is closed again before anything is killed."""

    def do(act, *args):
        with app.app_context():
            result = act(actor_for, *args)
            db.session.remove()
        return result

    return do


def case_of(cast):
    case_id = acting.case(cast)
    acting.write(cast, case_id, "identity", acting.IDENTITY)
    acting.write(cast, case_id, "health", {"condition": "Ổn định"})
    return case_id


def readable(cast, case_id):
    minh = cast("minh")
    assert read_section(minh, case_id, "identity").values == acting.IDENTITY
    assert read_section(minh, case_id, "health").values == {"condition": "Ổn định"}
    for attachment_id in db.session.scalars(select(Attachment.id)).all():
        db.session.rollback()
        assert b"".join(download_attachment(minh, attachment_id).chunks) == PIECE
    db.session.rollback()
    assert acting.whole(), acting.findings()


def rotation():
    """Both branches, all keys, the old roots destroyed: what an operator does in three commands."""
    for branch in Branch:
        rotate_root(US, branch)
    finish_rotation()


def finish_rotation():
    for root_key_id in outdated():
        after = None
        while batch := rewrap_keys(US, root_key_id, after):
            after = batch.last
    store = part("key_store")
    present = {store.present_root(branch) for branch in Branch}
    for root_key_id in [id_ for id_ in store.roots() if id_ not in present]:
        retire_root(US, root_key_id)


def test_a_rotation_killed_anywhere(app, within, chance):
    case_id = within(case_of)
    lines = lines_of(app, rotation)
    for line in chosen(chance, lines, 8):
        assert kill_at(app, rotation, line), line
        within(readable, case_id)
        within(lambda _: finish_rotation())
        within(readable, case_id)
        within(only_present_roots)


def only_present_roots(_):
    store = part("key_store")
    present = {store.present_root(branch) for branch in Branch}
    assert set(store.roots()) == present
    used = select(DataKey.root_key_id).where(DataKey.wrapped.is_not(None)).distinct()
    assert set(db.session.scalars(used)) == present
    db.session.rollback()


def renewal(code):
    """What `flask keys rekey` does."""

    def act():
        done = False
        while not done:
            file, waiting = key_renewal.begin_renewal(US, code)
            for attachment_id in waiting:
                key_renewal.renew_attachment(US, file, attachment_id)
            while key_renewal.renew_values(US, file):
                pass
            done = key_renewal.end_renewal(US, file)

    return act


def test_a_renewal_killed_anywhere(app, within, chance):
    case_id = within(case_of)
    within(lambda cast: add_attachment(cast("minh"), case_id, io.BytesIO(PIECE), name="hư cấu.txt"))
    act = renewal(within(lambda _: acting.look(select(Case.code).where(Case.id == case_id))))
    lines = lines_of(app, act)
    for line in chosen(chance, lines, 8):
        kill_at(app, act, line)
        within(readable, case_id)
        within(lambda _: act())
        within(readable, case_id)
        within(only_newest_keys, case_id)


def only_newest_keys(_, case_id):
    living = select(DataKey.branch, func.count()).where(
        DataKey.owner_id == case_id, DataKey.wrapped.is_not(None)
    )
    assert dict(db.session.execute(living.group_by(DataKey.branch)).tuples().all()) == {
        "content": 1,
        "identity": 1,
    }
    db.session.rollback()
    folder = part("settings").attachment_directory
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_an_erasing_killed_anywhere(app, within, chance, clock):
    def erasing():
        case_id = within(lambda cast: closed_case(cast, keep_until=local_date(clock.instant)))
        clock.forward(days=2)
        asked, thu = within(lambda cast: (ask(cast, case_id).id, cast("thu")))
        return case_id, lambda: decide_erasure(thu, asked, approved=True)

    case_id, act = erasing()
    lines = lines_of(app, act)
    assert within(all_or_nothing, case_id)
    for line in chosen(chance, lines, 4):
        case_id, act = erasing()
        kill_at(app, act, line)
        if not within(all_or_nothing, case_id):
            within(lambda _, act=act: act())
            assert within(all_or_nothing, case_id)


def all_or_nothing(cast, case_id):
    erased = acting.look(select(Case.erased_at).where(Case.id == case_id)) is not None
    living = acting.look(
        select(func.count()).where(DataKey.owner_id == case_id, DataKey.wrapped.is_not(None))
    )
    told = [entry for entry in acting.entries(action="case:erased") if entry.subject_id == case_id]
    assert (living, len(told)) == ((0, 1) if erased else (2, 0))
    if erased:
        with pytest.raises(Erased):
            read_section(cast("minh"), case_id, "identity")
    else:
        assert read_section(cast("minh"), case_id, "identity").values == acting.IDENTITY
    assert acting.whole()
    return erased
