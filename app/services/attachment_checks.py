"""The periodic look at every attachment's file: is it there, is it what was sealed, is its content what came in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from app import attachments, records
from app.domain.actor import Actor
from app.domain.errors import IntegrityBroken
from app.domain.events import AttachmentDamaged, AttachmentsChecked, AttachmentsProbed
from app.extensions import db
from app.models import Attachment, Case
from app.transaction import transaction

TOGETHER = 50
"""How many attachments are looked at between two commits."""


@dataclass(frozen=True, slots=True)
class Damage:
    """An attachment whose file is not what it should be; `missing`: it is not there at all."""

    attachment_id: UUID
    missing: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What one round found; `last` is where the next begins, None at the end."""

    count: int
    damaged: tuple[Damage, ...]
    last: UUID | None


@dataclass(frozen=True, slots=True)
class _Probe:
    """What a file is compared with: its row, and the content's length and digest at intake when it is opened."""

    attachment: Attachment
    key: bytes | None = None
    size: int = 0
    sha256: str = "unknown"


def check_attachments(actor: Actor, *, after: UUID | None = None, opened: bool = False) -> Looked:
    """Look at the next TOGETHER attachments behind `after`, in the order of their ids.

    Every file must have the digest its row tells; with `opened`, its content the one taken at intake, too. What is
    damaged is an entry at once. Files are read between the commits, a few at a time, in bounded memory.
    """
    with transaction(actor) as tx:
        query = present_attachments().order_by(Attachment.id).limit(TOGETHER)
        rows = db.session.scalars(query if after is None else query.where(Attachment.id > after)).all()
        probes = [_probe(row, opened=opened) for row in rows]
        tx.record(AttachmentsProbed(count=len(rows)))
    found = [damage for probe in probes if (damage := _damage(probe, opened=opened))]
    damaged = _told(actor, {row.id: row for row in rows}, found) if found else ()
    return Looked(len(rows), damaged, rows[-1].id if len(rows) == TOGETHER else None)


def end_check(actor: Actor, *, count: int, damaged: int, leftovers: int, opened: bool) -> None:
    """Record that a whole check came to its end, and what it found."""
    with transaction(actor) as tx:
        tx.record(AttachmentsChecked(count=count, damaged=damaged, leftovers=leftovers, opened=opened))


def present_attachments() -> Select[tuple[Attachment]]:
    """Those that must have a file: not removed, of cases that are not erased."""
    return (
        select(Attachment)
        .join(Case, Case.id == Attachment.case_id)
        .where(Attachment.removed_at.is_(None), Case.erased_at.is_(None))
    )


def _told(actor: Actor, seen: Mapping[UUID, Attachment], found: Sequence[Damage]) -> tuple[Damage, ...]:
    """Make an entry of each, unless its row was changed while the file was read: removed, or sealed again."""
    with transaction(actor) as tx:
        present = present_attachments().where(Attachment.id.in_(seen))
        versions = {row.id: row.version for row in db.session.scalars(present)}
        damaged = tuple(
            one for one in found if versions.get(one.attachment_id) == seen[one.attachment_id].version
        )
        for one in damaged:
            tx.record(
                AttachmentDamaged(
                    subject_id=seen[one.attachment_id].case_id,
                    attachment_id=one.attachment_id,
                    missing=one.missing,
                )
            )
        tx.record(AttachmentsProbed(count=len(found)))
    return damaged


def _probe(attachment: Attachment, *, opened: bool) -> _Probe:
    if not opened:
        return _Probe(attachment)
    subject = records.Subject.of_case(attachment.case_id, attachment.id)
    try:
        intake = records.read(subject, "intake")
        key = records.data_key(subject, attachment.branch, attachment.key_number)
    except IntegrityBroken:
        return _Probe(attachment)
    return _Probe(attachment, key, **intake.value) if intake else _Probe(attachment)


def _damage(probe: _Probe, *, opened: bool) -> Damage | None:
    row = probe.attachment
    found = attachments.sealed_digest(row)
    if found is None:
        return Damage(row.id, missing=True)
    whole = found == bytes(row.sha256) and (not opened or _content_digest(probe) == probe.sha256)
    return None if whole else Damage(row.id, missing=False)


def _content_digest(probe: _Probe) -> str:
    """SHA-256 of the content as it is now; empty when it does not open."""
    if probe.key is None:
        return ""
    digest = hashlib.sha256()
    try:
        for chunk in attachments.content(probe.attachment, probe.key, probe.size):
            digest.update(chunk)
    except IntegrityBroken:
        return ""
    return digest.hexdigest()
