"""The export: the sealed log as files that `scripts/verify_ledger.py` checks without the application or its keys.

`entries.jsonl`: a line for each leaf, in tree order; `checkpoint`: the newest note; `checkpoints/`: all notes of this
log by size; `key`: the public key, for comparison only - whoever checks brings the key he was given.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.domain.text import N_, Message
from app.ledger.checkpoint import Signed
from app.ledger.form import entry_bytes
from app.ledger.log import Log
from app.ledger.sealed import leaves
from app.models import LedgerCheckpoint

BATCH = 1000
Seen = Callable[[int], None]


def prepare(directory: Path) -> None:
    """Make the folder of an export; Invalid when something is in it already."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise Invalid({"directory": (Message(N_("The folder is not empty. Name a new one.")),)})


def export(session: Session, log: Log, checkpoint: Signed, directory: Path, seen: Seen) -> None:
    """Write the log up to this checkpoint into a prepared folder; `seen` is told how many leaves were written."""
    with _new(directory / "entries.jsonl") as file:
        for page in _leaves(session, checkpoint.checkpoint.size):
            for position, leaf in page:
                line = {"position": position, "leaf": leaf}
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            seen(len(page))
    (directory / "checkpoints").mkdir(mode=0o700)
    query = select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size)
    for size, note in session.execute(query.where(LedgerCheckpoint.size <= checkpoint.checkpoint.size)):
        _write(directory / "checkpoints" / f"{size:012}.checkpoint", note)
    _write(directory / "checkpoint", checkpoint.note)
    _write(directory / "key", f"{log.key.verifier}\n")


def _leaves(session: Session, size: int) -> Iterator[list[tuple[int, str]]]:
    for start in range(0, size, BATCH):
        rows = session.execute(leaves(start, min(start + BATCH, size)))
        yield [(row.position, entry_bytes(row).decode()) for row in rows]


def _new(path: Path) -> TextIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")


def _write(path: Path, text: str) -> None:
    with _new(path) as file:
        file.write(text)
