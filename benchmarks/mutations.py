"""`python -m benchmarks.mutations --runs 10000 --seed N`: random single changes by SQL; verifying must find each.

A small but complete database is made through the services. Every run makes one change, verifies entries, tree,
checkpoints and every row on the same connection, and takes the change back. An unchanged database must raise no alarm.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import click
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.extensions import db, system_clock
from app.ledger import Finding, State, current_ledger, verify, verify_deep
from app.ledger.behind import behind, known_outside
from app.ledger.log import current_log
from app.ledger.sealed import verify_sealed
from benchmarks import complete, databases
from benchmarks.changes import Change, Changes

CHECK_EVERY = 100
TO_THE_END = 10
Progress = Callable[[int], None]


class Inside(Session):
    """A session inside a transaction that somebody else began: it rolls back to where it began, no further."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, join_transaction_mode="create_savepoint")

    def connection(self, *_args: Any, **_options: Any) -> Connection:
        """The connection, whose isolation was chosen already."""
        return super().connection()


@dataclass
class Outcome:
    """What a run of changes came to: how many, which were not found, how long one took in seconds."""

    runs: int = 0
    missed: list[Change] = field(default_factory=list)
    crashed: list[tuple[Change, Exception]] = field(default_factory=list)
    false_alarms: list[Finding] = field(default_factory=list)
    seconds: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Every change was found, nothing crashed, nothing else was alarmed about."""
        return not (self.missed or self.crashed or self.false_alarms)

    def __str__(self) -> str:
        """A line for each kind of change, then what went wrong."""
        counted = [f"  {count:6}  {kind}" for kind, count in sorted(self.kinds.items())]
        wrong = [
            *(f"NOT FOUND: {change}" for change in self.missed),
            *(f"BROKE {error!r:.200}: {change}" for change, error in self.crashed),
            *(f"FALSE ALARM: {finding}" for finding in self.false_alarms),
        ]
        found = self.runs - len(self.missed) - len(self.crashed)
        total = (
            f"{found} of {self.runs} found, {self.seconds * 1000:.0f} ms each; nothing held but: {self.empty}"
        )
        return "\n".join([*counted, total, *wrong])


def run(runs: int, seed: int, progress: Progress = lambda _: None, only: Collection[str] = ()) -> Outcome:
    """Make and verify that many changes on the application's database (inside a context); nothing of them stays.

    `only`: names of the tables to change; all that matter unless some are named.
    """
    outcome, began = Outcome(), time.perf_counter()
    with _unbound() as connection:
        tables = [table for table in db.metadata.sorted_tables if not only or table.name in only]
        changes = Changes(connection, tables, random.Random(seed))
        outcome.empty = changes.empty()
        outcome.false_alarms += findings(connection)
        for number in range(1, runs + 1):
            _change(connection, changes, outcome)
            if number % CHECK_EVERY == 0 or number == runs:
                outcome.false_alarms += findings(connection)
            progress(number)
    outcome.seconds = (time.perf_counter() - began) / max(runs, 1)
    return outcome


def findings(connection: Connection) -> Iterator[Finding]:
    """All that `flask ledger verify --deep` finds, on this connection."""
    log, outside = current_log(), known_outside(current_log())
    with Inside(connection) as session:
        yield from chain(
            verify(session, current_ledger().authenticate),
            behind(session, log, outside),
            verify_sealed(session, log, outside, lambda _: None),
            verify_deep(session, State(), lambda _: None),
        )


def _change(connection: Connection, changes: Changes, outcome: Outcome) -> None:
    change = changes.one()
    outcome.runs += 1
    label = f"{change.table}, {change.kind}"
    outcome.kinds[label] = outcome.kinds.get(label, 0) + 1
    try:
        with closing(findings(connection)) as found:
            if next(found, None) is None:
                outcome.missed.append(change)
            elif outcome.runs % TO_THE_END == 0:
                list(found)  # one broken place must not hide the others by breaking the check
    except Exception as error:  # noqa: BLE001 - a check that breaks says nothing of the other rows
        outcome.crashed.append((change, error))
    changes.back()


def main() -> None:
    """Make the database, change it that many times on each kind of database, and print what was not found."""
    parser = argparse.ArgumentParser(prog="benchmarks.mutations", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--only", nargs="*", default=(), help="names of the tables to change")
    asked = parser.parse_args()
    server = databases.server_url()
    whole = _on(databases.sqlite(), asked)
    if server is None:
        print("PostgreSQL: not tried; set TEST_POSTGRES_URL to a server where databases may be made.")
    else:
        whole = _on(databases.postgres(server), asked) and whole
    sys.exit(0 if whole else 1)


def _on(made: AbstractContextManager[databases.Databases], asked: argparse.Namespace) -> bool:
    with made as places:
        print(f"{places.name}: {asked.runs} changes, seed {asked.seed}", flush=True)
        clock = MovedClock()
        app = complete.installed(places.folder, places.urls["sealed"], clock)
        with app.app_context():
            complete.fill(complete.moved_in(), clock.later)
            db.session.remove()
            with click.progressbar(length=asked.runs, label="Changes", file=sys.stderr) as bar:
                outcome = run(asked.runs, asked.seed, lambda number: bar.update(number - bar.pos), asked.only)
            db.engine.dispose()
    print(outcome, flush=True)
    return outcome.whole


class MovedClock:
    """The system's clock, which days may be added to."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """The instant."""
        return system_clock() + self.ahead

    def later(self, span: timedelta) -> None:
        """Move on."""
        self.ahead += span


@contextmanager
def _unbound() -> Iterator[Connection]:
    """One connection in one snapshot on which no foreign key binds; everything is rolled back at the end."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            connection.rollback()
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


if __name__ == "__main__":
    main()
