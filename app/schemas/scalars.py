"""Single values as people and machines write them: each is cleaned, checked, and stored as plain JSON data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import phonenumbers
from babel import Locale
from marshmallow import ValidationError, fields

from app.domain.text import N_, Message
from app.extensions import now
from app.position import local_date

REQUIRED = Message(N_("Fill this in."))
NOT_TEXT = Message(N_("Write this as text."))
INVISIBLE = Message(
    N_(
        "There is an invisible or unreadable character in this text, as pasting often brings in. "
        "Delete it, or type the text again."
    )
)
NOT_A_DAY = Message(N_("There is no such date. Write it as day/month/year, for example 21/03/2026."))
NOT_A_PARTIAL_DAY = Message(
    N_("There is no such date. Write the year, month/year or day/month/year, for example 1998 or 03/1998.")
)
FUTURE = Message(N_("This date lies in the future. Enter the day it happened."))
NOT_A_TIME = Message(N_("Write the time as hours:minutes, from 00:00 to 23:59."))
NOT_A_PHONE = Message(
    N_("Not a phone number. Check the digits; begin a foreign number with + and the country code.")
)
NOT_A_CHOICE = Message(N_("Choose from the list."))
NOT_WHOLE = Message(N_("Write a whole number, in digits only."))
NOT_YES_NO = Message(N_("Answer yes or no."))

SHORT_NUMBERS = frozenset({"111", "112", "113", "114", "115"})
POLICE_NUMBER = re.compile(r"069[0-9]{7}\Z")
EARLIEST_YEAR = 1900
JOINERS = "\u200c\u200d"  # without them Persian, Hindi and others are misspelt
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})  # Unicode's categories
UNASSIGNED_TERRITORIES = frozenset(  # CLDR's groupings and reserved codes that look like a country's
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ")
)
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_LOCAL = re.compile(r"(?:(?:([0-9]{1,2})/)?([0-9]{1,2})/)?([0-9]{4})\Z")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
_DIGITS = re.compile(r"-?[0-9]{1,15}\Z")
_YES_NO = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False}


def refuse(*messages: Message) -> ValidationError:
    """The error for one value, with translatable messages."""
    return ValidationError(list(messages))


def clean(value: Any, *, lines: bool = False) -> str:
    """Text in NFC without outer blanks; refuses characters nobody can see or that have no meaning."""
    if not isinstance(value, str):
        raise refuse(NOT_TEXT)
    text = value.replace("\r\n", "\n") if lines else value
    text = unicodedata.normalize("NFC", text).strip()
    if any(_invisible(c) and not (lines and c in "\n\t") for c in text):
        raise refuse(INVISIBLE)
    return text


def _invisible(character: str) -> bool:
    return character not in JOINERS and unicodedata.category(character) in UNSEEN


def local_today() -> date:
    """The present day in Viet Nam, by the application's clock."""
    return local_date(now())


class Text(fields.String):
    """One line, or paragraphs with `lines`; at most `most` characters."""

    default_error_messages = {"required": [REQUIRED], "null": [REQUIRED]}  # noqa: RUF012

    def __init__(self, *, most: int = 300, lines: bool = False, **options: Any) -> None:
        options["metadata"] = {"maxLength": most, **options.get("metadata", {})}
        super().__init__(**options)
        self.most, self.lines = most, lines

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        text = clean(value, lines=self.lines)
        if len(text) > self.most:
            raise refuse(
                Message(
                    N_("Too long by %(over)s characters; at most %(most)s."),
                    {"over": len(text) - self.most, "most": self.most},
                )
            )
        return self.accept(text)

    def accept(self, text: str) -> str:
        """The stored form of the cleaned text; raises ValidationError."""
        return text


class Day(Text):
    """A real date, ISO or day/month/year, stored ISO; `past`: not after today in Viet Nam."""

    def __init__(self, *, past: bool = False, **options: Any) -> None:
        super().__init__(most=10, **options)
        self.past = past

    def accept(self, text: str) -> str:
        """ISO date."""
        parts = _date_parts(text)
        if parts is None or len(parts) < 3:
            raise refuse(NOT_A_DAY)
        return _checked(parts, NOT_A_DAY, past=self.past)


