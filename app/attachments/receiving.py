"""How requests with files come in: never in clear on a disk, and larger than others only where a route says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, TypeVar, cast

from flask import Request, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.attachments.content import too_large
from app.attachments.spool import Spool
from app.catalogue.attachments import MB
from app.config import Settings
from app.extensions import part

F = TypeVar("F", bound=Callable[..., Any])


def takes_files(view: F) -> F:
    """Mark a view whose request may be as large as an attachment."""
    view.takes_files = True  # type: ignore[attr-defined] # a mark on the function
    return view


class Body:
    """The request's body as it comes; TooLarge, in own words, where the framework would only break off."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        try:
            return request.stream.read(size)
        except RequestEntityTooLarge:
            raise too_large(_settings().attachment_limit) from None


class SealedRequest(Request):
    """A request whose uploaded files wait in a Spool, not in a temporary file in clear."""

    @property
    def max_content_length(self) -> int | None:
        """The general limit; for a view that takes files so much that one too large can be refused in own words."""
        view = current_app.view_functions.get(self.endpoint or "")
        if getattr(view, "takes_files", False):
            return 2 * _settings().attachment_limit + MB
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        settings = _settings()
        return cast("IO[bytes]", Spool(settings.attachment_directory, settings.attachment_limit))


def _settings() -> Settings:
    return cast("Settings", part("settings"))
