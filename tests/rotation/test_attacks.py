"""Those who write the database behind the program's back, and acts that meet each other at the worst moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, update

from app import records
from app.domain.actor import operator_of_the_service
from app.domain.errors import BenAnError, Conflict, Erased, IntegrityBroken, NotVisible
from app.domain.events import CasesListed
from app.domain.sealing import Branch
from app.extensions import db, now, part
from app.models import Case, DataKey, Erasure
from app.rotation.rewrapping import outdated
from app.rotation.waiting import Busy
from app.services import erasure
from app.services.key_rotation import retire_root, rewrap_keys, rotate_root
from app.services.sections import read_section, write_section
from app.transaction import transaction
from tests.rotation.test_erasure import ask, closed_case
from tests.services import acting

US = operator_of_the_service()
KEYS, CASES, ERASURES = DataKey.__table__, Case.__table__, Erasure.__table__


def sql(*statements):
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def stored(table, *where):
    with db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table).where(*where)).mappings()]


def together(app, *acts):
    """Run acts at the same moment; their results or errors."""

    def run(act):
        with app.app_context():
            try:
                return act()
            except BenAnError as error:
                return error
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def over(ctx, actor_for, clock):
    """A closed case whose term is over."""
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    return case_id


def forged(case_id, asker, **more):
    """A request for erasing as somebody with SQL and no key would write it."""
    return insert(ERASURES).values(
        id=uuid4(),
        case_id=case_id,
        basis="term_over",
        requested_by=asker.id,
        requested_at=now(),
        version=1,
        mac=b"\0" * 32,
        **more,
    )


def test_a_forged_request_is_no_second_person(over, actor_for):
    sql(forged(over, actor_for("thu")))
    erasure_id = acting.look(select(ERASURES.c.id))
    with pytest.raises(IntegrityBroken):
        erasure.decide_erasure(actor_for("tuan"), erasure_id, approved=True)
    assert read_section(actor_for("minh"), over, "identity").values == acting.IDENTITY
    assert f"stored data: erasure {erasure_id} changed or forged" in acting.findings()


def test_a_request_put_into_another_name_is_no_second_person(over, actor_for):
    asked = ask(actor_for, over)
    sql(update(ERASURES).values(requested_by=actor_for("thu").id))
    with pytest.raises(IntegrityBroken):
        erasure.decide_erasure(actor_for("tuan"), asked.id, approved=True)
    assert not acting.whole()


def test_a_term_or_hold_changed_by_sql_is_an_alarm(over, actor_for):
    asked = ask(actor_for, over)
    sql(update(CASES).where(CASES.c.id == over).values(keep_until=None))
    with pytest.raises(IntegrityBroken):
        erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    sql(update(CASES).where(CASES.c.id == over).values(erased_at=now()))
    with pytest.raises(IntegrityBroken):
        read_section(actor_for("minh"), over, "identity")


def test_keys_put_back_after_an_erasing_open_nothing_and_are_found(over, actor_for):
    before = stored(KEYS, KEYS.c.owner_id == over)
    erasure.decide_erasure(actor_for("thu"), ask(actor_for, over).id, approved=True)
    for row in before:
        place = [KEYS.c[name] == row[name] for name in ("owner_id", "branch", "number")]
        sql(update(KEYS).where(*place).values(**row))
    with pytest.raises(IntegrityBroken):
        read_section(actor_for("minh"), over, "identity")
    found = acting.findings()
    assert sum("data_key" in one and "older than this entry tells" in one for one in found) == len(before)


def test_keys_and_case_put_back_after_an_erasing_are_found(over, actor_for):
    before, case = stored(KEYS, KEYS.c.owner_id == over), stored(CASES, CASES.c.id == over)
    erasure.decide_erasure(actor_for("thu"), ask(actor_for, over).id, approved=True)
    for row in before:
        place = [KEYS.c[name] == row[name] for name in ("owner_id", "branch", "number")]
        sql(update(KEYS).where(*place).values(**row))
    sql(update(CASES).where(CASES.c.id == over).values(**case[0]))
    assert any("case_file" in one for one in acting.findings())
    for branch in Branch:  # once the root keys of that time are retired, nothing opens even then
        old = part("key_store").present_root(branch)
        rotate_root(US, branch)
        part("key_store").destroy_root(old)
    with pytest.raises(IntegrityBroken):
        read_section(actor_for("minh"), over, "identity")


def test_an_old_wrapped_key_put_back_after_a_rewrap_is_found(ctx, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "identity", acting.IDENTITY)
    before = stored(KEYS, KEYS.c.owner_id == case_id, KEYS.c.branch == "identity")
    rotate_root(US, Branch.IDENTITY)
    rewrap_all()
    sql(update(KEYS).where(KEYS.c.owner_id == case_id, KEYS.c.branch == "identity").values(**before[0]))
    assert any("data_key" in one for one in acting.findings())
    with pytest.raises(Conflict):
        retire_root(US, before[0]["root_key_id"])


def rewrap_all():
    for root_key_id in outdated():
        after = None
        while batch := rewrap_keys(US, root_key_id, after):
            after = batch.last


def test_two_rewraps_at_once_do_everything_once(app, ctx, actor_for):
    for _ in range(12):
        acting.report(actor_for)
    rotate_root(US, Branch.IDENTITY)
    together(app, rewrap_all, rewrap_all, rewrap_all)
    assert outdated() == {}
    told = [acting.body(entry)["count"] for entry in acting.entries(action="keys:rewrapped")]
    assert sum(told) == 12
    assert acting.whole()


def test_files_made_during_a_rotation_are_under_either_root_and_open(app, ctx, actor_for):
    hoa = actor_for("hoa")
    made = []

    def create():
        made.extend(acting.report(lambda _: hoa).id for _ in range(8))

    def rotate():
        for _ in range(3):
            rotate_root(US, Branch.IDENTITY)
            rewrap_all()

    results = together(app, create, create, rotate)
    assert [result for result in results if isinstance(result, BenAnError)] == []
    rewrap_all()
    used = select(KEYS.c.root_key_id).where(KEYS.c.wrapped.is_not(None)).distinct()
    with db.engine.connect() as connection:
        assert connection.scalars(used).all() == [part("key_store").present_root(Branch.IDENTITY)]
    assert len(made) == 16
    with transaction(hoa) as tx:
        for report_id in made:
            assert records.read(records.Subject.report(report_id), "report").value
        tx.record(CasesListed(count=0))
    assert acting.whole()


def test_a_root_is_not_retired_under_somebody_who_is_about_to_use_it(app, ctx, actor_for):
    """A worker read which root is present, was stopped right there, and goes on when that root is an old one."""
    old = part("key_store").present_root(Branch.IDENTITY)
    chosen, go_on = threading.Event(), threading.Event()
    owner, hoa = uuid4(), actor_for("hoa")

    class Slow:
        """The vault of a worker that is stopped between choosing the root key and storing what it wrapped."""

        def __init__(self, vault):
            self.vault = vault

        def new_data_key(self, *place):
            made = self.vault.new_data_key(*place)
            chosen.set()
            go_on.wait(30)
            return made

    def stopped_worker():
        slow = Slow(part("vault"))
        with transaction(hoa) as tx, pytest.MonkeyPatch.context() as patch:
            patch.setattr(records, "current_vault", lambda: slow)
            records.key_for_writing(records.Subject.report(owner), tx.now)
            tx.record(CasesListed(count=0))

    def operator():
        assert chosen.wait(30)
        part("key_store").add_root(
            Branch.IDENTITY
        )  # what rotate does; on SQLite its entry would wait for the worker
        if db.engine.dialect.name == "postgresql":
            rewrap_all()
            with pytest.raises(Busy):
                retire_root(US, old)
        go_on.set()
        while not acting.look(select(func.count()).select_from(KEYS).where(KEYS.c.owner_id == owner)):
            pass
        with pytest.raises(Conflict):
            retire_root(US, old)
        rewrap_all()
        retire_root(US, old)
        return "done"

    assert together(app, stopped_worker, operator) == [None, "done"]
    subject = records.Subject.report(owner)
    assert len(records.data_key(subject, Branch.IDENTITY, 1)) == 32
    db.session.rollback()


def test_readers_of_the_moment_of_an_erasing_get_all_or_the_right_refusal(app, ctx, actor_for, clock):
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    asked = ask(actor_for, case_id)
    minh, thu = actor_for("minh"), actor_for("thu")
    said = []

    def read():
        for _ in range(1000):
            try:
                said.append(read_section(minh, case_id, "identity").values)
            except Erased as refusal:
                said.append(type(refusal))
                return

    def write():
        for _ in range(6):
            with suppress(BenAnError):
                write_section(minh, case_id, "health", {"condition": "Muộn"}, version=1)

    def erase():
        erasure.decide_erasure(thu, asked.id, approved=True)

    results = together(app, read, read, write, erase)
    assert [result for result in results if isinstance(result, BenAnError)] == []
    assert Erased in said
    assert [one for one in said if one is not Erased and one != acting.IDENTITY] == []
    assert acting.whole()


def test_both_approve_at_once_and_one_does(app, ctx, actor_for, clock):
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    asked = ask(actor_for, case_id)
    thu, khac = actor_for("thu"), actor_for("khac")
    results = together(
        app,
        *(lambda: erasure.decide_erasure(thu, asked.id, approved=True) for _ in range(3)),
        lambda: erasure.decide_erasure(khac, asked.id, approved=True),
    )
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["Erased", "Erased", NotVisible.__name__, "tuple"]
    assert len(acting.entries(action="case:erased")) == 1
