"""Machine tokens: named, with the least rights, expiring, revocable; shown once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.access import require
from app.catalogue.roles import ROLES
from app.domain.actor import Actor
from app.domain.errors import Invalid, NotVisible, SubjectKind
from app.domain.events import AccountsListed, TokenIssued, TokenRevoked
from app.domain.permissions import Permission
from app.domain.text import N_, Message
from app.extensions import db
from app.models import Account, ApiToken
from app.sessions import TOKEN_MARK
from app.transaction import transaction
from app.vault import new_token, token_digest

MAX_DAYS = 365


def issue_token(
    actor: Actor, account_id: UUID, name: str, permissions: Collection[Permission], *, days: int
) -> tuple[ApiToken, str]:
    """A token for an account, valid 1..365 days, with no right the account's role lacks. The secret is not stored."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.TOKEN)
        account = db.session.get(Account, account_id)
        if account is None:
            raise NotVisible(SubjectKind.ACCOUNT, account_id)
        granted = tuple(sorted(permissions))
        if not granted or not set(granted) <= ROLES[account.role_id].permissions:
            raise Invalid(
                {"permissions": [Message(N_("Name at least one right, and none the account's role lacks."))]}
            )
        if not 1 <= days <= MAX_DAYS:
            raise Invalid({"days": [Message(N_("Between 1 and %(most)s days."), {"most": MAX_DAYS})]})
        secret = TOKEN_MARK + new_token()
        token = ApiToken(
            id=uuid4(),
            name=name,
            token_digest=token_digest(secret),
            account_id=account.id,
            permissions=" ".join(granted),
            created_at=tx.now,
            expires_at=tx.now + timedelta(days=days),
        )
        db.session.add(token)
        tx.record(
            TokenIssued(
                subject_id=token.id, account_id=account.id, permissions=granted, expires_at=token.expires_at
            )
        )
    return token, secret


def list_tokens(actor: Actor) -> tuple[ApiToken, ...]:
    """Every token without its secret, newest first."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.TOKEN)
        tokens = tuple(db.session.scalars(select(ApiToken).order_by(ApiToken.created_at.desc()).limit(500)))
        tx.record(AccountsListed(count=len(tokens)))
    return tokens


def revoke_token(actor: Actor, token_id: UUID) -> ApiToken:
    """End a token; it holds from the next request."""
    with transaction(actor) as tx:
        require(actor, Permission.ACCOUNT_MANAGE, SubjectKind.TOKEN)
        token = db.session.get(ApiToken, token_id)
        if token is None:
            raise NotVisible(SubjectKind.TOKEN, token_id)
        token.revoked_at = tx.now
        tx.record(TokenRevoked(subject_id=token.id, account_id=token.account_id))
    return token
