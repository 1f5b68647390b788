"""Answering a data key that may be known: everything of that file is sealed again under new ones, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from uuid import UUID

from app.access import require
from app.attachments import sealed_again
from app.domain.actor import Actor
from app.domain.errors import Conflict, IntegrityBroken, SubjectKind
from app.domain.events import (
    AttachmentResealed,
    AttachmentToReseal,
    OldKeysDestroyed,
    RenewalBegun,
    ValuesResealed,
)
from app.domain.permissions import Permission
from app.domain.text import N_, Message
from app.extensions import db
from app.models import Attachment, SealedValue
from app.rotation import renewing
from app.rotation.renewing import File, Opened
from app.rotation.rewrapping import NothingLeft
from app.rotation.waiting import wait_for_others
from app.transaction import transaction

NO_FILE = Message(N_("No case and no report has this code."))


def begin_renewal(actor: Actor, code: str) -> tuple[File, Sequence[UUID]]:
    """Give the file new data keys, or go on with a renewal under way; the attachments that must be sealed again."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.KEY)
        file = renewing.find(code)
        if file is None:
            raise Conflict(NO_FILE)
        renewing.hold(file)
        keys = renewing.begin(file, tx.now)
        tx.record(RenewalBegun(subject_id=file.id, subject=file.kind, keys=keys))
        db.session.flush()
        waiting = renewing.attachments_to_renew(file)
    return file, waiting


def renew_attachment(actor: Actor, file: File, attachment_id: UUID) -> bool:
    """Seal one attachment again; False when it was removed or renewed meanwhile. Its old file stays until the end.

    The file is written outside of any transaction, and the row follows it: whoever reads has one or the other, whole.
    """
    try:
        with transaction(actor) as tx:
            opened = _opened(file, attachment_id)
            tx.record(AttachmentToReseal(subject_id=file.id, subject=file.kind, attachment_id=attachment_id))
        with ExitStack() as until_told:
            digest = until_told.enter_context(_sealed_again(actor, file, opened))
            with transaction(actor) as tx:
                if not renewing.put_renewed(file, opened, digest):
                    raise NothingLeft
                tx.record(
                    AttachmentResealed(
                        subject_id=file.id, subject=file.kind, attachment_id=attachment_id, digest=digest
                    )
                )
    except NothingLeft:
        return False
    return True


def renew_values(actor: Actor, file: File) -> int:
    """Seal the next sealed values again; how many, 0 when none is left. One transaction, killed or whole."""
    try:
        with transaction(actor) as tx:
            renewing.hold(file)
            count = renewing.reseal(file)
            if not count:
                raise NothingLeft
            tx.record(ValuesResealed(subject_id=file.id, subject=file.kind, count=count))
    except NothingLeft:
        return 0
    return count


def end_renewal(actor: Actor, file: File) -> bool:
    """Destroy the older keys and files; False when something written meanwhile still needs them: go through again.

    Busy while somebody reads who began earlier.
    """
    try:
        with transaction(actor) as tx:
            # Whoever found a value under the old key has opened it by now; who comes later finds the new one.
            wait_for_others(SealedValue, Attachment)
            renewing.hold(file)
            if renewing.needed(file):
                raise NothingLeft
            keys = renewing.destroy_old(file, tx.now)
            tx.record(OldKeysDestroyed(subject_id=file.id, subject=file.kind, keys=keys))
    except NothingLeft:
        return False
    return True


def _opened(file: File, attachment_id: UUID) -> Opened:
    opened = renewing.open_attachment(file, attachment_id)
    if opened is None:
        raise NothingLeft
    return opened


@contextmanager
def _sealed_again(actor: Actor, file: File, opened: Opened) -> Iterator[bytes]:
    with ExitStack() as until_told:
        try:
            resealing = sealed_again(opened.attachment, opened.old, opened.new, opened.size)
            digest = until_told.enter_context(resealing)
        except IntegrityBroken as broken:  # outside of a transaction: the alarm needs one of its own
            with transaction(actor):
                _opened(
                    file, opened.attachment.id
                )  # unless it was removed meanwhile, and there is nothing to find
                raise broken from None
        yield digest
