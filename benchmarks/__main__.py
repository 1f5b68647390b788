"""`python -m benchmarks`: print what sealing and ledger cost, as ratios within one run."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial

from benchmarks import attachments, databases, ledger, rotation, search
from benchmarks.line import HEAD
from benchmarks.measure import BARE, PLAIN, SEALED, Comparison, Ratio, measure

Kind = Callable[[], AbstractContextManager[databases.Databases]]
BESIDE: Mapping[str, Callable[[databases.Databases, Sequence[int]], Iterable[object]]] = {
    "ledger": lambda places, _: ledger.measure(places),
    "search": lambda places, sizes: search.measure(places, sizes=sizes),
    "rotation": lambda places, _: rotation.measure(places),
    "attachments": lambda places, _: attachments.measure(places),
}
PARTS = ("requests", *BESIDE)
NOTE = """
Requests, each line: one request of the JSON API, one client, one after the other; the median round of this run.
"sealed" is the product; "beside" is what it is compared with: the same program with a vault that seals nothing,
rows without codes and a ledger that keeps nothing, a state that exists only in benchmarks/; or, for a document,
WeasyPrint alone with the HTML, fonts and settings of the same paper. They take turns, round by round, in changing
order, so that the ratios hold on a busy machine; the other figures are this machine's, at this hour.
x time   how many times as long a sealed request takes as the one beside it: what a user waits for.
x CPU    the same of processor time, threads and PostgreSQL backends included: what a server must have more.
         (PostgreSQL's shared processes are not counted; "-": the server is not reached by a local socket.)
min      the round that speaks best for the product; far below the median, the machine was too busy to tell.
The other tables: units per second of ours and of the floor its name gives after the "/", and how many times the
floor's time ours takes; writers are threads of one process, the same writes with and without a ledger.
"""


def main() -> None:
    """Measure and print; about four minutes, with `--large` some more."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=45.0, help="about how long the requests may take")
    parser.add_argument("--large", action="store_true", help="search also among a million files")
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"of: {', '.join(PARTS)}; all of them if none"
    )
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    began = time.perf_counter()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors")
    server = databases.server_url()
    kinds: list[Kind] = [databases.sqlite, *([partial(databases.postgres, server)] if server else [])]
    if server is None:
        print("\nPostgreSQL: not measured; set TEST_POSTGRES_URL to a server where databases may be made.")
    sizes = search.SIZES if asked.large else search.SIZES[:-1]
    for part in asked.parts or PARTS:
        for kind in kinds:
            with kind() as places:
                if part == "requests":
                    show(places.name, measure(places, seconds=asked.seconds / len(kinds)))
                else:
                    _print(f"{places.name}: {part}", BESIDE[part](places, sizes))
    print(NOTE)
    print(f"Measured in {time.perf_counter() - began:.0f} s.")


def _print(title: str, lines: Iterable[object]) -> None:
    print(f"\n{title:46}{HEAD[46:]}")
    for line in lines:
        print(line, flush=True)


def show(database: str, comparisons: list[Comparison]) -> None:
    """One table."""
    print(f"\n{database:29} requests/s        x time          CPU ms/request      x CPU")
    print(
        f"{'':22}{'sealed':>8}{'beside':>8}{'median':>9}{'min':>7}{'sealed':>11}{'beside':>8}{'median':>9}{'min':>7}"
    )
    for comparison in comparisons:
        for beside in (PLAIN, BARE):
            if beside in comparison.samples:
                print(_line(comparison, beside), flush=True)


def _line(comparison: Comparison, beside: str) -> str:
    name = comparison.act if beside == PLAIN else "  beside WeasyPrint"
    speed = "".join(f"{comparison.per_second(v):8.1f}" for v in (SEALED, beside))
    cpu = "".join(f"{_milliseconds(comparison.cpu(v)):>8}" for v in (SEALED, beside))
    return f"{name:22}{speed}{_times(comparison.clock_ratio(beside))}   {cpu}{_times(comparison.cpu_ratio(beside))}"


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.1f}"


def _times(ratio: Ratio | None) -> str:
    return f"{'-':>9}{'-':>7}" if ratio is None else f"{ratio.median:9.2f}{ratio.least:7.2f}"


if __name__ == "__main__":
    main()
