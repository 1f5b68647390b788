"""Each kind of field: what it stores, and what it refuses."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.text import Label
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.scalars import FUTURE, NOT_A_DAY, NOT_A_PHONE, country_codes

ANY = Label("câu hỏi", "question")
COLOURS = (Choice("red", Label("đỏ", "red")), Choice("blue", Label("xanh", "blue")))


def stored(kind, value, **options):
    schema = fields_schema((Field("answer", ANY, kind, choices=COLOURS, **options),))
    return load(schema, {"answer": value}).get("answer")


def refused(kind, value, **options):
    with pytest.raises(Invalid) as error:
        stored(kind, value, **options)
    return error.value.errors


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldKind.DATE, "2026-02-28", "2026-02-28"),
        (FieldKind.DATE, "28/02/2026", "2026-02-28"),
        (FieldKind.DATE, "1/2/2026", "2026-02-01"),
        (FieldKind.PARTIAL_DATE, "1998", "1998"),
        (FieldKind.PARTIAL_DATE, "03/1998", "1998-03"),
        (FieldKind.PARTIAL_DATE, "1998-03", "1998-03"),
        (FieldKind.PARTIAL_DATE, "21/03/1998", "1998-03-21"),
        (FieldKind.TIME, "7:05", "07:05"),
        (FieldKind.TIME, "23:59", "23:59"),
        (FieldKind.PHONE, "0912 345 678", "+84912345678"),
        (FieldKind.PHONE, "+855 12 345 678", "+85512345678"),
        (FieldKind.PHONE, "111", "111"),
        (FieldKind.PHONE, "069.2449137", "0692449137"),
        (FieldKind.NATIONAL_ID, "001 095 000 001", "001095000001"),
        (FieldKind.NATIONAL_ID, "not a number", "not a number"),
        (FieldKind.COUNTRY, "vn", "VN"),
        (FieldKind.CHOICE, "red", "red"),
        (FieldKind.CHOICES, ["blue", "red", "blue"], ["red", "blue"]),
        (FieldKind.CHOICES, "red", ["red"]),
        (FieldKind.FLAG, "yes", True),
        (FieldKind.FLAG, False, False),
        (FieldKind.INTEGER, "7", 7),
        (FieldKind.INTEGER, 0, 0),
    ],
)
def test_a_good_answer_is_stored_in_one_form(kind, value, expected):
    assert stored(kind, value) == expected


@pytest.mark.parametrize("blank", [None, "", "  \n"])
@pytest.mark.parametrize("kind", list(FieldKind))
def test_a_blank_answer_is_no_answer(kind, blank):
    assert stored(kind, blank) is None
    assert "answer" in refused(kind, blank, required=True)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.DATE, "2026-02-29"),
        (FieldKind.DATE, "31/04/2026"),
        (FieldKind.DATE, "20260101"),
        (FieldKind.DATE, "2026-W01-1"),
        (FieldKind.DATE, "0001-01-01"),
        (FieldKind.DATE, "1998"),
        (FieldKind.DATE, "٢٠٢٦-٠١-٠١"),
        (FieldKind.DATE, "2026-01-01\n\n2"),
        (FieldKind.PARTIAL_DATE, "13/1998"),
        (FieldKind.PARTIAL_DATE, "98"),
        (FieldKind.TIME, "24:00"),
        (FieldKind.TIME, "7.30"),
        (FieldKind.PHONE, "12"),
        (FieldKind.PHONE, "call me"),
        (FieldKind.PHONE, "+999999999999999"),
        (FieldKind.COUNTRY, "ZZ"),
        (FieldKind.COUNTRY, "Viet Nam"),
        (FieldKind.CHOICE, "green"),
        (FieldKind.CHOICE, ["red"]),
        (FieldKind.CHOICES, ["red", "green"]),
        (FieldKind.CHOICES, [{}, 1]),
        (FieldKind.FLAG, "perhaps"),
        (FieldKind.FLAG, 1),
        (FieldKind.INTEGER, -1),
        (FieldKind.INTEGER, 100_001),
        (FieldKind.INTEGER, 10**400),
        (FieldKind.INTEGER, "9" * 5000),
        (FieldKind.INTEGER, True),
        (FieldKind.INTEGER, 1.5),
        (FieldKind.INTEGER, float("nan")),
        (FieldKind.TABLE, "row"),
        (FieldKind.TABLE, [1]),
    ],
)
def test_a_bad_answer_is_refused_at_its_own_path(kind, value):
    paths = refused(kind, value)
    assert all(path.split(".")[0] == "answer" for path in paths)


def test_a_past_date_is_judged_by_the_day_in_viet_nam():
    assert stored(FieldKind.DATE, "2026-03-21", past=True) == "2026-03-21"
    assert refused(FieldKind.DATE, "2026-03-22", past=True) == {"answer": (FUTURE,)}
    assert stored(FieldKind.PARTIAL_DATE, "2026", past=True) == "2026"
    assert refused(FieldKind.PARTIAL_DATE, "2026-04", past=True) == {"answer": (FUTURE,)}
    assert stored(FieldKind.DATE, "2030-01-01") == "2030-01-01"


def test_the_message_names_the_remedy():
    assert refused(FieldKind.DATE, "31/02/2026") == {"answer": (NOT_A_DAY,)}
    assert refused(FieldKind.PHONE, "12") == {"answer": (NOT_A_PHONE,)}


def test_there_are_249_countries():
    assert len(country_codes()) == 249


COLUMNS = (
    Field("name", ANY, required=True),
    Field("quantity", ANY, FieldKind.INTEGER, minimum=1, maximum=9),
)


def test_blank_rows_are_left_out_and_errors_keep_the_number_of_the_row_as_sent():
    rows = [{"name": "", "quantity": ""}, {"name": "bag", "quantity": "2"}, {}]
    assert stored(FieldKind.TABLE, rows, columns=COLUMNS) == [{"name": "bag", "quantity": 2}]
    rows = [{"name": " "}, {"name": "bag", "quantity": "12"}, {"quantity": 1, "colour": "red"}]
    errors = refused(FieldKind.TABLE, rows, columns=COLUMNS)
    assert set(errors) == {"answer.1.quantity", "answer.2.name", "answer.2.colour"}


def test_a_table_has_a_limit_and_may_be_required():
    rows = [{"name": "bag"}] * 3
    assert len(stored(FieldKind.TABLE, rows, columns=COLUMNS, max_rows=3)) == 3
    assert "answer" in refused(FieldKind.TABLE, rows, columns=COLUMNS, max_rows=2)
    assert "answer" in refused(FieldKind.TABLE, [{"name": ""}], columns=COLUMNS, required=True)


def test_an_unknown_entry_is_refused_even_when_empty():
    with pytest.raises(Invalid) as error:
        load(fields_schema((Field("answer", ANY),)), {"answer": "a", "role": ""})
    assert set(error.value.errors) == {"role"}
