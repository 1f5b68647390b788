"""One office of invented people and files, the same in every variant: what the measured requests work on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import position
from app.catalogue.roles import ROLES
from app.config import Mode, Settings
from app.domain.actor import Actor, Channel, operator_of_the_service
from app.domain.states import Outcome, UnitKind
from app.extensions import db, now
from app.factory import create_app
from app.installation import install, join_parts
from app.models import Case, Document
from app.services import accounts, assignments, classification, documents, moves, reports, sections, tokens

REPORT: Mapping[str, Any] = {
    "channel": "hotline_111",
    "danger_now": True,
    "people": 2,
    "children": 1,
    "language": "vi",
    "content": {
        "what_happened": "Người gọi (hư cấu) kể đã bị giữ giấy tờ và buộc làm việc không công. " * 8,
        "place": "Gần bến xe hư cấu",
        "caller_phone": "+84912345678",
    },
}
IDENTITY: Mapping[str, Any] = {
    "full_name": "Nguyễn Thị Hư Cấu",
    "sex": "female",
    "birth_date": "1995",
    "nationality": "VN",
    "current_residence": "Xã Giả Định (hư cấu)",
}
PARTY = {"position": "Cán bộ", "unit": "Phòng Cảnh sát hình sự (hư cấu)"}
OPERATORS = ("hotline_operator", *(f"hotline_operator{number}" for number in range(2, 13)))
TRACKS = {"trafficking_victim": "victim", "extradition_incoming": "request"}


class Office:
    """An application in the tests' mode with one unit, its people, and a client that holds their tokens."""

    def __init__(self, folder: Path, database_url: str) -> None:
        settings = Settings(
            mode=Mode.TEST,
            instance=folder,
            database_url=database_url,
            key_store=str(folder / "keys"),
            secret_key=uuid4().hex * 2,
            cookie_secure=False,
        )
        self.app: Flask = create_app(settings)
        with self.app.app_context():
            upgrade()
            install(self.app)
            join_parts(self.app)
        self.client = self.app.test_client()
        self.actors: dict[str, Actor] = {}
        self.tokens: dict[str, str] = {}

    def move_in(self) -> None:
        """Make the unit and its people, each with a token."""
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
            for name in (*OPERATORS, "case_officer", "supervisor"):
                role_id = "hotline_operator" if name in OPERATORS else name
                entries = accounts.NewAccount(name, "Người Hư Cấu", "Đại úy", "Cán bộ", unit.id, role_id)
                account, _ = accounts.create_account(us, entries, permanent=True)
                role = ROLES[role_id]
                self.actors[name] = Actor(account.id, unit.id, role, role.permissions, Channel.CLI, "local")
                _, self.tokens[name] = tokens.issue_token(us, account.id, "bench", role.permissions, days=1)
            db.session.remove()

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def call(self, role_id: str, method: str, path: str, expected: int, **kwargs: Any) -> TestResponse:
        """One request to the JSON API as that role; AssertionError for any other status than `expected`."""
        headers = {"Authorization": f"Bearer {self.tokens[role_id]}", **kwargs.pop("headers", {})}
        answer = self.client.open("/api/v1" + path, method=method, headers=headers, **kwargs)
        assert answer.status_code == expected, (method, answer.status_code, answer.text)
        return answer

    def open_case(self, procedure_id: str, values: Mapping[str, Mapping[str, Any]]) -> UUID:
        """A case of that procedure, assigned to the officer, with these sections written (inside a context)."""
        duty, officer, chief = (self.actors[r] for r in ("hotline_operator", "case_officer", "supervisor"))
        report = reports.log_report(duty, REPORT)
        decision = classification.Decision(Outcome.CASE_OPENED, procedure_id=procedure_id)
        case_id = classification.classify_report(duty, report.id, decision, version=report.version).case_id
        assert case_id is not None
        assignments.assign_case(chief, case_id, officer.id, version=self.version(case_id))
        for section_id, section in values.items():
            sections.write_section(officer, case_id, section_id, section, version=0)
        return case_id

    def version(self, case_id: UUID) -> int:
        """The case's present version (inside a context)."""
        version = db.session.scalars(select(Case.version).where(Case.id == case_id)).one()
        db.session.rollback()
        return version

    def move(self, case_id: UUID, to: str) -> moves.MoveResult:
        """The officer takes a step, or asks for it (inside a context)."""
        return moves.move_case(
            self.actors["case_officer"],
            case_id,
            self._track(case_id),
            to,
            version=self.version(case_id),
            reason="Lý do hư cấu",
        )

    def case_in_transfer(self) -> UUID:
        """A victim's case whose stage offers the handover papers (inside a context)."""
        today = position.local_date(now()).isoformat()
        answer = {
            "purpose": "handover",
            "answer": "given",
            "answered_on": today,
            "answered_by": "person",
            "language": "vi",
        }
        case_id = self.open_case(
            "trafficking_victim",
            {"identity": IDENTITY, "health": {"condition": "Ổn định"}, "consent": {"answers": [answer]}},
        )
        approval = self.move(case_id, "transferring").approval
        assert approval is not None
        moves.decide_move(self.actors["supervisor"], approval.id, approved=True)
        return case_id

    def draft(self, case_id: UUID) -> Document:
        """A complete draft of the record of handover (inside a context)."""
        yesterday = (position.local_date(now()) - timedelta(days=1)).isoformat()
        form = {
            "place": "Trụ sở hư cấu",
            "start_date": yesterday,
            "start_time": "09:30",
            "end_time": "11:15",
            "givers": [{"name": "Lục Văn Giả Định", "paper": "000-001", **PARTY}],
            "receivers": [{"name": "Hoàng Thị Ví Dụ", "paper": "000-002", **PARTY}],
            "health": "Ổn định",
            "copies": 2,
            "holders": [{"holder": "Bên giao", "count": 1}, {"holder": "Bên nhận", "count": 1}],
        }
        return documents.create_document(self.actors["case_officer"], case_id, "victim_handover", form)

    def _track(self, case_id: UUID) -> str:
        procedure_id = db.session.scalars(select(Case.procedure_id).where(Case.id == case_id)).one()
        db.session.rollback()
        return TRACKS[procedure_id]
