"""Small files of every kind, made here: what officers attach, and what must be refused. Invented content only."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from collections.abc import Callable

from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript

MARKER = "Zqx7anhchup"
"""Stands in the metadata of every sample that has any."""


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """A picture in Pillow's format `kind`: red left of the middle, blue right of it."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def photograph(orientation: int = 6) -> bytes:
    """A JPEG as a telephone writes it: turned by EXIF, with its maker and a place."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARKER
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (21.0, 1.0, 42.0)
    return picture("JPEG", (80, 60), exif=exif, comment=MARKER.encode())


def pdf(pages: int = 1) -> bytes:
    """A PDF with empty pages, its author and a script in it."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": MARKER, "/Title": MARKER})
    writer.add_open_action(JavaScript("app.alert('hư cấu');"))
    writer.add_attachment("ghi-chú.txt", MARKER.encode())
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def wav(seconds: float = 0.1) -> bytes:
    """Silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(seconds * 8000) * 2))
    return made.getvalue()


def mp3(*, tagged: bool = False) -> bytes:
    """Four frames of silence (MPEG-1 layer III, 128 kbit/s, 44.1 kHz), after an ID3v2 tag or not."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    text = b"\x03" + MARKER.encode()
    body = b"TIT2" + struct.pack(">IH", len(text), 0) + text
    tag = b"ID3\x04\x00\x00\x00\x00\x00" + bytes([len(body)]) + body
    return (tag if tagged else b"") + frame * 4


def flac() -> bytes:
    """The head of a FLAC file: STREAMINFO alone."""
    return b"fLaC\x80\x00\x00\x22" + struct.pack(">HH", 4096, 4096) + bytes(30)


def ogg(codec: bytes = b"OpusHead") -> bytes:
    """The first page of an Ogg stream."""
    packet = codec + b"\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
    return b"OggS\x00\x02" + bytes(20) + b"\x01" + bytes([len(packet)]) + packet


def iso_media(brand: bytes, *compatible: bytes) -> bytes:
    """An ISO base media file (MP4 and its kin) of that brand, without a track."""
    brands = brand + bytes(4) + b"".join(compatible or (brand,))
    box = struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands
    return box + struct.pack(">I", 8) + b"free" + struct.pack(">I", 16) + b"mdat" + bytes(8)


def archive(*names: str) -> bytes:
    """A ZIP file with these names in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names or ("a.txt",):
            file.writestr(name, "hư cấu")
    return made.getvalue()


def word(*, macros: bool) -> bytes:
    """The parts by which a Word file is known, with or without macros."""
    return archive(
        "[Content_Types].xml", "_rels/.rels", "word/document.xml", *(("word/vbaProject.bin",) * macros)
    )


def old_word() -> bytes:
    """The head of an OLE compound file, as Word 97 writes it."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(600)


def program() -> bytes:
    """The head of a Windows program."""
    head = b"MZ\x90\x00" + bytes(56) + struct.pack("<I", 64)
    return head + b"PE\x00\x00" + bytes(400)


ALLOWED: dict[str, Callable[[], bytes]] = {
    "image/jpeg": photograph,
    "image/png": lambda: picture("PNG"),
    "image/webp": lambda: picture("WEBP"),
    "image/tiff": lambda: picture("TIFF"),
    "image/heic": lambda: iso_media(b"heic", b"mif1", b"heic"),
    "application/pdf": pdf,
    "audio/wav": wav,
    "audio/mpeg": mp3,
    "audio/mp4": lambda: iso_media(b"M4A ", b"M4A ", b"mp42", b"isom"),
    "audio/aac": lambda: (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(10)) * 4,
    "audio/ogg": ogg,
    "audio/flac": flac,
    "audio/amr": lambda: b"#!AMR\n" + (b"\x3c" + bytes(31)) * 4,
    "video/mp4": lambda: iso_media(b"isom", b"isom", b"iso2", b"avc1", b"mp41"),
    "video/quicktime": lambda: iso_media(b"qt  "),
    "video/3gpp": lambda: iso_media(b"3gp4", b"isom", b"3gp4"),
    "video/x-msvideo": lambda: b"RIFF" + struct.pack("<I", 200) + b"AVI LIST" + bytes(192),
    "text/plain": "Tin nhắn (hư cấu): gặp ở bến xe lúc 19:30.\n".encode,
}

REFUSED: dict[str, Callable[[], bytes]] = {
    "web page": lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "web page after blanks": lambda: b"\xef\xbb\xbf \n <HTML><body>x</body></html>",
    "svg": lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "shell script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "windows program": program,
    "linux program": lambda: b"\x7fELF\x02\x01\x01" + bytes(200),
    "zip": archive,
    "word": lambda: word(macros=False),
    "word with macros": lambda: word(macros=True),
    "old word": old_word,
    "rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(60),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(60),
    "gzip": lambda: b"\x1f\x8b\x08\x00" + bytes(60),
    "java archive": lambda: archive("META-INF/MANIFEST.MF", "A.class"),
    "bmp": lambda: picture("BMP"),
    "gif": lambda: picture("GIF"),
    "flash": lambda: b"FWS\x06" + bytes(60),
    "nothing known": lambda: bytes(range(1, 200)) * 3,
    "late html": lambda: b"x" * 3 + bytes([0, 1, 2]) + b"<html>",
    "pdf after other bytes": lambda: b"GIF89a" + pdf(),
}
