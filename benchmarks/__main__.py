"""`python -m benchmarks`: print what sealing and ledger cost, as ratios within one run."""

from __future__ import annotations

import argparse
import os
import platform
import time

from benchmarks import databases
from benchmarks.measure import BARE, PLAIN, SEALED, Comparison, Ratio, measure

NOTE = """
Each line: one request of the JSON API, one client, one after the other; the median round of this run.
"sealed" is the product; "beside" is what it is compared with: the same program with a vault that seals nothing
and a ledger that keeps nothing, a state that exists only in benchmarks/; or, for a document, WeasyPrint alone with
the HTML, fonts and settings of the same paper. They take turns, round by round, in changing order, so that the
ratios hold on a busy machine; the other figures are this machine's, at this hour.
x time   how many times as long a sealed request takes as the one beside it: what a user waits for.
x CPU    the same of processor time, threads and PostgreSQL backends included: what a server must have more.
         (PostgreSQL's shared processes are not counted; "-": the server is not reached by a local socket.)
min      the round that speaks best for the product; far below the median, the machine was too busy to tell.
"""


def main() -> None:
    """Measure and print; about a minute."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=45.0, help="about how long the whole may take")
    seconds = parser.parse_args().seconds
    began = time.perf_counter()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors")
    server = databases.server_url()
    share = seconds if server is None else seconds / 2
    with databases.sqlite() as places:
        show(places.name, measure(places, seconds=share))
    if server is None:
        print("\nPostgreSQL: not measured; set TEST_POSTGRES_URL to a server where databases may be made.")
    else:
        with databases.postgres(server) as places:
            show(places.name, measure(places, seconds=share))
    print(NOTE)
    print(f"Measured in {time.perf_counter() - began:.0f} s.")


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
