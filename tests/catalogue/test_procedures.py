"""Every released procedure: whole, consistent and reachable. Loops over the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from app.catalogue import intake, procedures
from app.catalogue.documents import DOCUMENTS
from app.catalogue.procedures import CURRENT, PROCEDURES, current_procedure, procedure
from app.catalogue.roles import ROLES
from app.domain.errors import Invalid
from app.domain.procedure import Deadline, Field, FieldKind, Move, Phase, Procedure, Section, Stage, TermUnit
from app.domain.text import Label

EVERY = [pytest.param(p, id=f"{p.id}-{p.version}") for p in PROCEDURES.values()]
each_procedure = pytest.mark.parametrize("subject", EVERY)


def stages(subject: Procedure) -> Iterator[Stage]:
    for track in subject.tracks:
        yield from track.stages


def moves(subject: Procedure) -> Iterator[tuple[Stage, Move]]:
    for stage in stages(subject):
        for move in stage.moves:
            yield stage, move


def deadlines(subject: Procedure) -> Iterator[Deadline]:
    for stage in stages(subject):
        yield from stage.deadlines


def fields(section: Section) -> Iterator[Field]:
    for field in section.fields:
        yield field
        yield from field.columns


def assert_unique(ids: list[str]) -> None:
    assert sorted(ids) == sorted(set(ids))


def assert_bilingual(label: Label) -> None:
    assert label.vi.strip(), label
    assert label.en.strip(), label
    assert label.vi != label.en, label


def test_every_procedure_file_is_in_the_register():
    folder = Path(procedures.__file__).parent
    declaring = {
        path.stem for path in folder.glob("*.py") if "\nPROCEDURE = " in path.read_text(encoding="utf-8")
    }
    assert declaring == {id for id, _ in PROCEDURES}


def test_the_register_finds_a_version_and_refuses_an_unknown_one():
    for (id, version), found in PROCEDURES.items():
        assert procedure(id, version) is found
        assert (found.id, found.version) == (id, version)
    with pytest.raises(KeyError):
        procedure("trafficking_victim", 99)


@each_procedure
def test_a_new_case_begins_with_the_version_in_force_that_day(subject):
    assert current_procedure(subject.id, subject.in_force_from).version >= subject.version
    with pytest.raises(Invalid, match="nothing was saved") as refused:
        current_procedure(subject.id, date(2000, 1, 1))
    assert set(refused.value.errors) == {"procedure_id"}


def test_an_unknown_procedure_is_named_as_a_wrong_entry():
    with pytest.raises(Invalid):
        current_procedure("", date(2026, 11, 22))


@each_procedure
def test_every_procedure_keeps_the_reports_that_led_to_it(subject):
    section, reports = subject.field("intake.reports")
    assert section.fields == (reports,)
    assert {c.id for c in reports.columns} >= {"code", "received_on", "channel"} | {
        f.id for f in intake.REPORT_SECTION.fields
    }
    assert "intake" not in subject.handover.sections


def test_one_current_version_each_with_its_own_code_prefix():
    assert {p.id for p in CURRENT} == {id for id, _ in PROCEDURES}
    assert_unique([p.id for p in CURRENT])
    assert_unique([p.code_prefix for p in CURRENT])
    assert {p.code_prefix for p in CURRENT} == {"NN", "DD"}


@each_procedure
def test_ids_are_unique_where_they_must_be(subject):
    assert_unique([s.id for s in subject.sections])
    assert_unique([t.id for t in subject.tracks])
    for section in subject.sections:
        assert_unique([f.id for f in section.fields])
        for field in section.fields:
            assert_unique([c.id for c in field.columns])
    for track in subject.tracks:
        assert_unique([s.id for s in track.stages])
    for stage in stages(subject):
        assert_unique([d.id for d in stage.deadlines])
        assert_unique([m.to for m in stage.moves])


@each_procedure
def test_every_stage_is_reached_from_the_first(subject):
    for track in subject.tracks:
        reached, waiting = set(), [track.initial.id]
        while waiting:
            here = waiting.pop()
            if here not in reached:
                reached.add(here)
                waiting.extend(m.to for m in track.stage(here).moves)
        assert reached == {s.id for s in track.stages}


@each_procedure
def test_a_way_leads_to_an_end_from_every_stage(subject):
    for track in subject.tracks:
        ending = {s.id for s in track.stages if not s.moves}
        for _ in track.stages:
            ending |= {s.id for s in track.stages if any(m.to in ending for m in s.moves)}
        assert ending == {s.id for s in track.stages}


@each_procedure
def test_closed_means_no_way_on_and_the_reverse(subject):
    for stage in stages(subject):
        assert (stage.phase is Phase.CLOSED) == (not stage.moves), stage.id


@each_procedure
def test_every_reference_resolves(subject):
    for stage, move in moves(subject):
        for reference in move.requires:
            subject.field(reference)
        assert set(move.documents) <= set(stage.documents), (stage.id, move.to)
    for stage in stages(subject):
        assert set(stage.documents) <= set(DOCUMENTS), stage.id


@each_procedure
def test_some_role_may_make_every_move(subject):
    granted = frozenset().union(*(role.permissions for role in ROLES.values()))
    for _, move in moves(subject):
        assert move.permission in granted


@each_procedure
def test_the_handover_rule_fits_its_track(subject):
    rule = subject.handover
    stage = subject.track(rule.track).stage(rule.stage)
    move = stage.move(rule.confirmed)
    assert move.by_handover
    assert set(move.documents) == set(rule.documents) <= set(stage.documents)
    assert all(subject.section(id) for id in rule.sections)
    assert_unique(list(rule.sections))
    assert [m for _, m in moves(subject) if m.by_handover] == [move]


@each_procedure
def test_documents_of_the_handover_disclose_sections_of_the_procedure(subject):
    for type_id in subject.handover.documents:
        for section_id in DOCUMENTS[type_id].discloses:
            assert subject.section(section_id)


@each_procedure
def test_every_deadline_says_its_basis_and_length(subject):
    for deadline in deadlines(subject):
        assert_bilingual(deadline.basis.citation)
        assert (deadline.amount == 0) == (deadline.unit is TermUnit.IMMEDIATE), deadline.id


@each_procedure
def test_a_stage_with_a_counted_term_is_entered_by_naming_the_event(subject):
    for track in subject.tracks:
        for stage in track.stages:
            for move in stage.moves:
                if any(d.unit is not TermUnit.IMMEDIATE for d in track.stage(move.to).deadlines):
                    assert move.event_label, (stage.id, move.to)


@each_procedure
def test_every_working_stage_says_what_to_do_now(subject):
    for stage in stages(subject):
        assert stage.advice or not stage.moves, stage.id


@each_procedure
def test_everything_shown_is_bilingual(subject):
    shown = [subject.label, *(b.citation for b in subject.basis)]
    for section in subject.sections:
        shown += [section.label]
        for field in fields(section):
            shown += [field.label, *(c.label for c in field.choices), *([field.hint] if field.hint else [])]
    for stage in stages(subject):
        shown += [stage.label, *([stage.advice] if stage.advice else [])]
        shown += [d.label for d in stage.deadlines] + [d.on_miss for d in stage.deadlines if d.on_miss]
        shown += [m.label for m in stage.moves] + [m.event_label for m in stage.moves if m.event_label]
    for label in shown:
        assert_bilingual(label)


@each_procedure
def test_fields_are_well_formed(subject):
    for section in subject.sections:
        for field in fields(section):
            assert bool(field.choices) == (field.kind in (FieldKind.CHOICE, FieldKind.CHOICES)), field.id
            assert bool(field.columns) == (field.kind is FieldKind.TABLE), field.id
            assert not field.past or field.kind in (FieldKind.DATE, FieldKind.PARTIAL_DATE), field.id
            assert_unique([c.id for c in field.choices])
            assert field.minimum <= field.maximum


def test_unverified_terms_are_the_known_ones():
    """A badge disappears only by a change here, made with the text of the law in hand."""
    verified = {(p.id, d.id) for p in CURRENT for d in deadlines(p) if d.basis.confidence.verified}
    assert verified == {
        ("trafficking_victim", "take_to_commune"),
        ("trafficking_victim", "initial_verification"),
        ("trafficking_victim", "essential_needs"),
        ("trafficking_victim", "hand_over"),
        ("extradition_incoming", "urgent_hold"),
    }


def test_a_released_stage_list_does_not_change_unnoticed():
    victim, extradition = (
        PROCEDURES[id, 1].tracks[0] for id in ("trafficking_victim", "extradition_incoming")
    )
    assert [s.id for s in victim.stages] == [
        "received",
        "initial_verification",
        "identification_pending",
        "identified",
        "supporting",
        "not_identified",
        "transferring",
        "transferred",
        "closed",
    ]
    assert [s.id for s in extradition.stages] == [
        "registered",
        "urgent_hold",
        "checking",
        "supplement_requested",
        "returned",
        "at_court",
        "accepted",
        "examining",
        "decided_extradite",
        "decided_refuse",
        "appeal",
        "refused",
        "discontinued",
        "final",
        "execution_decided",
        "handover_agreed",
        "handed_over",
        "pickup_failed",
        "cancelled",
    ]


def test_the_straight_way_of_an_extradition_is_one_move_each():
    way = (
        "registered",
        "checking",
        "at_court",
        "accepted",
        "examining",
        "decided_extradite",
        "final",
        "execution_decided",
        "handover_agreed",
        "pickup_failed",
        "handover_agreed",
        "handed_over",
    )
    track = PROCEDURES["extradition_incoming", 1].track("request")
    for here, there in pairwise(way):
        assert track.stage(here).move(there)
