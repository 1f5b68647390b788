"""A whole installation in production mode: its own folder, the command line, gunicorn, and many cases made quickly."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from app import position, records
from app.catalogue.procedures import current_procedure
from app.catalogue.roles import ROLES
from app.config import load_settings
from app.domain.actor import Actor, Channel, operator_of_the_service
from app.domain.events import CaseOpened, CatalogueId
from app.domain.sealing import Branch
from app.domain.states import UnitKind
from app.extensions import db
from app.factory import create_app
from app.ledger.noted import note as tell_value
from app.models import Assignment, Case, DataKey, SealedValue, Stay
from app.models.cases import NO_TERM
from app.models.codes import new_code
from app.services import accounts, tokens
from app.transaction import transaction
from app.vault import current_vault

ROOT = Path(__file__).parents[1]
PER_TRANSACTION = 250  # cases
SECTIONS = {Branch.IDENTITY: "identity", Branch.CONTENT: "health"}


class Installation:
    """`run` its commands, `serve` it, and act within its application."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("BENAN_")},
            "BENAN_MODE": "production",
            "BENAN_INSTANCE": str(folder),
            "BENAN_DATABASE_URL": database_url,
            "BENAN_SECRET_KEY": secrets.token_urlsafe(48),
        }
        self.folder = folder
        self.app: Flask
        self.actors: dict[str, Actor] = {}
        self.tokens: dict[str, str] = {}

    def install(self) -> None:
        """`flask init`, one unit, and an officer, an operator and a chief with their tokens."""
        self.run("init")
        self.app = create_app(load_settings(self.environment, ROOT))
        with self.app.app_context():
            us = operator_of_the_service()
            unit = accounts.create_unit(
                us,
                name="Phòng Cảnh sát hình sự (hư cấu)",
                parent_name="Công an tỉnh Bến An",
                symbol="PC02",
                place_name="Bến An",
                kind=UnitKind.POLICE,
            )
            for role_id in ("hotline_operator", "case_officer", "supervisor"):
                entries = accounts.NewAccount(role_id, "Người Hư Cấu", "Đại úy", "Cán bộ", unit.id, role_id)
                account, _ = accounts.create_account(us, entries, permanent=True)
                role = ROLES[role_id]
                self.actors[role_id] = Actor(
                    account.id, unit.id, role, role.permissions, Channel.CLI, "local"
                )
                _, self.tokens[role_id] = tokens.issue_token(
                    us, account.id, "bench", role.permissions, days=1
                )
            db.session.remove()

    def command(self, *arguments: str) -> list[str]:
        """A command line of the operator."""
        return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]

    def run(self, *arguments: str) -> str:
        """Run one to its end; its output. CalledProcessError when it fails."""
        done = subprocess.run(  # noqa: S603 - our own command line
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one and come back at once."""
        with (self.folder / "commands.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command line
                self.command(*arguments), cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    @contextmanager
    def serve(self, workers: int = 2) -> Iterator[int]:
        """The real server on a port of its own, as wsgi.py starts it; ends with the block."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = "--no-control-socket -k gthread --threads 8 --timeout 120 --workers".split()  # noqa: SIM905 - reads as typed
        with (self.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(  # noqa: S603 - our own server
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    *options,
                    str(workers),
                    "--bind",
                    f"127.0.0.1:{port}",
                    "wsgi:app",
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(30)

    def fill(self, cases: int, progress: Any = None) -> list[UUID]:
        """That many received cases of the officer, each with a section in both branches; the n-th is of `name(n)`."""
        ids: list[UUID] = []
        with self.app.app_context():
            while len(ids) < cases:
                ids += self._some(len(ids), min(PER_TRANSACTION, cases - len(ids)))
                if progress:
                    progress(len(ids))
            db.session.remove()
        return ids

    def _some(self, first: int, count: int) -> list[UUID]:
        officer, chief = self.actors["case_officer"], self.actors["supervisor"]
        with transaction(officer) as tx:
            procedure = current_procedure("trafficking_victim", position.local_date(tx.now))
            cases = [_case(procedure, officer.unit_id, tx.now) for _ in range(count)]
            values = [
                pair
                for number, case in enumerate(cases, first)
                for pair in _values(case.id, number, officer.id, tx.now)
            ]
            places = [row for case in cases for row in _position(case, procedure, officer, chief, tx.now)]
            for rows in (cases, [key for key, _ in values], [value for _, value in values], places):
                db.session.add_all(rows)
                db.session.flush()  # what refers to a row follows it
            for _, value in values:
                tell_value(db.session(), value)
            for case in cases:
                tx.record(
                    CaseOpened(
                        subject_id=case.id,
                        procedure=CatalogueId(procedure.id),
                        procedure_version=procedure.version,
                        report_id=case.id,
                    )
                )
        return [case.id for case in cases]

    def unreadable(self, ids: list[UUID]) -> list[UUID]:
        """The cases whose identity is not what was written; all are opened."""
        wrong = []
        with self.app.app_context():
            for start in range(0, len(ids), PER_TRANSACTION):
                some = ids[start : start + PER_TRANSACTION]
                subjects = [records.Subject.case(id_) for id_ in some]
                found = records.read_all(subjects, SECTIONS.values())
                wrong += [
                    id_
                    for number, id_ in enumerate(some, start)
                    if found.get((id_, "identity"), {}).get("full_name") != name(number)
                    or (id_, "health") not in found
                ]
                db.session.rollback()
                db.session.expunge_all()
            db.session.remove()
        return wrong

    def roots(self) -> dict[str, int]:
        """How many living data keys each root key wraps."""
        with self.app.app_context():
            query = select(DataKey.root_key_id, db.func.count()).where(DataKey.wrapped.is_not(None))
            counts = dict(db.session.execute(query.group_by(DataKey.root_key_id)).tuples().all())
            db.session.remove()
        return counts


def name(number: int) -> str:
    """The invented person of the n-th case."""
    return f"Nguyễn Thị Hư Cấu {number:06d}"


def _case(procedure: Any, unit_id: UUID, at: datetime) -> Case:
    return Case(
        id=uuid4(),
        code=new_code(procedure.code_prefix),
        procedure_id=procedure.id,
        procedure_version=procedure.version,
        unit_id=unit_id,
        opened_at=at,
        changed_at=at,
        next_due_at=NO_TERM,
    )


def _position(case: Case, procedure: Any, officer: Actor, chief: Actor, at: datetime) -> Iterator[Any]:
    for track in procedure.tracks:
        yield Stay(
            id=uuid4(),
            case_id=case.id,
            track_id=track.id,
            stage_id=track.initial.id,
            event_on=position.local_date(at),
            entered_at=at,
            moved_by=officer.id,
        )
    yield Assignment(id=uuid4(), case_id=case.id, account_id=officer.id, assigned_by=chief.id, assigned_at=at)


def _values(case_id: UUID, number: int, author: UUID, at: datetime) -> Iterator[tuple[DataKey, SealedValue]]:
    told = {
        Branch.IDENTITY: {"full_name": name(number), "birth_date": "1995", "nationality": "VN"},
        Branch.CONTENT: {"condition": "Ổn định (hư cấu)"},
    }
    vault = current_vault()
    for branch, section in SECTIONS.items():
        root_key_id, wrapped, key = vault.new_data_key(case_id, branch, 1)
        place: dict[str, Any] = {"owner_id": case_id, "subject_id": case_id, "name": section, "version": 1}
        value = SealedValue(
            **place,
            branch=branch.value,
            key_number=1,
            sealed=vault.seal(key, records._encode(told[branch]), **place),  # noqa: SLF001 - the stored form
            written_at=at,
            written_by=author,
        )
        yield (
            DataKey(
                owner_id=case_id,
                branch=branch.value,
                number=1,
                root_key_id=root_key_id,
                wrapped=wrapped,
                created_at=at,
            ),
            value,
        )


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/sign-in")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")
