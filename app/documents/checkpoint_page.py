"""The printable checkpoint for the supervisor's safe, template checkpoint.html: what it says, and its QR image."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno

from app.documents.context import VIETNAM
from app.documents.vietnamese import formal_date, formal_time

TEMPLATE = "checkpoint.html"


def checkpoint_page_context(
    *, origin: str, size: int, root: str, at: datetime, note: str, keys: Sequence[str]
) -> dict[str, Any]:
    """Everything TEMPLATE prints; pass both to render_pdf.

    `at` aware; `root` and `keys` in their text forms; the QR image holds the whole `note`.
    """
    local = at.astimezone(VIETNAM)
    return {
        "draft": False,
        "origin": origin,
        "size": f"{size:,}".replace(",", "."),
        "root": root,
        "signed": f"{formal_time(local.time())}, {formal_date(local.date())}",
        "lines": note.rstrip("\n").split("\n"),
        "keys": list(keys),
        "image": segno.make(note, error="m", micro=False).svg_data_uri(scale=3, border=4),
    }
