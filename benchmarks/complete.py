"""A small database with a row in every table, made through the services: what random changes are made to."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app.catalogue.roles import ROLES
from app.config import Mode, Settings
from app.domain.actor import Actor, Channel, operator_of_the_service
from app.domain.states import Outcome, UnitKind
from app.extensions import Clock, db, now
from app.factory import create_app
from app.installation import install, join_parts
from app.ledger.log import current_log
from app.ledger.seal import seal
from app.models import Case, Erasure
from app.position import local_date
from app.services import (
    accounts,
    attachment_intake,
    classification,
    erasure,
    keeping,
    moves,
    reports,
    searching,
    sections,
    tokens,
)
from app.sessions import begin_session
from tests.conftest import CAST, UNITS
from tests.services import acting

Cast = Callable[[str], Actor]


def installed(folder: Path, database_url: str, clock: Clock) -> Flask:
    """An application in the tests' mode on an empty database."""
    settings = Settings(
        mode=Mode.TEST,
        instance=folder,
        database_url=database_url,
        key_store=str(folder / "keys"),
        secret_key=uuid4().hex * 2,
        cookie_secure=False,
    )
    app = create_app(settings, clock=clock)
    with app.app_context():
        upgrade()
        install(app)
        join_parts(app)
    return app


def moved_in() -> Cast:
    """The units and people of the tests' cast, made by the operator of the service (inside a context)."""
    us, units, people = operator_of_the_service(), {}, {}
    for key, (name, parent, symbol, place, kind) in UNITS.items():
        units[key] = accounts.create_unit(
            us, name=name, parent_name=parent, symbol=symbol, place_name=place, kind=UnitKind(kind)
        )
    for username, (name, role_id, unit) in CAST.items():
        entries = accounts.NewAccount(username, f"{name} (hư cấu)", "", "Cán bộ", units[unit].id, role_id)
        account, _ = accounts.create_account(us, entries, permanent=True)
        role = ROLES[role_id]
        people[username] = Actor(account.id, account.unit_id, role, role.permissions, Channel.CLI, "local")
    return people.__getitem__


def fill(cast: Cast, later: Callable[[timedelta], object]) -> None:
    """Files in every state there is, sealed in between; `later` moves the clock on."""
    case_id, _ = acting.handed_over(cast)
    _, handover = acting.offered(cast)
    acting.ask_transfer(cast, acting.ready_to_transfer(cast))
    seal_all()
    extradition = acting.case(cast, procedure="extradition_incoming")
    attachment_intake.add_attachment(
        cast("minh"), extradition, io.BytesIO(b"Bien ban (hu cau).\n" * 9), name="a.txt"
    )
    sections.write_section(cast("minh"), extradition, "identity", {"full_name": "Lý Văn Hư Cấu"}, version=0)
    _reports(cast, acting.case(cast))
    seal_all()
    _sign_ins(cast)
    erasure.decide_erasure(cast("thu"), to_erase(cast, later).id, approved=True)
    to_erase(cast, later)
    searching.search(cast("tuan"), searching.Query(code="NN-0000-0000", reason="supervision"))
    assert case_id != handover.case_id


def seal_all() -> None:
    """Seal every entry there is."""
    for _ in seal(db.engine, current_log(), now):
        pass


def _reports(cast: Cast, case_id: UUID) -> None:
    """One joined to a case, one closed, one waiting and made under a request key."""
    joined, closed = acting.report(cast), acting.report(cast)
    code = acting.look(select(Case.code).where(Case.id == case_id))
    for report, decision in (
        (joined, classification.Decision(Outcome.CASE_JOINED, case_code=code)),
        (closed, classification.Decision(Outcome.CLOSED, close_reason="duplicate", note="Trùng (hư cấu).")),
    ):
        classification.classify_report(cast("hoa"), report.id, decision, version=report.version)
    for key in ("một", "hai"):
        reports.log_report(cast("hoa"), dict(acting.ENTRIES), request_key=key)


def _sign_ins(cast: Cast) -> None:
    for name in ("minh", "tuan"):
        begin_session(cast(name).id, {"locale": "vi"})
        tokens.issue_token(
            operator_of_the_service(), cast(name).id, "máy", cast(name).role.permissions, days=9
        )


def to_erase(cast: Cast, later: Callable[[timedelta], object]) -> Erasure:
    """A closed file whose term is over and whose erasing is asked for."""
    case_id, last_day = acting.ready_to_transfer(cast), local_date(now())
    version = acting.case_version(case_id)
    asked = moves.move_case(
        cast("minh"), case_id, "victim", "closed", version=version, reason="Xong (hư cấu)."
    )
    assert asked.approval is not None
    moves.decide_move(cast("tuan"), asked.approval.id, approved=True)
    keeping.set_term(cast("tuan"), case_id, last_day, "unit_schedule", version=acting.case_version(case_id))
    later(timedelta(days=2))
    version = acting.case_version(case_id)
    return erasure.request_erasure(cast("tuan"), case_id, "term_over", version=version)
