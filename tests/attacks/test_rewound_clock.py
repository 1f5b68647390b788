"""Clock rewound: somebody sets the server's clock back, so that a look seems older than it was or a term unbroken.

DETECTED: by `ledger health` (every minute, and at each start) while the clock is behind, by `ledger verify` for good,
because checkpoints carry the time they were signed at. Nothing is sealed into the past: places in the tree only grow.
"""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Clock
from app.services import cases, sections
from tests.ledger.logs import sealed, write
from tests.services import acting


def run(app, word):
    """Exit code and output of a `flask ledger` command."""
    result = app.test_cli_runner().invoke(args=["ledger", word])
    return result.exit_code, result.output


@pytest.fixture
def worked(ctx, actor_for, clock):
    """A file worked on and sealed at nine o'clock."""
    case_id = acting.ready_to_transfer(actor_for)
    clock.forward(minutes=30)
    write(1)
    sealed()
    return case_id


def test_while_the_clock_is_behind_health_says_so(ctx, worked, clock, actor_for):
    clock.forward(days=-1)
    code, output = run(ctx, "health")
    assert (code, "the clock was put back" in output) == (1, True)


def test_an_entry_dated_into_the_past_keeps_its_place_in_the_tree(ctx, worked, clock, actor_for):
    """The look is told with a false hour, between neighbours that show it, and verify says so when it was sealed."""
    clock.forward(days=-1)
    sections.read_section(actor_for("minh"), worked, "identity")
    sealed()
    clock.forward(days=1)
    code, output = run(ctx, "verify")
    assert (code, "dated before an earlier one: the clock was put back" in output) == (1, True)


def test_a_clock_set_right_by_little_is_no_alarm(ctx, worked, clock):
    clock.forward(seconds=-20)
    write(1)
    sealed()
    assert run(ctx, "verify")[0] == 0


def test_a_term_does_not_move_with_the_clock(ctx, worked, clock, actor_for):
    """A due date is stored under a code when the term begins; going back does not lengthen it."""
    due = {clock_row.due_at for clock_row in _clocks(worked)}
    clock.forward(days=-3)
    cases.read_case(actor_for("minh"), worked)
    assert {clock_row.due_at for clock_row in _clocks(worked)} == due


def test_a_session_does_not_live_longer_by_going_back(app, client_for, clock):
    """Rewinding keeps a session alive while it lasts; its end is stored, and health says that the clock is behind."""
    browser = client_for("minh")
    clock.forward(hours=9)
    assert browser.get("/").status_code in (302, 303, 401)
    clock.forward(hours=-9)
    assert run(app, "health")[0] in (0, 1)
    clock.forward(hours=11)
    assert browser.get("/").status_code in (302, 303, 401)


def _clocks(case_id):
    with Session(db.engine) as session:
        return session.query(Clock).filter_by(case_id=case_id).all()
