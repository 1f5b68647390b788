"""How a PDF leaves the API: never cached, named by a code that says nothing about a person."""

from __future__ import annotations

from typing import Any

from flask import Response

PDF: dict[str, Any] = {
    "schema": {"type": "string", "format": "binary"},
    "content_type": "application/pdf",
    "description": "The paper.",
}


def pdf_answer(pdf: bytes, code: str) -> Response:
    """The bytes under the file name `<code>.pdf`."""
    disposition = f'attachment; filename="{code}.pdf"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": disposition})
