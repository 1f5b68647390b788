"""What makes a row tell when it was changed behind the program's back; `app.ledger.rows` fills and checks it."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.errors import SubjectKind

Alarm = tuple[SubjectKind, str]
"""What an alarm about a row is about: the kind, and the attribute that holds its id."""


class Authentic:
    """A row whose every column is under a keyed code: who has no key can neither change nor make one.

    `alarm`: what is reported when the code does not fit as the row is loaded; None: its reader checks it.
    """

    alarm: ClassVar[Alarm | None] = None
    mac: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")


class Kept(Authentic):
    """An authentic row that is never deleted, and whose every version the ledger tells of.

    `version` counts the transactions that changed the row, from 1; it also guards against lost updates.
    """

    version: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - SQLAlchemy's own form
