"""What a machine may ask in the query string, and the headers that guard changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.catalogue.intake import READ_REASONS
from app.domain.text import N_, Message
from app.schemas.forms import Form
from app.schemas.scalars import OneOf, Text, Whole, YesNo, refuse

TAG = re.compile(r'"([0-9]{1,9})"\Z')
NOT_A_TAG = Message(N_('Give the version you saw as one entity tag, for example “If-Match: "3"”.'))


class PageQuery(Form):
    """Which page of a list."""

    cursor = Text(most=500, metadata={"description": "`next_cursor` of the page before."})
    limit = Whole(least=1, most=100, load_default=20)


class ReportsQuery(PageQuery):
    """Reports: only those that wait for a decision, or only those decided."""

    waiting = YesNo()


class CasesQuery(PageQuery):
    """Cases: open, overdue or closed ones."""

    show = OneOf(("open", "overdue", "closed"), load_default="open")


class RegisterQuery(PageQuery):
    """A year of the register."""

    year = Whole(least=2000, most=2200)


class ReasonQuery(Form):
    """Why something is opened; a supervisor must say it."""

    reason = OneOf(tuple(c.id for c in READ_REASONS))


class Tag(fields.String):
    """A strong entity tag holding a version number."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        found = TAG.match(str(value).strip())
        if not found:
            raise refuse(NOT_A_TAG)
        return int(found[1])


def _version() -> Tag:
    tag = {"pattern": '^"[0-9]{1,9}"$', "example": '"3"', "description": "The version you saw, from ETag."}
    return Tag(required=True, data_key="If-Match", metadata=tag)


def _key() -> Text:
    told = {"description": "Any fresh value, for example a UUID; a retry with it creates nothing twice."}
    return Text(most=200, data_key="Idempotency-Key", metadata=told)


class ChangeHeaders(Form):
    """A change names the version it is based on."""

    version = _version()


class CreateHeaders(Form):
    """A create may be retried under its key."""

    request_key = _key()


class OfferHeaders(Form):
    """A create that is also a change."""

    version = _version()
    request_key = _key()
