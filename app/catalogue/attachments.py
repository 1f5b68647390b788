"""Which files may be attached to a case, how large, and what each can be turned into; and words for what may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.text import Label

MB = 1024 * 1024


class Rendering(StrEnum):
    """Into what a file can be turned, to be shown or shared without what hides in it."""

    PICTURE = "picture"  # drawn anew, pixel by pixel
    PAPER = "paper"  # a PDF written anew, with its pages only


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that may be attached.

    `known_as`: what the recogniser calls it; `most`: bytes; `rendering`: None when it can only be kept and
    given out as it came.
    """

    id: str
    media_type: str
    label: Label
    extension: str
    most: int
    known_as: tuple[str, ...]
    rendering: Rendering | None = None


def _kind(
    media_type: str,
    extension: str,
    vi: str,
    en: str,
    megabytes: int,
    rendering: Rendering | None = None,
    *known_as: str,
) -> FileKind:
    return FileKind(
        extension, media_type, Label(vi, en), extension, megabytes * MB, (media_type, *known_as), rendering
    )


_PICTURE, _PAPER = Rendering.PICTURE, Rendering.PAPER

KINDS: tuple[FileKind, ...] = (
    _kind("image/jpeg", "jpg", "ảnh JPEG", "JPEG picture", 50, _PICTURE),
    _kind("image/png", "png", "ảnh PNG", "PNG picture", 50, _PICTURE, "image/apng"),
    _kind("image/webp", "webp", "ảnh WebP", "WebP picture", 50, _PICTURE),
    _kind("image/tiff", "tif", "ảnh quét TIFF", "TIFF scan", 200, _PICTURE),
    _kind("image/heic", "heic", "ảnh HEIC", "HEIC picture", 50),
    _kind("application/pdf", "pdf", "tệp PDF", "PDF", 200, _PAPER),
    _kind("audio/wav", "wav", "ghi âm WAV", "WAV recording", 500, None, "audio/x-wav"),
    _kind("audio/mpeg", "mp3", "ghi âm MP3", "MP3 recording", 500),
    _kind("audio/mp4", "m4a", "ghi âm M4A", "M4A recording", 500),
    _kind("audio/aac", "aac", "ghi âm AAC", "AAC recording", 500),
    _kind("audio/ogg", "ogg", "ghi âm Ogg, Opus", "Ogg or Opus recording", 500),
    _kind("audio/flac", "flac", "ghi âm FLAC", "FLAC recording", 500, None, "audio/x-flac"),
    _kind("audio/amr", "amr", "ghi âm AMR", "AMR recording", 500),
    _kind(
        "video/mp4",
        "mp4",
        "phim hoặc ghi âm MP4, 3GP",
        "MP4 or 3GP video or recording",
        500,
        None,
        "video/3gpp",
        "video/x-m4v",
    ),
    _kind("video/quicktime", "mov", "phim QuickTime", "QuickTime video", 500),
    _kind("video/x-msvideo", "avi", "phim AVI", "AVI video", 500),
    _kind("text/plain", "txt", "văn bản thuần (UTF-8)", "plain text (UTF-8)", 20),
)
"""Everything that may be attached, most usual first."""

BY_MEDIA_TYPE: Mapping[str, FileKind] = {kind.media_type: kind for kind in KINDS}
BY_NAME: Mapping[str, FileKind] = {name: kind for kind in KINDS for name in kind.known_as}
TEXT = BY_MEDIA_TYPE["text/plain"]

ALLOWED = Label(
    "ảnh (JPEG, PNG, WebP, TIFF, HEIC), PDF, ghi âm (WAV, MP3, M4A, AAC, Ogg, Opus, FLAC, AMR), "
    "phim (MP4, 3GP, QuickTime, AVI), văn bản thuần (UTF-8)",
    "pictures (JPEG, PNG, WebP, TIFF, HEIC), PDF, recordings (WAV, MP3, M4A, AAC, Ogg, Opus, FLAC, AMR), "
    "videos (MP4, 3GP, QuickTime, AVI), plain text (UTF-8)",
)
"""The whole list in words, for a refusal."""

ARCHIVE = Label("tệp nén (ZIP, RAR, 7z...)", "an archive (ZIP, RAR, 7z...)")
PROGRAM = Label("chương trình chạy được", "a program")
OFFICE = Label("tệp Office (Word, Excel, PowerPoint)", "an Office file (Word, Excel, PowerPoint)")
WEB_PAGE = Label("trang web (HTML)", "a web page (HTML)")
DRAWING = Label("tệp SVG hoặc XML", "an SVG or XML file")
SCRIPT = Label("tập lệnh (script)", "a script")
UNKNOWN = Label("không nhận ra loại tệp", "of no kind that is known here")

FORBIDDEN: Mapping[str, Label] = {
    **dict.fromkeys(
        (
            "application/zip",
            "application/x-tar",
            "application/x-rar-compressed",
            "application/gzip",
            "application/x-bzip2",
            "application/x-7z-compressed",
            "application/x-xz",
            "application/zstd",
            "application/x-lzip",
            "application/x-lzop",
            "application/x-lz4",
            "application/x-compress",
            "application/vnd.ms-cab-compressed",
            "application/x-unix-archive",
            "application/x-rpm",
            "application/x-deb",
            "application/x-google-chrome-extension",
            "application/epub+zip",
        ),
        ARCHIVE,
    ),
    **dict.fromkeys(
        (
            "application/x-msdownload",
            "application/x-executable",
            "application/x-shockwave-flash",
            "application/wasm",
        ),
        PROGRAM,
    ),
    "application/rtf": OFFICE,
}
"""Words for what the recogniser names and nobody may attach; anything else is called by its media type."""

OFFICE_PREFIXES = (
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.openxml",
    "application/vnd.oasis",
)

WHY_NOT_KEPT: Mapping[str, Label] = {
    "empty": Label("tệp rỗng", "it was empty"),
    "infected": Label("chương trình quét phát hiện nội dung gây hại", "the scanner found something harmful"),
    "kind": Label("loại tệp không được đính kèm", "files of that kind are not attached"),
    "size": Label("tệp quá lớn", "it was too large"),
}
"""Why a file that was sent is not in the case, by the code in its ledger entry."""
