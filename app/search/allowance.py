"""How many persons an account may still look up: counted in the ledger, under the account's lock."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.actor import Actor
from app.domain.events import SamePersonChecked, SearchMade
from app.extensions import db
from app.ledger.told import checked
from app.models import Account, LedgerEntry

HOUR = timedelta(hours=1)
COUNTED = (SearchMade.action, SamePersonChecked.action)


def seconds_to_wait(actor: Actor, at: datetime, persons: int = 1) -> int:
    """0 when so many may be looked up now, else how long until they may. Requests of one account wait in turn."""
    limit = actor.role.searches_per_hour
    db.session.execute(select(Account.id).where(Account.id == actor.id).with_for_update(key_share=True))
    made = (
        select(LedgerEntry)
        .where(LedgerEntry.actor_id == actor.id, LedgerEntry.action.in_(COUNTED), LedgerEntry.at > at - HOUR)
        .order_by(LedgerEntry.at.desc())
        .limit(max(limit, 1))
    )
    left = limit - persons
    if left < 0:
        return int(HOUR.total_seconds()) + 1
    for entry in checked(db.session.scalars(made)):
        left -= json.loads(entry.body).get("persons", 1)
        if left < 0:
            return int((entry.at + HOUR - at).total_seconds()) + 1
    return 0
