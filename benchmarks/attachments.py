"""What an attachment costs: taken in and given out beside bare AES-GCM over the same bytes, and its memory."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.extensions import db
from app.services.attachment_intake import add_attachment
from app.services.attachments import download_attachment
from app.vault.envelope import Context
from app.vault.stream import CHUNK, StreamReader, StreamWriter
from benchmarks.databases import Databases
from benchmarks.line import Line
from benchmarks.office import Office

MB = 1 << 20
SIZE = 500 * MB
HEAD = bytes.fromhex("fff15080021ffc") * 4  # as an AAC recording begins
PIECE = os.urandom(MB)
NOWHERE = Context(UUID(int=1), "attachment", UUID(int=2), UUID(int=3), "file", 1)


@dataclass(frozen=True, slots=True)
class Memory:
    """By how many bytes the process grew at most while one attachment of `size` bytes came in and went out."""

    size: int
    growth: int

    def __str__(self) -> str:
        """One line of the report."""
        return (
            f"{'memory for one attachment of ' + str(self.size // MB) + ' MB':44}{self.growth / MB:11,.1f} MB"
        )


class Recording:
    """A source of that many bytes that never holds them."""

    def __init__(self, size: int) -> None:
        self._left, self._head = size, HEAD

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        piece = self._head or PIECE[: min(size, self._left)]
        self._head = b""
        self._left -= len(piece)
        return piece


def measure(databases: Databases, *, size: int = SIZE, rounds: int = 3) -> list[Line | Memory]:
    """Sealing, opening, taking in and giving out, each beside its floor, taking turns; then the memory of one."""
    office = Office(databases.folder / "attachments", databases.urls["sealed"])
    try:
        office.move_in()
        with office.app.app_context(), tempfile.TemporaryDirectory(dir=databases.folder) as folder:
            work = _Work(office, size, folder)
            work.take_in()
            memory = work.memory()
            bare, disk = ("bare AES-GCM", work.bare), ("write and fsync alone", work.write)
            return [
                _beside("sealing, in memory", work.seal, bare, size, rounds),
                _beside("opening, from the disk's cache", work.open, bare, size, rounds),
                _beside("taking in: two digests, sealed, fsync", work.take_in, bare, size, rounds),
                _beside("the same", work.take_in, disk, size, rounds),
                _beside("giving out: entry, opened, proven", work.give_out, bare, size, rounds),
                memory,
            ]
    finally:
        office.close()


class _Work:
    """The measured acts, each over the same number of bytes."""

    def __init__(self, office: Office, size: int, folder: str) -> None:
        self._officer = office.actors["case_officer"]
        self._case_id = office.open_case("trafficking_victim", {})
        self._size, self._folder = size, folder
        self._attachment = UUID(int=0)
        self._sealed = os.path.join(folder, "sealed")  # noqa: PTH118 - a name, not a place to look at
        with open(self._sealed, "wb") as file:  # noqa: PTH123 - the same
            self._seal_into(file.write)

    def pieces(self) -> Iterator[bytes]:
        """The content."""
        source = Recording(self._size)
        while piece := source.read(MB // 4):
            yield piece

    def bare(self) -> None:
        """Nothing but the cipher."""
        cipher, chunk = AESGCM(bytes(32)), PIECE[:CHUNK]
        for number in range(-(-self._size // CHUNK)):
            cipher.encrypt(number.to_bytes(12, "big"), chunk, None)

    def write(self) -> None:
        """Nothing but the disk."""
        with tempfile.NamedTemporaryFile(dir=self._folder) as file:
            for piece in self.pieces():
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def seal(self) -> None:
        """The stream alone, into nothing."""
        self._seal_into(len)

    def open(self) -> None:
        """The stream alone, out of a file."""
        with open(self._sealed, "rb") as file:  # noqa: PTH123 - opened as the product does
            for _ in StreamReader(bytes(32), NOWHERE, file):
                pass

    def take_in(self) -> None:
        """As an upload is: the service, from the first byte to the commit."""
        made = add_attachment(self._officer, self._case_id, Recording(self._size), name="ghi âm.aac")
        self._attachment = made.id
        db.session.remove()

    def give_out(self) -> None:
        """As a download is: the service, from the entry to the last byte."""
        download = download_attachment(self._officer, self._attachment)
        with contextlib.closing(download):
            given = sum(len(chunk) for chunk in download.chunks)
        assert given == self._size
        db.session.remove()

    def memory(self) -> Memory:
        """How far the highest mark of memory rose over one attachment in and out."""
        before = _forget_highest()
        self.take_in()
        self.give_out()
        return Memory(self._size, _status("VmHWM") - before)

    def _seal_into(self, sink: Callable[[bytes], object]) -> None:
        writer = StreamWriter(bytes(32), NOWHERE, sink)
        for piece in self.pieces():
            writer.write(piece)
        writer.finish()


def _beside(
    name: str, work: Callable[[], None], floor: tuple[str, Callable[[], None]], size: int, rounds: int
) -> Line:
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for ours in (True, False) if number % 2 else (False, True):
            began = time.perf_counter()
            (work if ours else floor[1])()
            seconds[ours].append(time.perf_counter() - began)
    ratio = median(a / b for a, b in zip(seconds[True], seconds[False], strict=True))
    rates = {ours: size / MB / median(spent) for ours, spent in seconds.items()}
    return Line(f"{name} / {floor[0]}", rates[True], rates[False], ratio)


def _forget_highest() -> int:
    """Set the highest mark of memory back to what is used now (Linux), and say how much that is."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:  # noqa: PTH123 - a switch of the kernel
        file.write("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123 - the same
        kilobytes = next(line for line in file if line.startswith(name)).split()[1]
    return int(kilobytes) * 1024
