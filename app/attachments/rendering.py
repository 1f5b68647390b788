"""Inert forms of a file: a picture to look at, a copy without what hides in it; made by a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from app.attachments.process import feed
from app.catalogue.attachments import MB, FileKind, Rendering
from app.domain.errors import Conflict, Unavailable
from app.domain.text import N_, Message

PROGRAM = str(Path(__file__).with_name("inert.py"))
UNREADABLE, TOO_LARGE, KEPT = 3, 4, 5
PATIENCE = 60.0  # seconds
SHOWN_MOST = 4 * MB
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}

NOT_SHOWN = Message(
    N_("A file of this kind is not shown here. Download it, and open it on a protected machine.")
)
NOT_STRIPPED = Message(
    N_(
        "What a file of this kind holds besides its content cannot be removed here. Only the original can be given out."
    )
)
DAMAGED = Message(
    N_("This file is damaged or not what it says: it cannot be drawn. The original can be downloaded.")
)
LARGE = Message(
    N_("This file has too many pixels or pages to be drawn anew here. The original can be downloaded.")
)
GONE_WRONG = Message(N_("The program that draws files did not answer. Try again, or tell the administrator."))


def shown(kind: FileKind, chunks: Iterable[bytes]) -> bytes:
    """A JPEG of bounded size; Conflict, in words for the user, when the file cannot be shown."""
    if kind.rendering is not Rendering.PICTURE:
        raise Conflict(NOT_SHOWN)
    return _made(("show",), chunks, SHOWN_MOST)


def stripped(kind: FileKind, chunks: Iterable[bytes]) -> bytes:
    """The file without metadata, in the same format; Conflict when a file of this kind, or this one, cannot be."""
    match kind.rendering:
        case Rendering.PICTURE:
            return _made(("strip-picture", FORMATS[kind.media_type]), chunks, 8 * kind.most)
        case Rendering.PAPER:
            return _made(("strip-paper",), chunks, 2 * kind.most)
        case _:
            raise Conflict(NOT_STRIPPED)


def _made(work: tuple[str, ...], chunks: Iterable[bytes], most: int) -> bytes:
    answer = feed((sys.executable, "-I", PROGRAM, *work), chunks, patience=PATIENCE, most=most)
    if answer.code == 0 and answer.whole:
        return answer.output
    if answer.code == UNREADABLE:
        raise Conflict(DAMAGED)
    if answer.code == KEPT:
        raise Conflict(NOT_STRIPPED)
    if answer.code == TOO_LARGE or (answer.code is not None and answer.code < 0):
        raise Conflict(LARGE)  # ended by its own bounds of memory or time
    raise Unavailable(GONE_WRONG)
