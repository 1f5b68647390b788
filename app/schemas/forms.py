"""What every incoming form shares: nothing unknown is taken, blank answers are no answers; and its lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load

from app.domain.text import N_, Message
from app.schemas.scalars import NOT_A_CHOICE, REQUIRED, clean, refuse

NOT_ROWS = Message(N_("Send this as a list of rows."))
NOT_FORM = Message(N_("Send this as an object with named entries."))
UNKNOWN = Message(N_("This form has no such entry. Leave it out."))
LISTS_AND_FORMS = {"required": [REQUIRED], "null": [REQUIRED], "type": [NOT_FORM], "invalid": [NOT_ROWS]}


def is_blank(value: Any) -> bool:
    """True for nothing, blanks, and lists or rows of nothing but blanks; False for 0 and False."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_blank(v) for v in value.values())
    if isinstance(value, list):
        return all(is_blank(v) for v in value)
    return value is None


class Form(Schema):
    """The parent of everything that comes in."""

    error_messages: dict[str, Any] = {"unknown": UNKNOWN, "type": NOT_FORM}  # noqa: RUF012

    class Meta:
        """Refuse what is not declared."""

        unknown = RAISE

    @pre_load
    def drop_blanks(self, data: Any, **_: Any) -> Any:
        """An empty answer is no answer; an unknown name is refused even when empty."""
        if not isinstance(data, Mapping):
            return data
        known = {field.data_key or name for name, field in self.load_fields.items()}
        kept = {k for k, v in data.items() if isinstance(v, Mapping) or not is_blank(v)}
        return {str(k): v for k, v in data.items() if k in kept or k not in known}


class SeveralOf(fields.List[str]):
    """Several ids of a code list, each once, in the list's own order."""

    default_error_messages = {"required": [REQUIRED], "null": [REQUIRED]}  # noqa: RUF012

    def __init__(self, ids: tuple[str, ...], **options: Any) -> None:
        super().__init__(fields.String(metadata={"enum": list(ids)}), **options)
        self.ids = ids

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[Any]:
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list) or len(chosen) > 2 * len(self.ids):
            raise refuse(NOT_A_CHOICE)
        wanted = {clean(v) for v in chosen if not is_blank(v)}
        if not wanted <= set(self.ids):
            raise refuse(NOT_A_CHOICE)
        return [i for i in self.ids if i in wanted]


class Rows(fields.Field[list[dict[str, Any]]]):
    """Rows of a table; blank rows are left out, and errors keep the number of the row as it was sent."""

    default_error_messages = {"required": [REQUIRED], "null": [REQUIRED]}  # noqa: RUF012

    def __init__(self, row: Schema, *, most: int, **options: Any) -> None:
        items = {"type": "object", "additionalProperties": True}
        super().__init__(metadata={"type": "array", "items": items, "maxItems": most}, **options)
        self.row, self.most = row, most

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise refuse(NOT_ROWS)
        filled = {number: row for number, row in enumerate(value) if not is_blank(row)}
        if len(filled) > self.most:
            raise refuse(
                Message(N_("At most %(most)s rows; put the rest in a second list."), {"most": self.most})
            )
        rows, errors = [], {}
        for number, row in filled.items():
            try:
                rows.append(self.row.load(row))
            except ValidationError as error:
                errors[number] = error.messages
        if errors:
            raise ValidationError(errors)
        if self.required and not rows:
            raise refuse(REQUIRED)
        return rows
