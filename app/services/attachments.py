"""Attachments of a case: list them, open a label, show, download, note, remove; adding is attachment_intake's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app import attachments, position, records
from app.access import load_attachment, load_own_case, stated_reason
from app.attachments import AttachmentLine, Content, FileMissing, line_of
from app.catalogue.attachments import BY_MEDIA_TYPE
from app.domain.actor import Actor
from app.domain.errors import Conflict, Erased, Forbidden, IntegrityBroken, Invalid, SubjectKind
from app.domain.events import (
    AttachmentDownloaded,
    AttachmentNoted,
    AttachmentRead,
    AttachmentRemoved,
    AttachmentShown,
    AttachmentsListed,
)
from app.domain.permissions import Permission
from app.domain.text import N_, Message
from app.extensions import db
from app.models import Attachment, Case
from app.paging import Page, read_page
from app.transaction import CHANGED_MEANWHILE, transaction

OPERATION = "attachment:add"
REMOVED = Message(N_("This attachment was removed; its file is destroyed. What was noted about it stays."))
SAY_WHY = Message(N_("Say why the attachment is removed."))


@dataclass(frozen=True, slots=True)
class Label:
    """What was said of an attachment: the name it came with, a note, and how its content was at intake.

    `version`: of the name and note; `removal`: why it was removed, None while it is there.
    """

    name: str
    note: str
    version: int
    size: int
    sha256: str
    removal: str | None


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """An attachment with its opened label; `editable`, `removable`: what this actor may do with it."""

    line: AttachmentLine
    case: Case
    label: Label
    editable: bool
    removable: bool


@dataclass(frozen=True, slots=True)
class Download:
    """Content on its way out: how many bytes, as what, under which name. `close` when it is over, however."""

    name: str
    media_type: str
    size: int
    chunks: Iterator[bytes]
    close: Callable[[], None]


def list_attachments(
    actor: Actor, case_id: UUID, *, cursor: str | None = None, limit: int = 20
) -> tuple[Case, Page[AttachmentLine]]:
    """What is attached to a case, newest first; nothing is opened."""
    with transaction(actor) as tx:
        case = load_own_case(actor, case_id, Permission.ATTACHMENT_READ)
        query = select(Attachment).where(Attachment.case_id == case.id)
        page = read_page(query, (Attachment.created_at, Attachment.id), cursor, limit, descending=True)
        lines = tuple(line_of(row) for row in page.items)
        tx.record(AttachmentsListed(subject_id=case.id, count=len(lines)))
    return case, Page(lines, page.next_cursor)


def read_attachment(actor: Actor, attachment_id: UUID, *, reason: str | None = None) -> AttachmentView:
    """Open an attachment's label; its content stays sealed."""
    with transaction(actor) as tx:
        attachment, case = load_attachment(actor, attachment_id, Permission.ATTACHMENT_READ)
        code = stated_reason(actor, reason)
        view = _view(actor, attachment, case)
        tx.record(AttachmentRead(subject_id=case.id, attachment_id=attachment.id, reason=code))
    return view


def show_attachment(
    actor: Actor, attachment_id: UUID, *, reason: str | None = None
) -> tuple[AttachmentView, bytes]:
    """The label, and the content drawn anew as a JPEG of bounded size; Conflict when that cannot be."""
    with transaction(actor) as tx:
        attachment, case = load_attachment(actor, attachment_id, Permission.ATTACHMENT_READ)
        code = stated_reason(actor, reason)
        view = _view(actor, attachment, case)
        content = _content(attachment, case, view.label)
        tx.record(AttachmentShown(subject_id=case.id, attachment_id=attachment.id, reason=code))
    with closing(content):
        return view, attachments.shown(view.line.kind, _alarmed(actor, content))


def download_attachment(
    actor: Actor, attachment_id: UUID, *, copy: bool = False, reason: str | None = None
) -> Download:
    """The original, byte for byte, or a copy without metadata (Conflict for kinds that have none).

    The original is proven chunk by chunk as it leaves; a broken one ends it there and is an alarm.
    """
    with transaction(actor) as tx:
        attachment, case = load_attachment(actor, attachment_id, Permission.ATTACHMENT_READ)
        code = stated_reason(actor, reason)
        label = _label(attachment)
        kind = BY_MEDIA_TYPE[attachment.media_type]
        content = _content(attachment, case, label)
        tx.record(
            AttachmentDownloaded(subject_id=case.id, attachment_id=attachment.id, copy=copy, reason=code)
        )
    name = f"{case.code}-{attachment.id.hex[:8]}"
    if not copy:
        chunks = _alarmed(actor, content)
        return Download(f"{name}.{kind.extension}", kind.media_type, label.size, chunks, content.close)
    with closing(content):
        made = attachments.stripped(kind, _alarmed(actor, content))
    return Download(f"{name}-copy.{kind.extension}", kind.media_type, len(made), iter((made,)), lambda: None)


