"""A PDF without what hides in it; run by `inert.py` in its bounded process, never imported by the application."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

_PAGE = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/UserUnit"}
_RESOURCES = {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading"}
_XOBJECT = {
    "/Type",
    "/Subtype",
    "/Width",
    "/Height",
    "/ColorSpace",
    "/BitsPerComponent",
    "/Decode",
    "/DecodeParms",
    "/Filter",
    "/Mask",
    "/SMask",
    "/ImageMask",
    "/Interpolate",
    "/Intent",
    "/Matte",
    "/Length",
    "/BBox",
    "/Matrix",
    "/Resources",
    "/Group",
    "/FormType",
}
_HIDING = {
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AF",
    "/Measure",
    "/VP",
    "/PtData",
    "/OPI",
    "/Ref",
    "/Alternates",
    "/Thumb",
}
_WORDS = {
    "/Registry",
    "/Ordering",
    "/Panose",
    "/CharSet",
}  # what fonts need; other words in objects are not drawn
_DRAWING = set(
    b"b B b* B* c cm CS cs d d0 d1 Do f F f* G g gs h i j J K k l m M n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td "
    b"TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"".split()
) | {b"INLINE IMAGE"}


_UNBOUNDED = {  # nobody tells here where their pixels end
    "/DCTDecode",
    "/DCT",
    "/JPXDecode",
    "/JBIG2Decode",
    "/CCITTFaxDecode",
    "/CCF",
    "/Crypt",
}
_COMPONENTS = {
    "/DeviceGray": 1,
    "/CalGray": 1,
    "/Indexed": 1,
    "/Separation": 1,
    "/DeviceRGB": 3,
    "/CalRGB": 3,
    "/Lab": 3,
    "/DeviceCMYK": 4,
}
_DRAWN = {0xDA, 0xDB, 0xDC, 0xDD} | set(range(0xC0, 0xD0)) - {0xC8}
"""The parts of a JPEG its pixels need: frames, tables, scans, intervals."""


_ALONE = set(b"b B b* B* f F f* h n q Q s S T* W W*".split())
"""What takes nothing: anything before it is not drawn."""


class KeptError(Exception):
    """Something in it may hide what cannot be taken out."""


def strip_paper(data: bytes) -> bytes:
    """A PDF with the pages of this one: known page keys, drawing instructions new, pictures bare."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - each work loads only what it needs

    reader, writer = PdfReader(io.BytesIO(data)), PdfWriter()
    seen: set[int] = set()
    for page in reader.pages:
        drawn = _redrawn(page["/Contents"], reader) if "/Contents" in page else b""
        for key in set(page) - _PAGE:
            del page[key]
        _clean(page.get("/Resources"), reader, seen, resources=True)
        _contents(writer, writer.add_page(page), drawn)
    writer.metadata = None
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _contents(writer: Any, page: Any, drawn: bytes) -> None:
    from pypdf.generic import NameObject, StreamObject  # noqa: PLC0415 - each work loads only what it needs

    stream = StreamObject()
    stream.set_data(drawn)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())  # noqa: SLF001 - it has no other way


def _redrawn(stream: Any, reader: Any) -> bytes:
    """Drawing instructions read and written anew: no comment, no marked content; no packed inline picture."""
    from pypdf.generic import ContentStream  # noqa: PLC0415 - each work loads only what it needs

    content = ContentStream(stream.get_object(), reader)
    kept: list[tuple[Any, bytes]] = [
        ([] if operator in _ALONE else operands, operator)
        for operands, operator in content.operations
        if operator in _DRAWING
    ]
    for operands, operator in kept:
        packing = str(operands["settings"]) if operator == b"INLINE IMAGE" else ""
        if any(word in packing for word in ("DCT", "JPX", "CCF", "CCITT")):
            raise KeptError
    content.operations = kept
    return bytes(content.get_data())


def _clean(item: Any, reader: Any, seen: set[int], *, resources: bool = False) -> None:
    """Take out, in place, what is not needed to draw; whatever hangs on it too."""
    item = item.get_object() if item is not None else None
    if not isinstance(item, dict | list) or id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, list):
        if not item or item[0] != "/Indexed":  # whose palette is a string
            item[:] = [value for value in item if not _is_words(value)]
        for value in item:
            _clean(value, reader, seen)
    else:
        _clean_dictionary(item, reader, seen, resources=resources)


