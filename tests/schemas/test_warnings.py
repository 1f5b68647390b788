"""Identity numbers: a mismatch warns and never blocks."""

from __future__ import annotations

import pytest

from app.catalogue.procedures.shared_sections import IDENTITY
from app.domain.procedure import Field, FieldKind
from app.domain.text import Label
from app.schemas.fields import fields_schema
from app.schemas.loading import load
from app.schemas.warnings import OTHER_SEX, OTHER_YEAR, UNUSUAL, warnings


@pytest.mark.parametrize(
    ("number", "sex", "birth_date", "expected"),
    [
        ("001095000001", "male", "1995", None),
        ("001195000001", "female", "1995-07", None),
        ("001305000001", "female", "2005-07-01", None),
        ("001305000001", None, None, None),
        ("001305000001", "unknown", None, None),
        ("001305000001", "male", "2005", OTHER_SEX),
        ("001305000001", "female", "1995", OTHER_YEAR),
        ("123456789", "male", "1970", None),
        ("12345", None, None, UNUSUAL),
        ("A1234567", None, None, UNUSUAL),
    ],
)
def test_number_against_sex_and_year(number, sex, birth_date, expected):
    entries = {"national_id": number, "sex": sex, "birth_date": birth_date}
    values = load(fields_schema(IDENTITY.fields), entries)
    found = warnings(IDENTITY.fields, values)
    assert found == ({"national_id": expected} if expected else {})


def test_rows_are_looked_at_too():
    table = Field("people", Label("người", "people"), FieldKind.TABLE, columns=IDENTITY.fields)
    assert warnings((table,), {"people": [{}, {"national_id": "1"}]}) == {"people.1.national_id": UNUSUAL}
