"""The vocabulary in which an official document is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.procedure import Field, LegalBasis
from app.domain.text import Label, Message


class DocumentState(StrEnum):
    """Life of a document: content is frozen when numbered, bytes when issued (NĐ 30/2020 art. 15, 18)."""

    DRAFT = "draft"
    NUMBERED = "numbered"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says: its own form and the opened sections it discloses."""

    form: Mapping[str, Any]
    record: Mapping[str, Mapping[str, Any]]
    today: date


def document_number(number: int, notation: str, symbol: str) -> str:
    """`07/BB-PC02`: number of at least two digits, type group, unit symbol (NĐ 30/2020 app. I, II.3).

    ValueError when the number is not positive.
    """
    if number < 1:
        raise ValueError("a document number begins at 1")
    return f"{number:02d}/{notation}-{symbol}"


Validator = Callable[[Content], Mapping[str, tuple[Message, ...]]]
"""Returns, per field path of the document's form, what is wrong and the remedy; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind of paper: what the officer fills in, what it discloses, how it is numbered and laid out.

    `notation` is the type group of the number, e.g. "BB" in 07/BB-PC02 (NĐ 30/2020 app. I).
    `register` names the yearly number series of the unit; types may share one.
    `bilingual`: Vietnamese and English stand side by side.
    """

    id: str
    label: Label
    notation: str
    register: str
    template: str
    discloses: tuple[str, ...]
    form: tuple[Field, ...]
    basis: tuple[LegalBasis, ...]
    validators: tuple[Validator, ...] = ()
    bilingual: bool = False
