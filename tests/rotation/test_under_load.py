"""The root keys are rotated while officers read and write over the real server, killed three times at random.

The same script runs with 200,000 cases by hand: `python -m benchmarks.rotation`.
"""

from __future__ import annotations

import random
import sys

import pytest

from benchmarks import databases
from benchmarks.installation import Installation
from benchmarks.rotation import measure, under_load
from tests.conftest import database

CASES = 60


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    """A fresh installation in production mode."""
    with database(request.param, tmp_path, "load") as url:
        made = Installation(tmp_path, url)
        made.install()
        yield made
        with made.app.app_context():
            from app.extensions import db

            db.session.remove()
            db.engine.dispose()


def test_no_request_fails_and_only_the_new_root_keys_are_needed(place):
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    outcome = under_load(place, CASES, random.Random(seed), batch=5, calm=0.5, pause=0.1)
    sys.stdout.write(f"{outcome}\n")
    assert outcome.failures == []
    assert outcome.unreadable == 0
    assert len(outcome.killed) == 3
    assert set(outcome.roots) == {"identity-0002", "content-0002"}
    assert min(outcome.before[0], outcome.during[0]) > 0
    assert "The ledger is whole" in place.run("ledger", "verify", "--deep")


def test_the_measurement_runs():
    with databases.sqlite() as places:
        lines = measure(places, keys=50)
    assert [line.ratio > 0 for line in lines] == [True, True]
