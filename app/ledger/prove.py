"""Proofs that an entry is in the log, and that one state of the log is the beginning of a later one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import IntegrityBroken, Invalid, SubjectKind
from app.domain.text import N_, Message
from app.ledger.checkpoint import Signed
from app.ledger.form import entry_bytes
from app.ledger.log import Log
from app.ledger.note import NoteError
from app.ledger.tiles import Tiles
from app.ledger.tree import (
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from app.models import LedgerCheckpoint, LedgerEntry, LedgerLeaf


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That the entry with these bytes is leaf `position` (from 0) of the log the checkpoint signs."""

    position: int
    leaf: str
    proof: tuple[bytes, ...]
    checkpoint: Signed

    def plain(self) -> Mapping[str, Any]:
        """As JSON values; `scripts/verify_ledger.py inclusion` reads them."""
        return {
            "position": self.position,
            "leaf": self.leaf,
            "proof": [b64encode(part).decode() for part in self.proof],
            "checkpoint": self.checkpoint.note,
        }


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log the older checkpoint signs is the beginning of the one the newer signs."""

    old: Signed
    new: Signed
    proof: tuple[bytes, ...]

    def plain(self) -> Mapping[str, Any]:
        """As JSON values; `scripts/verify_ledger.py consistency` reads them."""
        proof = [b64encode(part).decode() for part in self.proof]
        return {"old": self.old.note, "proof": proof, "new": self.new.note}


def checkpoint_of(session: Session, log: Log, size: int | None = None, *, name: str = "size") -> Signed:
    """The checkpoint of that size, or the newest.

    Invalid (field `name`) when there is none; IntegrityBroken when this log did not sign it.
    """
    query = (
        select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)
    )
    row = session.execute(query if size is None else query.where(LedgerCheckpoint.size == size)).one_or_none()
    if row is None:
        message = N_(
            "There is no checkpoint of that size. Name the size of a checkpoint, or none for the newest."
        )
        raise Invalid({name: (Message(message),)})
    try:
        signed = log.key.open(row.note)
    except NoteError:
        raise IntegrityBroken(SubjectKind.LEDGER, None) from None
    if signed.checkpoint.size != row.size:
        raise IntegrityBroken(SubjectKind.LEDGER, None)
    return signed


def position_of(session: Session, lane: int, counter: int) -> int:
    """Where an entry stands in the tree; Invalid when it is not sealed, or there is none."""
    position = session.scalar(
        select(LedgerLeaf.position).where(LedgerLeaf.lane == lane, LedgerLeaf.counter == counter)
    )
    if position is None:
        message = N_("There is no such entry, or it is not sealed yet. Try again in a minute.")
        raise Invalid({"counter": (Message(message),)})
    return position


def entry_at(session: Session, position: int) -> LedgerEntry:
    """The entry that is this leaf; Invalid when no leaf stands there."""
    entry = session.scalar(
        select(LedgerEntry)
        .join(
            LedgerLeaf,
            (LedgerEntry.lane == LedgerLeaf.lane) & (LedgerEntry.counter == LedgerLeaf.counter),
        )
        .where(LedgerLeaf.position == position)
    )
    if entry is None:
        raise Invalid({"position": (Message(N_("No entry stands there. Name a smaller position.")),)})
    return entry


def prove_inclusion(session: Session, log: Log, position: int, size: int | None = None) -> Inclusion:
    """Proof for the leaf at `position`, against the checkpoint of that size or the newest; reads O(log n) rows.

    Invalid when the leaf is not in that tree; IntegrityBroken when the stored tree does not prove it.
    """
    checkpoint = checkpoint_of(session, log, size)
    leaf = entry_bytes(entry_at(session, position))
    total = checkpoint.checkpoint.size
    if position >= total:
        raise Invalid({"size": (Message(N_("The entry was sealed later. Name a newer checkpoint.")),)})
    try:
        proof = inclusion_proof(position, total, Tiles(session).subtree)
        verify_inclusion(leaf_hash(leaf), position, total, proof, checkpoint.checkpoint.root)
    except ProofError:
        raise IntegrityBroken(SubjectKind.LEDGER, None) from None
    return Inclusion(position, leaf.decode(), tuple(proof), checkpoint)


def prove_consistency(session: Session, log: Log, old: int, new: int | None = None) -> Consistency:
    """Proof from the checkpoint of size `old` to that of size `new` or the newest; reads O(log n) rows.

    Invalid when there is no such checkpoint or `old` is larger; IntegrityBroken when the stored tree does not prove it.
    """
    older = checkpoint_of(session, log, old, name="old")
    newer = checkpoint_of(session, log, new, name="new")
    first, second = older.checkpoint, newer.checkpoint
    if first.size > second.size:
        raise Invalid({"old": (Message(N_("The older checkpoint must not be larger than the newer one.")),)})
    try:
        proof = consistency_proof(first.size, second.size, Tiles(session).subtree)
        verify_consistency(first.size, second.size, proof, first.root, second.root)
    except ProofError:
        raise IntegrityBroken(SubjectKind.LEDGER, None) from None
    return Consistency(older, newer, tuple(proof))
