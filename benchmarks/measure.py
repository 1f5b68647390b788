"""Timing variants against each other: round by round in changing order, so that a busy machine disturbs all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from statistics import median

from benchmarks.acts import ACTS, Act, IssueDocument, Thunk
from benchmarks.databases import VARIANTS, Databases, backend_cpu
from benchmarks.office import Office
from benchmarks.plain import switch_off

LEAST_ROUNDS = 3
SEALED, PLAIN = VARIANTS
BARE = "bare"


@dataclass(slots=True)
class Samples:
    """Per round, of one variant: seconds on the clock and seconds of processor time, each for one request.

    Processor time is this process with all its threads, and the PostgreSQL backends; None when the server is far.
    """

    clock: list[float] = field(default_factory=list)
    cpu: list[float | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the first variant's cost the second's is, over the rounds."""

    least: float
    median: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one act cost in one variant beside another."""

    act: str
    samples: Mapping[str, Samples]

    def per_second(self, variant: str) -> float:
        """Requests per second, one after the other: the median round."""
        return 1 / median(self.samples[variant].clock)

    def cpu(self, variant: str) -> float | None:
        """Seconds of processor time for one request: the median round."""
        seconds = self.samples[variant].cpu
        return None if None in seconds else median(s for s in seconds if s is not None)

    def clock_ratio(self, beside: str) -> Ratio:
        """Time of a sealed request in units of one beside it."""
        return _ratio(self.samples[SEALED].clock, self.samples[beside].clock)

    def cpu_ratio(self, beside: str) -> Ratio | None:
        """The same of processor time."""
        sealed, other = self.samples[SEALED].cpu, self.samples[beside].cpu
        if None in sealed or None in other:
            return None
        return _ratio([s for s in sealed if s is not None], [s for s in other if s is not None])


def measure(databases: Databases, *, seconds: float, rounds: int = 1000) -> list[Comparison]:
    """Every act on one kind of database, in about `seconds`: at least three rounds each, at most `rounds`."""
    until = time.perf_counter() + seconds
    offices: dict[str, Office] = {}
    try:
        for variant in VARIANTS:
            offices[variant] = Office(databases.folder / variant, databases.urls[variant])
        switch_off(offices[PLAIN].app)
        for office in offices.values():
            office.move_in()
        comparisons = []
        for waiting, act in zip(range(len(ACTS), 0, -1), ACTS, strict=True):
            present = time.perf_counter()
            comparisons.append(_compare(act, offices, present + (until - present) / waiting, rounds))
        return comparisons
    finally:
        for office in offices.values():
            office.close()


def _compare(kind: type[Act], offices: Mapping[str, Office], until: float, rounds: int) -> Comparison:
    acts = {variant: kind(office) for variant, office in offices.items()}
    sources: dict[str, Callable[[], list[Thunk]]] = {v: act.requests for v, act in acts.items()}
    sealed = acts[SEALED]
    if isinstance(sealed, IssueDocument):
        sources[BARE] = sealed.bare
    samples = {variant: Samples() for variant in sources}
    for number in range(rounds + 1):
        for variant in sources if number % 2 else reversed(sources):
            clock, cpu = _time(sources[variant](), offices.get(variant))
            if number:  # the first round warms caches and is not counted
                samples[variant].clock.append(clock)
                samples[variant].cpu.append(cpu)
        if number >= LEAST_ROUNDS and time.perf_counter() > until:
            break
    return Comparison(kind.name, samples)


def _time(requests: list[Thunk], office: Office | None) -> tuple[float, float | None]:
    gc.collect()
    server = _server_cpu(office)
    cpu, clock = time.process_time(), time.perf_counter()
    for request in requests:
        request()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    after = _server_cpu(office)
    served = None if server is None or after is None else after - server
    return clock / len(requests), None if served is None else (cpu + served) / len(requests)


def _server_cpu(office: Office | None) -> float | None:
    with office.app.app_context() if office else nullcontext():
        return backend_cpu() if office else 0.0


def _ratio(one: list[float], other: list[float]) -> Ratio:
    ratios = [a / b for a, b in zip(one, other, strict=True)]
    return Ratio(min(ratios), median(ratios))
