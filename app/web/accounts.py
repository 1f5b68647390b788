"""Accounts and units: the administrator's pages. A first password is shown once and kept nowhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.authentication import current_actor
from app.catalogue.code_list import code_list
from app.catalogue.roles import ROLES
from app.domain.errors import Conflict, Invalid, NotVisible, SubjectKind
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.states import UnitKind
from app.domain.text import Label
from app.schemas.accounts import AccountChangeIn, AccountIn, UnitIn
from app.schemas.loading import load
from app.services.accounts import (
    AccountRow,
    NewAccount,
    change_account,
    create_account,
    create_unit,
    list_accounts,
    list_units,
    reset_password,
)
from app.web import forms

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")

UNIT_KINDS = code_list(
    (UnitKind.POLICE.value, "Đơn vị Công an", "Police unit"),
    (UnitKind.PARTNER.value, "Đơn vị phối hợp tiếp nhận", "Receiving partner"),
)
ROLE_CHOICES = tuple(Choice(role.id, role.label) for role in ROLES.values())
ROLE = Field("role_id", Label("Vai trò", "Role"), FieldKind.CHOICE, required=True, choices=ROLE_CHOICES)
PERSON = (
    Field(
        "username",
        Label("Tên đăng nhập", "User name"),
        required=True,
        max_length=64,
        hint=Label(
            "Chữ thường không dấu, ví dụ: hoa.tran", "Small letters without marks, for example hoa.tran"
        ),
    ),
    Field("display_name", Label("Họ và tên", "Full name"), required=True, max_length=200),
    Field("rank", Label("Cấp bậc", "Rank"), max_length=100),
    Field("position", Label("Chức vụ", "Position"), max_length=100),
    ROLE,
)
CHANGE = (ROLE, Field("active", Label("Được đăng nhập", "May sign in"), FieldKind.FLAG, required=True))
UNIT = (
    Field("name", Label("Tên đơn vị", "Name"), required=True, max_length=200),
    Field("parent_name", Label("Cơ quan chủ quản", "Parent body"), required=True, max_length=200),
    Field(
        "symbol",
        Label("Ký hiệu văn bản", "Symbol"),
        required=True,
        max_length=30,
        hint=Label(
            "Đứng cuối số văn bản, ví dụ PC02 trong 07/BB-PC02",
            "Closes a document number: PC02 in 07/BB-PC02",
        ),
    ),
    Field("place_name", Label("Địa danh", "Place"), required=True, max_length=100),
    Field("kind", Label("Loại đơn vị", "Kind"), FieldKind.CHOICE, required=True, choices=UNIT_KINDS),
)


@blueprint.get("/")
def listing() -> str:
    """Every account."""
    return render_template("accounts/list.html", rows=list_accounts(current_actor()), roles=ROLES)


@blueprint.get("/new")
def new() -> str:
    """The form of a new account."""
    return _person_form({}, {})


@blueprint.post("/new")
def create() -> Any:
    """A new account; the page shows its first password, once."""
    fields = _person_fields()
    typed = forms.decode(fields, request.form)
    try:
        account, password = create_account(current_actor(), NewAccount(**load(AccountIn(), typed)))
    except Invalid as error:
        return _person_form(typed, error.errors), 422
    return render_template("accounts/password.html", account=account, password=password)


@blueprint.get("/<uuid:account_id>")
def read(account_id: UUID) -> str:
    """One account, to give another role, to disable, or to reset its password."""
    row = _row(account_id)
    values = {"role_id": row.account.role_id, "active": row.account.active}
    return _change_form(row, values, {})


@blueprint.post("/<uuid:account_id>")
def change(account_id: UUID) -> Any:
    """Give another role, disable or enable; a change made meanwhile is shown beside the typed one."""
    typed = forms.decode(CHANGE, request.form)
    try:
        entries = load(AccountChangeIn(), typed)
        change_account(current_actor(), account_id, **entries, version=forms.version(request.form))
    except Invalid as error:
        return _change_form(_row(account_id), typed, error.errors), 422
    except Conflict as conflict:
        return _change_form(_row(account_id), typed, {}, conflict), 409
    flash(gettext("The change holds from the account's next page on."))
    return redirect(url_for("accounts.listing"))


@blueprint.post("/<uuid:account_id>/password")
def reset(account_id: UUID) -> str:
    """A new first password, shown once; every session of the account ends."""
    account, password = reset_password(current_actor(), account_id)
    return render_template("accounts/password.html", account=account, password=password)


@blueprint.get("/units")
def units() -> str:
    """Every unit, and the form of a new one."""
    return _units({}, {})


@blueprint.post("/units")
def add_unit() -> Any:
    """A new unit."""
    typed = forms.decode(UNIT, request.form)
    try:
        entries = load(UnitIn(), typed)
        create_unit(current_actor(), **{**entries, "kind": UnitKind(entries["kind"])})
    except Invalid as error:
        return _units(typed, error.errors), 422
    flash(gettext("The unit is saved."))
    return redirect(url_for("accounts.units"))


def _person_fields() -> tuple[Field, ...]:
    known = tuple(Choice(str(unit.id), Label(unit.name, unit.name)) for unit in list_units(current_actor()))
    unit = Field("unit_id", Label("Đơn vị", "Unit"), FieldKind.CHOICE, required=True, choices=known)
    return (*PERSON, unit)


def _person_form(values: forms.Values, errors: Any) -> str:
    fields = _person_fields()
    return render_template(
        "accounts/new.html", fields=fields, values=values, errors=errors, labels=forms.labels(fields)
    )


def _row(account_id: UUID) -> AccountRow:
    for row in list_accounts(current_actor()):
        if row.account.id == account_id:
            return row
    raise NotVisible(SubjectKind.ACCOUNT, account_id)


def _change_form(row: AccountRow, values: forms.Values, errors: Any, conflict: Conflict | None = None) -> str:
    return render_template(
        "accounts/read.html",
        row=row,
        stored={"role_id": row.account.role_id, "active": row.account.active},
        values=values,
        fields=CHANGE,
        errors=errors,
        labels=forms.labels(CHANGE),
        conflict=conflict,
        roles=ROLES,
    )


def _units(values: forms.Values, errors: Any) -> str:
    return render_template(
        "accounts/units.html",
        units=list_units(current_actor()),
        kinds={choice.id: choice.label for choice in UNIT_KINDS},
        fields=UNIT,
        values=values,
        errors=errors,
        labels=forms.labels(UNIT),
    )
