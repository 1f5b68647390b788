"""What can go wrong for a user. Conflict, expiry and denial each have their own word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from app.domain.permissions import Permission
from app.domain.text import N_, Message


class SubjectKind(StrEnum):
    """What an act, or a refused attempt, is about."""

    ACCOUNT = "account"
    ATTACHMENT = "attachment"
    CASE = "case"
    DOCUMENT = "document"
    HANDOVER = "handover"
    KEY = "key"
    LEDGER = "ledger"
    REPORT = "report"
    SEARCH = "search"
    TOKEN = "token"  # noqa: S105 - a kind of object, not a secret
    UNIT = "unit"


class BenAnError(Exception):
    """Base of every error a service raises on purpose; `message` is for the user."""

    message: Message

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class AccessRefused(BenAnError):
    """Base of the two denials; the transaction records it in the ledger."""

    def __init__(
        self,
        message: Message,
        kind: SubjectKind,
        subject_id: UUID | None,
        permission: Permission | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.subject_id = subject_id
        self.permission = permission


class NotVisible(AccessRefused):
    """Absent, or not yours: the two must look the same (404)."""

    def __init__(self, kind: SubjectKind, subject_id: UUID | None = None) -> None:
        super().__init__(
            Message(N_("Not found. It does not exist, or it is not assigned to you.")), kind, subject_id
        )


class Forbidden(AccessRefused):
    """Visible, but this act is not yours (403)."""

    def __init__(
        self, kind: SubjectKind, subject_id: UUID | None = None, permission: Permission | None = None
    ) -> None:
        super().__init__(Message(N_("Your role does not allow this act.")), kind, subject_id, permission)


class SecondPersonRequired(AccessRefused):
    """The same person may not both ask and approve (403)."""

    def __init__(self, kind: SubjectKind, subject_id: UUID) -> None:
        super().__init__(
            Message(N_("A second person must decide this: you asked for it yourself.")), kind, subject_id
        )


class Conflict(BenAnError):
    """Somebody changed the same thing first (409; 412 when an If-Match was given)."""


class Invalid(BenAnError):
    """Input that cannot be accepted (422): for each field path, what is wrong and the remedy."""

    def __init__(self, errors: Mapping[str, Sequence[Message]]) -> None:
        super().__init__(Message(N_("Some entries need correction; nothing was saved.")))
        self.errors = {path: tuple(messages) for path, messages in errors.items()}


class TooLarge(Invalid):
    """More bytes than are taken (413)."""


class MoveRefused(Invalid):
    """A move whose requirements are not met (422); the errors name each missing thing."""


class Throttled(BenAnError):
    """Too many attempts (429); `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            Message(
                N_("Too many attempts. Wait %(seconds)s seconds and try again."), {"seconds": retry_after}
            )
        )
        self.retry_after = retry_after


class SearchesUsedUp(Throttled):
    """As many searches and checks for the same person as the role may make in an hour (429)."""

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(retry_after)
        self.message = Message(
            N_(
                "Your role may make %(limit)s searches an hour, and this hour's are used up. "
                "The next one is possible in %(minutes)s minutes."
            ),
            {"limit": limit, "minutes": -(-retry_after // 60)},
        )


class SignInFailed(BenAnError):
    """Wrong name or password; says no more than that (401)."""

    def __init__(self) -> None:
        super().__init__(Message(N_("The user name or the password is wrong.")))


class IntegrityBroken(BenAnError):
    """A stored value is not what was sealed: reported, never served (503)."""

    def __init__(self, kind: SubjectKind, subject_id: UUID | None) -> None:
        super().__init__(
            Message(
                N_(
                    "A stored record failed its integrity check. It is not shown; the alarm has been recorded."
                )
            )
        )
        self.kind = kind
        self.subject_id = subject_id


class Erased(BenAnError):
    """The file's keys were destroyed for good (410)."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                N_("This file was erased when its time of keeping was over. Nobody can open it any more.")
            )
        )


class LedgerBehind(BenAnError):
    """The database holds less than was once committed: put back, cut or exchanged (503). Nothing is served."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                N_(
                    "The stored data is older than what was recorded before. Nothing is shown and nothing is "
                    "saved. The operator of the service must look at it now: flask ledger health"
                )
            )
        )


class Unavailable(BenAnError):
    """A part of the installation is missing (503); the message names the remedy."""
