"""The measurement of attachments runs; no timing is asserted."""

from __future__ import annotations

from benchmarks import databases
from benchmarks.attachments import MB, Line, Memory, measure


def test_one_small_round_measures_everything():
    with databases.sqlite() as places:
        lines = measure(places, size=3 * MB, rounds=1)
    assert [type(line) for line in lines] == [Line] * 5 + [Memory]
    assert all(line.rate > 0 and line.floor > 0 for line in lines[:5])
    assert all(str(line) for line in lines)
