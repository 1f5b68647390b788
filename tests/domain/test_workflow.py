"""The gate: what a move needs, and that nothing missing slips through."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.errors import Invalid
from app.domain.permissions import Permission
from app.domain.procedure import (
    Facts,
    Field,
    FieldKind,
    HandoverRule,
    Move,
    Phase,
    Procedure,
    Section,
    Sensitivity,
    Stage,
    Track,
)
from app.domain.text import Label, Message
from app.domain.workflow import find_move, is_filled, moves_for, obstacles


def label(text: str) -> Label:
    return Label(text, text)


def too_early(facts: Facts) -> tuple[Message, ...]:
    return () if facts.today.year >= 2026 else (Message("Wait until %(year)s.", {"year": 2026}),)


GO = Move(
    "end", label("Go"), requires=("notes.told", "notes.count"), documents=("receipt",), guards=(too_early,)
)
APPROVE = Move("end", label("Approve"), permission=Permission.CASE_APPROVE)
HANDED = Move("away", label("Confirm"), by_handover=True)
START = Stage("start", label("Start"), Phase.RECEIPT, moves=(GO, HANDED))
TOLD = Field("told", label("Told"), FieldKind.FLAG)
COUNT = Field("count", label("Count"), FieldKind.INTEGER)
EXAMPLE = Procedure(
    id="example",
    version=1,
    code_prefix="EX",
    label=label("Example"),
    basis=(),
    in_force_from=date(2026, 1, 1),
    sections=(Section("notes", label("Notes"), Sensitivity.ORDINARY, (TOLD, COUNT)),),
    tracks=(Track("only", label("Only"), (START, Stage("end", label("End"), Phase.CLOSED))),),
    handover=HandoverRule("only", "start", "away", (), ()),
)
DOCUMENTS = {"receipt": label("Receipt")}


def facts(record=None, issued=(), confirmed=False, today=date(2026, 3, 2)) -> Facts:
    return Facts(record or {}, frozenset(issued), confirmed, today)


def test_everything_missing_is_named_at_once():
    found = obstacles(EXAMPLE, GO, facts(today=date(2025, 3, 2)), DOCUMENTS)
    assert set(found) == {"notes.told", "notes.count", "documents.receipt", "guard"}
    assert str(found["notes.told"][0]) == "Fill in “Told” in the section “Notes” first."
    assert str(found["documents.receipt"][0]) == "Issue the document “Receipt” first."
    assert str(found["guard"][0]) == "Wait until 2026."


def test_an_answered_no_and_a_zero_are_answers():
    record = {"notes": {"told": False, "count": 0}}
    assert obstacles(EXAMPLE, GO, facts(record, issued=["receipt"]), DOCUMENTS) == {}


@pytest.mark.parametrize("blank", [None, "", [], {}])
def test_a_blank_is_not_an_answer(blank):
    assert not is_filled(blank)
    record = {"notes": {"told": blank, "count": 1}}
    assert set(obstacles(EXAMPLE, GO, facts(record, issued=["receipt"]), DOCUMENTS)) == {"notes.told"}


def test_only_a_confirmed_handover_makes_its_move():
    assert set(obstacles(EXAMPLE, HANDED, facts(), DOCUMENTS)) == {"handover"}
    assert obstacles(EXAMPLE, HANDED, facts(confirmed=True), DOCUMENTS) == {}


def test_a_button_needs_the_permission_and_never_makes_a_handover():
    stage = Stage("start", label("Start"), Phase.RECEIPT, moves=(GO, APPROVE, HANDED))
    assert moves_for(frozenset({Permission.CASE_ADVANCE}), stage) == (GO,)
    assert moves_for(frozenset({Permission.CASE_APPROVE}), stage) == (APPROVE,)
    assert moves_for(frozenset({Permission.CASE_READ}), stage) == ()


def test_a_move_the_stage_does_not_have_is_refused():
    assert find_move(START, "end") is GO
    with pytest.raises(Invalid) as refused:
        find_move(START, "nowhere")
    assert set(refused.value.errors) == {"to"}


@pytest.mark.parametrize("reference", ["notes.absent", "absent.told", "notes"])
def test_an_unknown_reference_is_an_error_of_ours(reference):
    with pytest.raises(KeyError):
        EXAMPLE.field(reference)
