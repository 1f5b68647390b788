"""Print docs/ledger-entries.md: every kind of ledger entry with its meaning and fields, from the code.

.venv/bin/python scripts/list_ledger_entries.py > docs/ledger-entries.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.domain import events
from app.domain.events import Event

HEAD = """# Ledger entries

Every kind of entry the ledger holds, made from the classes in `app/domain/events`. Each entry also carries when,
which account, which unit, by which channel, from which address, and what it is about. No field holds
free text: personal data cannot get in. Made by `scripts/list_ledger_entries.py`; do not edit by hand.

| entry | about | meaning | fields |
|---|---|---|---|"""
WORDS = {
    "UUID": "id",
    "CatalogueId": "catalogue id",
    "SubjectKind": "kind of object",
    "Permission": "right",
    "bool": "yes or no",
    "bytes": "SHA-256",
    "date": "day",
    "datetime": "instant",
    "int": "number",
}


def kinds() -> Iterator[type[Event]]:
    """Every declared event, in the order of their actions."""
    declared = [getattr(events, name) for name in events.__all__]
    found = [d for d in declared if isinstance(d, type) and issubclass(d, Event) and d is not Event]
    yield from sorted(found, key=lambda kind: kind.action)


def row(kind: type[Event]) -> str:
    """One line of the table."""
    own = [f"`{f.name}`: {in_words(str(f.type))}" for f in fields(kind) if f.name != "subject_id"]
    about = "as `subject` says" if "subject" in {f.name for f in fields(kind)} else kind.kind.value
    meaning = " ".join((kind.__doc__ or "").split())
    return f"| `{kind.action}` | {about} | {meaning} | {'; '.join(own) or '-'} |"


def in_words(annotation: str) -> str:
    """A field's type as an auditor would say it."""
    several = re.fullmatch(r"tuple\[(\w+), \.\.\.\]", annotation)
    if several:
        return f"several of {WORDS[several[1]]}"
    name, _, optional = annotation.partition(" | ")
    return WORDS[name] + (", or none" if optional else "")


if __name__ == "__main__":
    print(HEAD)
    for event in kinds():
        print(row(event))
