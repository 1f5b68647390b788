"""Going on after a loss that an operator accepted: a new generation of the log."""

from __future__ import annotations

from app.domain.actor import Actor
from app.domain.events import LedgerContinued
from app.extensions import db
from app.ledger import current_ledger
from app.ledger.log import current_log
from app.ledger.loss import Loss, begin_tide_anew
from app.models import Deployment
from app.transaction import transaction


def continue_ledger(actor: Actor, loss: Loss) -> int:
    """Begin a new generation whose first act says what was missing; its number.

    The tide comes first: a crash before the commit leaves a tide of a generation the database does not know, so that
    everything is refused until this is done again.
    """
    generation = loss.generation + 1
    begin_tide_anew(db.session(), current_log(), generation)
    db.session.rollback()
    current_ledger().generation = generation
    with transaction(actor) as tx:
        deployment = db.session.query(Deployment).with_for_update().one()
        deployment.generation = generation
        tx.record(
            LedgerContinued(
                old_generation=loss.generation,
                old_size=loss.size,
                old_root=loss.root,
                kept=loss.kept,
                missing=loss.missing,
            )
        )
    return generation
