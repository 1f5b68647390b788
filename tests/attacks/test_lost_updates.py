"""Two people write the same thing: the second is told, and nothing is overwritten unseen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.domain.errors import BenAnError, Conflict
from app.domain.states import Outcome
from app.extensions import db
from app.models import Assignment, Case, Report, SealedValue, Stay
from app.services import accounts, assignments, classification, documents, handovers, moves, sections
from tests.services import acting


def _together(app, *acts):
    """Run the acts at the same moment, each in a context of its own; their results or refusals."""
    start = threading.Barrier(len(acts))

    def run(act):
        with app.app_context():
            start.wait()
            try:
                return act()
            except BenAnError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _refusals(results):
    return [r for r in results if isinstance(r, BenAnError)]


def test_a_stale_section_is_a_conflict_and_keeps_what_is_stored(ctx, actor_for):
    case_id = acting.case(actor_for, "minh", "lan")
    sections.write_section(actor_for("minh"), case_id, "identity", {"full_name": "Một"}, version=0)
    with pytest.raises(Conflict):
        sections.write_section(actor_for("lan"), case_id, "identity", {"full_name": "Hai"}, version=0)
    stored = sections.read_section(actor_for("lan"), case_id, "identity")
    assert (stored.version, stored.values) == (1, {"full_name": "Một"})
    again = sections.write_section(actor_for("lan"), case_id, "identity", {"full_name": "Hai"}, version=1)
    assert again.version == 2


@pytest.mark.parametrize("seen", [-1, 2, 99])
def test_a_version_nobody_can_have_seen_is_a_conflict(ctx, actor_for, seen):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "identity", {"full_name": "Một"})
    with pytest.raises(Conflict):
        acting.write(actor_for, case_id, "identity", {"full_name": "Hai"}, version=seen)


def test_sections_written_at_the_same_moment_leave_one_winner(app, ctx, actor_for):
    case_id = acting.case(actor_for)
    minh = actor_for("minh")
    results = _together(
        app,
        *(
            lambda n=n: sections.write_section(
                minh, case_id, "identity", {"full_name": f"Người {n}"}, version=0
            )
            for n in range(6)
        ),
    )
    assert len(_refusals(results)) == 5
    assert {type(r) for r in _refusals(results)} == {Conflict}
    (winner,) = (r for r in results if not isinstance(r, BenAnError))
    stored = sections.read_section(minh, case_id, "identity")
    assert (stored.version, stored.values) == (1, winner.values)
    query = select(func.count()).select_from(SealedValue).where(SealedValue.subject_id == case_id)
    assert acting.look(query.where(SealedValue.name == "identity")) == 1
    assert len(acting.entries(action="section:written")) == 1


def test_different_sections_written_at_the_same_moment_are_all_kept(app, ctx, actor_for):
    case_id = acting.case(actor_for)
    minh = actor_for("minh")
    values = {
        "identity": {"full_name": "Một"},
        "health": {"condition": "Hai"},
        "statement": {"account": "Ba"},
        "support": {"needs": "Bốn"},
    }
    results = _together(
        app,
        *(lambda s=s, v=v: sections.write_section(minh, case_id, s, v, version=0) for s, v in values.items()),
    )
    assert _refusals(results) == []
    for section, said in values.items():
        assert sections.read_section(minh, case_id, section).values == said


def test_a_report_is_classified_once(app, ctx, actor_for):
    logged = acting.report(actor_for)
    decision = classification.Decision(Outcome.CASE_OPENED, procedure_id="trafficking_victim")
    hoa, tuan = actor_for("hoa"), actor_for("tuan")
    results = _together(
        app,
        *(
            lambda who=who: classification.classify_report(who, logged.id, decision, version=logged.version)
            for who in (hoa, tuan, hoa, tuan)
        ),
    )
    assert [type(r) for r in _refusals(results)] == [Conflict] * 3
    assert acting.look(select(func.count()).select_from(Case)) == 1
    assert acting.look(select(Report.version).where(Report.id == logged.id)) == logged.version + 1


def test_a_move_is_made_once(app, ctx, actor_for):
    case_id = acting.case(actor_for)
    acting.write(actor_for, case_id, "safe_contact", {"safe_way": "phone"})
    version, minh = acting.case_version(case_id), actor_for("minh")
    results = _together(
        app,
        *(
            lambda: moves.move_case(minh, case_id, "victim", "initial_verification", version=version)
            for _ in range(4)
        ),
    )
    assert len(_refusals(results)) == 3
    assert acting.look(select(func.count()).select_from(Stay).where(Stay.case_id == case_id)) == 2


def test_a_request_is_decided_once(app, ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    approval_id = acting.ask_transfer(actor_for, case_id)
    tuan, thu = actor_for("tuan"), actor_for("thu")
    results = _together(
        app,
        lambda: moves.decide_move(tuan, approval_id, approved=True),
        lambda: moves.decide_move(thu, approval_id, approved=False, reason="Chưa đủ."),
    )
    assert [type(r) for r in _refusals(results)] == [Conflict]
    assert len(acting.entries(action="case:move_decided")) == 1


def test_an_officer_is_put_on_a_case_once(app, ctx, actor_for):
    case_id = acting.case(actor_for)
    version, lan, tuan = acting.case_version(case_id), actor_for("lan"), actor_for("tuan")
    results = _together(
        app,
        *(lambda: assignments.assign_case(tuan, case_id, lan.id, version=version) for _ in range(4)),
    )
    assert [type(r) for r in _refusals(results)] == [Conflict] * 3
    query = select(func.count()).select_from(Assignment).where(Assignment.account_id == lan.id)
    assert acting.look(query) == 1


def test_a_stale_draft_is_a_conflict(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    paper = acting.draft(actor_for, case_id)
    documents.update_document(actor_for("minh"), paper.id, acting.FORM, version=paper.version)
    with pytest.raises(Conflict):
        documents.update_document(actor_for("minh"), paper.id, acting.FORM, version=1)


def test_a_handover_is_confirmed_or_withdrawn_but_not_both(app, ctx, actor_for):
    _, handover = acting.offered(actor_for)
    minh, sen = actor_for("minh"), actor_for("sen")
    results = _together(
        app,
        lambda: handovers.withdraw_handover(minh, handover.id, version=handover.version),
        lambda: handovers.confirm_handover(sen, handover.id, version=handover.version),
    )
    assert len(_refusals(results)) == 1
    states = len(acting.entries(action="handover:withdrawn")), len(acting.entries(action="handover:decided"))
    assert sorted(states) == [0, 1]


def test_a_stale_account_change_is_a_conflict(ctx, actor_for):
    quan = actor_for("quan")
    hoa = next(r.account for r in accounts.list_accounts(quan) if r.account.username == "hoa")
    accounts.change_account(quan, hoa.id, role_id="case_officer", active=True, version=hoa.version)
    with pytest.raises(Conflict):
        accounts.change_account(quan, hoa.id, role_id="supervisor", active=True, version=1)


def test_the_same_request_sent_twice_at_once_creates_one_report(app, ctx, actor_for):
    from app.services.reports import log_report

    hoa = actor_for("hoa")
    results = _together(
        app, *(lambda: log_report(hoa, acting.ENTRIES, request_key="the-same-key") for _ in range(5))
    )
    made = {r.id for r in results if not isinstance(r, BenAnError)}
    assert len(made) == 1
    assert acting.look(select(func.count()).select_from(Report)) == 1
