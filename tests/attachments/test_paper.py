"""A copy of a PDF keeps nothing of what hides in its pictures, resources, comments and page keys."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from app.attachments import stripped
from app.attachments.rendering import NOT_STRIPPED
from app.catalogue.attachments import BY_MEDIA_TYPE
from app.domain.errors import Conflict

MARK = b"HIDDEN"


def stream(data: bytes, **keys) -> StreamObject:
    made = StreamObject()
    made.set_data(data)
    made.update({NameObject(f"/{key}"): value for key, value in keys.items()})
    return made


def photograph(writer, **more):
    exif, made = Image.Exif(), io.BytesIO()
    exif[0x010F] = "HIDDENCAMERA"
    Image.new("RGB", (64, 64), "red").save(made, "JPEG", exif=exif, comment=b"HIDDENCOMMENT")
    xmp = stream(b"<x>HIDDENXMP</x>", Type=NameObject("/Metadata")).flate_encode()
    names = {"Subtype": "/Image", "ColorSpace": "/DeviceRGB", "Filter": "/DCTDecode", **more}
    keys = {key: NameObject(value) for key, value in names.items()}
    sizes = {"Width": NumberObject(64), "Height": NumberObject(64), "BitsPerComponent": NumberObject(8)}
    odd = {"Metadata": writer._add_object(xmp), "PieceInfo": TextStringObject("HIDDENPIECE")}
    return writer._add_object(stream(made.getvalue() + b"HIDDENTAIL", **keys, **sizes, **odd))


def paper(**more) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    inner = DictionaryObject({NameObject("/I"): photograph(writer, **more)})
    form = stream(
        b"/I Do\n% HIDDENFORM\n",
        Subtype=NameObject("/Form"),
        BBox=ArrayObject([NumberObject(n) for n in (0, 0, 1, 1)]),
        Resources=DictionaryObject({NameObject("/XObject"): inner}),
        LastModified=TextStringObject("HIDDENDATE"),
    )
    objects = DictionaryObject({NameObject("/F"): writer._add_object(form)})
    state = DictionaryObject({NameObject("/Odd"): TextStringObject("HIDDENSTATE")})
    states = DictionaryObject({NameObject("/G"): state})
    drawn = b"/Span <</ActualText (HIDDENSPAN)>> BDC q 100 0 0 100 0 0 cm /G gs /F Do Q EMC\n% HIDDENCOMMENT"
    page[NameObject("/Contents")] = writer._add_object(stream(drawn))
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/XObject"): objects,
            NameObject("/ExtGState"): states,
            NameObject("/Odd"): TextStringObject("HIDDENRES"),
        }
    )
    for key in ("/VP", "/PieceInfo", "/AF", "/Odd"):
        page[NameObject(key)] = TextStringObject("HIDDENPAGE")
    writer.add_metadata({"/Author": "HIDDENAUTHOR"})
    writer.add_attachment("HIDDENNAME", b"HIDDENFILE")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def everything(data: bytes) -> bytes:
    """The file and every object of it, streams unpacked (pictures as they are)."""
    reader, found = PdfReader(io.BytesIO(data)), [data]
    for number in range(1, int(reader.trailer["/Size"])):
        item = reader.get_object(number)
        found.append(repr(item).encode())
        if isinstance(item, StreamObject):
            packed = item.get("/Filter") in ("/DCTDecode", "/JPXDecode")
            found.append(item._data if packed else item.get_data())
    return b"\n".join(found)


def copied(data: bytes) -> bytes:
    return stripped(BY_MEDIA_TYPE["application/pdf"], iter((data,)))


def test_nothing_hidden_is_left_and_the_picture_is_the_same():
    data = paper()
    assert everything(data).count(MARK) > 12
    copy = copied(data)
    assert MARK not in everything(copy)
    page = PdfReader(io.BytesIO(copy)).pages[0]
    form = page["/Resources"]["/XObject"]["/F"]
    image = Image.open(io.BytesIO(form["/Resources"]["/XObject"]["/I"]._data))
    assert image.size == (64, 64)
    assert image.convert("RGB").getpixel((9, 9))[0] > 240
    assert b"/F Do" in page.get_contents().get_data()


@pytest.mark.parametrize("packing", ["/JPXDecode", "/JBIG2Decode"])
def test_a_picture_that_cannot_be_cleaned_is_refused(packing):
    with pytest.raises(Conflict) as refused:
        copied(paper(Filter=packing))
    assert refused.value.message == NOT_STRIPPED
