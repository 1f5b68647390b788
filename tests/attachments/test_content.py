"""What a file is told by its content, whatever its name says; what may not be attached is called by its name."""

from __future__ import annotations

import re

import pytest

from app.attachments.content import LOOKED_AT, PlainText, Refused, recognise
from app.catalogue.attachments import ALLOWED as IN_WORDS
from app.catalogue.attachments import BY_MEDIA_TYPE, FORBIDDEN, KINDS, OFFICE, TEXT, Rendering
from tests.attachments import samples

NAMED = {
    "web page": "HTML",
    "web page after blanks": "HTML",
    "svg": "SVG",
    "shell script": "script",
    "windows program": "program",
    "linux program": "program",
    "zip": "archive",
    "word": "Office",
    "word with macros": "Office",
    "old word": "Office",
    "rar": "archive",
    "7z": "archive",
    "gzip": "archive",
    "java archive": "archive",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "flash": "program",
    "nothing known": "no kind",
    "late html": "no kind",
    "pdf after other bytes": "image/gif",
}


def told(data: bytes):
    """The kind, after the whole content was looked at."""
    kind = recognise(data[:LOOKED_AT])
    if kind is TEXT:
        PlainText().see(data, last=True)
    return kind


def message_of(refused) -> str:
    return str(refused.value.errors["file"][0])


@pytest.mark.parametrize("media_type", samples.ALLOWED)
def test_what_may_be_attached_is_recognised(media_type):
    expected = "video/mp4" if media_type == "video/3gpp" else media_type
    assert told(samples.ALLOWED[media_type]()).media_type == expected


def test_there_is_a_sample_of_every_kind():
    assert set(samples.ALLOWED) - {"video/3gpp"} == set(BY_MEDIA_TYPE)
    assert set(samples.REFUSED) == set(NAMED)


@pytest.mark.parametrize("name", samples.REFUSED)
def test_what_may_not_be_attached_is_refused_with_its_name_and_what_is_allowed(name):
    with pytest.raises(Refused) as refused:
        told(samples.REFUSED[name]())
    assert refused.value.why == "kind"
    assert NAMED[name] in message_of(refused)
    assert "pictures (JPEG, PNG" in message_of(refused)


def test_nothing_is_refused_as_empty():
    with pytest.raises(Refused) as refused:
        recognise(b"")
    assert refused.value.why == "empty"


def test_a_tagged_mp3_is_still_one():
    assert told(samples.mp3(tagged=True)).media_type == "audio/mpeg"


@pytest.mark.parametrize(
    "text", ["Tin nhắn\r\n\tcủa Hoa (hư cấu)", "\ufeffcó dấu mở đầu", "<Hoa> chào", "a < b"]
)
def test_text_of_any_language_is_text(text):
    assert told(text.encode()) is TEXT


@pytest.mark.parametrize("data", ["Chữ".encode("utf-16"), b"a\x00b", b"\x1b[31mred", b"caf\xe9 \xa0"])
def test_what_no_text_holds_is_no_text(data):
    with pytest.raises(Refused):
        told(data)


def test_a_letter_cut_between_two_pieces_is_one_letter():
    data, text = "Người".encode(), PlainText()
    for place in range(len(data)):
        text.see(data[place : place + 1])
    text.see(b"", last=True)
    cut = PlainText()
    cut.see(data[:5])
    with pytest.raises(Refused):
        cut.see(b"", last=True)


def test_the_table_of_kinds_is_whole():
    assert len({kind.id for kind in KINDS}) == len({kind.media_type for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        formats = set(re.findall(r"\b[A-Z0-9][A-Za-z0-9-]+\b", kind.label.en)) - {"UTF"}
        assert formats <= set(re.findall(r"[\w-]+", IN_WORDS.en)), kind.id
        assert formats <= set(re.findall(r"[\w-]+", IN_WORDS.vi)), kind.id
    assert not set(FORBIDDEN) & {name for kind in KINDS for name in kind.known_as}
    assert all(kind.most <= 500 << 20 for kind in KINDS)
    assert OFFICE.en
    assert {kind.media_type for kind in KINDS if kind.rendering is Rendering.PICTURE} == {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/tiff",
    }
