"""Moving a case: the gate, the second person, the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import Conflict, Forbidden, Invalid, MoveRefused, NotVisible, SecondPersonRequired
from app.extensions import db
from app.models import Case, Clock
from app.models.cases import NO_TERM
from app.services.assignments import end_assignment
from app.services.cases import Show, list_cases, read_case
from app.services.desk import view_desk
from app.services.moves import check_case_move, decide_move, list_waiting_moves, move_case
from tests.conftest import START
from tests.services import acting

SAFE = {"safe_way": "phone"}


def _move(cast, case_id, to, who="minh", **kwargs):
    return move_case(cast(who), case_id, "victim", to, version=acting.case_version(case_id), **kwargs)


def _stage(cast, case_id, who="minh"):
    return read_case(cast(who), case_id).places[0].stage.id


def _terms(case_id):
    with Session(db.engine) as session:
        return {c.deadline_id: c for c in session.scalars(select(Clock).where(Clock.case_id == case_id))}


def _due(case_id):
    return acting.look(select(Case.next_due_at).where(Case.id == case_id)), acting.look(
        select(Case.overdue_from).where(Case.id == case_id)
    )


def test_a_closed_gate_names_all_that_is_missing_and_nothing_happens(ctx, actor_for):
    case_id = acting.case(actor_for)
    version = acting.case_version(case_id)
    with pytest.raises(MoveRefused) as refused:
        _move(actor_for, case_id, "transferring")
    assert set(refused.value.errors) == {"health.condition", "guard"}
    assert acting.case_version(case_id) == version
    missing = check_case_move(actor_for("minh"), case_id, "victim", "transferring").missing
    assert set(missing) == set(refused.value.errors)
    assert acting.entries(action="section:read") == []


def test_a_step_without_a_second_person_is_taken_at_once(ctx, clock, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    clock.forward(seconds=1)
    assert _move(actor_for, case_id, "initial_verification").approval is None
    assert _stage(actor_for, case_id) == "initial_verification"
    history = read_case(actor_for("minh"), case_id).history
    assert [s.stage.id for s in history] == ["received", "initial_verification"]


def test_a_step_that_needs_a_second_person_waits(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    acting.ask_transfer(actor_for, case_id)
    assert _stage(actor_for, case_id) == "received"
    (waiting,) = list_waiting_moves(actor_for("tuan"))
    assert (waiting.case.id, waiting.move.to) == (case_id, "transferring")
    assert list_waiting_moves(actor_for("khac")) == ()


def test_while_a_step_waits_no_other_is_taken(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    acting.ask_transfer(actor_for, case_id)
    for to in ("initial_verification", "transferring"):
        with pytest.raises(Conflict):
            _move(actor_for, case_id, to)


def test_nobody_approves_their_own_request(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    approval_id = acting.ask_transfer(actor_for, case_id, "tuan")
    for approved in (True, False):
        with pytest.raises(SecondPersonRequired):
            decide_move(actor_for("tuan"), approval_id, approved=approved, reason="x")
    (first, _) = acting.entries(action="access:denied")
    assert acting.body(first) == {"visible": True}
    assert decide_move(actor_for("thu"), approval_id, approved=True).stage_id == "transferring"


@pytest.mark.parametrize(
    ("who", "error"), [("minh", Forbidden), ("lan", NotVisible), ("khac", NotVisible), ("sen", NotVisible)]
)
def test_others_decide_nothing(ctx, actor_for, who, error):
    approval_id = acting.ask_transfer(actor_for, acting.ready_to_transfer(actor_for))
    with pytest.raises(error):
        decide_move(actor_for(who), approval_id, approved=True)
    assert len(list_waiting_moves(actor_for("tuan"))) == 1


def test_the_gate_is_asked_again_when_the_second_person_decides(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    approval_id = acting.ask_transfer(actor_for, case_id)
    refusal = {"answers": [{"purpose": "handover", "answer": "refused"}]}
    acting.write(actor_for, case_id, "consent", refusal, version=1)
    with pytest.raises(MoveRefused):
        decide_move(actor_for("tuan"), approval_id, approved=True)
    assert _stage(actor_for, case_id) == "received"
    assert (
        decide_move(actor_for("tuan"), approval_id, approved=False, reason="Đã từ chối.").stage_id
        == "received"
    )


def test_a_refusal_states_its_reason_and_frees_the_case(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    approval_id = acting.ask_transfer(actor_for, case_id)
    with pytest.raises(Invalid):
        decide_move(actor_for("tuan"), approval_id, approved=False)
    decide_move(actor_for("tuan"), approval_id, approved=False, reason="Chưa rõ.")
    with pytest.raises(Conflict):
        decide_move(actor_for("thu"), approval_id, approved=True)
    acting.ask_transfer(actor_for, case_id)


def test_the_request_of_an_officer_since_taken_off_can_still_be_decided(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    approval_id = acting.ask_transfer(actor_for, case_id)
    end_assignment(actor_for("tuan"), case_id, actor_for("minh").id, version=acting.case_version(case_id))
    assert decide_move(actor_for("tuan"), approval_id, approved=True).stage_id == "transferring"


def test_a_step_that_asks_for_a_reason_gets_one(ctx, actor_for):
    case_id = acting.case(actor_for)
    with pytest.raises(Invalid) as refused:
        _move(actor_for, case_id, "closed")
    assert set(refused.value.errors) == {"reason"}


def test_only_a_confirmed_handover_makes_the_last_step(ctx, actor_for):
    with pytest.raises(Invalid):
        _move(actor_for, acting.transferring(actor_for), "transferred")


@pytest.mark.parametrize(
    ("track", "to"), [("victim", "supporting"), ("victim", "nowhere"), ("court", "closed")]
)
def test_a_step_that_does_not_exist_is_refused(ctx, actor_for, track, to):
    case_id = acting.case(actor_for)
    with pytest.raises(Invalid):
        move_case(actor_for("minh"), case_id, track, to, version=acting.case_version(case_id))


def test_a_stale_version_is_a_conflict(ctx, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    with pytest.raises(Conflict):
        move_case(actor_for("minh"), case_id, "victim", "initial_verification", version=1)


@pytest.mark.parametrize("event_on", [date(2026, 11, 24), date(2025, 11, 21)])
def test_the_day_of_the_event_is_a_day_that_can_be(ctx, actor_for, event_on):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    with pytest.raises(Invalid) as refused:
        _move(actor_for, case_id, "initial_verification", event_on=event_on)
    assert set(refused.value.errors) == {"event_on"}


def test_an_event_may_precede_the_file_by_a_year(ctx, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    _move(actor_for, case_id, "initial_verification", event_on=date(2025, 11, 22))
    assert _stage(actor_for, case_id) == "initial_verification"


def test_a_new_case_has_its_first_clock_running(ctx, actor_for):
    case_id = acting.case(actor_for)
    (clock,) = _terms(case_id).values()
    assert (clock.deadline_id, clock.started_at, clock.stopped_at) == ("take_to_commune", START, None)


def test_a_duty_at_once_is_open_and_never_overdue(ctx, clock, actor_for):
    case_id = acting.case(actor_for)
    clock.forward(days=9)
    assert _due(case_id) == (NO_TERM, NO_TERM)
    (row,) = list_cases(actor_for("minh")).items
    assert (row.term.deadline.id, row.term.due_at, row.term.past) == ("take_to_commune", None, False)
    assert list_cases(actor_for("minh"), show=Show.OVERDUE).items == ()
    assert view_desk(actor_for("minh")).cases_overdue == 0
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    _move(actor_for, case_id, "initial_verification")
    ended, _ = read_case(actor_for("minh"), case_id).terms[::-1]
    assert (ended.deadline.id, ended.due_at, ended.overdue) == ("take_to_commune", None, False)
    assert ended.stopped_at is not None


def test_an_unverified_term_comes_next_but_is_never_overdue(ctx, clock, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    _move(actor_for, case_id, "initial_verification")
    verified = _terms(case_id)["initial_verification"].due_at
    assert _due(case_id) == (verified, verified)
    for section, values in (
        ("identity", acting.IDENTITY),
        ("verification", {"initial_result": "x"}),
        ("statement", {"account": "x"}),
    ):
        acting.write(actor_for, case_id, section, values)
    _move(actor_for, case_id, "identification_pending")
    assert _due(case_id) == (_terms(case_id)["identification"].due_at, NO_TERM)
    clock.forward(days=40)
    (row,) = list_cases(actor_for("minh")).items
    assert (row.term.deadline.id, row.term.past, row.term.overdue) == ("identification", True, False)
    assert list_cases(actor_for("minh"), show=Show.OVERDUE).items == ()
    assert view_desk(actor_for("minh")).cases_overdue == 0


def test_a_term_that_reaches_into_a_year_not_announced_says_so(ctx, clock, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    _move(actor_for, case_id, "initial_verification")
    assert list_cases(actor_for("minh")).items[0].term.forecast is False
    clock.forward(days=72)  # Wednesday 03/02/2027
    other = acting.case(actor_for)
    acting.write(actor_for, other, "safe_contact", SAFE)
    _move(actor_for, other, "initial_verification")
    terms = {t.deadline.id: t for t in read_case(actor_for("minh"), other).terms}
    assert {t.deadline.id: t.forecast for t in terms.values()} == {
        "take_to_commune": False,
        "initial_verification": True,
    }


def test_a_step_stops_the_old_clocks_and_starts_the_new_ones(ctx, clock, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    moved_at = clock.forward(hours=5)
    _move(actor_for, case_id, "initial_verification")
    terms = _terms(case_id)
    assert terms["take_to_commune"].stopped_at == moved_at
    new = terms["initial_verification"]
    # Three days from Monday 23/11/2026: the term ends with Thursday 26/11/2026 in Viet Nam.
    assert (new.started_at, new.due_at) == (moved_at, datetime(2026, 11, 26, 17, 0, tzinfo=UTC))
    assert acting.look(select(Case.next_due_at).where(Case.id == case_id)) == new.due_at


def test_a_term_runs_from_the_day_of_the_event_not_of_the_entry(ctx, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", SAFE)
    _move(actor_for, case_id, "initial_verification", event_on=date(2026, 11, 16))
    assert _terms(case_id)["initial_verification"].due_at == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert [r.case.id for r in list_cases(actor_for("minh"), show=Show.OVERDUE).items] == [case_id]
    assert view_desk(actor_for("minh")).cases_overdue == 1


def test_a_closed_case_has_no_term_and_leaves_the_list(ctx, actor_for):
    case_id = acting.case(actor_for)
    asked = _move(actor_for, case_id, "closed", reason="Xong.")
    decide_move(actor_for("tuan"), asked.approval.id, approved=True)
    assert acting.look(select(Case.next_due_at).where(Case.id == case_id)) == NO_TERM
    assert list_cases(actor_for("minh")).items == ()
    assert [r.case.id for r in list_cases(actor_for("minh"), show=Show.CLOSED).items] == [case_id]


def test_the_case_due_first_is_on_top(ctx, clock, actor_for):
    first, second = acting.case(actor_for), acting.case(actor_for)
    for case_id in (first, second):
        acting.write(actor_for, case_id, "safe_contact", SAFE)
        _move(
            actor_for,
            case_id,
            "initial_verification",
            event_on=date(2026, 11, 20 if case_id == first else 17),
        )
    assert [r.case.id for r in list_cases(actor_for("tuan")).items] == [second, first]
