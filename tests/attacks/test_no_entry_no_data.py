"""No ledger entry, no data: a use case that cannot be recorded changes nothing and shows nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import Forbidden, NotVisible
from app.domain.events import CasesListed
from app.extensions import db
from app.ledger import Ledger
from app.models import Report, SealedValue, Unit
from app.services import accounts, cases, desk, reports, sections
from app.transaction import UnrecordedTransaction, transaction
from tests.conftest import token_for
from tests.services import acting
from tests.services.acting import entries, entry_count, look


class LedgerDownError(Exception):
    """The ledger cannot be written."""


@pytest.fixture
def ledger_down(monkeypatch):
    """`ledger_down()`: from now on no entry can be appended."""

    def refuse(*_args, **_kwargs):
        raise LedgerDownError

    return lambda: monkeypatch.setattr(Ledger, "append", refuse)


def _unit(symbol):
    return Unit(name=symbol, parent_name="x", symbol=symbol, place_name="x", kind="police")


def test_a_use_case_without_an_entry_is_not_committed(ctx, actor_for):
    with pytest.raises(UnrecordedTransaction), transaction(actor_for("quan")):
        db.session.add(_unit("silent"))
    assert look(select(Unit).where(Unit.symbol == "silent")) is None
    assert entry_count() == 0


def test_a_use_case_with_an_entry_is_committed_with_it(ctx, actor_for):
    with transaction(actor_for("quan")) as tx:
        db.session.add(_unit("spoken"))
        tx.record(CasesListed(count=1))
    assert look(select(Unit.symbol).where(Unit.symbol == "spoken")) == "spoken"
    assert entry_count() == 1


def test_a_use_case_does_not_run_inside_another(ctx, actor_for):
    actor = actor_for("quan")
    with transaction(actor) as tx:
        tx.record(CasesListed(count=1))
        with pytest.raises(RuntimeError, match="nest"), transaction(actor):
            pytest.fail("the inner one ran")
    assert entry_count() == 1


def test_a_programming_error_leaves_nothing_behind(ctx, actor_for):
    def half_done():
        with transaction(actor_for("quan")) as tx:
            tx.record(CasesListed(count=1))
            db.session.add(_unit("half"))
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert entry_count() == 0
    assert look(select(Unit).where(Unit.symbol == "half")) is None


def test_a_denial_is_recorded_and_what_was_done_before_it_is_not(ctx, actor_for):
    actor = actor_for("khac")
    case_id = acting.case(actor_for)
    before = entry_count()
    with pytest.raises(NotVisible):
        cases.read_case(actor, case_id)
    (entry,) = entries(action="access:denied")
    assert entry_count() == before + 1
    assert (entry.actor_id, entry.subject_id, entry.subject_kind) == (actor.id, case_id, "case")
    assert acting.body(entry) == {"visible": False}


def test_a_refused_act_names_the_right_that_was_missing(ctx, actor_for):
    case_id = acting.case(actor_for)
    with pytest.raises(Forbidden):
        sections.write_section(actor_for("tuan"), case_id, "identity", {}, version=0)
    (entry,) = entries(action="access:denied")
    assert acting.body(entry) == {"permission": "section:write", "visible": True}


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(
            lambda cast, case_id: sections.read_section(cast("minh"), case_id, "identity"), id="section"
        ),
        pytest.param(lambda cast, case_id: cases.read_case(cast("minh"), case_id), id="case"),
        pytest.param(lambda cast, _: cases.list_cases(cast("minh")), id="list"),
        pytest.param(lambda cast, _: desk.view_desk(cast("minh")), id="desk"),
        pytest.param(lambda cast, _: accounts.list_accounts(cast("quan")), id="accounts"),
        pytest.param(lambda cast, _: reports.list_reports(cast("hoa")), id="reports"),
    ],
)
def test_when_the_ledger_cannot_be_written_nothing_is_returned(ctx, actor_for, ledger_down, read):
    case_id = acting.ready_to_transfer(actor_for)
    ledger_down()
    with pytest.raises(LedgerDownError):
        read(actor_for, case_id)


def test_when_the_ledger_cannot_be_written_nothing_is_stored(ctx, actor_for, ledger_down):
    case_id = acting.ready_to_transfer(actor_for)
    kept = _counts()
    ledger_down()
    with pytest.raises(LedgerDownError):
        acting.report(actor_for)
    with pytest.raises(LedgerDownError):
        acting.write(actor_for, case_id, "identity", {"full_name": "Người Khác"}, version=1)
    assert _counts() == kept


def test_when_a_denial_cannot_be_recorded_it_stays_a_refusal(ctx, actor_for, ledger_down):
    case_id = acting.case(actor_for)
    actor = actor_for("khac")
    ledger_down()
    with pytest.raises(LedgerDownError):
        cases.read_case(actor, case_id)
    db.session.rollback()


def _counts():
    with Session(db.engine) as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in (Report, SealedValue)]


@pytest.fixture
def named_case(app, actor_for):
    """A case whose identity section holds a name to look for."""
    with app.app_context():
        case_id = acting.ready_to_transfer(actor_for)
        db.session.remove()
    return case_id


def test_a_page_shows_the_name_while_the_ledger_can_be_written(named_case, client_for):
    answer = client_for("minh").get(f"/cases/{named_case}/sections/identity")
    assert answer.status_code == 200
    assert acting.IDENTITY["full_name"] in answer.text


def test_no_page_shows_the_name_when_the_ledger_cannot_be_written(app, named_case, client_for, ledger_down):
    browser = client_for("minh")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        ledger_down()
        answer = browser.get(f"/cases/{named_case}/sections/identity")
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code >= 500
    assert acting.IDENTITY["full_name"] not in answer.text


def test_no_answer_of_the_api_holds_the_name_when_the_ledger_cannot_be_written(app, named_case, ledger_down):
    token = token_for(app, "minh")
    path = f"/api/v1/cases/{named_case}/sections/identity"
    headers = {"Authorization": f"Bearer {token}"}
    browser = app.test_client()
    shown = browser.get(path, headers=headers)
    assert shown.json["values"]["full_name"] == acting.IDENTITY["full_name"]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        ledger_down()
        answer = browser.get(path, headers=headers)
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code >= 500
    assert b"full_name" not in answer.data
