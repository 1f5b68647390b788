"""The schema of a form that the catalogue declares: one marshmallow field for each of its fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from marshmallow import Schema
from marshmallow.fields import Field as SchemaField

from app.domain.procedure import Field, FieldKind
from app.schemas.forms import Form, Rows, SeveralOf
from app.schemas.scalars import (
    ClockTime,
    Country,
    Day,
    NationalId,
    OneOf,
    PartialDay,
    Phone,
    Text,
    Whole,
    YesNo,
)

Maker = Callable[[Field, dict[str, Any]], SchemaField[Any]]


@cache
def fields_schema(fields: tuple[Field, ...], *, name: str = "Fields") -> Schema:
    """What these fields accept; loading gives `field id -> stored value` as JSON data, blanks left out.

    `name` is the schema's name in the API's description.
    """
    made = {field.id: _MAKERS[field.kind](field, {"required": field.required}) for field in fields}
    schema: Schema = type(name, (Form,), made)()
    return schema


def _ids(field: Field) -> tuple[str, ...]:
    return tuple(choice.id for choice in field.choices)


_MAKERS: dict[FieldKind, Maker] = {
    FieldKind.TEXT: lambda f, o: Text(most=f.max_length, **o),
    FieldKind.LONG_TEXT: lambda f, o: Text(most=f.max_length, lines=True, **o),
    FieldKind.CHOICE: lambda f, o: OneOf(_ids(f), **o),
    FieldKind.CHOICES: lambda f, o: SeveralOf(_ids(f), **o),
    FieldKind.FLAG: lambda _, o: YesNo(**o),
    FieldKind.INTEGER: lambda f, o: Whole(least=f.minimum, most=f.maximum, **o),
    FieldKind.DATE: lambda f, o: Day(past=f.past, **o),
    FieldKind.PARTIAL_DATE: lambda f, o: PartialDay(past=f.past, **o),
    FieldKind.TIME: lambda _, o: ClockTime(most=5, **o),
    FieldKind.PHONE: lambda _, o: Phone(most=40, **o),
    FieldKind.NATIONAL_ID: lambda _, o: NationalId(most=30, **o),
    FieldKind.COUNTRY: lambda _, o: Country(most=2, **o),
    FieldKind.TABLE: lambda f, o: Rows(fields_schema(f.columns, name="Row"), most=f.max_rows, **o),
}
