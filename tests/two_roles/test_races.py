"""What two transactions see of each other where each statement sees what is committed (PostgreSQL's usual level)."""

from __future__ import annotations

import threading

import pytest

from app import access
from app.domain.errors import Erased
from app.extensions import db
from app.services import erasure
from app.services.sections import read_section
from tests.rotation.test_erasure import ask, closed_case
from tests.services import acting


def test_erased_between_loading_the_file_and_asking_the_ledger_is_erased_and_no_alarm(
    app, ctx, actor_for, clock, monkeypatch
):
    case_id = closed_case(actor_for)
    clock.forward(days=2)
    asked, thu = ask(actor_for, case_id), actor_for("thu")
    db.session.remove()

    def erase():
        with app.app_context():
            erasure.decide_erasure(thu, asked.id, approved=True)
            db.session.remove()

    def meanwhile(*told):
        monkeypatch.undo()
        other = threading.Thread(target=erase)
        other.start()
        other.join()
        return access.ended_for_good(*told)

    minh = actor_for("minh")
    monkeypatch.setattr(access, "ended_for_good", meanwhile)
    with pytest.raises(Erased):
        read_section(minh, case_id, "identity")
    assert acting.entries(action="integrity:alarm") == []
    assert acting.whole()
