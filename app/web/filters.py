"""What templates may call: filters that show domain values, and the facts every page needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from app.authentication import current_principal
from app.domain.actor import Actor
from app.domain.permissions import Permission
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.text import N_, Label
from app.presentation import due_text, is_vietnamese, local_date, local_datetime, term, translate
from app.schemas.scalars import country_codes
from app.sessions import Principal
from app.web import forms


class Entry(NamedTuple):
    """A line of the main navigation; `key` is its keyboard shortcut, `current` its value of aria-current."""

    text: str
    href: str
    key: str
    current: str


_MENU: tuple[tuple[str, str, str, frozenset[Permission]], ...] = (
    (N_("Desk"), "desk.show", "", frozenset()),
    (N_("New report"), "reports.new", "n", frozenset({Permission.REPORT_CREATE})),
    (N_("Reports"), "reports.listing", "", frozenset({Permission.REPORT_READ})),
    (N_("Cases"), "cases.list_open", "", frozenset({Permission.CASE_READ})),
    (N_("Search"), "searching.form", "", frozenset({Permission.SEARCH})),
    (N_("Approvals"), "moves.list_approvals", "", frozenset({Permission.CASE_APPROVE})),
    (
        N_("Handovers"),
        "handovers.list_all",
        "",
        frozenset({Permission.HANDOVER_OFFER, Permission.HANDOVER_DECIDE}),
    ),
    (N_("Registers"), "registers.list_all", "", frozenset({Permission.REGISTER_READ})),
    (N_("Access log"), "ledger.list_all", "", frozenset({Permission.LEDGER_READ})),
    (N_("Accounts"), "accounts.listing", "", frozenset({Permission.ACCOUNT_MANAGE})),
    (N_("Units"), "accounts.units", "", frozenset({Permission.ACCOUNT_MANAGE})),
)


def register(app: Flask) -> None:
    """Add the filters and globals to the templates."""
    app.add_template_filter(term, "term")
    app.add_template_filter(translate, "message")
    app.add_template_filter(local_datetime, "local_datetime")
    app.add_template_filter(local_date, "local_date")
    app.add_template_filter(due_text, "due")
    app.add_template_filter(_typed, "typed")
    app.add_template_filter(shown, "shown")
    app.add_template_filter(label_in, "label_in")
    app.add_template_filter(past, "past")
    app.add_template_filter(outcome_word, "outcome")
    app.add_template_global(locale, "locale")
    app.add_template_global(principal, "principal")
    app.add_template_global(navigation, "navigation")
    app.add_template_global(demonstration, "demonstration")
    app.add_template_global(here, "here")
    app.add_template_global(may, "may")
    app.add_template_global(countries, "countries")
    app.add_template_global(forms.request_key, "request_key")


def locale() -> str:
    """The language of the screen: vi or en."""
    return "vi" if is_vietnamese() else "en"


def principal() -> Principal | None:
    """Who is signed in; None on pages open to all."""
    return current_principal() if current_user.is_authenticated else None


def may(permission: str) -> bool:
    """Whether the account holds the right, by its name ("report:create")."""
    me = principal()
    return me is not None and me.actor.can(Permission(permission))


def demonstration() -> bool:
    """True when this installation shows invented people only."""
    return str(current_app.extensions["benan.settings"].mode) == "demo"


def here() -> str:
    """The address to come back to after the language was switched."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return url_for("desk.show")
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def navigation() -> tuple[Entry, ...]:
    """The main navigation of the signed-in account."""
    actor = current_principal().actor
    return tuple(
        Entry(gettext(text), url_for(endpoint), key, _current(endpoint))
        for text, endpoint, key, rights in _MENU
        if _open_to(actor, rights)
    )


def countries() -> tuple[Choice, ...]:
    """Every country of ISO 3166-1 in the language of the screen, Viet Nam first."""
    names: Mapping[str, str] = get_locale().territories
    known = sorted(
        ((names[code], code) for code in country_codes()),
        key=lambda pair: (pair[1] != "VN", pair[0].casefold()),
    )
    return tuple(Choice(code, Label(name, name)) for name, code in known)


def shown(value: Any, field: Field) -> str:
    """A stored value of a field (not of a TABLE) as people read it, in the language of the screen."""
    if value is None or value == "":
        return ""
    words: dict[FieldKind, Callable[[], Any]] = {
        FieldKind.FLAG: lambda: gettext(N_("Yes")) if value else gettext(N_("No")),
        FieldKind.CHOICE: lambda: _choice(field, value),
        FieldKind.CHOICES: lambda: "; ".join(_choice(field, one) for one in value),
        FieldKind.COUNTRY: lambda: get_locale().territories.get(value, value),
    }
    return str(words[field.kind]()) if field.kind in words else forms.typed(field, value)


def past(due: datetime) -> bool:
    """Whether a term has run out by the application's clock."""
    return bool(due < current_app.extensions["clock"]())


def outcome_word(outcome: str) -> str:
    """What became of a report, in words."""
    return str(gettext(_OUTCOMES[outcome]))


def label_in(path: str, labels: Mapping[str, Label]) -> Label | None:
    """The label of an error's path; "items.0.name" is looked up as "items.*.name"."""
    return labels.get(path) or labels.get(re.sub(r"\.\d+\.", ".*.", path))


_OUTCOMES = {
    "case_opened": N_("Case opened"),
    "case_joined": N_("Added to a case"),
    "passed_on": N_("Passed on"),
    "closed": N_("Closed without a case"),
}


def _typed(value: Any, field: Field) -> str:
    return forms.typed(field, value)


def _choice(field: Field, value: Any) -> str:
    return next((term(choice.label) for choice in field.choices if choice.id == value), str(value))


def _current(endpoint: str) -> str:
    """The value "page" for the page itself, "true" for the list to which a page off the menu belongs."""
    if endpoint == request.endpoint:
        return "page"
    menu = [entry[1] for entry in _MENU if not entry[2]]
    if request.endpoint in {entry[1] for entry in _MENU}:
        return ""
    noun = next((one for one in menu if one.partition(".")[0] == request.blueprint), None)
    return "true" if endpoint == noun else ""


def _open_to(actor: Actor, rights: frozenset[Permission]) -> bool:
    return not rights or any(actor.can(right) for right in rights)
