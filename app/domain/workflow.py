"""The one gate: which moves a stage offers, and what stands in the way of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import Invalid
from app.domain.permissions import Permission
from app.domain.procedure import Facts, Move, Procedure, Stage
from app.domain.text import N_, Message


def is_filled(value: Any) -> bool:
    """False for absent, blank and empty; True for 0 and False (an answered no is an answer)."""
    return value is not None and value not in ("", [], {})


def moves_for(permissions: frozenset[Permission], stage: Stage) -> tuple[Move, ...]:
    """The moves this account may start from this stage by its own act."""
    return tuple(m for m in stage.moves if m.permission in permissions and not m.by_handover)


def find_move(stage: Stage, to: str) -> Move:
    """The move from this stage to `to`; Invalid names the field when there is none."""
    try:
        return stage.move(to)
    except KeyError:
        raise Invalid(
            {"to": [Message(N_("No such step from the stage “%(stage)s”."), {"stage": stage.label})]}
        ) from None


def obstacles(
    procedure: Procedure, move: Move, facts: Facts, document_labels: Mapping[str, Any]
) -> dict[str, list[Message]]:
    """Everything the move still needs, keyed by "section.field", "documents.<type>" or "guard".

    `document_labels`: document type id -> Label.
    """
    found: dict[str, list[Message]] = {}
    for reference in move.requires:
        section, field = procedure.field(reference)
        if not is_filled(facts.record.get(section.id, {}).get(field.id)):
            found[reference] = [
                Message(
                    N_("Fill in “%(field)s” in the section “%(section)s” first."),
                    {"field": field.label, "section": section.label},
                )
            ]
    for type_id in move.documents:
        if type_id not in facts.issued:
            found[f"documents.{type_id}"] = [
                Message(
                    N_("Issue the document “%(document)s” first."), {"document": document_labels[type_id]}
                )
            ]
    if move.by_handover and not facts.handover_confirmed:
        found["handover"] = [Message(N_("The receiving unit must confirm the handover first."))]
    hindrances = [message for guard in move.guards for message in guard(facts)]
    if hindrances:
        found["guard"] = hindrances
    return found
