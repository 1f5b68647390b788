"""The demonstration: whole, in every stage, safe to start twice, and never in production."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from app.catalogue.procedures import CURRENT
from app.catalogue.roles import ROLES
from app.cli.demo import demo
from app.cli.demo.people import ACCOUNTS, FICTIONAL, PASSWORD, VICTIMS, WANTED
from app.config import Mode, Settings
from app.domain.actor import operator_of_the_service
from app.domain.events import InstallationBegun
from app.domain.terms import Person, fold
from app.extensions import db
from app.factory import create_app
from app.installation import install, join_parts
from app.ledger import current_ledger, verify
from app.models import Account, Approval, Case, Document, Handover, LedgerEntry, Report, Stay
from app.search import look_up
from app.services.indexing import DONE, check_step

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def prepared(folder, mode: Mode):
    settings = Settings(
        mode=mode,
        instance=folder,
        database_url=f"sqlite:///{folder / 'benan.db'}",
        key_store=str(folder / "keys"),
        secret_key="demo-test-" + "k3y" * 20,
        cookie_secure=False,
    )
    app = create_app(settings, clock=lambda: NOW)
    with app.app_context():
        upgrade()
        install(app)
        join_parts(app)
    return app


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A demonstration, loaded once, and what the command printed."""
    app = prepared(tmp_path_factory.mktemp("demo"), Mode.DEMO)
    clock = app.extensions["clock"]
    result = app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert app.extensions["clock"] is clock
    yield app, result.output
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(loaded):
    with loaded[0].app_context():
        yield loaded[0]
        db.session.remove()


def tally(column, *where) -> dict:
    return dict(db.session.execute(select(column, func.count()).where(*where).group_by(column)).all())


def test_cases_stand_in_every_stage_of_every_procedure(app):
    standing = {
        (case.procedure_id, stay.stage_id)
        for case, stay in db.session.execute(
            select(Case, Stay).join(Stay, Stay.case_id == Case.id).where(Stay.left_at.is_(None))
        )
    }
    assert standing == {(p.id, s.id) for p in CURRENT for t in p.tracks for s in t.stages}
    assert db.session.scalar(select(func.count()).select_from(Case)) >= 30


def test_there_is_something_to_do_for_everybody(app):
    assert {"case_opened", "case_joined", "passed_on", "closed", None} == set(tally(Report.outcome))
    assert db.session.scalar(select(func.count()).select_from(Report)) >= 40
    assert set(tally(Handover.state)) == {"offered", "confirmed", "refused"}
    assert set(tally(Document.state)) == {"draft", "issued"}
    assert set(tally(Approval.approved)) == {None, True, False}
    overdue = select(Case.id).where(Case.closed_at.is_(None), Case.overdue_from < NOW)
    assert len(db.session.scalars(overdue).all()) >= 3
    past = select(Case.id).where(Case.next_due_at < NOW, Case.overdue_from > NOW)
    assert len(db.session.scalars(past).all()) > 5
    waiting = select(Report.due_at).where(Report.outcome.is_(None))
    assert {due < NOW for due in db.session.scalars(waiting)} == {True, False}


def test_its_history_lies_in_the_past_in_order_and_its_ledger_is_whole(app):
    assert list(verify(db.session(), current_ledger().authenticate)) == []
    for lane in tally(LedgerEntry.lane):
        instants = db.session.scalars(
            select(LedgerEntry.at)
            .where(LedgerEntry.lane == lane, LedgerEntry.action != InstallationBegun.action)
            .order_by(LedgerEntry.counter)
        ).all()
        assert instants == sorted(instants)
        assert instants[-1] <= NOW
    numbers = db.session.scalars(select(Document.numbered_at).order_by(Document.number)).all()
    assert [n for n in numbers if n] == sorted(n for n in numbers if n)


def test_its_people_are_found_by_searching_and_every_file_is_in_the_index(app):
    named = [p for p in (*VICTIMS, *WANTED) if look_up(Person(names=(fold(p.name),), born=p.birth_date))]
    assert set(named) > set(VICTIMS)
    progress, gaps = None, ()
    while progress is None or progress.phase != DONE:
        db.session.remove()
        progress, more = check_step(operator_of_the_service(), progress)
        gaps += more
    assert gaps == ()


def test_every_account_is_invented_and_every_role_has_one(app):
    accounts = db.session.scalars(select(Account)).all()
    assert {a.role_id for a in accounts} == set(ROLES)
    assert all(a.display_name.endswith(FICTIONAL) for a in accounts)
    assert [a.username for a in accounts if a.must_change_password] == ["moi"]


def test_accounts_and_tokens_are_printed_and_open_the_api(loaded):
    app, printed = loaded
    for account in ACCOUNTS:
        assert account.username in printed
    assert PASSWORD in printed
    kept = app.extensions["benan.settings"].instance / "tokens.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    tokens = dict(line.split() for line in kept.read_text().splitlines())
    assert set(tokens) == {a.username for a in ACCOUNTS if a.permanent}
    assert all(token in printed for token in tokens.values())
    answer = app.test_client().get("/api/v1/cases", headers={"Authorization": f"Bearer {tokens['canbo']}"})
    assert answer.status_code == 200
    assert answer.json["items"]


def test_loading_again_changes_nothing_and_shows_the_accounts_again(loaded):
    app, first = loaded
    with app.app_context():
        before = tally(Report.channel), tally(Account.role_id)
        db.session.remove()
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0
    assert "already there" in result.output
    assert result.output.split("Everybody")[1] == first.split("Everybody")[1]
    with app.app_context():
        assert (tally(Report.channel), tally(Account.role_id)) == before
        db.session.remove()


def test_an_interrupted_load_says_what_to_do(loaded):
    app, _ = loaded
    kept = app.extensions["benan.settings"].instance / "tokens.txt"
    aside = kept.rename(kept.with_suffix(".aside"))
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    aside.rename(kept)
    assert result.exit_code == 1
    assert "interrupted" in result.output


def test_production_has_no_demonstration(tmp_path):
    app = prepared(tmp_path, Mode.PRODUCTION)
    assert "demo" not in app.cli.commands
    app.cli.add_command(demo)
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "BENAN_MODE=demo" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 0
        db.session.remove()
        db.engine.dispose()
