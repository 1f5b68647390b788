"""Renders an official paper to PDF: template, font coverage, and nothing loaded from outside."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import datetime
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.documents.presentation import clean
from app.domain.document import DocumentType
from app.domain.errors import Invalid, Unavailable
from app.domain.text import N_, Message

_TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"
_FONTS = tuple(sorted((Path(__file__).parent / "fonts").glob("*.ttf")))
_BUNDLED = {"official.css": _TEMPLATES / "official.css"} | {font.name: font for font in _FONTS}
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=lambda value: clean(value) if type(value) is str else value,
)


def render_pdf(
    document: DocumentType | str, context: Mapping[str, Any], *, created: datetime, identifier: str
) -> bytes:
    """PDF/A-2u of a document type, or of a named template; same input, same bytes.

    `created` (aware) and `identifier` come from the record, never from the clock. Raises Invalid
    when a character cannot be printed or something outside the bundle is referred to, and
    Unavailable when the PDF libraries of the system are missing.
    """
    html = check_printable(document, context, created=created)
    engine = check_engine()
    fetcher = engine.BundledOnly(_BUNDLED)
    pdf: bytes = engine.to_pdf(html, fetcher, identifier)
    if fetcher.refused:
        message = N_(
            "The document refers to %(count)s outside resources; it was not made. Remove the references."
        )
        raise Invalid({"document": (Message(message, {"count": fetcher.refused}),)})
    return pdf


def check_printable(document: DocumentType | str, context: Mapping[str, Any], *, created: datetime) -> str:
    """The HTML of a paper; Invalid when a character cannot be printed, Unavailable without the PDF libraries."""
    check_engine()
    template = document if isinstance(document, str) else document.template
    html = _ENVIRONMENT.get_template(template).render(context, created=created.isoformat())
    _check_coverage(html)
    return html


def check_engine() -> ModuleType:
    """The layout engine; Unavailable, with the remedy, when the system lacks its libraries."""
    try:
        with redirect_stdout(io.StringIO()):  # the library prints a banner when pango is missing
            from app.documents import engine  # noqa: PLC0415 - see the docstring of engine
    except OSError as error:
        message = N_(
            "PDF documents cannot be made: a system library is missing. On the server run: "
            "apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0"
        )
        raise Unavailable(Message(message)) from error
    return engine


def _check_coverage(html: str) -> None:
    """Missing glyphs would print as boxes, or in a font of whichever machine renders."""
    reader = _TextReader()
    reader.feed(html)
    missing = sorted(reader.characters - _covered())
    if missing:
        names = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing[:10])
        message = N_("The font of official documents has no %(characters)s. Write these in Latin letters.")
        raise Invalid({"document": (Message(message, {"characters": names}),)})


@lru_cache(maxsize=1)
def _covered() -> frozenset[str]:
    """Characters that every bundled face can print, and the space a line break becomes."""
    faces = []
    for path in _FONTS:
        with TTFont(path, lazy=True) as font:
            faces.append({chr(code) for code in font.getBestCmap()})
    return frozenset(set.intersection(*faces) | {"\n"})


class _TextReader(HTMLParser):
    """Collects the characters of the text between the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.characters: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.characters.update(data)