def _clean_dictionary(item: Any, reader: Any, seen: set[int], *, resources: bool) -> None:
    for key in [key for key in item if _unneeded(item, key, resources=resources)]:
        del item[key]
    for key, value in list(item.items()):
        _clean(value, reader, seen, resources=key == "/Resources")
    if item.get("/Subtype") == "/Type3":
        for drawing in item["/CharProcs"].get_object().values():
            _replace(drawing.get_object(), _redrawn(drawing, reader))
    elif hasattr(item, "get_data"):
        _clean_stream(item, reader)


def _unneeded(item: Any, key: str, *, resources: bool) -> bool:
    if resources:
        return key not in _RESOURCES
    if item.get("/Subtype") in ("/Image", "/Form") and hasattr(item, "get_data"):
        return key not in _XOBJECT
    return key in _HIDING or (_is_words(item[key]) and key not in _WORDS)


def _is_words(value: Any) -> bool:
    from pypdf.generic import NameObject  # noqa: PLC0415 - each work loads only what it needs

    value = value.get_object()
    return isinstance(value, str | bytes) and not isinstance(value, NameObject)


def _clean_stream(stream: Any, reader: Any) -> None:
    named = stream.get("/Filter", [])
    filters = [str(name) for name in (named if isinstance(named, list) else [named])]
    if stream.get("/Subtype") == "/Form" or stream.get("/PatternType") == 1:
        _replace(stream, _redrawn(stream, reader))
    elif filters in (["/DCTDecode"], ["/DCT"]):
        stream._data = _bare_jpeg(stream._data)  # noqa: SLF001 - decoding would lose the picture
    elif set(filters) & _UNBOUNDED:
        raise KeptError
    elif stream.get("/Subtype") == "/Image":
        _replace(stream, stream.get_data()[: _image_size(stream)])
    elif filters:
        _replace(stream, stream.get_data())


def _image_size(image: Any) -> int:
    """The bytes its pixels take; what follows them is drawn by nobody."""
    mask = getattr(image.get("/ImageMask"), "value", False)  # a PDF's false is true here
    bits = 1 if mask else int(image["/BitsPerComponent"]) * _components(image["/ColorSpace"])
    return (int(image["/Width"]) * bits + 7) // 8 * int(image["/Height"])


def _components(space: Any) -> int:
    """How many numbers a pixel has in a colour space; KeptError for one that is not known here."""
    space = space.get_object()
    name, rest = (str(space[0]), space[1:]) if isinstance(space, list) else (str(space), [])
    if name == "/DeviceN":
        return len(rest[0].get_object())
    number = int(rest[0].get_object()["/N"]) if name == "/ICCBased" else _COMPONENTS.get(name)
    if number not in (1, 3, 4):
        raise KeptError
    return number


def _replace(stream: Any, data: bytes) -> None:
    from pypdf.generic import NameObject  # noqa: PLC0415 - each work loads only what it needs

    stream.pop("/DecodeParms", None)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = zlib.compress(data)  # noqa: SLF001 - in place: others point to it
    if hasattr(stream, "decoded_self"):
        stream.decoded_self = None


def _bare_jpeg(data: bytes) -> bytes:
    """The same pixels, bit for bit: the parts they need, the heads of JFIF and Adobe, nothing after the end."""
    made, at = bytearray(data[:2]), 2
    if data[:2] != b"\xff\xd8":
        raise KeptError
    while data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xD9:
            return bytes(made + b"\xff\xd9")
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        made += _bare_segment(mark, data[at:end])
        at = end
        if mark == 0xDA:
            found = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(data, at)
            if not found:
                raise KeptError
            made += data[at : found.start()]
            at = found.start()
    raise KeptError


def _bare_segment(mark: int, segment: bytes) -> bytes:
    body = segment[4:]
    if mark == 0xE0 and body[:5] == b"JFIF\0":
        return b"\xff\xe0\0\x10" + body[:12] + b"\0\0"
    if mark == 0xEE and body[:5] == b"Adobe":
        return b"\xff\xee\0\x0e" + body[:12]
    return segment if mark in _DRAWN else b""
