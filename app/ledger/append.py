"""Appending entries: in the transaction of the act, on a lane nobody else holds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.events import Event
from app.extensions import part
from app.ledger.form import GENESIS, LANES, Authenticate, canonical, entry_bytes, lane_bytes
from app.ledger.noted import noted
from app.models import LedgerEntry, LedgerLane


class Ledger:
    """Writes entries. `authenticate` is HMAC-SHA-256 under the key store's ledger key."""

    def __init__(self, authenticate: Authenticate) -> None:
        self.authenticate = authenticate

    def begin(self, session: Session) -> None:
        """Create the empty lanes, once in the life of a database."""
        for number in range(LANES):
            lane = LedgerLane(lane=number, count=0, head=GENESIS, mac=b"")
            lane.mac = self.authenticate(lane_bytes(lane))
            session.add(lane)

    def append(self, session: Session, actor: Actor, events: Sequence[Event], at: datetime) -> None:
        """Add one entry per event; call last in a transaction, so that the lane is held only for the commit.

        The last entry names the sealed values the transaction wrote. They are flushed already.
        """
        lane = self._free_lane(session)
        bodies: list[Mapping[str, Any]] = [event.body() for event in events]
        sealed = noted(session)
        if sealed:
            bodies[-1] = {**bodies[-1], "sealed": sealed}
        for event, body in zip(events, bodies, strict=True):
            entry = self._entry(lane, actor, event, body, at)
            session.add(entry)
            lane.count, lane.head = entry.counter, entry.mac
        lane.mac = self.authenticate(lane_bytes(lane))
        session.flush()

    def _entry(
        self, lane: LedgerLane, actor: Actor, event: Event, body: Mapping[str, Any], at: datetime
    ) -> LedgerEntry:
        entry = LedgerEntry(
            lane=lane.lane,
            counter=lane.count + 1,
            at=at,
            action=event.action,
            actor_id=actor.id if actor.id.int else None,
            unit_id=actor.unit_id if actor.unit_id.int else None,
            session_id=actor.session_id,
            channel=actor.channel.value,
            source=actor.source,
            subject_kind=event.subject_kind.value,
            subject_id=event.subject_id,
            body=canonical(body).decode(),
            previous=lane.head,
        )
        entry.mac = self.authenticate(entry_bytes(entry))
        return entry

    @staticmethod
    def _free_lane(session: Session) -> LedgerLane:
        wanted = secrets.randbelow(LANES)
        any_lane = select(LedgerLane).order_by((LedgerLane.lane + wanted) % LANES).limit(1)
        fresh = {"populate_existing": True}
        free = session.scalar(any_lane.with_for_update(skip_locked=True), execution_options=fresh)
        return (
            free
            or session.scalars(
                select(LedgerLane).where(LedgerLane.lane == wanted).with_for_update(), execution_options=fresh
            ).one()
        )


def current_ledger() -> Ledger:
    """The application's ledger."""
    return cast("Ledger", part("ledger"))
