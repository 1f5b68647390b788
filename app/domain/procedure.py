"""The vocabulary in which a procedure is written: all frozen data, no behaviour.

A Procedure has sealed sections of fields and one or more tracks; a track is a
plain state machine of stages; a stage has deadlines, documents on offer and
moves; a move names everything it needs. From this one object come the form,
its validation, the buttons, the gate, the due dates and the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.permissions import Permission
from app.domain.sealing import Branch
from app.domain.text import Label, Message


class Phase(StrEnum):
    """The four phases every user knows, then closed."""

    RECEIPT = "receipt"
    VERIFICATION = "verification"
    SUPPORT = "support"
    TRANSFER = "transfer"
    CLOSED = "closed"


class Confidence(StrEnum):
    """How sure we are of a legal figure. Only the first two may be presented as law."""

    VERIFIED = "verified"  # the text of the provision was read
    REPORTED = "reported"  # an official or press page about the passed law was read
    PARTIAL = "partial"  # only part of the text, or a secondary source
    SUPERSEDED = "superseded"  # read, but in an instrument replaced since
    DRAFT = "draft"  # content of a draft
    RECALLED = "recalled"  # not seen in a source
    DESIGN = "design"  # our choice, no legal force

    @property
    def verified(self) -> bool:
        """False means: show the badge, and let no consequence follow by itself."""
        return self in (Confidence.VERIFIED, Confidence.REPORTED)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """An article as the official would cite it, and how sure we are of it."""

    citation: Label
    confidence: Confidence


class FieldKind(StrEnum):
    """What a field holds. Stored form in parentheses."""

    TEXT = "text"  # one line (str)
    LONG_TEXT = "long_text"  # paragraphs (str)
    CHOICE = "choice"  # one id of `choices` (str)
    CHOICES = "choices"  # several ids of `choices` (list[str])
    FLAG = "flag"  # yes / no; absent = not asked (bool)
    INTEGER = "integer"  # minimum..maximum (int)
    DATE = "date"  # full date (ISO str)
    PARTIAL_DATE = "partial_date"  # "1998", "1998-03" or "1998-03-21" (str)
    TIME = "time"  # local wall-clock "HH:MM" (str)
    PHONE = "phone"  # E.164, or a Vietnamese short number (str)
    NATIONAL_ID = "national_id"  # CCCD; a mismatch warns, never blocks (str)
    COUNTRY = "country"  # ISO 3166-1 alpha-2 (str)
    TABLE = "table"  # list of rows of `columns` (list[dict])


@dataclass(frozen=True, slots=True)
class Choice:
    """One id of a code list with its term."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    `required`: the form cannot be saved without it (a *move* may require more).
    `max_length` in characters; `max_rows` for TABLE; `minimum`/`maximum` for INTEGER.
    `past`: a DATE, PARTIAL_DATE must not lie in the future.
    """

    id: str
    label: Label
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    hint: Label | None = None
    choices: tuple[Choice, ...] = ()
    columns: tuple[Field, ...] = ()
    max_length: int = 300
    max_rows: int = 60
    minimum: int = 0
    maximum: int = 100_000
    past: bool = False


class Sensitivity(StrEnum):
    """How narrowly a section is opened."""

    IDENTITY = "identity"  # who and where the person is
    RESTRICTED = "restricted"  # what happened, health, contact
    ORDINARY = "ordinary"  # references and formalities

    @property
    def branch(self) -> Branch:
        """Under which branch of the keys such a section is sealed."""
        return Branch.IDENTITY if self is Sensitivity.IDENTITY else Branch.CONTENT


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record sealed as one value."""

    id: str
    label: Label
    sensitivity: Sensitivity
    fields: tuple[Field, ...]

    def field(self, field_id: str) -> Field:
        """The field of that id; KeyError when there is none."""
        return next((f for f in self.fields if f.id == field_id), None) or _missing(field_id)


