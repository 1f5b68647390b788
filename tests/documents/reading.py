"""Reads the text of a PDF back."""

from __future__ import annotations

import io
import unicodedata

import pypdf


def pages(data):
    """The text of each page, one blank between words."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return [" ".join(unicodedata.normalize("NFC", page.extract_text()).split()) for page in reader.pages]


def text(data):
    return " ".join(pages(data))
