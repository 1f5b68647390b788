"""Words shown to people: bilingual legal terms, and translatable messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def N_(msgid: str) -> str:
    """Mark an English message for extraction; the edge translates it."""
    return msgid


@dataclass(frozen=True, slots=True)
class Label:
    """A term of the law or the administration, in both languages, as data."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the user: an English msgid with named parameters (`%(name)s`).

    A parameter may be a Label; the edge shows it in the user's language.
    """

    msgid: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = {k: v.en if isinstance(v, Label) else v for k, v in self.params.items()}
        return self.msgid % shown if shown else self.msgid
