"""Run as a process of its own, never imported: turns a file from standard input into an inert one on standard output.

Nothing of the application is loaded here, no key is in this process, and its memory, time and files are bounded:
what a hostile picture could break is this process alone. Exit codes: 0 made, 3 not readable, 4 too large to draw,
5 what it hides cannot be taken out.

    python -I inert.py show | strip-picture <format> | strip-paper
"""

from __future__ import annotations

import io
import resource
import runpy
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MEMORY = 1536 * 1024 * 1024  # bytes
SECONDS = 60
PIXELS = 100_000_000
SHOWN = 1600  # pixels of the longer side
UNREADABLE, TOO_LARGE, KEPT = 3, 4, 5
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
    "TIFF": {"compression": "tiff_deflate"},
}


def main(arguments: list[str]) -> int:
    """Read all of standard input, write all of the result."""
    _bound()
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    try:
        made = _work(arguments)(data)
    except MemoryError:
        return TOO_LARGE
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything; the exit code says enough
        if type(error).__name__ == "KeptError":
            return KEPT
        return TOO_LARGE if "decompression bomb" in str(error) or isinstance(error, _Large) else UNREADABLE
    sys.stdout.buffer.write(made)
    return 0


class _Large(Exception):
    """More pixels than are drawn here."""


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _work(arguments: list[str]) -> Callable[[bytes], bytes]:
    match arguments:
        case ["show"]:
            return show
        case ["strip-picture", kind]:
            return lambda data: strip_picture(data, kind)
        case ["strip-paper"]:
            return strip_paper
        case _:
            raise SystemExit(2)


def show(data: bytes) -> bytes:
    """A JPEG of at most SHOWN pixels a side, upright, in sRGB, without anything but pixels."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - each work loads only what it needs

    image = _opened(data)
    image.draft("RGB", (SHOWN, SHOWN))  # a large JPEG is decoded at an eighth, a quarter or half of its size
    orientation = image.getexif().get(0x0112, 1)
    image.thumbnail((SHOWN, SHOWN))
    image.getexif()[0x0112] = orientation
    upright = _solid(_srgb(ImageOps.exif_transpose(image)))
    if upright.mode == "RGBA":
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.getchannel("A"))
        upright = paper
    elif upright.mode.startswith("I;16"):  # a scan in 65 536 greys
        upright = upright.convert("I").point(lambda grey: grey / 256).convert("L")
    return _saved(upright.convert("RGB"), "JPEG", quality=85)


def strip_picture(data: bytes, kind: str) -> bytes:
    """The picture drawn anew in its own format and size, every page of it; no EXIF, XMP, comment or profile."""
    from PIL import ImageOps, ImageSequence  # noqa: PLC0415 - each work loads only what it needs

    image = _opened(data)
    pages = [_bare(_srgb(ImageOps.exif_transpose(page.copy()))) for page in ImageSequence.Iterator(image)]
    first, rest = pages[0], pages[1:]
    options = _OPTIONS.get(kind, {})
    if kind == "JPEG":
        first, rest = first.convert("L" if first.mode == "L" else "RGB"), []
    if rest:
        options = {**options, "save_all": True, "append_images": rest}
    return _saved(first, kind, **options)


def strip_paper(data: bytes) -> bytes:
    """A PDF with its pages only, by `paper.py` beside this file: this process loads no package of ours."""
    made: bytes = runpy.run_path(str(Path(__file__).with_name("paper.py")))["strip_paper"](data)
    return made


def _opened(data: bytes) -> Picture:
    from PIL import Image  # noqa: PLC0415 - each work loads only what it needs

    Image.MAX_IMAGE_PIXELS = PIXELS
    image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "TIFF", "MPO"))
    if image.width * image.height > PIXELS:
        raise _Large
    return image


def _srgb(image: Picture) -> Picture:
    """The same colours without the profile, which names the camera or the program."""
    from PIL import ImageCms  # noqa: PLC0415 - each work loads only what it needs

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):  # a broken profile: the colours as they are
        return image


def _solid(image: Picture) -> Picture:
    """What is see-through as a channel of its own: a palette's or a colour's mark is lost with the metadata."""
    return image.convert("RGBA") if image.has_transparency_data and image.mode != "RGBA" else image


def _bare(image: Picture) -> Picture:
    image = _solid(image)
    image.info.clear()
    image.getexif().clear()
    return image


def _saved(image: Picture, kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    image.info.clear()
    image.save(made, kind, **options)
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
