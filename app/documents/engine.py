"""The only module that imports WeasyPrint; rendering loads it late, because pango may be missing."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from weasyprint import HTML
from weasyprint.css import ColorProfile
from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "bundled:"
_VARIANT = "pdf/a-2u"
_COLOURS = "bundled-srgb"


class BundledOnly(URLFetcher):
    """Serves the bundled files and inline data; refuses, and counts, every other address."""

    def __init__(self, bundled: dict[str, Path]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.bundled = bundled
        self.refused = 0

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The resource at `url`; ValueError when it is neither bundled nor inline."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = self.bundled.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if path is None:
            self.refused += 1
            raise ValueError("only bundled files may be loaded")
        kind = "text/css" if path.suffix == ".css" else "font/ttf"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def to_pdf(html: str, fetcher: BundledOnly, identifier: str) -> bytes:
    """Tagged PDF/A-2u; the same html and identifier give the same bytes."""
    return bytes(
        HTML(string=html, url_fetcher=fetcher).write_pdf(
            pdf_variant=_VARIANT,
            pdf_tags=True,
            pdf_identifier=hashlib.sha256(identifier.encode()).digest()[:16],
            color_profiles={_COLOURS: _srgb()},
            output_intent=_COLOURS,
        )
    )


def _srgb() -> ColorProfile:
    # WeasyPrint's own default leaves the profile's file open, which is an error under -W error.
    profile = BytesIO((files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())
    return ColorProfile(profile, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
