"""Files attached to a case: told apart by content, sealed on the disk, drawn anew, scanned, destroyed.

Nothing here asks a permission or writes an entry: services do.
"""

from app.attachments.content import Refused
from app.attachments.files import (
    Leftover,
    destroy,
    destroy_files,
    destroy_replaced,
    directory,
    leftovers,
    sealed_digest,
)
from app.attachments.listing import AttachmentLine, Newest, line_of, newest
from app.attachments.receiving import Body, SealedRequest, takes_files
from app.attachments.rendering import shown, stripped
from app.attachments.scanning import scan
from app.attachments.sealing import Content, FileMissing, Incoming, content, receiving, sealed_again

__all__ = [
    "AttachmentLine",
    "Body",
    "Content",
    "FileMissing",
    "Incoming",
    "Leftover",
    "Newest",
    "Refused",
    "SealedRequest",
    "content",
    "destroy",
    "destroy_files",
    "destroy_replaced",
    "directory",
    "leftovers",
    "line_of",
    "newest",
    "receiving",
    "scan",
    "sealed_again",
    "sealed_digest",
    "shown",
    "stripped",
    "takes_files",
]
