"""The shared text field: what is cleaned, what is refused, whatever is sent."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.domain.errors import Invalid
from app.domain.procedure import Field, FieldKind
from app.domain.text import Label, Message
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.scalars import INVISIBLE, NOT_TEXT, Text

quiet = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
LINE, LINES = Text(most=40), Text(most=40, lines=True)
KINDS = tuple(
    Field(
        kind.value,
        Label("một", "one"),
        kind,
        columns=(Field("inner", Label("trong", "inner")),) if kind is FieldKind.TABLE else (),
    )
    for kind in FieldKind
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@quiet
@given(st.text(st.characters(codec=None), max_size=60))
def test_accepted_text_is_clean_and_bounded_and_cleaning_it_again_changes_nothing(text):
    try:
        stored = LINES.deserialize(text)
    except ValidationError:
        return
    assert stored == unicodedata.normalize("NFC", stored).strip()
    assert len(stored) <= 40
    assert not any(unicodedata.category(c)[0] == "C" and c not in "\n\t\u200c\u200d" for c in stored)
    stored.encode()
    assert LINES.deserialize(stored) == stored


@quiet
@given(
    st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=10),
    st.characters(categories=["Cf", "Co", "Cn", "Cs", "Zl", "Zp"], exclude_characters="\u200c\u200d")
    | st.sampled_from("\x00\x1b\x7f\x85\u202e\u2066\ufeff\u200b\u00ad\u2060\ue000\ud800"),
)
def test_what_nobody_can_see_is_refused_wherever_it_stands(text, character):
    for field in (LINE, LINES):
        with pytest.raises(ValidationError) as refused:
            field.deserialize(f"{text}{character}{text}")
        assert refused.value.messages == [INVISIBLE]


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_that_other_scripts_need_are_kept(joiner):
    assert LINE.deserialize(f"नर{joiner}क") == f"नर{joiner}क"


@quiet
@given(st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.text()) | st.binary())
def test_what_is_not_text_is_refused(value):
    with pytest.raises(ValidationError):
        LINE.deserialize(value)


def test_bytes_are_not_text():
    with pytest.raises(ValidationError) as refused:
        LINE.deserialize(b"a")
    assert refused.value.messages == [NOT_TEXT]


def test_the_limit_counts_composed_letters_and_says_how_much_is_too_much():
    assert LINE.deserialize("e\u0302\u0301" * 40) == "ế" * 40
    with pytest.raises(ValidationError) as refused:
        LINE.deserialize("a" * 43)
    assert refused.value.messages[0].params == {"over": 3, "most": 40}


def test_a_line_break_is_for_paragraphs_only():
    assert LINES.deserialize("một\r\nhai") == "một\nhai"
    with pytest.raises(ValidationError):
        LINE.deserialize("một\nhai")


@quiet
@given(st.dictionaries(st.sampled_from([f.id for f in KINDS]), ANYTHING))
def test_whatever_is_sent_a_form_gives_storable_values_or_translatable_messages(data):
    try:
        values = load(fields_schema(KINDS), data)
    except Invalid as error:
        values, errors = {}, error.errors
        empty = [path for path, messages in errors.items() if not messages]
        strange = [m for messages in errors.values() for m in messages if not isinstance(m, Message)]
        assert (bool(errors), empty, strange) == (True, [], [])
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert load(fields_schema(KINDS), values) == values


@quiet
@given(ANYTHING.filter(lambda v: not isinstance(v, dict)))
def test_a_form_is_an_object(data):
    with pytest.raises(Invalid) as refused:
        load(fields_schema(KINDS), data)
    assert list(refused.value.errors) == ["form"]
