"""Beginning a lost or damaged tide anew, on record."""

from __future__ import annotations

from app.domain.actor import Actor
from app.domain.events import TideBegun
from app.extensions import db
from app.ledger.log import current_log
from app.ledger.loss import publish_stored, tide_at_present
from app.transaction import transaction


def renew_tide(actor: Actor, *, entries: int, size: int) -> None:
    """Begin the tide at what the database holds now, publish its checkpoints again, and record it.

    NoteError when a stored checkpoint is not signed by this log. A crash leaves what may be repeated.
    """
    publish_stored(db.session(), current_log())
    tide_at_present(db.session(), current_log())
    db.session.rollback()
    with transaction(actor) as tx:
        tx.record(TideBegun(entries=entries, size=size))
