"""Rotation of the root keys: what a case costs, and the whole thing under load, killed at random and resumed.

`python -m benchmarks.rotation --cases 200000 [--on sqlite|postgres] [--seed N]`
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.actor import operator_of_the_service
from app.domain.events import CasesListed
from app.domain.sealing import Branch
from app.extensions import db, now, part
from app.models import DataKey
from app.services.key_rotation import rewrap_keys, rotate_root
from app.transaction import transaction
from app.vault import KeyStore, current_vault
from benchmarks import databases
from benchmarks.clients import Officers
from benchmarks.databases import VARIANTS, Databases
from benchmarks.installation import Installation
from benchmarks.line import Line
from benchmarks.office import Office

SEALED = VARIANTS[0]
KILLS = 3
TRIED = 20_000  # keys, unwrapped and wrapped without anything around them


def measure(places: Databases, *, keys: int = 4_000) -> list[Line]:
    """Data keys wrapped anew per second, row codes, ledger and commit included, beside bare unwrapping and wrapping."""
    office = Office(places.folder / "rotation", places.urls[SEALED])
    try:
        office.move_in()
        with office.app.app_context():
            _store_keys(office, keys)
            old = part("key_store").present_root(Branch.CONTENT)
            rotate_root(operator_of_the_service(), Branch.CONTENT)
            began, after = time.process_time(), None
            while batch := rewrap_keys(operator_of_the_service(), old, after):
                after = batch.last
            spent = (time.process_time() - began) / keys
            store, bare = _by_the_store(part("key_store")), _bare()
            db.session.remove()
    finally:
        office.close()
    floors = {"the key store's unwrap and wrap": store, "bare AES-256-GCM, twice": bare}
    return [Line(f"rotation / {name}", 1 / spent, 1 / floor, spent / floor) for name, floor in floors.items()]


def _store_keys(office: Office, count: int) -> None:
    with transaction(office.actors["supervisor"]) as tx:
        for _ in range(count):
            owner = uuid4()
            root_key_id, wrapped, _key = current_vault().new_data_key(owner, Branch.CONTENT, 1)
            db.session.add(
                DataKey(
                    owner_id=owner,
                    branch=Branch.CONTENT.value,
                    number=1,
                    root_key_id=root_key_id,
                    wrapped=wrapped,
                    created_at=now(),
                )
            )
        tx.record(CasesListed(count=0))


def _by_the_store(store: KeyStore) -> float:
    """Seconds of processor time in which the key store unwraps one data key and wraps it again, and nothing else."""
    root, context, key = store.present_root(Branch.CONTENT), b"context" * 5, bytes(32)
    wrapped = store.wrap(root, key, context)
    began = time.process_time()
    for _ in range(TRIED):
        store.wrap(root, store.unwrap(root, wrapped, context), context)
    return (time.process_time() - began) / TRIED


def _bare() -> float:
    """The same of the two ciphers alone, without a key store around them."""
    old, new, context, nonce = AESGCM(bytes(32)), AESGCM(b"1" * 32), b"context" * 5, bytes(12)
    wrapped = old.encrypt(nonce, bytes(32), context)
    began = time.process_time()
    for _ in range(TRIED):
        new.encrypt(os.urandom(12), old.decrypt(nonce, wrapped, context), context)
    return (time.process_time() - began) / TRIED


@dataclass(slots=True)
class Outcome:
    """What a rotation under load showed; times in seconds."""

    cases: int
    keys: int
    killed: list[float]
    spent: float
    cpu: float
    store: float
    bare: float
    before: tuple[int, float, float]
    during: tuple[int, float, float]
    failures: list[str]
    unreadable: int
    roots: dict[str, int]

    def __str__(self) -> str:
        """The report."""
        name = "{} answers, median {:.0f} ms, 99th percentile {:.0f} ms".format
        each = self.cpu / self.keys
        return "\n".join(
            (
                f"data keys wrapped anew      {self.keys} of {self.cases} cases and the reports taken meanwhile",
                f"killed when so much was done {', '.join(f'{share:.0%}' for share in self.killed)}",
                f"time until the last one      {self.spent:.1f} s, {self.spent / self.cases * 1e6:.0f} us a case",
                f"processor time of rewrap     {self.cpu:.1f} s, {each * 1e6:.0f} us a key",
                f"the key store's share        {self.store * 1e6:.1f} us a key: {each / self.store:.1f} times",
                f"AES-256-GCM alone, twice     {self.bare * 1e6:.1f} us a key: {each / self.bare:.1f} times",
                f"officers before              {name(*self.before)}",
                f"officers meanwhile           {name(*self.during)}",
                f"failed requests              {len(self.failures)} {self.failures[:3]}",
                f"unreadable cases             {self.unreadable}",
                f"root keys in use             {self.roots}",
            )
        )


def under_load(
    place: Installation,
    cases: int,
    chance: random.Random,
    *,
    batch: int = 500,
    calm: float = 10.0,
    pause: float = 0.0,
) -> Outcome:
    """Fill, serve, rotate, rewrap, kill it three times at random and resume, retire; nothing may fail meanwhile."""
    began = time.monotonic()
    ids = place.fill(cases, lambda done: _tell(f"\r{done} cases in {time.monotonic() - began:.0f} s "))
    old = set(place.roots())
    seed = chance.randrange(10**6)
    with place.serve() as port, Officers(port, place.tokens, ids, seed, pause=pause) as officers:
        started = time.monotonic()
        time.sleep(calm)
        rotating = time.monotonic()
        place.run("keys", "rotate")
        keys = sum(count for root, count in place.roots().items() if root in old)
        killed, cpu = _killed_and_resumed(place, keys, old, chance, batch)
        spent = time.monotonic() - rotating
        for root in sorted(old):
            place.run("keys", "retire", root, "--yes")
        ended = time.monotonic()
        time.sleep(calm / 2)
    seen = officers.seen
    with place.app.app_context():
        store, bare = _by_the_store(part("key_store")), _bare()
    return Outcome(
        cases=cases,
        keys=keys,
        killed=killed,
        spent=spent,
        cpu=cpu,
        store=store,
        bare=bare,
        before=seen.percentiles(started, rotating),
        during=seen.percentiles(rotating, ended),
        failures=seen.failures,
        unreadable=len(place.unreadable(ids)),
        roots=place.roots(),
    )


def _killed_and_resumed(
    place: Installation, keys: int, old: set[str], chance: random.Random, batch: int
) -> tuple[list[float], float]:
    killed, cpu, idle = [], 0.0, _idle_cpu(place)
    for share in sorted(chance.uniform(0.05, 0.9) for _ in range(KILLS)):
        process = place.start("keys", "rewrap", "--batch", str(batch))
        while (done := _done(place, keys, old)) < share and process.poll() is None:
            time.sleep(max(0.01, keys / 1e6))  # counting them all is work for the database, too
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        killed.append(max(done, _done(place, keys, old)))
        cpu += _cpu_of(process) - idle
    last = place.start("keys", "rewrap", "--batch", str(batch))
    cpu += _cpu_of(last) - idle
    assert last.returncode == 0, (place.folder / "commands.log").read_text()
    return killed, cpu


def _done(place: Installation, keys: int, old: set[str]) -> float:
    return 1 - sum(count for root, count in place.roots().items() if root in old) / keys


def _idle_cpu(place: Installation) -> float:
    """What starting the command line costs."""
    return _cpu_of(place.start("keys", "status"))


def _cpu_of(process: subprocess.Popen[bytes]) -> float:
    """Wait for its end; seconds of processor time it used."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def main() -> None:
    """The whole thing on one or both databases."""
    parser = argparse.ArgumentParser(prog="benchmarks.rotation", description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--on", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--no-verify", action="store_true", help="Leave the deep check of the ledger out.")
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.cases} cases")
    for kind in asked.on or ("sqlite", "postgres"):
        with databases.sqlite() if kind == "sqlite" else databases.postgres(_server()) as places:
            _report(places, asked.cases, random.Random(asked.seed), verify=not asked.no_verify)


def _server() -> str:
    url = databases.server_url()
    assert url, "no PostgreSQL server: set TEST_POSTGRES_URL"
    return url


def _report(places: Databases, cases: int, chance: random.Random, *, verify: bool) -> None:
    folder = places.folder / "installation"
    folder.mkdir()
    place = Installation(folder, places.urls[SEALED])
    place.install()
    outcome = under_load(place, cases, chance)
    print(f"\n{places.name}\n{outcome}", flush=True)
    assert not outcome.failures
    assert not outcome.unreadable
    if verify:
        began = time.monotonic()
        print(
            place.run("ledger", "verify", "--deep").strip(), f"({time.monotonic() - began:.0f} s)", flush=True
        )


if __name__ == "__main__":
    main()
