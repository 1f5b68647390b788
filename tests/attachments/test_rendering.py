"""What is drawn anew shows the same and holds nothing else; what cannot be drawn says so and harms nobody."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms, TiffImagePlugin
from pypdf import PdfReader

from app.attachments import shown, stripped
from app.attachments.rendering import DAMAGED, LARGE, NOT_SHOWN, NOT_STRIPPED
from app.catalogue.attachments import BY_MEDIA_TYPE
from app.domain.errors import Conflict
from tests.attachments import samples
from tests.attachments.samples import MARKER

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/tiff")


def draw(work, media_type: str, data: bytes) -> bytes:
    return work(BY_MEDIA_TYPE[media_type], iter((data[:1000], data[1000:])))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_like(pixel, colour) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(pixel[:3], colour, strict=True))


@pytest.mark.parametrize("media_type", PICTURES)
def test_a_picture_is_shown_as_a_bare_jpeg(media_type):
    image = opened(draw(shown, media_type, samples.ALLOWED[media_type]()))
    assert image.format == "JPEG"
    assert is_like(image.getpixel((1, 1)), (255, 0, 0))
    assert is_like(image.getpixel((image.width - 2, image.height - 2)), (0, 0, 255))


def test_a_photograph_is_shown_upright_and_small():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = opened(draw(shown, "image/jpeg", samples.picture("JPEG", (4000, 3000), exif=exif)))
    assert image.size == (1200, 1600)
    assert is_like(image.getpixel((600, 10)), (255, 0, 0))
    assert not dict(image.getexif())


def test_what_is_see_through_is_shown_on_white():
    made = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(made, "PNG")
    assert is_like(opened(draw(shown, "image/png", made.getvalue())).getpixel((5, 5)), (255, 255, 255))


def test_what_is_see_through_by_a_palette_stays_so_in_a_copy():
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (10, 0, 20, 20))
    made = io.BytesIO()
    image.save(made, "PNG", transparency=0)
    copy = opened(draw(stripped, "image/png", made.getvalue())).convert("RGBA")
    assert copy.getpixel((2, 2))[3] == 0
    assert copy.getpixel((15, 2)) == (255, 0, 0, 255)
    assert is_like(opened(draw(shown, "image/png", made.getvalue())).getpixel((2, 2)), (255, 255, 255))


def test_a_scan_in_fine_greys_is_shown_grey():
    made = io.BytesIO()
    Image.new("I;16", (20, 20), 32768).save(made, "TIFF")
    assert is_like(opened(draw(shown, "image/tiff", made.getvalue())).getpixel((5, 5)), (128, 128, 128))


def test_a_copy_of_a_photograph_keeps_the_picture_and_nothing_else():
    data = samples.photograph()
    assert MARKER.encode() in data
    copy = draw(stripped, "image/jpeg", data)
    image = opened(copy)
    assert MARKER.encode() not in copy
    assert b"Exif" not in copy
    assert not dict(image.getexif())
    assert image.size == (60, 80)
    assert is_like(image.getpixel((30, 3)), (255, 0, 0))


def test_a_copy_keeps_the_colours_of_a_profile_and_not_the_profile():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        data = samples.picture(kind, icc_profile=profile)
        copy = draw(stripped, f"image/{kind.lower()}", data)
        assert "icc_profile" not in opened(copy).info
        assert is_like(opened(copy).convert("RGB").getpixel((1, 1)), (255, 0, 0))


def test_a_copy_of_a_scan_keeps_every_page_and_no_word_about_it():
    pages = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue", "white")]
    words = TiffImagePlugin.ImageFileDirectory_v2()
    words[270], words[305], words[700] = MARKER, MARKER, MARKER.encode()
    made = io.BytesIO()
    pages[0].save(made, "TIFF", save_all=True, append_images=pages[1:], tiffinfo=words)
    assert MARKER.encode() in made.getvalue()
    copy = draw(stripped, "image/tiff", made.getvalue())
    assert MARKER.encode() not in copy
    image = opened(copy)
    assert image.n_frames == 3
    image.seek(1)
    assert is_like(image.convert("RGB").getpixel((3, 3)), (0, 0, 255))


def test_a_copy_of_a_png_keeps_no_text():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_itxt("Comment", MARKER)
    data = samples.picture("PNG", pnginfo=words)
    assert MARKER.encode() in data
    assert MARKER.encode() not in draw(stripped, "image/png", data)


def test_a_copy_of_a_pdf_keeps_its_pages_only():
    data = samples.pdf(3)
    copy = draw(stripped, "application/pdf", data)
    read = PdfReader(io.BytesIO(copy))
    assert len(read.pages) == 3
    assert not read.metadata
    assert set(read.trailer["/Root"]) == {"/Type", "/Pages"}
    for word in (MARKER, "JavaScript", "EmbeddedFile", "hư cấu"):
        assert word.encode() not in copy


@pytest.mark.parametrize("media_type", sorted(set(BY_MEDIA_TYPE) - {*PICTURES, "application/pdf"}))
def test_what_has_no_inert_form_says_so(media_type):
    for work, message in ((shown, NOT_SHOWN), (stripped, NOT_STRIPPED)):
        with pytest.raises(Conflict) as refused:
            draw(work, media_type, b"x")
        assert refused.value.message == message
    with pytest.raises(Conflict):
        draw(shown, "application/pdf", samples.pdf())


@pytest.mark.parametrize("work", [shown, stripped])
@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff\xe0 broken", samples.photograph()[:300], b"GIF89a" + bytes(99)]
)
def test_a_damaged_picture_is_called_damaged(work, data):
    with pytest.raises(Conflict) as refused:
        draw(work, "image/jpeg", data)
    assert refused.value.message == DAMAGED


def test_a_picture_that_would_fill_the_memory_is_not_drawn():
    made = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(made, "PNG")
    assert len(made.getvalue()) < 1 << 20
    for work in (shown, stripped):
        with pytest.raises(Conflict) as refused:
            draw(work, "image/png", made.getvalue())
        assert refused.value.message == LARGE


def test_a_pdf_that_unpacks_without_end_is_ended():
    import zlib

    page = zlib.compress(bytes(1 << 28), 9)
    with pytest.raises(Conflict):
        draw(stripped, "application/pdf", b"%PDF-1.7\n1 0 obj\n<</Length 9>>stream\n" + page)
