"""How an attachment leaves: in a stream, as a file to keep and never as a page, named by a code."""

from __future__ import annotations

from flask import Response, stream_with_context

from app.services.attachments import Download


def sent(download: Download) -> Response:
    """The answer that carries it. A break on the way ends the connection before the promised length is reached."""
    response = Response(
        stream_with_context(download.chunks), mimetype=download.media_type, direct_passthrough=True
    )
    response.content_length = download.size
    response.headers.set("Content-Disposition", "attachment", filename=download.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.call_on_close(download.close)
    return response
