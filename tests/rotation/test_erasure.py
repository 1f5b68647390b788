"""Erasing a file: two persons, everything that forbids it, and what is left when it is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.errors import Conflict, Erased, Forbidden, Invalid, NotVisible, SecondPersonRequired
from app.extensions import db
from app.models import DataKey, Erasure, Report, SealedValue
from app.services import erasure, keeping
from app.services.cases import Show, list_cases, read_case
from app.services.moves import decide_move, move_case
from app.services.reports import read_report
from app.services.sections import read_section, write_section
from tests.services import acting


def closed_case(cast, *, keep_until=date(2026, 11, 23)):
    """A closed case with content in both branches; kept until the day it was closed."""
    case_id = acting.case(cast)
    acting.write(cast, case_id, "identity", acting.IDENTITY)
    acting.write(cast, case_id, "health", {"condition": "Ổn định"})
    asked = move_case(
        cast("minh"), case_id, "victim", "closed", version=acting.case_version(case_id), reason="Hư cấu"
    )
    if asked.approval:
        decide_move(cast("tuan"), asked.approval.id, approved=True)
    if keep_until:
        set_term(cast, case_id, keep_until)
    return case_id


def set_term(cast, case_id, keep_until):
    version = acting.case_version(case_id)
    keeping.set_term(cast("tuan"), case_id, keep_until, "competent_decision", version=version)


def ask(cast, case_id, who="tuan"):
    return erasure.request_erasure(cast(who), case_id, "term_over", version=acting.case_version(case_id))


def living_keys(*owners):
    query = select(func.count()).where(DataKey.owner_id.in_(owners), DataKey.wrapped.is_not(None))
    return acting.look(query)


def report_of(case_id):
    return acting.look(select(Report.id).where(Report.case_id == case_id))


@pytest.fixture
def over(ctx, actor_for, clock):
    """A closed case whose term is over."""
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    return case_id


def test_two_persons_erase_a_file_and_nobody_opens_it_any_more(over, actor_for):
    values = acting.look(select(func.count()).select_from(SealedValue))
    asked = ask(actor_for, over)
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    for who, reason in (("minh", None), ("tuan", "supervision")):
        for section in ("identity", "health", "intake", "consent"):
            with pytest.raises(Erased):
                read_section(actor_for(who), over, section, reason=reason)
    with pytest.raises(Erased):
        read_report(actor_for("tuan"), report_of(over), reason="supervision")
    assert living_keys(over, report_of(over)) == 0
    assert acting.look(select(func.count()).select_from(SealedValue)) == values
    view = read_case(actor_for("tuan"), over)
    assert view.case.erased_at is not None
    assert view.history
    assert over in {row.case.id for row in list_cases(actor_for("tuan"), show=Show.CLOSED).items}
    assert acting.whole()


def test_the_entry_names_both_persons_and_what_was_lost(over, actor_for):
    asked = ask(actor_for, over)
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    (entry,) = acting.entries(action="case:erased")
    body = acting.body(entry)
    assert entry.actor_id == actor_for("thu").id
    assert body["requested_by"] == str(actor_for("tuan").id)
    assert (body["keys"], body["reports"], body["attachments"]) == (3, 1, 0)
    assert body["values"] == acting.look(select(func.count()).select_from(SealedValue))
    assert len(body["digest"]) == 64


def test_who_asked_does_not_decide(over, actor_for):
    asked = ask(actor_for, over)
    with pytest.raises(SecondPersonRequired):
        erasure.decide_erasure(actor_for("tuan"), asked.id, approved=True)
    assert living_keys(over) == 2
    assert acting.look(select(Erasure.decided_at)) is None


def test_nobody_but_supervisors_of_the_unit_asks_or_decides(over, actor_for):
    for who, error in (("minh", Forbidden), ("quan", NotVisible), ("khac", NotVisible), ("van", NotVisible)):
        with pytest.raises(error):
            ask(actor_for, over, who)
    asked = ask(actor_for, over)
    for who, error in (("minh", Forbidden), ("quan", NotVisible), ("khac", NotVisible)):
        with pytest.raises(error):
            erasure.decide_erasure(actor_for(who), asked.id, approved=True)
    assert living_keys(over) == 2


@pytest.mark.parametrize("obstacle", ["hold", "unknown", "future"])
def test_what_forbids_it_forbids_asking_and_deciding(ctx, actor_for, clock, obstacle):
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    asked = ask(actor_for, case_id)
    tuan = actor_for("tuan")
    match obstacle:
        case "hold":
            keeping.put_hold(tuan, case_id, "proceedings", version=acting.case_version(case_id))
        case "unknown":
            keeping.set_term(tuan, case_id, None, "unknown_again", version=acting.case_version(case_id))
        case "future":
            set_term(actor_for, case_id, date(2027, 1, 1))
    with pytest.raises(Invalid):
        erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    assert living_keys(case_id) == 2
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=False)
    with pytest.raises(Invalid):
        ask(actor_for, case_id)
    assert acting.whole()


def test_an_open_file_is_not_erased_and_has_no_term(ctx, actor_for, clock):
    case_id = acting.case(actor_for)
    with pytest.raises(Invalid) as refused:
        set_term(actor_for, case_id, date(2026, 11, 23))
    assert "keep_until" in refused.value.errors
    clock.forward(days=400)
    with pytest.raises(Invalid) as refused:
        ask(actor_for, case_id)
    assert len(refused.value.errors["case"]) == 2


def test_a_file_on_its_way_to_another_unit_is_not_erased(ctx, actor_for, clock):
    case_id, _ = acting.offered(actor_for)
    with pytest.raises(Invalid) as refused:
        ask(actor_for, case_id)
    said = {str(message) for message in refused.value.errors["case"]}
    assert any("offered" in one for one in said)


def test_a_handed_over_file_is_erased_by_its_own_unit_and_the_receiver_loses_it_too(ctx, actor_for, clock):
    case_id, _ = acting.handed_over(actor_for)
    sen = actor_for("sen")
    handed = read_case(sen, case_id).sections
    assert handed
    set_term(actor_for, case_id, date(2026, 11, 23))
    clock.forward(days=2)
    asked = ask(actor_for, case_id)
    with pytest.raises(Forbidden):
        erasure.decide_erasure(sen, asked.id, approved=True)
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    with pytest.raises(Erased):
        read_section(sen, case_id, "identity")
    assert acting.whole()


def test_the_last_day_of_keeping_still_counts(ctx, actor_for, clock):
    case_id = closed_case(actor_for, keep_until=date(2026, 11, 24))
    clock.forward(days=1)
    with pytest.raises(Invalid):
        ask(actor_for, case_id)
    clock.forward(hours=15)  # 00:00 of the next day in Viet Nam
    assert ask(actor_for, case_id)


def test_a_term_needs_a_ground_and_a_day_that_can_be(ctx, actor_for):
    case_id = closed_case(actor_for, keep_until=None)
    tuan = actor_for("tuan")
    for day, ground in (
        (None, "competent_decision"),
        (date(2030, 1, 1), "unknown_again"),
        (date(2030, 1, 1), "because"),
        (date(2026, 11, 22), "unit_schedule"),
        (date(2226, 1, 1), "unit_schedule"),
    ):
        with pytest.raises(Invalid):
            keeping.set_term(tuan, case_id, day, ground, version=acting.case_version(case_id))
    with pytest.raises(Conflict):
        keeping.set_term(tuan, case_id, date(2030, 1, 1), "unit_schedule", version=1)
    assert keeping.read_keeping(tuan, case_id).term_ground is None


def test_a_hold_is_put_and_lifted_once(over, actor_for):
    tuan = actor_for("tuan")
    with pytest.raises(Conflict):
        keeping.lift_hold(tuan, over, version=acting.case_version(over))
    keeping.put_hold(tuan, over, "complaint", version=acting.case_version(over))
    with pytest.raises(Conflict):
        keeping.put_hold(tuan, over, "complaint", version=acting.case_version(over))
    view = keeping.read_keeping(tuan, over)
    assert view.hold_ground.id == "complaint"
    assert len(view.obstacles) == 1
    keeping.lift_hold(tuan, over, version=acting.case_version(over))
    assert keeping.read_keeping(tuan, over).obstacles == ()


def test_it_is_asked_for_once_and_decided_once(over, actor_for):
    asked = ask(actor_for, over)
    with pytest.raises(Conflict):
        ask(actor_for, over, "thu")
    (waiting,) = erasure.list_waiting_erasures(actor_for("thu"))
    assert waiting.erasure.id == asked.id
    assert erasure.list_waiting_erasures(actor_for("khac")) == ()
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=False)
    with pytest.raises(Conflict):
        erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    assert ask(actor_for, over, "thu")


def test_an_erased_file_takes_no_further_act(over, actor_for):
    erasure.decide_erasure(actor_for("thu"), ask(actor_for, over).id, approved=True)
    version = acting.case_version(over)
    tuan = actor_for("tuan")
    with pytest.raises(Erased):
        keeping.put_hold(tuan, over, "complaint", version=version)
    with pytest.raises(Erased):
        ask(actor_for, over)
    with pytest.raises(Erased):
        write_section(actor_for("minh"), over, "identity", acting.IDENTITY, version=1)
    assert keeping.read_keeping(tuan, over).case.erased_at


def test_nothing_of_the_file_is_found_by_searching_any_more(over, actor_for):
    from app.domain.terms import Person
    from app.search import Owner, look_up

    person = Person(names=("Nguyễn Thị Hư Cấu",), born="1990-05-02")
    assert Owner.case(over) in look_up(person)
    db.session.rollback()
    erasure.decide_erasure(actor_for("thu"), ask(actor_for, over).id, approved=True)
    assert look_up(person) == {}
    db.session.rollback()
    assert acting.whole()


def test_the_destroyed_keys_are_nowhere_in_the_files_of_the_database(over, actor_for):
    keys = DataKey.__table__
    with db.engine.connect() as connection:
        wrapped = [
            bytes(key) for key in connection.scalars(select(keys.c.wrapped).where(keys.c.owner_id == over))
        ]
        where = connection.engine.url.database
    assert len(wrapped) == 2
    sqlite = db.engine.dialect.name == "sqlite"
    assert not sqlite or all(any(key in text for text in files_of(where)) for key in wrapped)
    asked = ask(actor_for, over)
    db.session.remove()
    erasure.decide_erasure(actor_for("thu"), asked.id, approved=True)
    with db.engine.connect() as connection:
        assert not set(
            map(bytes, connection.scalars(select(keys.c.wrapped).where(keys.c.wrapped.is_not(None))))
        ) & set(wrapped)
    # PostgreSQL frees and does not wipe: docs/operations/keys.md says until when its pages hold them.
    assert not sqlite or not any(key in text for text in files_of(where) for key in wrapped)


def files_of(database):
    """The bytes of the database's file, its log and its index."""
    return [path.read_bytes() for path in Path(database).parent.glob(f"{Path(database).name}*")]
