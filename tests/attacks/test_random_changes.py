"""SQL writer who changes anything, anywhere: 40 random single changes, each found by `ledger verify --deep`.

The same run with 10 000 changes: `python -m benchmarks.mutations`. A failure prints seed and change.
"""

from __future__ import annotations

import random
import sys

import pytest

from app.extensions import db
from benchmarks import complete, mutations
from benchmarks.changes import LEFT_OUT, MAY_GO

CHANGES = 40


@pytest.fixture
def filled(ctx, actor_for, clock):
    """A database with a row in every table that matters."""
    complete.fill(actor_for, lambda span: clock.forward(seconds=span.total_seconds()))
    db.session.remove()


def test_every_random_change_is_found_and_nothing_else(filled):
    seed = random.SystemRandom().randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    outcome = mutations.run(CHANGES, seed)
    assert outcome.empty == [], "a table without a row is not tried"
    assert outcome.whole, f"seed {seed}\n{outcome}"
    assert outcome.runs == CHANGES


def test_a_change_that_nothing_looks_at_is_reported_as_missed(filled, monkeypatch):
    monkeypatch.setattr(mutations, "findings", lambda _connection: iter(()))
    outcome = mutations.run(3, 1)
    assert len(outcome.missed) == 3
    assert "NOT FOUND" in str(outcome)


def test_what_is_left_out_is_written_down():
    from tests.test_docs import DOCS

    menu = (DOCS / "attacks.md").read_text(encoding="utf-8")
    assert all(f"`{table}`" in menu for table in LEFT_OUT | MAY_GO)