class TermUnit(StrEnum):
    """How a term is counted (Code of Criminal Procedure art. 134)."""

    IMMEDIATE = "immediate"
    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term that runs while a case is in a stage (or a report unclassified).

    It starts on the day of the legal event that led into the stage. A duty that is
    IMMEDIATE has no last day: it is open until the stage is left. `rolls`:
    an end on a day off moves to the next working day (detention never rolls).
    """

    id: str
    label: Label
    amount: int
    unit: TermUnit
    basis: LegalBasis
    rolls: bool = True
    on_miss: Label | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a gate may look at: opened sections, issued documents, and today's local date.

    `record` maps section id -> field id -> stored value. Sections never
    written are absent. `issued` holds document type ids.
    """

    record: Mapping[str, Mapping[str, Any]]
    issued: frozenset[str]
    handover_confirmed: bool
    today: date


Guard = Callable[[Facts], tuple[Message, ...]]
"""Returns what stands in the way, each with its remedy; empty when nothing does."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one stage to another and its whole gate.

    `requires`: field references "section.field" that must be filled.
    `documents`: document type ids that must have been issued.
    `event_label`: the legal event whose date starts the next stage's terms
    (asked on the form; today when None).
    `by_handover`: only a confirmed handover makes this move, no button does.
    """

    to: str
    label: Label
    permission: Permission = Permission.CASE_ADVANCE
    requires: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    second_person: bool = False
    event_label: Label | None = None
    by_handover: bool = False
    asks_reason: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A position on a track. No moves: the track ends here."""

    id: str
    label: Label
    phase: Phase
    deadlines: tuple[Deadline, ...] = ()
    documents: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    advice: Label | None = None

    def move(self, to: str) -> Move:
        """The move to that stage; KeyError when the stage has none."""
        return next((m for m in self.moves if m.to == to), None) or _missing(to)

    def deadline(self, deadline_id: str) -> Deadline:
        """The term of that id; KeyError when there is none."""
        return next((d for d in self.deadlines if d.id == deadline_id), None) or _missing(deadline_id)


@dataclass(frozen=True, slots=True)
class Track:
    """A state machine; it starts in its first stage."""

    id: str
    label: Label
    stages: tuple[Stage, ...]

    @property
    def initial(self) -> Stage:
        """The stage a new case enters."""
        return self.stages[0]

    def stage(self, stage_id: str) -> Stage:
        """The stage of that id; KeyError when there is none."""
        return next((s for s in self.stages if s.id == stage_id), None) or _missing(stage_id)


@dataclass(frozen=True, slots=True)
class HandoverRule:
    """How a case of this procedure is handed to another unit.

    Offered from `stage` of `track` once `documents` are issued; confirmation
    moves to `confirmed`, refusal leaves the case where it is. `sections` are
    all that the receiver sees. At confirmation the giver's officers lose every section;
    the giver's supervisor keeps codes, documents' register data and the access log.
    """

    track: str
    stage: str
    confirmed: str
    documents: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One released version of a procedure; a case keeps the version it began with."""

    id: str
    version: int
    code_prefix: str
    label: Label
    basis: tuple[LegalBasis, ...]
    in_force_from: date
    sections: tuple[Section, ...]
    tracks: tuple[Track, ...]
    handover: HandoverRule
    in_force_to: date | None = None

    def section(self, section_id: str) -> Section:
        """The section of that id; KeyError when there is none."""
        return next((s for s in self.sections if s.id == section_id), None) or _missing(section_id)

    def track(self, track_id: str) -> Track:
        """The track of that id; KeyError when there is none."""
        return next((t for t in self.tracks if t.id == track_id), None) or _missing(track_id)

    def field(self, reference: str) -> tuple[Section, Field]:
        """Resolve "section.field"; KeyError when either is unknown."""
        section_id, _, field_id = reference.partition(".")
        section = self.section(section_id)
        return section, section.field(field_id)


def _missing(name: str) -> Any:
    raise KeyError(name)
