"""Nobody attacks: whatever the services do, in whatever order and however many at once, verifying raises no alarm.

And a deep check that goes on where it was interrupted, while officers work, still finds what somebody planted.
"""

from __future__ import annotations

import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import BenAnError
from app.extensions import db
from app.ledger import State, current_ledger, verify, verify_deep
from app.ledger.behind import behind, known_outside
from app.ledger.log import current_log
from app.ledger.sealed import verify_sealed
from app.models import Assignment, Case, Report
from app.services import (
    cases,
)
from tests.attacks import tampering
from tests.attacks.walking import Walk
from tests.ledger.logs import sealed
from tests.services import acting

STEPS = 30
CHECK_EVERY = 15
WRITERS = 4


def all_findings():
    """Everything `ledger verify --deep` looks at."""
    log, outside = current_log(), known_outside(current_log())
    with Session(db.engine) as session:
        found = [
            *verify(session, current_ledger().authenticate),
            *behind(session, log, outside),
            *verify_sealed(session, log, outside, lambda _: None),
        ]
    with Session(db.engine) as session:
        found += verify_deep(session, State(), lambda _: None)
    return [str(finding) for finding in found]


def test_a_random_walk_through_the_services_raises_no_alarm(ctx, actor_for, clock):
    seed = random.SystemRandom().randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    walk = Walk(actor_for, clock, random.Random(seed))
    for number in range(1, STEPS + 1):
        walk.step()
        if number % CHECK_EVERY == 0:
            db.session.remove()
            assert all_findings() == [], f"seed {seed}, step {number}"
    assert acting.entries(action="integrity:alarm") == [], f"seed {seed}"
    assert acting.look(select(func.count()).select_from(Case)) > 0


def _working(app, cast, stop):
    """Officers who read, write, list and log reports until they are told to stop."""
    numbers = iter(range(1_000_000))

    def work():
        while not stop.is_set():
            with app.app_context():
                number = next(numbers)
                with suppress(BenAnError):
                    if number % 3 == 0:
                        acting.report(cast)
                    elif number % 3 == 1:
                        cases.list_cases(cast("minh"))
                    else:
                        acting.assign(cast, acting.case(cast), "lan")
                db.session.remove()

    return work


@pytest.fixture
def officers(app, actor_for):
    """`with officers():` four writers at work on the same database."""
    with app.app_context():
        people = {name: actor_for(name) for name in ("hoa", "minh", "lan", "tuan")}

    @contextmanager
    def at_work():
        stop = threading.Event()
        work = _working(app, people.__getitem__, stop)
        with ThreadPoolExecutor(WRITERS) as pool:
            running = [pool.submit(work) for _ in range(WRITERS)]
            try:
                yield
            finally:
                stop.set()
        for writer in running:
            writer.result()

    return at_work


def test_deep_checks_while_four_people_write_raise_no_alarm(ctx, officers):
    found = []
    with officers():
        for _ in range(3):
            found += all_findings()
            sealed()
    assert found == []
    assert all_findings() == []
    assert acting.entry_count() > 12


def _resumed(session, state, batches):
    """Run a deep check for some batches, then break it off; the findings so far, and the state as it was kept."""
    kept, found = [state.encode()], []

    def save(reached):
        kept.append(reached.encode())
        if len(kept) > batches:
            raise InterruptedError

    with suppress(InterruptedError):
        for finding in verify_deep(session, state, save):
            found.append(str(finding))  # noqa: PERF401 - what was found before the interruption counts
        return found, None
    return found, State.decode(kept[-1])


def _whole_check_in_pieces(batches):
    state, found = State(), []
    while state is not None:
        with Session(db.engine) as session:
            more, state = _resumed(session, state, batches)
        found += more
        batches += 5  # or four writers would keep it in the first lanes for ever
    return found


def test_a_check_interrupted_again_and_again_while_others_write_raises_no_alarm(ctx, officers, actor_for):
    acting.handed_over(actor_for)
    db.session.remove()
    with officers():
        found = _whole_check_in_pieces(5)
    assert found == []


PLANTED = {
    "changed": lambda: tampering.change(Report, people=9),
    "deleted": lambda: tampering.remove(Assignment),
    "added": lambda: tampering.copied(Report, Report.id == tampering.rows(Report)[0]["id"], code="x"),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("batches", [3, 12])
def test_what_is_planted_is_found_by_a_check_that_was_interrupted(ctx, actor_for, plant, batches):
    acting.handed_over(actor_for)
    db.session.remove()
    plant()
    assert _whole_check_in_pieces(batches)


@pytest.mark.parametrize("after", [1, 5, 20, 40])
def test_what_is_planted_behind_a_running_check_is_found_by_it_or_by_the_next(ctx, actor_for, after):
    acting.handed_over(actor_for)
    db.session.remove()
    with Session(db.engine) as session:
        found, state = _resumed(session, State(), after)
    assert found == []
    tampering.sql(update(Case.__table__).values(code="NN-0000-0000"))
    while state is not None:
        with Session(db.engine) as session:
            more, state = _resumed(session, state, 10)
        found += more
    assert found or all_findings()
    assert any("case_file" in line for line in all_findings())
