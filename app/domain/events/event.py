"""Every kind of ledger entry. The docstring is the documentation; the types keep personal data out.

A field is an id, an enum, a number, a truth value, an instant, a catalogue id
or a digest, or a tuple of these - never a bare string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, Self
from uuid import UUID

from app.domain.errors import SubjectKind

_CATALOGUE_ID = re.compile(r"[a-z0-9_]{1,60}\Z")


class CatalogueId(str):
    """An id out of the catalogue (a section, stage, document type ...): cannot hold a name or a sentence."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        """Refuse anything that is not lower-case letters, digits and underscores."""
        if not _CATALOGUE_ID.match(value):
            raise TypeError("not a catalogue id")
        return super().__new__(cls, value)


def ids(values: Any) -> tuple[CatalogueId, ...]:
    """Catalogue ids in a stable order."""
    return tuple(CatalogueId(v) for v in sorted(values))


def plain(value: Any) -> Any:  # noqa: PLR0911 - one kind, one line
    """A field's value as JSON; TypeError for anything that could carry personal data."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int():
            return value
        case CatalogueId():
            return str(value)
        case UUID():
            return str(value)
        case bytes() if len(value) == 32:
            return value.hex()
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return [plain(v) for v in value]
        case _:
            raise TypeError(f"{type(value).__name__} must not enter the ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An act. `subject_id` is what it is about: a case wherever there is one."""

    action: ClassVar[str]
    kind: ClassVar[SubjectKind]
    subject_id: UUID | None = None

    def body(self) -> Mapping[str, Any]:
        """The declared fields as JSON values, without empty ones."""
        values = {
            f.name: plain(getattr(self, f.name))
            for f in fields(self)
            if f.name not in ("subject_id", "subject")
        }
        return {k: v for k, v in values.items() if v is not None}

    @property
    def subject_kind(self) -> SubjectKind:
        """The kind of the subject; a denial names it per instance."""
        return self.kind
