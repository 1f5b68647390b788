"""The scanner hook: a command of the operator's that looks at every new file before it is kept."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from app.attachments.content import Refused
from app.attachments.process import feed
from app.domain.errors import Unavailable
from app.domain.text import N_, Message

PATIENCE = 120.0  # seconds without progress
CLEAN, INFECTED = 0, 1

FOUND = Message(
    N_(
        "The scanner found something harmful in this file; it was not kept. Tell the administrator before trying again."
    )
)
NO_ANSWER = Message(
    N_("The scanner gave no answer, and no file is kept unseen. Nothing was saved. Tell the administrator.")
)


def scan(command: str, chunks: Iterable[bytes]) -> None:
    """Give the content to `command`: exit 0 clean, 1 refused, anything else unavailable.

    Refused, or Unavailable: a scanner that fails, stands still or does not read to the end keeps the file out.
    """
    answer = feed(shlex.split(command), chunks, patience=PATIENCE, most=1 << 20)
    if answer.code == INFECTED:
        raise Refused("infected", FOUND)
    if answer.code != CLEAN or not answer.whole:
        raise Unavailable(NO_ANSWER)
