"""What a file is, told by its content and never by its name; and why it may not be attached."""

from __future__ import annotations

import codecs
import re

import filetype

from app.catalogue.attachments import (
    ALLOWED,
    BY_NAME,
    DRAWING,
    FORBIDDEN,
    MB,
    OFFICE,
    OFFICE_PREFIXES,
    SCRIPT,
    TEXT,
    UNKNOWN,
    WEB_PAGE,
    FileKind,
)
from app.domain.errors import Invalid, TooLarge
from app.domain.events import CatalogueId
from app.domain.text import N_, Label, Message

LOOKED_AT = 64 * 1024
"""How much of a file's beginning decides what it is."""

LARGE = Message(
    N_(
        "This file is larger than %(most)s MB, the most for its kind. Cut or compress it, then attach it again."
    )
)
FULL = Message(
    N_("Attachments cannot be stored now: the disk is full or not writable. Tell the administrator.")
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_TEXTS = (
    (re.compile(rb"#!"), SCRIPT),
    (re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|meta|title)\b", re.IGNORECASE), WEB_PAGE),
    (re.compile(rb"<(?:\?xml|!doctype|svg)", re.IGNORECASE), DRAWING),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class Refused(Invalid):
    """A file that may not be attached (422); `why` stands in the ledger."""

    def __init__(self, why: str, message: Message) -> None:
        super().__init__({"file": [message]})
        self.why = CatalogueId(why)


def too_large(most: int) -> TooLarge:
    """The refusal of more than `most` bytes, in words."""
    return TooLarge({"file": [Message(LARGE.msgid, {"most": most // MB})]})


def recognise(beginning: bytes) -> FileKind:
    """The kind of a file by its first LOOKED_AT bytes; Refused, with what was found, for one not allowed."""
    if not beginning:
        raise Refused("empty", Message(N_("This file is empty. Choose the right one.")))
    known = filetype.guess(beginning)
    if known is not None:
        kind = BY_NAME.get(known.mime)
        if kind is None:
            raise _not_allowed(_called(known.mime))
        return kind
    if beginning.startswith(_OLE):
        raise _not_allowed(OFFICE)
    bare = beginning.removeprefix(codecs.BOM_UTF8).lstrip()
    for pattern, label in _TEXTS:
        if pattern.match(bare):
            raise _not_allowed(label)
    return TEXT  # the reader of the whole file still has to find it to be text: PlainText


class PlainText:
    """Looks on while a text passes by: UTF-8 without characters that no text holds."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def see(self, chunk: bytes, *, last: bool = False) -> None:
        """Refused as soon as it is no text."""
        try:
            text = self._decoder.decode(chunk, final=last)
        except UnicodeDecodeError:
            raise _not_allowed(UNKNOWN) from None
        if _CONTROLS.search(text):
            raise _not_allowed(UNKNOWN)


def _called(media_type: str) -> Label:
    if media_type.startswith(OFFICE_PREFIXES):
        return OFFICE
    return FORBIDDEN.get(media_type) or Label(f"tệp {media_type}", f"a file of the type {media_type}")


def _not_allowed(found: Label) -> Refused:
    return Refused(
        "kind",
        Message(
            N_("This file is not what may be attached: %(found)s. Attach one of these: %(allowed)s."),
            {"found": found, "allowed": ALLOWED},
        ),
    )
