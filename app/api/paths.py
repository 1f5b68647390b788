"""What may stand in a path besides fixed words: ids of the catalogue, and entity tags on the way out."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter

PREFIX = "/api/v1"
ETAG: dict[str, Any] = {
    "ETag": {"description": "The version, to send back as If-Match.", "schema": {"type": "string"}}
}
CREATED: dict[str, Any] = {
    "Location": {"description": "Where it is.", "schema": {"type": "string"}},
    **ETAG,
}


class IdConverter(BaseConverter):
    """An id of the catalogue: small letters, digits and underscores; anything else is not found."""

    regex = "[a-z][a-z0-9_]{0,59}"


def tagged(version: int, location: str | None = None) -> dict[str, str]:
    """The headers of one object: its version as ETag, and where it is when it was just made."""
    headers = {"ETag": f'"{version}"'}
    return {**headers, "Location": PREFIX + location} if location else headers
