"""Form entries: names become nested values, what is typed stays, and every message is tied to its control."""

from __future__ import annotations

import re

import pytest
from flask import get_template_attribute
from werkzeug.datastructures import MultiDict

from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures import CURRENT
from app.domain.errors import Invalid
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.text import Label, Message
from app.web import forms

X = Label("Thử", "Trial")
COLUMNS = (Field("name", X), Field("quantity", X, FieldKind.INTEGER))
FIELDS = (
    Field("line", X),
    Field("asked", X, FieldKind.FLAG),
    Field("day", X, FieldKind.DATE),
    Field("born", X, FieldKind.PARTIAL_DATE),
    Field("hour", X, FieldKind.TIME),
    Field("several", X, FieldKind.CHOICES, choices=(Choice("a", X), Choice("b", X))),
    Field("items", X, FieldKind.TABLE, columns=COLUMNS, max_rows=3),
)


def decoded(*pairs, prefix=""):
    return forms.decode(FIELDS, MultiDict(pairs), prefix)


def test_blank_entries_are_absent():
    assert decoded(("line", "  "), ("asked", ""), ("items.0.name", " ")) == {}


@pytest.mark.parametrize(("typed", "stored"), [("yes", True), ("no", False)])
def test_a_flag_has_three_states(typed, stored):
    assert decoded(("asked", typed)) == {"asked": stored}
    assert decoded(("asked", "anything else")) == {}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("21/03/1998", "1998-03-21"),
        ("1.3.1998", "1998-03-01"),
        ("21031998", "1998-03-21"),
        ("1998-03-21", "1998-03-21"),
        ("3/1998", "1998-03"),
        ("1998", "1998"),
        ("hôm qua", "hôm qua"),
    ],
)
def test_a_day_is_stored_as_iso_and_nonsense_stays_as_typed(typed, stored):
    assert decoded(("born", typed)) == {"born": stored}
    assert forms.stored_day(forms.local_day(stored)) == stored


@pytest.mark.parametrize(
    ("typed", "stored"), [("7:30", "07:30"), ("7h30", "07:30"), ("0730", "07:30"), ("sáng", "sáng")]
)
def test_a_time_is_stored_with_two_digits(typed, stored):
    assert decoded(("hour", typed)) == {"hour": stored}


def test_rows_keep_their_order_and_lose_their_gaps():
    pairs = [("items.10.name", "b"), ("items.2.name", "a"), ("items.5.name", ""), ("items.x.name", "c")]
    assert decoded(*pairs)["items"] == [{"name": "a"}, {"name": "b"}]


def test_of_too_many_rows_one_more_than_allowed_is_kept():
    assert len(decoded(*((f"items.{n}.name", "a") for n in range(9)))["items"]) == 4


def test_a_prefix_parts_two_forms_of_one_page():
    pairs = [("content.line", "a"), ("line", "b"), ("content.items.0.name", "c"), ("items.0.name", "d")]
    assert decoded(*pairs, prefix="content.") == {"line": "a", "items": [{"name": "c"}]}


def test_rows_are_added_and_deleted_without_javascript():
    values = {"items": [{"name": "a"}, {"name": "b"}]}
    assert not forms.edited_rows(MultiDict(), values)
    assert forms.edited_rows(MultiDict({"_add": "content.items"}), values)
    assert values["items"] == [{"name": "a"}, {"name": "b"}, {}]
    assert forms.edited_rows(MultiDict({"_remove": "content.items.0"}), values)
    assert values["items"] == [{"name": "b"}, {}]
    assert forms.edited_rows(MultiDict({"_remove": "items.nine"}), values)
    assert values["items"] == [{"name": "b"}, {}]


@pytest.mark.parametrize("typed", ["", "x", "-1", "٣", "9" * 10])
def test_a_version_that_was_tampered_with_is_refused(typed):
    with pytest.raises(Invalid):
        forms.version(MultiDict({"version": typed}))


def rendered(app, fields, values, errors=None, warnings=None) -> str:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        macro = get_template_attribute("_forms.html", "fields")
        return str(macro(fields, values, errors or {}, warnings or {}, ""))


def check_ids(html: str) -> None:
    """Every id is unique, every reference has its target."""
    live = re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)
    ids = re.findall(r'\bid="([^"]+)"', live)
    assert len(ids) == len(set(ids))
    wanted = " ".join(re.findall(r'(?:for|aria-describedby)="([^"]+)"', live)).split()
    assert set(wanted) <= set(ids)


def test_an_error_and_a_warning_are_tied_to_their_control(app):
    said = (Message("Too long by %(n)s.", {"n": 3}),)
    html = rendered(
        app,
        FIELDS,
        {"items": [{"name": "a"}]},
        {"line": said, "asked": said, "items.0.name": said},
        {"born": Message("Check the year.")},
    )
    check_ids(html)
    assert html.count("Too long by 3.") == 3
    assert 'aria-describedby="f-line-error" aria-invalid="true"' in html
    assert 'aria-describedby="f-items-0-name-error"' in html
    assert "f-born-hint f-born-warning" in html


def test_typed_values_come_back_escaped_and_dates_as_people_write_them(app):
    html = rendered(app, FIELDS, {"line": '"><b>', "day": "1998-03-21", "born": "1998-03", "asked": False})
    assert 'value="&#34;&gt;&lt;b&gt;"' in html
    assert 'value="21/03/1998"' in html
    assert 'value="03/1998"' in html
    assert re.search(r'name="asked" value="no" checked', html)


@pytest.mark.parametrize(
    "fields",
    [
        *(section.fields for procedure in CURRENT for section in procedure.sections),
        *(kind.form for kind in DOCUMENTS.values()),
    ],
)
def test_every_form_of_the_catalogue_can_be_shown(app, fields):
    values = {field.id: [{}] for field in fields if field.kind is FieldKind.TABLE}
    html = rendered(app, fields, values)
    check_ids(html)
    for field in fields:
        assert f'id="f-{field.id}"' in html


def test_reading_shows_words_not_ids(app):
    fields = (
        Field("kind", X, FieldKind.CHOICE, choices=(Choice("a", Label("Một", "One")),)),
        Field("land", X, FieldKind.COUNTRY),
        *FIELDS,
    )
    values = {"kind": "a", "land": "LA", "asked": False, "day": "1998-03-21", "items": [{"quantity": 0}]}
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        html = str(get_template_attribute("_forms.html", "reading")(fields, values))
    for word in ("One", "Laos", "No", "21/03/1998", "<td>0</td>"):
        assert word in html
