"""Waiting for those who began earlier: nobody may still hold what is about to be destroyed."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.domain.errors import Unavailable
from app.domain.text import N_, Message
from app.extensions import Base, db

PATIENCE = "500ms"
BUSY = Message(
    N_("Somebody has been reading for a while, perhaps a backup. Nothing was changed; try again in a minute.")
)


class Busy(Unavailable):
    """Others are still at work; nothing was changed, and it may be tried again."""


def wait_for_others(*kinds: type[Base]) -> None:
    """Return when every transaction that read or wrote these tables has ended, and hold back the next until the commit.

    Raises Busy after half a second: those who come later wait behind this, and must not notice. On SQLite the
    running transaction is the only one that writes, and every use case is one that could.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return
    names = ", ".join(kind.__tablename__ for kind in kinds)
    try:
        db.session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        db.session.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
        db.session.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    except OperationalError as error:
        raise Busy(BUSY) from error
