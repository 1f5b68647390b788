"""The file as rendered: what is inside it, and what is refused."""

from __future__ import annotations

import builtins
import io
import sys
import unicodedata
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from jinja2 import DictLoader, Environment

from app.catalogue.documents import DOCUMENTS
from app.documents import rendering
from app.documents.presentation import clean
from app.documents.rendering import render_pdf
from app.domain.errors import Invalid, Unavailable
from tests.documents.reading import text
from tests.documents.samples import CREATED, content, context, pdf


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_the_file_is_pdf_a_with_embedded_fonts_and_no_script(document_id):
    with pikepdf.open(io.BytesIO(pdf(document_id))) as opened:
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "U")
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert opened.Root.Lang == "vi"
        assert opened.Root.MarkInfo.Marked
        assert "/JavaScript" not in opened.Root.get("/Names", {})
        fonts = [
            o
            for o in opened.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        assert all("+Official" in str(font.FontName) for font in fonts)  # only the bundled faces
        assert all(
            "/ToUnicode" in f
            for f in opened.objects
            if isinstance(f, pikepdf.Dictionary) and f.get("/Subtype") == "/Type0"
        )


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_the_same_content_gives_the_same_bytes(document_id):
    assert pdf(document_id) == pdf(document_id)


def test_one_changed_letter_changes_the_file():
    assert pdf("victim_handover") != pdf("victim_handover", content("victim_handover", {"events": "Khác."}))


def test_the_file_names_nobody_outside_its_text():
    with pikepdf.open(io.BytesIO(pdf("victim_handover"))) as opened:
        assert str(opened.docinfo["/Title"]) == "Biên bản giao, nhận nạn nhân"
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20260205")


def test_markup_is_printed_not_obeyed():
    hostile = "<img src='http://example.invalid/x.png'><b>đậm</b><script>alert(1)</script>{{ 7*7 }}"
    made = text(pdf("victim_handover", content("victim_handover", {"opinions": hostile, "place": hostile})))
    assert "<b>đậm</b>" in made
    assert "<script>alert(1)</script>{{ 7*7 }}" in made


@pytest.mark.parametrize(
    "address", ["http://example.invalid/x.png", "file:///etc/passwd", "bundled:../../../etc/passwd"]
)
@pytest.mark.parametrize(
    "reference",
    [
        '<img src="{}">',
        '<link rel="attachment" href="{}">',
        '<link rel="stylesheet" href="{}">',
        '<p style="background: url({})">chữ</p>',
    ],
)
def test_nothing_is_loaded_from_outside(reference, address, monkeypatch):
    loader = DictLoader(
        {"outside.html": f'<html lang="vi"><body>chữ {reference.format(address)}</body></html>'}
    )
    monkeypatch.setattr(rendering, "_ENVIRONMENT", Environment(loader=loader, autoescape=True))
    with pytest.raises(Invalid) as refused:
        render_pdf("outside.html", {}, created=CREATED, identifier="x")
    assert "outside resources" in str(refused.value.errors["document"][0])


@pytest.mark.parametrize("writing", ["杨小明", "ສະບາຍດີ", "ភាសាខ្មែរ", "မြန်မာ", "ไทย", "😀"])
def test_letters_the_font_lacks_are_refused_by_name(writing):
    with pytest.raises(Invalid) as refused:
        pdf("victim_handover", content("victim_handover", {"opinions": writing}))
    assert f"U+{ord(writing[0]):04X}" in str(refused.value.errors["document"][0])


def test_every_vietnamese_letter_is_covered():
    vowels = "aăâeêioôơuưy"
    letters = {
        unicodedata.normalize("NFC", v + tone)
        for v in vowels
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    }
    letters |= {"đ", "₫", "–", "…"}
    assert {letter.upper() for letter in letters} | letters <= rendering._covered()


def test_text_is_composed_and_freed_of_invisible_characters():
    assert clean("Nguyê\u0303n\u202e \u200bA\x00\tB\r\nC\ufeff") == "Nguyễn A B\nC"


def test_the_code_image_is_inline_and_holds_the_code_only():
    verification = context("victim_handover")["verification"]
    assert verification["code"] == "K7QM-2XRA-9TFD"
    assert verification["image"].startswith("data:image/svg+xml")
    assert "K7QM-2XRA-9TFD" in text(pdf("victim_handover"))


def test_missing_system_libraries_are_named_with_the_remedy(monkeypatch):
    real = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name == "app.documents" and args[2] == ("engine",):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "app.documents.engine", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(Unavailable, match="apt-get install"):
        rendering.check_engine()


def test_the_qr_image_is_wellformed():
    from urllib.parse import unquote

    _, _, data = context("victim_handover")["verification"]["image"].partition(",")
    assert ET.fromstring(unquote(data)).tag.endswith("svg")  # noqa: S314 - our own image
