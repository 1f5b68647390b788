"""An act run in a process of its own that is killed at one of its lines: as if the power failed right there."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from app.extensions import db

APP = Path(__file__).parents[2] / "app"
WATCHED = (
    "attachments/files.py",
    "attachments/sealing.py",
    "rotation/",
    "services/erasure.py",
    "services/key_renewal.py",
    "services/key_rotation.py",
    "transaction.py",
    "vault/file_key_store.py",
)
"""Between any two lines of these the process may end."""


def lines_of(app: Any, act: Callable[[], object]) -> int:
    """How many lines of the watched modules the act runs through; it is done afterwards."""
    reading, writing = os.pipe()
    status = _in_child(app, act, None, lambda count: os.write(writing, count.to_bytes(4, "big")))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read(4)
    assert status == 0, status
    return int.from_bytes(told, "big")


def kill_at(app: Any, act: Callable[[], object], line: int) -> bool:
    """Run the act and kill it at its `line`-th line; False when it came to its end before."""
    status = _in_child(app, act, line, lambda _: None)
    assert status in (0, -signal.SIGKILL), status
    return status != 0


def chosen(chance: Any, lines: int, most: int) -> Sequence[int]:
    """Some of the lines, at random; all with BENAN_EVERY_LINE=1."""
    every = range(1, lines + 1)
    return (
        every if os.environ.get("BENAN_EVERY_LINE") == "1" else sorted(chance.sample(every, min(most, lines)))
    )


def _in_child(app: Any, act: Callable[[], object], line: int | None, done: Callable[[int], object]) -> int:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection is shared with the child
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    code = 1
    try:
        count = _Count(line)
        with app.app_context():
            sys.settrace(count)
            act()
            sys.settrace(None)
        done(count.lines)
        code = 0
    except BaseException as error:  # noqa: BLE001 - the parent reads the status
        sys.settrace(None)
        sys.__stderr__.write(f"child: {error!r}\n")
    finally:
        os._exit(code)


class _Count:
    """Counts lines of the watched modules, and ends the process at one of them."""

    def __init__(self, line: int | None) -> None:
        self.lines, self.last = 0, line

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        path = frame.f_code.co_filename
        watched = path.startswith(str(APP)) and path.removeprefix(f"{APP}/").startswith(WATCHED)
        return self._line if watched else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line
