"""The catalogue for machines: procedures and papers with their forms, stages, moves and terms."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.terms import BasisOut, NamedOut, Out, TermOut, page_of


class FieldOut(Out):
    """One question: its kind and limits; `columns` are the questions of a table's row."""

    id = fields.String(required=True)
    label = fields.Nested(TermOut, required=True)
    kind = fields.String(required=True)
    required = fields.Boolean(required=True)
    hint = fields.Nested(TermOut, required=True, allow_none=True)
    choices = fields.List(fields.Nested(NamedOut), required=True)
    columns = fields.List(fields.Nested(lambda: FieldOut()), required=True)  # noqa: PLW0108 - itself, later
    max_length = fields.Integer(required=True)
    max_rows = fields.Integer(required=True)
    minimum = fields.Integer(required=True)
    maximum = fields.Integer(required=True)
    past = fields.Boolean(required=True)


class SectionFormOut(NamedOut):
    """A section and its questions."""

    sensitivity = fields.String(required=True)
    fields_ = fields.List(fields.Nested(FieldOut), attribute="fields", data_key="fields", required=True)


class DeadlineOut(NamedOut):
    """A term, its unit and its legal basis."""

    amount = fields.Integer(required=True)
    unit = fields.String(required=True)
    rolls = fields.Boolean(required=True)
    basis = fields.Nested(BasisOut, required=True)


class MoveOut(Out):
    """A step: where to, what it asks for, and whether a second person decides."""

    to = fields.String(required=True)
    label = fields.Nested(TermOut, required=True)
    permission = fields.String(required=True)
    requires = fields.List(fields.String(), required=True)
    documents = fields.List(fields.String(), required=True)
    second_person = fields.Boolean(required=True)
    asks_reason = fields.Boolean(required=True)
    by_handover = fields.Boolean(required=True)
    event_label = fields.Nested(TermOut, required=True, allow_none=True)


class StageOut(NamedOut):
    """A stage without its rules."""

    phase = fields.String(required=True)


class StageRulesOut(StageOut):
    """A stage with its terms, papers and moves."""

    deadlines = fields.List(fields.Nested(DeadlineOut), required=True)
    documents = fields.List(fields.String(), required=True)
    moves = fields.List(fields.Nested(MoveOut), required=True)


class TrackOut(NamedOut):
    """A track and its stages."""

    stages = fields.List(fields.Nested(StageRulesOut), required=True)


class ProcedureOut(NamedOut):
    """One released version of a procedure."""

    version = fields.Integer(required=True)
    basis = fields.List(fields.Nested(BasisOut), required=True)
    in_force_from = fields.Date(required=True)
    in_force_to = fields.Date(required=True, allow_none=True)
    sections = fields.List(fields.Nested(SectionFormOut), required=True)
    tracks = fields.List(fields.Nested(TrackOut), required=True)


class DocumentTypeOut(NamedOut):
    """A kind of paper and its form."""

    notation = fields.String(required=True)
    register = fields.String(required=True)
    discloses = fields.List(fields.String(), required=True)
    form = fields.List(fields.Nested(FieldOut), required=True)
    basis = fields.List(fields.Nested(BasisOut), required=True)


ProcedurePageOut = page_of(ProcedureOut)
DocumentTypePageOut = page_of(DocumentTypeOut)
