"""A copy of a PDF keeps nothing of what hides in its pictures, resources, comments and page keys."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
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


@pytest.mark.parametrize("packing", ["/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"])
def test_a_picture_that_cannot_be_cleaned_is_refused(packing):
    with pytest.raises(Conflict) as refused:
        copied(paper(Filter=packing))
    assert refused.value.message == NOT_STRIPPED


def drawn(content: bytes = b"/X Do", image: StreamObject | None = None) -> bytes:
    writer, made = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(100, 100)
    if image is not None:
        objects = DictionaryObject({NameObject("/X"): writer._add_object(image)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): objects})
    page[NameObject("/Contents")] = writer._add_object(stream(content))
    writer.write(made)
    return made.getvalue()


def picture(data: bytes, bits: int = 8, **names) -> StreamObject:
    numbers = {"Width": NumberObject(9), "Height": NumberObject(2), "BitsPerComponent": NumberObject(bits)}
    keys = {key: NameObject(value) for key, value in names.items()}
    return stream(data, Type=NameObject("/XObject"), Subtype=NameObject("/Image"), **numbers, **keys)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("space", "bits", "size"), [("/DeviceGray", 8, 18), ("/DeviceRGB", 8, 54), ("/DeviceGray", 1, 4)]
)
def test_what_follows_the_pixels_of_a_picture_is_cut_off(space, bits, size, packed):
    image = picture(bytes(range(size)) + b"HIDDENTAIL", bits, ColorSpace=space)
    copy = copied(drawn(image=image.flate_encode() if packed else image))
    assert MARK not in everything(copy)
    kept = PdfReader(io.BytesIO(copy)).pages[0]["/Resources"]["/XObject"]["/X"]
    assert kept.get_data() == bytes(range(size))


@pytest.mark.parametrize(("mask", "size"), [(True, 4), (False, 18)])
def test_a_mask_has_one_bit_for_a_pixel(mask, size):
    image = picture(bytes(size) + b"HIDDENTAIL", ColorSpace="/DeviceGray")
    image[NameObject("/ImageMask")] = BooleanObject(mask)
    kept = PdfReader(io.BytesIO(copied(drawn(image=image)))).pages[0]["/Resources"]["/XObject"]["/X"]
    assert kept.get_data() == bytes(size)


def test_a_picture_in_a_colour_space_that_is_not_known_is_refused():
    with pytest.raises(Conflict):
        copied(drawn(image=picture(bytes(18), ColorSpace="/Odd")))


@pytest.mark.parametrize("mark", [0x01, 0xC8, 0xDE, 0xE1, 0xF0, 0xFD, 0xFE])
def test_a_jpeg_keeps_only_the_parts_its_pixels_need(mark):
    made = io.BytesIO()
    Image.new("RGB", (9, 2), "red").save(made, "JPEG")
    data = made.getvalue()
    planted = data[:2] + bytes((0xFF, mark)) + b"\0\x08HIDDEN" + data[2:]
    image = picture(planted, ColorSpace="/DeviceRGB", Filter="/DCTDecode")
    copy = copied(drawn(image=image))
    assert MARK not in everything(copy)
    kept = PdfReader(io.BytesIO(copy)).pages[0]["/Resources"]["/XObject"]["/X"]
    assert Image.open(io.BytesIO(kept._data)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_what_stands_before_an_instruction_that_takes_nothing_is_left_out():
    assert MARK not in everything(copied(drawn(b"(HIDDEN) q 1 0 0 1 0 0 cm (HIDDEN) Q [(HIDDEN)] n")))


def test_words_in_a_list_are_left_out_and_a_palette_stays():
    image = picture(bytes(18))
    palette = (
        NameObject("/Indexed"),
        NameObject("/DeviceRGB"),
        NumberObject(1),
        ByteStringObject(b"PALETTE"),
    )
    image[NameObject("/ColorSpace")] = ArrayObject(palette)
    image[NameObject("/Decode")] = ArrayObject(
        [NumberObject(0), TextStringObject("HIDDEN"), TextStringObject("/HIDDEN"), NumberObject(1)]
    )
    copy = copied(drawn(image=image))
    assert MARK not in everything(copy)
    kept = PdfReader(io.BytesIO(copy)).pages[0]["/Resources"]["/XObject"]["/X"]
    assert kept["/ColorSpace"][3].original_bytes == b"PALETTE"
    assert kept["/Decode"] == [0, 1]
