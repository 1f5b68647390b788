"""How a code list is written down: one line per term, id first."""

from __future__ import annotations

from app.domain.procedure import Choice
from app.domain.text import Label


def code_list(*terms: tuple[str, str, str]) -> tuple[Choice, ...]:
    """Choices from (id, Vietnamese, English) triples, in that order."""
    return tuple(Choice(id, Label(vi, en)) for id, vi, en in terms)
