"""Searching in and out: what may be asked for, and the little that is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.catalogue.intake import READ_REASONS
from app.domain.matching import Tier
from app.domain.terms import LONGEST, Person, commune, document, full_name, phone
from app.domain.text import N_, Message
from app.schemas.cases import CaseRowOut
from app.schemas.forms import Form
from app.schemas.reports import ReportOut
from app.schemas.scalars import OneOf, PartialDay, Phone, Text
from app.schemas.sections import SectionOut
from app.schemas.terms import Out
from app.services.same_person import Matches

NOTHING = Message(N_("Write at least one thing to search for."))
BARE_NAME = Message(N_("One word of a name is too common. Add the other words, or the year of birth."))
NO_PHONE = Message(N_("This number is nobody's own. Search for a person's number."))
NO_DOCUMENT = Message(N_("Write the whole number of the paper, with at least 6 digits."))
NO_YEAR = Message(N_("A commune is searched for together with a year of birth. Add the year."))
NOT_ALONE = Message(N_("A year of birth alone is too common. Add a name or a commune."))


class SearchIn(Form):
    """What to search for; at least one entry, and nothing that too many people share."""

    name = Text(most=LONGEST)
    born = PartialDay(past=True)
    phone = Phone()
    document = Text(most=40)
    commune = Text(most=100)
    code = Text(most=20)
    reason = OneOf(tuple(c.id for c in READ_REASONS))

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Entries that can find somebody."""
        errors: dict[str, list[Message]] = {}
        if not set(data) - {"reason"}:
            errors["name"] = [NOTHING]
        if "name" in data and "born" not in data and not full_name(data["name"]):
            errors["name"] = [BARE_NAME]
        if "phone" in data and not phone(data["phone"]):
            errors["phone"] = [NO_PHONE]
        if "document" in data and not document(data["document"]):
            errors["document"] = [NO_DOCUMENT]
        if "commune" in data and "born" not in data:
            errors["born"] = [NO_YEAR]
        if "born" in data and not {"name", "commune"} & set(data):
            errors["born"] = [NOT_ALONE]
        if errors:
            raise ValidationError(errors)


def person_of(entries: dict[str, Any]) -> Person:
    """The person that loaded entries ask for."""
    place = entries.get("commune", "")
    return Person(
        names=tuple(filter(None, (entries.get("name"),))),
        born=entries.get("born", ""),
        phones=tuple(filter(None, (entries.get("phone"),))),
        documents=tuple(filter(None, (entries.get("document"),))),
        places=(place if commune(place) else f"xã {place}",) if place else (),
    )


TIERS = {"enum": [tier.value for tier in Tier]}


class HitOut(Out):
    """A file that was found: a case or a report by its line, what is the same, and initials instead of a name.

    `same` is empty for a file found by its code.
    """

    case = fields.Nested(CaseRowOut, required=True, allow_none=True)
    report = fields.Nested(ReportOut, required=True, allow_none=True)
    same = fields.List(fields.String(metadata=TIERS), attribute="tiers", required=True)
    initials = fields.String(required=True)


class SearchOut(Out):
    """At most 20 files you may see; `units`: in how many units files that you may not see match."""

    items = fields.List(fields.Nested(HitOut), attribute="hits", required=True)
    more = fields.Boolean(required=True)
    units = fields.Integer(required=True)


class PossibleMatchOut(Out):
    """A file that may concern the same person; code and ids are null unless you see it anyway."""

    unit = fields.String(attribute="unit_name", required=True)
    same = fields.String(attribute="tier", metadata=TIERS, required=True)
    code = fields.String(required=True, allow_none=True)
    case_id = fields.UUID(required=True, allow_none=True)
    report_id = fields.UUID(required=True, allow_none=True)


class MatchesOut(Out):
    """Files that may concern the same person: ask their units for access."""

    items = fields.List(fields.Nested(PossibleMatchOut), required=True)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was saved, with what was noticed beside it; everything else is asked of what was saved."""

    saved: Any
    matches: Matches

    @property
    def possible_matches(self) -> Any:
        """None when nothing was looked up."""
        return None if self.matches.wait or self.matches.broken else self.matches.items

    def __getattr__(self, name: str) -> Any:
        return getattr(self.saved, name)


class _WithMatches(Out):
    """Beside what was saved; null when nothing could be looked up (this hour's look-ups are used up)."""

    possible_matches = fields.List(fields.Nested(PossibleMatchOut), required=True, allow_none=True)


class LoggedReportOut(ReportOut, _WithMatches):
    """A report just taken down, and files that may concern the same person."""


class WrittenSectionOut(SectionOut, _WithMatches):
    """A section just written, and files that may concern the same person."""
