"""A walk through the services: acts chosen at random, on files the walk itself began."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

from app.domain.errors import BenAnError
from app.domain.events import CasesListed
from app.domain.states import Outcome
from app.services import (
    accounts,
    assignments,
    cases,
    classification,
    desk,
    documents,
    handovers,
    moves,
    reports,
    searching,
    sections,
    sign_in,
)
from app.sessions import begin_session, end_sessions
from app.transaction import transaction
from tests.conftest import PASSWORD
from tests.ledger.logs import sealed
from tests.services import acting


class Walk:
    """Acts chosen at random; what the rules refuse is refused, and that is an act, too."""

    def __init__(self, cast, clock, chance: random.Random) -> None:
        self.cast, self.clock, self.chance = cast, clock, chance
        self.files: list = []

    def step(self) -> None:
        """One act of somebody."""
        self.clock.forward(seconds=self.chance.randrange(1, 4000))
        act: Callable[[], object] = self.chance.choice(self.acts if self.files else [self.begin])
        with suppress(BenAnError):
            act()

    @property
    def acts(self):
        return (
            self.begin,
            self.write,
            self.write,
            self.read,
            self.look_around,
            self.staff,
            self.move,
            self.paper,
            self.hand_over,
            self.sign_in,
            self.account,
            self.report,
            sealed,
        )

    @property
    def file(self):
        return self.chance.choice(self.files)

    @property
    def officer(self):
        return self.cast(self.chance.choice(("minh", "lan")))

    def begin(self):
        self.files.append(acting.case(self.cast, self.chance.choice(("minh", "lan"))))

    def write(self):
        section = self.chance.choice(("identity", "health", "consent"))
        values = {
            "identity": acting.IDENTITY,
            "health": {"condition": "Ổn định"},
            "consent": {"answers": [{"purpose": "handover", "answer": "given"}]},
        }
        case_id, version = self.file, self.chance.choice((0, 0, 1, 2))
        sections.write_section(self.officer, case_id, section, values[section], version=version)

    def read(self):
        sections.read_section(self.officer, self.file, "identity")

    def look_around(self):
        who = self.cast(self.chance.choice(("minh", "tuan", "sen", "hoa", "quan")))
        self.chance.choice((cases.list_cases, desk.view_desk, handovers.list_handovers))(who)
        searching.search(self.cast("tuan"), searching.Query(code="NN-0000-0000", reason="supervision"))

    def staff(self):
        case_id, who = self.file, self.officer
        version = acting.case_version(case_id)
        act = self.chance.choice((assignments.assign_case, assignments.end_assignment))
        act(self.cast("tuan"), case_id, who.id, version=version)

    def move(self):
        case_id = self.file
        to = self.chance.choice(("initial_verification", "transferring", "closed"))
        result = moves.move_case(
            self.officer, case_id, "victim", to, version=acting.case_version(case_id), reason="Hư cấu."
        )
        if result.approval:
            moves.decide_move(self.cast("tuan"), result.approval.id, approved=self.chance.random() < 0.8)

    def paper(self):
        made = documents.create_document(self.officer, self.file, "records_handover", dict(acting.FORM))
        documents.update_document(self.officer, made.id, dict(acting.FORM), version=made.version)

    def hand_over(self):
        offer = acting.offer(self.cast, self.file)
        handovers.confirm_handover(self.cast("sen"), offer.id, version=offer.version)

    def sign_in(self):
        anybody = self.cast("minh")
        with suppress(BenAnError):
            sign_in.sign_in(anybody, "minh", self.chance.choice((PASSWORD, "sai mật khẩu hoàn toàn")))
        begin_session(anybody.id, {})
        with transaction(anybody) as tx:
            end_sessions(anybody.id, tx.now)
            tx.record(CasesListed(count=0))

    def account(self):
        quan = self.cast("quan")
        row = self.chance.choice(accounts.list_accounts(quan)).account
        if row.username in {"hanh", "xoan"}:
            accounts.change_account(
                quan, row.id, role_id=row.role_id, active=not row.active, version=row.version
            )

    def report(self):
        logged = reports.log_report(
            self.cast("hoa"), dict(acting.ENTRIES), request_key=str(self.chance.randrange(4))
        )
        decision = classification.Decision(Outcome.CLOSED, close_reason="duplicate")
        classification.classify_report(self.cast("hoa"), logged.id, decision, version=logged.version)
