"""Officers at work over the JSON API of a running server: they read, write and take reports down, and time it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Self
from uuid import UUID

from benchmarks.installation import name
from benchmarks.office import REPORT

PATIENCE = 30  # seconds


@dataclass(slots=True)
class Seen:
    """What the officers saw: when each request was answered and how long it took, and what went wrong."""

    answers: list[tuple[float, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def percentiles(self, since: float, until: float) -> tuple[int, float, float]:
        """How many answers there were in that time, and their median and 99th percentile in milliseconds."""
        spent = sorted(took for at, took in self.answers if since <= at < until)
        if not spent:
            return 0, 0.0, 0.0
        return len(spent), spent[len(spent) // 2] * 1000, spent[int(len(spent) * 0.99)] * 1000


class Officers:
    """Threads that ask one request after the other, with a pause in seconds between, until they are told to stop."""

    def __init__(
        self, port: int, tokens: dict[str, str], ids: Sequence[UUID], seed: int, *, pause: float = 0.0
    ) -> None:
        self.pause = pause
        self.port, self.tokens, self.ids = port, tokens, ids
        self.seen, self.done = Seen(), threading.Event()
        acts: list[Callable[[random.Random, HTTPConnection, int], None]] = [
            self._read,
            self._read,
            self._write,
            self._report,
        ]
        self.threads = [
            threading.Thread(target=self._work, args=(act, place, seed)) for place, act in enumerate(acts)
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join(2 * PATIENCE)
        if any(thread.is_alive() for thread in self.threads):
            self.seen.failures.append("a request never came back")

    def _work(self, act: Callable[[random.Random, HTTPConnection, int], None], place: int, seed: int) -> None:
        chance = random.Random(seed + place)
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while not self.done.is_set():
            try:
                act(chance, connection, place)
                time.sleep(self.pause)
            except (OSError, HTTPException, AssertionError, ValueError) as error:
                self.seen.failures.append(f"{act.__name__}: {error!r}")
                connection.close()
                time.sleep(0.1)
        connection.close()

    def _read(self, chance: random.Random, connection: HTTPConnection, _: int) -> None:
        number = chance.randrange(len(self.ids))
        path = f"/cases/{self.ids[number]}/sections/identity"
        _, answer = self._ask(connection, f"GET {path}", 200)
        assert answer["values"]["full_name"] == name(number), number

    def _write(self, chance: random.Random, connection: HTTPConnection, _: int) -> None:
        path = f"/cases/{chance.choice(self.ids)}/sections/health"
        tag, _ = self._ask(connection, f"GET {path}", 200)
        body = {"values": {"condition": f"Ổn định {chance.randrange(1000)} (hư cấu)"}}
        self._ask(connection, f"PUT {path}", 200, body, tag)

    def _report(self, chance: random.Random, connection: HTTPConnection, _: int) -> None:
        _, made = self._ask(connection, "POST /reports", 201, dict(REPORT))
        _, answer = self._ask(connection, f"GET /reports/{made['id']}", 200)
        assert answer["content"]["caller_phone"] == REPORT["content"]["caller_phone"]

    def _ask(
        self, connection: HTTPConnection, request: str, expected: int, body: Any = None, tag: str = ""
    ) -> tuple[str, Any]:
        method, path = request.split(" ")
        role = "hotline_operator" if path.startswith("/reports") else "case_officer"
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if tag:
            headers["If-Match"] = tag
        began = time.monotonic()
        connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        ended = time.monotonic()
        assert answer.status == expected, (method, path, answer.status, content[:300])
        self.seen.answers.append((ended, ended - began))
        return answer.getheader("ETag") or "", json.loads(content)
