"""`flask index`: what it tells, what it finds wrong, and an index made anew while it is used and interrupted."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.domain.actor import operator_of_the_service
from app.domain.terms import Person, Term, TermKind
from app.extensions import db
from app.ledger import tags
from app.models import Case, SearchTag
from app.search.index import OwnerKind, put, run, take_back
from app.search.leakage import BARE_SURNAME, attacked, stored, values_of
from app.search.persons import Owner, look_up, posting_of
from app.search.population import people
from app.services import indexing
from app.services.indexing import CASES, DONE, EMPTYING, rebuild_step, unfinished
from app.services.sections import write_section
from tests.search import filed
from tests.services import acting

NAME = Person(("Nguyễn Thị Mẫu",))
TABLE = SearchTag.__table__


@pytest.fixture
def files(ctx, actor_for):
    """Three files of one name, a report, and a changed section."""
    made = [filed.case(actor_for, **filed.PERSON) for _ in range(3)]
    filed.report(actor_for, caller_name="Trần Văn Thử", caller_phone="+84912345678")
    write_section(actor_for("minh"), made[0], "identity", {**filed.PERSON, "birth_date": "1990"}, version=1)
    db.session.remove()
    return made


def flask(app, *arguments):
    return app.test_cli_runner().invoke(args=["index", *arguments])


def found():
    owners = {owner.id for owner in look_up(NAME)}
    db.session.rollback()
    return owners


def whole():
    session = db.session()
    same = sum(tags.told_by_all(session), tags.Sum()) == sum(tags.stored(session), tags.Sum())
    db.session.rollback()
    return same


def test_leakage_counts_the_table_and_runs_the_attack(app, files):
    answer = flask(app, "leakage", "--people", "300")
    assert answer.exit_code == 0, answer.output
    (name,) = re.findall(r"^name +(\d+) +(\d+) +(\d+) ", answer.output, re.MULTILINE)
    assert name == ("4", "4", "1"), "no tag occurs twice"
    assert BARE_SURNAME in answer.output
    assert "What remains" in answer.output


def test_who_counts_tags_learns_no_more_than_who_guesses_blindly():
    kinds = {one.kind: one for one in attacked(values_of(people(3000)), values_of(people(6000, seed=2)))}
    surnames = kinds[BARE_SURNAME]
    assert surnames.plain_known > 0.75, "what a plain index of family names would have told"
    assert surnames.tagged_known < surnames.blind < 0.45
    for one in kinds.values():
        assert one.tagged_known <= one.blind + 0.005, one.kind


def test_in_the_stored_table_no_tag_occurs_twice(files):
    for row in stored():
        assert row.tags == row.different
        assert (row.largest, row.odd) == (1, 0)


def test_a_whole_index_is_found_whole(app, files):
    answer = flask(app, "check")
    assert answer.exit_code == 0, answer.output
    assert "whole" in answer.output
    checked = [acting.body(e) for e in acting.entries(action="index:checked")]
    assert sum(c["count"] for c in checked) == 3 + 4
    assert sum(c["missing"] for c in checked) == 0


@pytest.mark.parametrize("change", ["delete", "forge", "pointer", "kind", "exchange"])
def test_any_change_of_the_table_is_found_without_opening_a_file(app, files, change):
    (first, _, pointer), (second, _, other) = db.session.execute(
        select(SearchTag.tag, SearchTag.kind, SearchTag.pointer).limit(2)
    ).tuples()
    statements = {
        "delete": [TABLE.delete().where(TABLE.c.tag == first)],
        "forge": [TABLE.insert().values(tag=bytes(16), kind=1, pointer=bytes(46))],
        "pointer": [TABLE.update().where(TABLE.c.tag == first).values(pointer=bytes(46))],
        "kind": [TABLE.update().where(TABLE.c.tag == first).values(kind=3)],
        "exchange": [
            TABLE.update().where(TABLE.c.tag == first).values(pointer=other),
            TABLE.update().where(TABLE.c.tag == second).values(pointer=pointer),
        ],
    }
    for statement in statements[change]:
        db.session.execute(statement)
    db.session.commit()
    db.session.remove()
    answer = flask(app, "check", "--no-files")
    assert answer.exit_code == 1
    assert "NOT whole" in answer.output


def test_a_file_that_is_not_found_is_named_by_its_code(app, files, actor_for):
    posting = posting_of(Owner.case(files[1]), "identity")
    with_entry(lambda: take_back([(Term(TermKind.NAME, "nguyen thi mau"), posting)]))
    answer = flask(app, "check")
    assert answer.exit_code == 1
    assert filed.codes()[files[1]] in answer.output


def with_entry(act):
    """As the program would: in a transaction whose entry tells of the tags."""
    from app.domain.events import CasesListed
    from app.transaction import transaction

    with transaction(operator_of_the_service()) as tx:
        act()
        tx.record(CasesListed(count=0))
    db.session.remove()


def test_made_anew_everything_is_found_and_what_was_taken_back_is_gone(app, files):
    before = found()
    assert tags.volume(db.session()) > 0
    db.session.remove()
    answer = flask(app, "rebuild")
    assert answer.exit_code == 0, answer.output
    assert found() == before
    assert whole()
    kinds = {p.kind for _, _, p in run(Term(TermKind.COMMUNE_YEAR, "ban may|1998"))}
    assert kinds == {OwnerKind.CASE}, "no pointer to nothing is left"
    assert flask(app, "check").exit_code == 0


def test_a_forged_table_is_whole_again_after_it_was_made_anew(app, files):
    db.session.execute(TABLE.delete().where(TABLE.c.kind == 1))
    db.session.commit()
    db.session.remove()
    assert flask(app, "rebuild").exit_code == 0
    assert found() >= set(files)


def test_interrupted_anywhere_it_goes_on_and_officers_work_meanwhile(
    app, files, actor_for, monkeypatch, clock
):
    monkeypatch.setattr(indexing, "BATCH", 1)
    monkeypatch.setattr(indexing, "TAGS", 7)
    operator, progress, steps = operator_of_the_service(), None, 0
    written = []
    while progress is None or progress.phase != DONE:
        progress = rebuild_step(operator, progress)
        db.session.remove()
        steps += 1
        resumed = unfinished()
        assert (resumed is None) == (progress.phase == DONE)
        if resumed:
            assert (resumed.phase, resumed.after) == (progress.phase, progress.after)
            progress = resumed  # as if the process was killed and started again after every step
        clock.forward(seconds=1)
        if steps in (2, 6, 9):
            written.append(filed.case(actor_for, **filed.PERSON))
            db.session.remove()
        if progress.phase == CASES and len(written) < 4:
            changed = {**filed.PERSON, "national_id": "001198099999"}
            write_section(actor_for("minh"), files[2], "identity", changed, version=1)
            written.append(files[2])
            db.session.remove()
    assert steps > 10
    assert whole()
    for term in (Term(TermKind.NAME, "nguyen thi mau"), Term(TermKind.DOCUMENT, "001198099999")):
        live = [p for _, _, p in run(term) if p.kind is not OwnerKind.NOTHING]
        assert len(live) == len(set(live)), "nothing stands twice"
    assert {*files, *written} <= found()
    db.session.remove()
    answer = flask(app, "check")
    assert answer.exit_code == 0, answer.output


def test_an_erased_file_is_left_out(app, files, clock):
    case = db.session.get(Case, files[0])
    case.erased_at = clock()
    db.session.commit()
    db.session.remove()
    assert flask(app, "rebuild").exit_code == 0
    assert found() == set(files[1:])


def test_a_rebuilding_begins_by_emptying(ctx):
    assert unfinished() is None
    assert rebuild_step(operator_of_the_service(), None).phase != EMPTYING  # nothing is there to be removed
    put([])