def note_attachment(actor: Actor, attachment_id: UUID, note: str, *, version: int) -> AttachmentView:
    """Change the note; `version` is the one the author saw. Earlier notes stay stored."""
    with transaction(actor) as tx:
        attachment, case = load_attachment(actor, attachment_id, Permission.ATTACHMENT_WRITE, lock=True)
        _refuse_closed(case)
        _refuse_removed(attachment)
        subject = _subject(attachment)
        opened = records.read(subject, "label")
        label = {"name": opened.value["name"] if opened else "", "note": note}
        sealed = records.write(subject, "label", label, actor.id, tx.now, expected=version)
        position.touch(case, tx.now)
        tx.record(AttachmentNoted(subject_id=case.id, attachment_id=attachment.id, version=sealed.version))
        return _view(actor, attachment, case)


def remove_attachment(actor: Actor, attachment_id: UUID, reason: str, *, version: int) -> Attachment:
    """Destroy an attachment's file, for a reason that is sealed with its label; the row and the label stay.

    `version`: of the label its remover saw; Conflict when somebody noted more since, or removed it already.
    """
    with transaction(actor) as tx:
        attachment, case = load_attachment(actor, attachment_id, Permission.ATTACHMENT_REMOVE, lock=True)
        if not reason:
            raise Invalid({"reason": [SAY_WHY]})
        _refuse_removed(attachment)
        if records.versions(_subject(attachment)).get("label") != version:
            raise Conflict(CHANGED_MEANWHILE)
        records.write(_subject(attachment), "removal", reason, actor.id, tx.now)
        attachment.removed_at = tx.now
        position.touch(case, tx.now)
        tx.record(AttachmentRemoved(subject_id=case.id, attachment_id=attachment.id))
    attachments.destroy(attachment.id)
    return attachment


def _refuse_closed(case: Case) -> None:
    if case.closed_at is not None:
        raise Forbidden(SubjectKind.CASE, case.id, Permission.ATTACHMENT_WRITE)


def _refuse_removed(attachment: Attachment) -> None:
    if attachment.removed_at is not None:
        raise Conflict(REMOVED)


def _view(actor: Actor, attachment: Attachment, case: Case) -> AttachmentView:
    present = attachment.removed_at is None
    return AttachmentView(
        line=line_of(attachment),
        case=case,
        label=_label(attachment),
        editable=present and case.closed_at is None and actor.can(Permission.ATTACHMENT_WRITE),
        removable=present and actor.can(Permission.ATTACHMENT_REMOVE),
    )


def _label(attachment: Attachment) -> Label:
    subject = _subject(attachment)
    label = records.read(subject, "label")
    others = records.read_many(subject, ("intake", "removal"))
    if label is None or "intake" not in others:
        raise IntegrityBroken(SubjectKind.CASE, attachment.case_id)
    return Label(**label.value, version=label.version, **others["intake"], removal=others.get("removal"))


def _content(attachment: Attachment, case: Case, label: Label) -> Content:
    """The content; of a file that is not there the row is read once more before it is an alarm.

    Somebody may have removed, erased or renewed it, and deleted its file, since the row was read.
    """
    _refuse_removed(attachment)
    number = attachment.key_number
    try:
        return _opened(attachment, label)
    except FileMissing:
        db.session.refresh(case)
        db.session.refresh(attachment)
        if case.erased_at is not None:
            raise Erased from None
        _refuse_removed(attachment)
        if attachment.key_number == number:
            raise
    return _opened(attachment, label)


def _opened(attachment: Attachment, label: Label) -> Content:
    key = records.data_key(_subject(attachment), attachment.branch, attachment.key_number)
    return attachments.content(attachment, key, label.size)


def _alarmed(actor: Actor, content: Content) -> Iterator[bytes]:
    """The content as it leaves; what breaks it after the commit is an entry of its own."""
    try:
        yield from content
    except IntegrityBroken as broken:
        with transaction(actor):
            raise broken from None


def _subject(attachment: Attachment) -> records.Subject:
    return records.Subject.of_case(attachment.case_id, attachment.id)