class PartialDay(Day):
    """A year, a month of a year, or a date; stored "1998", "1998-03" or "1998-03-21"."""

    def accept(self, text: str) -> str:
        """ISO date, cut where nothing more is known."""
        parts = _date_parts(text)
        if parts is None:
            raise refuse(NOT_A_PARTIAL_DAY)
        return _checked(parts, NOT_A_PARTIAL_DAY, past=self.past)


def _date_parts(text: str) -> list[int] | None:
    iso, local = _ISO.match(text), _LOCAL.match(text)
    found = iso.groups() if iso else local.groups()[::-1] if local else ()
    return [int(part) for part in found if part is not None] or None


def _checked(parts: list[int], unreal: Message, *, past: bool) -> str:
    try:
        first = date(*[*parts, 1, 1][:3])
    except ValueError:
        raise refuse(unreal) from None
    if first.year < EARLIEST_YEAR:
        raise refuse(unreal)
    if past and first > local_today():
        raise refuse(FUTURE)
    return first.isoformat()[: (4, 7, 10)[len(parts) - 1]]


class ClockTime(Text):
    """A local wall-clock time, stored "HH:MM"."""

    def accept(self, text: str) -> str:
        """Two digits each."""
        found = _TIME.match(text)
        if not found:
            raise refuse(NOT_A_TIME)
        return f"{int(found[1]):02d}:{found[2]}"


class Phone(Text):
    """A phone number, stored E.164; emergency and police numbers (069) have no such form and are kept."""

    def accept(self, text: str) -> str:
        """E.164 or the short number."""
        digits = re.sub(r"[ .()/-]", "", text)
        if digits in SHORT_NUMBERS or POLICE_NUMBER.match(digits):
            return digits
        if not re.match(r"\+?[0-9]{6,17}\Z", digits):
            raise refuse(NOT_A_PHONE)
        try:
            number = phonenumbers.parse(digits, "VN")
        except phonenumbers.NumberParseException:
            raise refuse(NOT_A_PHONE) from None
        if not phonenumbers.is_possible_number(number):
            raise refuse(NOT_A_PHONE)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class NationalId(Text):
    """An identity number without its blanks and dots; what looks wrong is warned about, never refused."""

    def accept(self, text: str) -> str:
        """Digits alone when there are only digits."""
        bare = re.sub(r"[ .-]", "", text)
        return bare if bare.isdecimal() and bare.isascii() else text


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2, all 249."""
    territories = [str(code) for code in Locale("vi").territories]
    return frozenset(c for c in territories if len(c) == 2 and c.isalpha()) - UNASSIGNED_TERRITORIES


class Country(Text):
    """An ISO 3166-1 alpha-2 code."""

    def accept(self, text: str) -> str:
        """Capitals."""
        if text.upper() not in country_codes():
            raise refuse(NOT_A_CHOICE)
        return text.upper()


class OneOf(Text):
    """One id of a code list."""

    def __init__(self, ids: tuple[str, ...], **options: Any) -> None:
        super().__init__(metadata={"enum": list(ids), **options.pop("metadata", {})}, **options)
        self.ids = ids

    def accept(self, text: str) -> str:
        """The id itself."""
        if text not in self.ids:
            raise refuse(NOT_A_CHOICE)
        return text


class Id(fields.UUID):
    """The id of something in a list that was shown."""

    default_error_messages = {"required": [REQUIRED], "null": [REQUIRED], "invalid_uuid": [NOT_A_CHOICE]}  # noqa: RUF012


class Whole(fields.Integer):
    """A whole number within bounds, as a number or in digits."""

    default_error_messages = {"required": [REQUIRED], "null": [REQUIRED]}  # noqa: RUF012

    def __init__(self, *, least: int = 0, most: int = 100_000, **options: Any) -> None:
        super().__init__(
            metadata={"minimum": least, "maximum": most, **options.pop("metadata", {})}, **options
        )
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:
        if isinstance(value, str) and _DIGITS.match(value.strip()):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse(NOT_WHOLE)
        if not self.least <= value <= self.most:
            bounds = {"least": self.least, "most": self.most}
            raise refuse(Message(N_("Between %(least)s and %(most)s."), bounds))
        return value


class YesNo(fields.Boolean):
    """Yes or no; absent means not asked."""

    default_error_messages = {"required": [REQUIRED], "null": [REQUIRED]}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or value.strip().lower() not in _YES_NO:
            raise refuse(NOT_YES_NO)
        return _YES_NO[value.strip().lower()]
