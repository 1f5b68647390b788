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
    CASE = "case"
    DOCUMENT = "document"
    HANDOVER = "handover"
    LEDGER = "ledger"
    REPORT = "report"
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


class SignInFailed(BenAnError):
    """Wrong name or password; says no more than that (401)."""

    def __init__(self) -> None:
        super().__init__(Message(N_("The user name or the password is wrong.")))


class IntegrityBroken(BenAnError):
    """A stored value is not what was sealed: reported, never served (503)."""

    def __init__(self, kind: SubjectKind, subject_id: UUID) -> None:
        super().__init__(
            Message(
                N_(
                    "A stored record failed its integrity check. It is not shown; the alarm has been recorded."
                )
            )
        )
        self.kind = kind
        self.subject_id = subject_id


class Unavailable(BenAnError):
    """A part of the installation is missing (503); the message names the remedy."""
