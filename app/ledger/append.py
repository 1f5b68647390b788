"""Appending entries: in the transaction of the act, on a lane nobody else holds."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import IntegrityBroken, LedgerBehind, SubjectKind, Unavailable
from app.domain.events import Event
from app.domain.text import N_, Message
from app.extensions import part
from app.ledger import rows, tags
from app.ledger.form import GENESIS, LANES, Authenticate, canonical, entry_bytes, lane_bytes
from app.ledger.noted import noted
from app.ledger.tide import Head, Tide, present_tide, raise_tide, read_tide, replace_tide
from app.models import LedgerEntry, LedgerLane

HEAD = "benan.head"
_log = logging.getLogger(__name__)


class Ledger:
    """Writes entries. `authenticate` is HMAC-SHA-256 under the key store's ledger key.

    `directory` holds the tide, which knows how far `generation` of the log has come (`app.ledger.tide`).
    """

    def __init__(self, authenticate: Authenticate, directory: Path, generation: int = 1) -> None:
        self.authenticate = authenticate
        self.directory = directory
        self.generation = generation

    def begin(self, session: Session) -> None:
        """Create the empty lanes, once in the life of a database."""
        for number in range(LANES):
            lane = LedgerLane(lane=number, count=0, head=GENESIS, mac=b"")
            lane.mac = self.authenticate(lane_bytes(lane))
            session.add(lane)
        session.flush()
        self.begin_tide(session)

    def begin_tide(self, session: Session) -> None:
        """Make the tide at the present heads when there is none: at installation only, never silently later."""
        if read_tide(self.directory) is None:
            replace_tide(self.directory, self.generation, stored_heads(session), kept=None)

    def append(self, session: Session, actor: Actor, events: Sequence[Event], at: datetime) -> None:
        """Add one entry per event; call last in a transaction, so that the lane is held only for the commit.

        The last entry names the sealed values and rows the transaction wrote. They are flushed already.
        LedgerBehind when the database holds less than was once committed.
        """
        lane = self._free_lane(session)
        self._check(session, lane)
        bodies: list[Mapping[str, Any]] = [event.body() for event in events]
        written = {"sealed": noted(session), "rows": rows.told(session), "tags": tags.told(session)}
        bodies[-1] = {**bodies[-1], **{name: value for name, value in written.items() if value}}
        for event, body in zip(events, bodies, strict=True):
            entry = self._entry(lane, actor, event, body, at)
            session.add(entry)
            lane.count, lane.head = entry.counter, entry.mac
        lane.mac = self.authenticate(lane_bytes(lane))
        session.flush()
        session.info[HEAD] = Head(lane.lane, lane.count, lane.head)

    def committed(self, session: Session) -> None:
        """Raise the tide; call right after the commit of what was appended. A tide that fails is logged only."""
        head = session.info.pop(HEAD, None)
        if head is None:
            return
        try:
            raise_tide(self.directory, head)
        except (OSError, LedgerBehind):  # what is committed must not look failed; the next append stops
            _log.exception("ledger: the tide was not raised")

    def _check(self, session: Session, lane: LedgerLane) -> None:
        """Nothing is appended to a database that was put back, nor to a lane that was forged."""
        tide = self._tide()  # before the lanes are read: others may commit meanwhile
        if lanes_behind(session, tide):
            raise LedgerBehind
        if not hmac.compare_digest(bytes(lane.mac), self.authenticate(lane_bytes(lane))):
            raise IntegrityBroken(SubjectKind.LEDGER, None)

    def _tide(self) -> Tide:
        try:
            return present_tide(self.directory, self.generation)
        except OSError as error:
            message = N_(
                "The checkpoint folder cannot be written. Check its owner and that the disk is not full."
            )
            raise Unavailable(Message(message)) from error

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


def lanes_behind(session: Session, tide: Tide) -> dict[int, int]:
    """The lanes that are not what the tide knows, each with its length now; the tide was read before.

    A lane that went on further must still pass through the entry the tide knows: another machine may have written
    on after the database was put back.
    """
    stored = {head.lane: head for head in stored_heads(session)}
    lanes = set(tide.behind(stored.values()))
    passed = [
        head for head in tide.heads if head.lane not in lanes and 0 < head.count < stored[head.lane].count
    ]
    if passed:
        places = tuple_(LedgerEntry.lane, LedgerEntry.counter).in_(
            [(head.lane, head.count) for head in passed]
        )
        query = select(LedgerEntry.lane, LedgerEntry.mac).where(places)
        found = {(lane, code) for lane, code in session.execute(query)}
        lanes |= {head.lane for head in passed if (head.lane, head.code) not in found}
    return {lane: stored[lane].count if lane in stored else 0 for lane in sorted(lanes)}


def stored_heads(session: Session) -> list[Head]:
    """How far each lane has come, as stored now."""
    # As written, past the statement compiler: every act asks this, and so it costs a fifth.
    rows = session.connection().exec_driver_sql("SELECT lane, count, head FROM ledger_lane")
    return [Head(lane, count, head) for lane, count, head in rows]


def current_ledger() -> Ledger:
    """The application's ledger."""
    return cast("Ledger", part("ledger"))
