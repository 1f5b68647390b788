"""Signing in, passwords, and an administrator's forms."""

from __future__ import annotations

from app.catalogue.roles import ROLES
from app.domain.permissions import Permission
from app.domain.states import UnitKind
from app.schemas.forms import Form, SeveralOf
from app.schemas.scalars import Id, OneOf, Text, Whole, YesNo


class AccountIn(Form):
    """A new account; fits services' NewAccount."""

    username = Text(most=64, required=True)
    display_name = Text(most=200, required=True)
    rank = Text(most=100, load_default="")
    position = Text(most=100, load_default="")
    unit_id = Id(required=True)
    role_id = OneOf(tuple(ROLES), required=True)


class AccountChangeIn(Form):
    """Another role; enabled or disabled."""

    role_id = OneOf(tuple(ROLES), required=True)
    active = YesNo(required=True)


class UnitIn(Form):
    """A new unit; its symbol closes document numbers."""

    name = Text(most=200, required=True)
    parent_name = Text(most=200, required=True)
    symbol = Text(most=30, required=True)
    place_name = Text(most=100, required=True)
    kind = OneOf(tuple(kind.value for kind in UnitKind), required=True)


class TokenIn(Form):
    """A machine token: for whom, what for, which rights, how long."""

    account_id = Id(required=True)
    name = Text(most=100, required=True)
    permissions = SeveralOf(tuple(sorted(Permission)), required=True)
    days = Whole(least=1, most=365, required=True)
