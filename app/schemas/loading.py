"""Loading a form: its values, or one Invalid that names every wrong entry by its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError

from app.domain.errors import Invalid
from app.domain.text import Message

WHOLE = "form"
"""The path of what concerns the form as a whole."""


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """The values of a form; Invalid with messages by dotted path, e.g. "content.caller_phone", "items.0.quantity"."""
    try:
        values: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise Invalid(messages_by_path(error.messages)) from None
    return values


def messages_by_path(messages: Any) -> dict[str, list[Message]]:
    """Nested messages of marshmallow as one flat mapping."""
    found: dict[str, list[Message]] = {}
    for path, message in _walk(messages, ()):
        found.setdefault(".".join(path) or WHOLE, []).append(message)
    return found


def _walk(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Message]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _walk(inner, path if key == "_schema" else (*path, str(key)))
    elif isinstance(messages, (list, tuple)):
        for inner in messages:
            yield from _walk(inner, path)
    else:
        yield path, messages if isinstance(messages, Message) else Message(str(messages))
