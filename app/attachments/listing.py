"""Lines of a list of attachments: what can be said without opening anything."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.catalogue.attachments import BY_MEDIA_TYPE, FileKind
from app.extensions import db
from app.models import Account, Attachment


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """Kind, about how large, when and by whom. The name it came with is sealed."""

    attachment: Attachment
    kind: FileKind
    added_by: str


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest attachments of a case, and how many it has."""

    lines: tuple[AttachmentLine, ...]
    count: int


def line_of(attachment: Attachment) -> AttachmentLine:
    """One line."""
    author = db.session.get_one(Account, attachment.created_by)
    return AttachmentLine(attachment, BY_MEDIA_TYPE[attachment.media_type], author.display_name)


def newest(case_id: UUID, limit: int = 10) -> Newest:
    """The first lines of a case's list."""
    of_case = Attachment.case_id == case_id
    query = select(Attachment).where(of_case).order_by(Attachment.created_at.desc(), Attachment.id.desc())
    count = db.session.scalar(select(func.count()).select_from(Attachment).where(of_case)) or 0
    return Newest(tuple(line_of(row) for row in db.session.scalars(query.limit(limit))), count)
