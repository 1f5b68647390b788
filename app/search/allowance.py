"""How many look-ups an account may still make: counted in the ledger, under the account's lock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.actor import Actor
from app.domain.events import SamePersonChecked, SearchMade
from app.extensions import db
from app.ledger.told import checked
from app.models import Account, LedgerEntry

HOUR = timedelta(hours=1)
COUNTED = (SearchMade.action, SamePersonChecked.action)


def seconds_to_wait(actor: Actor, at: datetime) -> int:
    """0 when another look-up is allowed now, else how long until one is. Requests of one account wait in turn."""
    limit = actor.role.searches_per_hour
    db.session.execute(select(Account.id).where(Account.id == actor.id).with_for_update(key_share=True))
    made = (
        select(LedgerEntry)
        .where(LedgerEntry.actor_id == actor.id, LedgerEntry.action.in_(COUNTED), LedgerEntry.at > at - HOUR)
        .order_by(LedgerEntry.at.desc())
        .limit(max(limit, 1))
    )
    times = [entry.at for entry in checked(db.session.scalars(made))]
    if len(times) < limit:
        return 0
    oldest = times[-1] if times else at
    return int((oldest + HOUR - at).total_seconds()) + 1
