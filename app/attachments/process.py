"""Feeding a file to another program's standard input, in a stream, and reading its answer; never through a disk."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """How the program ended: its exit code (None: it stood still, or could not start) and what it wrote.

    `whole`: it took everything it was given.
    """

    code: int | None
    output: bytes
    whole: bool


def feed(command: Sequence[str], chunks: Iterable[bytes], *, patience: float, most: int) -> Answer:
    """Run `command` with `chunks` as its input; at most `most` bytes of output are kept, then it is ended.

    `patience`: seconds without any progress after which it is ended. It sees nothing of our environment but PATH.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own setting, or this program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment,
        )
    except OSError:
        return Answer(None, b"", whole=False)
    with process:
        talk = _Talk(process, iter(chunks), most)
        try:
            finished = talk.go_on(patience)
            code = process.wait(patience) if finished else None
        except subprocess.TimeoutExpired:
            code = None
        finally:
            process.kill()  # nothing happens to one that has ended
        return Answer(code, bytes(talk.output), talk.whole)


class _Talk:
    """One program's input and output, neither of which may wait for the other."""

    def __init__(self, process: subprocess.Popen[bytes], chunks: Iterator[bytes], most: int) -> None:
        assert process.stdin  # noqa: S101 - asked for as pipes
        assert process.stdout  # noqa: S101 - the same
        self._input, self._result = process.stdin, process.stdout
        self._chunks, self._most = chunks, most
        self._waiting = memoryview(b"")
        self.output, self.whole = bytearray(), False
        self._selector = selectors.DefaultSelector()
        for pipe, event in ((self._input, selectors.EVENT_WRITE), (self._result, selectors.EVENT_READ)):
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, event)

    def go_on(self, patience: float) -> bool:
        """Until the output ends; False when nothing moved for `patience` seconds or too much came out."""
        with self._selector:
            while self._selector.get_map():
                ready = self._selector.select(patience)
                if not ready or len(self.output) > self._most:
                    return False
                for key, _ in ready:
                    if key.fileobj is self._input:
                        self._give()
                    else:
                        self._take()
        return True

    def _give(self) -> None:
        if not self._waiting:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.whole = True
                self._close_input()
                return
            self._waiting = memoryview(chunk)
        try:
            self._waiting = self._waiting[os.write(self._input.fileno(), self._waiting) :]
        except BrokenPipeError:
            self._close_input()

    def _close_input(self) -> None:
        self._selector.unregister(self._input)
        with contextlib.suppress(BrokenPipeError):
            self._input.close()

    def _take(self) -> None:
        piece = os.read(self._result.fileno(), PIECE)
        self.output += piece
        if not piece:
            self._selector.unregister(self._result)
