"""The movable clock of the demonstration: stories of past weeks are told in the order of their instants."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Flask

from app.domain.deadlines import LOCAL
from app.extensions import Clock

Story = Callable[[], Iterator[timedelta]]
"""Begins a story; each value it yields is how long it pauses before going on."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A story and how many days ago it begins, at which local hour."""

    days_ago: int
    hour: int
    story: Story


class Timeline:
    """One instant for the whole application; it never runs ahead of the real present."""

    def __init__(self, present: datetime) -> None:
        self.present = present
        self.instant = present

    def __call__(self) -> datetime:
        """The present instant of the stories, aware, UTC."""
        return self.instant

    def begins(self, beginning: Beginning) -> datetime:
        """The instant at which a story begins."""
        day = self.present.astimezone(LOCAL).date() - timedelta(days=beginning.days_ago)
        return min(datetime.combine(day, time(beginning.hour), LOCAL).astimezone(UTC), self.present)

    def day(self, days: int = 0) -> date:
        """The story's present local day, and days before (negative) or after it."""
        return self.instant.astimezone(LOCAL).date() + timedelta(days=days)

    def play(self, beginnings: Sequence[Beginning]) -> Iterator[int]:
        """Tell all stories interleaved, earliest instant first; yields at every step how many have ended."""
        waiting = [(self.begins(b), n, b.story()) for n, b in enumerate(beginnings)]
        heapq.heapify(waiting)
        while waiting:
            self.instant, number, story = heapq.heappop(waiting)
            pause = next(story, None)
            if pause is not None:
                heapq.heappush(waiting, (min(self.instant + pause, self.present), number, story))
            yield len(beginnings) - len(waiting)


@contextmanager
def past(app: Flask) -> Iterator[Timeline]:
    """Put a movable clock in place of the application's; the real one comes back at the end."""
    real: Clock = app.extensions["clock"]
    timeline = Timeline(real())
    app.extensions["clock"] = timeline
    try:
        yield timeline
    finally:
        app.extensions["clock"] = real
