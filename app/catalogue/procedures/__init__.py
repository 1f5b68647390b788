"""The register of procedures: every released version, and the ones in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from app.catalogue.procedures import extradition_incoming, trafficking_victim
from app.domain.errors import Invalid
from app.domain.procedure import Procedure
from app.domain.text import N_, Message

_RELEASED: tuple[Procedure, ...] = (trafficking_victim.PROCEDURE, extradition_incoming.PROCEDURE)

PROCEDURES: Mapping[tuple[str, int], Procedure] = MappingProxyType({(p.id, p.version): p for p in _RELEASED})

CURRENT: tuple[Procedure, ...] = tuple(
    {p.id: p for p in sorted(_RELEASED, key=lambda p: p.version) if p.in_force_to is None}.values()
)
"""The latest version of each procedure that has no end set."""


def procedure(id: str, version: int) -> Procedure:
    """The released version a case was begun with; KeyError when it was never released."""
    return PROCEDURES[id, version]


def current_procedure(id: str, day: date) -> Procedure:
    """The version with which a case begins on that local day; Invalid when none is in force."""
    in_force = [
        p
        for p in _RELEASED
        if p.id == id and p.in_force_from <= day and (p.in_force_to is None or day <= p.in_force_to)
    ]
    if not in_force:
        raise Invalid(
            {"procedure_id": [Message(N_("No such procedure is in force on this day. Choose another one."))]}
        )
    return max(in_force, key=lambda p: p.version)
