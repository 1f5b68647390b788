"""Attaching a file to a case: sealed while it comes, recognised, scanned, then kept with its entry."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

from app import attachments, position, records
from app.access import load_attachment, load_own_case
from app.attachments import Incoming
from app.domain.actor import Actor
from app.domain.errors import Conflict, Forbidden, SubjectKind, TooLarge
from app.domain.events import (
    AttachmentAdded,
    AttachmentBegun,
    AttachmentRefused,
    CaseViewed,
    CatalogueId,
    RepeatAnswered,
)
from app.domain.permissions import Permission
from app.domain.sealing import Branch
from app.extensions import db, part
from app.idempotency import earlier_result, remember
from app.models import Attachment, Case
from app.transaction import CHANGED_MEANWHILE, Transaction, transaction
from app.vault import Source, padded_length

OPERATION = "attachment:add"


def attachable(actor: Actor, case_id: UUID) -> Case:
    """The case, if this actor may attach a file to it."""
    with transaction(actor) as tx:
        case = _writable(actor, case_id)
        tx.record(CaseViewed(subject_id=case.id))
    return case


def add_attachment(
    actor: Actor, case_id: UUID, source: Source, *, name: str, note: str = "", request_key: str | None = None
) -> Attachment:
    """Take a file in: sealed while it comes, recognised, measured, scanned, then kept with its entry.

    Refused (422) or TooLarge (413) with an entry of its own; Unavailable when scanner or disk fail. The file is
    received between two commits, so that nobody waits for a slow line.
    """
    with transaction(actor) as tx:
        case = _writable(actor, case_id)
        key = records.key_for_writing(records.Subject.case(case.id), tx.now)
        tx.record(AttachmentBegun(subject_id=case.id))
    try:
        with attachments.receiving(case.id, key, source, part("settings").attachment_limit) as incoming:
            if command := part("settings").scanner:
                with closing(incoming.chunks()) as chunks:
                    attachments.scan(command, chunks)
            return _kept(actor, incoming, name, note, request_key)
    except (attachments.Refused, TooLarge) as refused:
        why = CatalogueId("size") if isinstance(refused, TooLarge) else refused.why
        with transaction(actor) as tx:
            tx.attempt(AttachmentRefused(subject_id=case.id, why=why))
            raise


def _kept(actor: Actor, incoming: Incoming, name: str, note: str, request_key: str | None) -> Attachment:
    content = {"case": str(incoming.case_id), "sha256": incoming.digest.hex(), "name": name, "note": note}
    with transaction(actor) as tx:
        case = _writable(actor, incoming.case_id, lock=True)
        earlier = earlier_result(actor, OPERATION, request_key, content)
        if earlier:
            tx.record(RepeatAnswered(subject_id=case.id, subject=SubjectKind.CASE))
            return load_attachment(actor, earlier, Permission.ATTACHMENT_WRITE)[0]
        key = records.key_for_writing(records.Subject.case(case.id), tx.now)
        if key != incoming.key:
            raise Conflict(CHANGED_MEANWHILE)  # its keys were renewed while the file came in
        attachment = _row(tx, incoming)
        intake = {"sha256": incoming.digest.hex(), "size": incoming.size}
        records.write(_subject(attachment), "intake", intake, actor.id, tx.now)
        records.write(_subject(attachment), "label", {"name": name, "note": note}, actor.id, tx.now)
        position.touch(case, tx.now)
        remember(actor, OPERATION, request_key, content, attachment.id, tx.now)
        incoming.place()
    return attachment


def _row(tx: Transaction, incoming: Incoming) -> Attachment:
    attachment = Attachment(
        id=incoming.id,
        case_id=incoming.case_id,
        media_type=incoming.kind.media_type,
        size=padded_length(incoming.size),
        sha256=incoming.sealed_digest,
        branch=Branch.IDENTITY.value,
        key_number=incoming.key[0],
        created_by=tx.actor.id,
        created_at=tx.now,
    )
    db.session.add(attachment)
    db.session.flush()
    tx.record(
        AttachmentAdded(
            subject_id=attachment.case_id,
            attachment_id=attachment.id,
            file_kind=CatalogueId(incoming.kind.id),
            digest=incoming.sealed_digest,
        )
    )
    return attachment


def _writable(actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    case = load_own_case(actor, case_id, Permission.ATTACHMENT_WRITE, lock=lock)
    if case.closed_at is not None:
        raise Forbidden(SubjectKind.CASE, case.id, Permission.ATTACHMENT_WRITE)
    return case


def _subject(attachment: Attachment) -> records.Subject:
    return records.Subject.of_case(attachment.case_id, attachment.id)
