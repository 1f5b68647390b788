"""Checkpoints of the ledger and proofs from it, for those who audit; the operator of the service exports it."""

from __future__ import annotations

from typing import Any

from app.access import require
from app.documents.checkpoint_page import TEMPLATE, checkpoint_page_context
from app.documents.rendering import render_pdf
from app.domain.actor import Actor, Channel
from app.domain.errors import NotVisible, SubjectKind
from app.domain.events import (
    CatalogueId,
    CheckpointPrinted,
    CheckpointRead,
    ConsistencyProved,
    InclusionProved,
    LedgerExported,
    SealRefused,
)
from app.domain.permissions import Permission
from app.extensions import db
from app.ledger import Finding
from app.ledger.checkpoint import Signed
from app.ledger.log import current_log
from app.ledger.prove import (
    Consistency,
    Inclusion,
    checkpoint_of,
    entry_at,
    position_of,
    prove_consistency,
    prove_inclusion,
)
from app.transaction import transaction


def read_checkpoint(actor: Actor, size: int | None = None) -> Signed:
    """The newest checkpoint, or that of a size."""
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        signed = checkpoint_of(db.session(), current_log(), size)
        tx.record(CheckpointRead(size=signed.checkpoint.size))
    return signed


def print_checkpoint(actor: Actor) -> bytes:
    """The newest checkpoint as a PDF for the supervisor's safe."""
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        signed = checkpoint_of(db.session(), current_log())
        pdf = render_pdf(
            TEMPLATE, _printed(signed), created=signed.at, identifier=signed.checkpoint.root.hex()[:32]
        )
        tx.record(CheckpointPrinted(size=signed.checkpoint.size))
    return pdf


def prove_entry(
    actor: Actor,
    *,
    lane: int | None = None,
    counter: int | None = None,
    position: int | None = None,
    size: int | None = None,
) -> Inclusion:
    """Proof that an entry, by lane and counter or by position, is in the log of that size or the newest.

    Somebody who audits gets proofs of what the people of their own unit did; the operator of any entry.
    """
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        session = db.session()
        place = position_of(session, lane or 0, counter or 0) if position is None else position
        if actor.channel is not Channel.CLI and entry_at(session, place).unit_id != actor.unit_id:
            raise NotVisible(SubjectKind.LEDGER)
        proof = prove_inclusion(session, current_log(), place, size)
        tx.record(InclusionProved(position=place, size=proof.checkpoint.checkpoint.size))
    return proof


def prove_growth(actor: Actor, old: int | None = None, new: int | None = None) -> Consistency:
    """Proof that the log of size `old` is the beginning of the log of size `new`, or the newest."""
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        proof = prove_consistency(db.session(), current_log(), old or 0, new)
        tx.record(ConsistencyProved(old=proof.old.checkpoint.size, new=proof.new.checkpoint.size))
    return proof


def begin_export(actor: Actor) -> Signed:
    """Record that the whole log leaves the application; the checkpoint up to which it does."""
    with transaction(actor) as tx:
        require(actor, Permission.LEDGER_READ, SubjectKind.LEDGER)
        signed = checkpoint_of(db.session(), current_log())
        tx.record(LedgerExported(size=signed.checkpoint.size))
    return signed


def record_refused_seal(actor: Actor, finding: Finding) -> None:
    """Have the ledger itself tell that the sealer stopped."""
    with transaction(actor) as tx:
        problem = CatalogueId(finding.problem.name.lower())
        tx.record(SealRefused(problem=problem, lane=finding.lane, counter=finding.counter))


def _printed(signed: Signed) -> dict[str, Any]:
    key = current_log().key
    return checkpoint_page_context(
        origin=signed.checkpoint.origin,
        size=signed.checkpoint.size,
        root=signed.root,
        at=signed.at,
        note=signed.note,
        keys=[str(key.verifier)],
    )
