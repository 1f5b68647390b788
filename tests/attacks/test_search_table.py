"""Attacks on the search index: by who steals it, who reads it while it is used, and who writes into it.

| attacker | tries | outcome |
|---|---|---|
| thief who knows how common names are | counts tags and ranks them | every tag occurs once: nothing to rank |
| reader who may also log reports | enters a name, compares tags | his tags are new; equal names share nothing |
| reader without the index key | recomputes tags of names | none fits |
| writer without keys | deletes, adds, changes, moves, exchanges | the sum in the ledger differs; moved does not open |
"""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.domain.errors import IntegrityBroken
from app.domain.terms import VERSION, Person, Term, TermKind
from app.extensions import db
from app.ledger import tags
from app.models import SearchTag
from app.search.persons import look_up
from app.services.same_person import matches_of_report
from app.services.sections import write_section
from app.vault.tags import term_key
from tests.pictures import kept
from tests.search import filed

TABLE = SearchTag.__table__
COMMON, RARE = {"full_name": "Nguyễn Thị Hương"}, {"full_name": "Khuất Duy Hiếm"}


def rows():
    """The stolen table."""
    with db.engine.connect() as connection:
        found = connection.execute(select(TABLE.c.tag, TABLE.c.kind, TABLE.c.pointer)).all()
    return [(bytes(tag), kind, bytes(pointer)) for tag, kind, pointer in found]


def detected():
    """What `flask index check --no-files` compares."""
    session = db.session()
    differs = sum(tags.told_by_all(session), tags.Sum()) != sum(tags.stored(session), tags.Sum())
    db.session.rollback()
    return differs


@kept
def _filed(cast):
    for _ in range(6):
        filed.case(cast, **COMMON)
    filed.case(cast, **RARE)


@pytest.fixture
def stolen(ctx, actor_for):
    """Six files of a common name and one of a rare one."""
    _filed(actor_for)
    db.session.remove()
    return rows()


def test_counting_tags_shows_no_name_to_be_common(stolen):
    names = [tag for tag, kind, _ in stolen if kind == TermKind.NAME]
    assert len(names) == 7
    assert set(Counter(names).values()) == {1}
    assert len({pointer for _, _, pointer in stolen}) == len(stolen), (
        "pointers to one file share nothing either"
    )
    assert {len(pointer) for _, _, pointer in stolen} == {46}


def test_who_enters_a_name_of_his_choice_recognises_nobody(stolen, actor_for):
    before = {tag for tag, _, _ in stolen}
    for name in ("Nguyễn Thị Hương", "Người Không Có"):
        logged = filed.report(actor_for, caller_name=name)
        assert matches_of_report(actor_for("hoa"), logged.id, {"caller_name": name}).items == ()
        now = rows()
        fresh = [tag for tag, _, _ in now if tag not in before]
        assert len(fresh) == 1, "one more row, whether the name was there or not"
        assert before < {tag for tag, _, _ in now}
        before = {tag for tag, _, _ in now}


def test_without_the_index_key_no_name_can_be_tried(stolen):
    there = {tag for tag, _, _ in stolen}
    for key in (bytes(32), b"\xff" * 32):
        guessed = term_key(TermKind.NAME, VERSION, "nguyen thi huong", key)
        assert not there & {guessed.tag(place) for place in range(50)}
    right = term_key(TermKind.NAME, VERSION, "nguyen thi huong")
    assert len(there & {right.tag(place) for place in range(50)}) == 6, "the key is what keeps the names"


def _set(row, **values):
    return TABLE.update().where(TABLE.c.tag == row[0]).values(**values)


def changes(a, b):
    """Statements by what they try; `a` and `b` are rows of two files of one name."""
    flipped = bytes([a[2][0] ^ 1]) + a[2][1:]
    return {
        "a file is taken out of sight": [TABLE.delete().where(TABLE.c.tag == a[0])],
        "an invented tag": [TABLE.insert().values(tag=b"\1" * 16, kind=a[1], pointer=a[2])],
        "a pointer copied to another tag": [_set(a, pointer=b[2])],
        "two pointers exchanged": [_set(a, pointer=b[2]), _set(b, pointer=a[2])],
        "a tag renamed": [_set(a, tag=b"\2" * 16)],
        "one bit of a pointer": [_set(a, pointer=flipped)],
        "the kind": [_set(a, kind=TermKind.PHONE)],
        "everything": [TABLE.delete()],
    }


@pytest.mark.parametrize("change", changes((b"", 1, b"\0"), (b"", 1, b"\0")))
def test_whatever_is_written_into_the_table_is_found(stolen, change):
    assert not detected()
    ours = [row for row in stolen if row[1] == TermKind.NAME]
    for statement in changes(ours[0], ours[1])[change]:
        db.session.execute(statement)
    db.session.commit()
    assert detected()


def test_a_pointer_led_elsewhere_opens_nothing(stolen):
    first, last = (
        term_key(TermKind.NAME, VERSION, name).tag(0) for name in ("nguyen thi huong", "khuat duy hiem")
    )
    pointers = {tag: pointer for tag, _, pointer in stolen}
    db.session.execute(TABLE.update().where(TABLE.c.tag == last).values(pointer=pointers[first]))
    db.session.commit()
    with pytest.raises(IntegrityBroken):
        look_up(Person((RARE["full_name"],)))


def test_an_older_pointer_put_back_is_found_too(ctx, actor_for):
    case_id = filed.case(actor_for, **COMMON)
    before = {tag: pointer for tag, _, pointer in rows()}
    write_section(actor_for("minh"), case_id, "identity", RARE, version=1)
    db.session.remove()
    assert not detected()
    tag = term_key(TermKind.NAME, VERSION, "nguyen thi huong").tag(0)
    db.session.execute(TABLE.update().where(TABLE.c.tag == tag).values(pointer=before[tag]))
    db.session.commit()
    assert look_up(Person((COMMON["full_name"],))), "it opens, for it once was genuine"
    db.session.rollback()
    assert detected()


def test_a_run_is_asked_for_by_its_term_only(ctx):
    """Two terms never share a tag, whatever their values are made of."""
    one = Term(TermKind.GIVEN_YEAR, "a|1998")
    others = (
        Term(TermKind.WORDS_YEAR, "a|1998"),
        Term(TermKind.GIVEN_YEAR, "a|199"),
        Term(TermKind.GIVEN_YEAR, "a|19980"),
    )
    mine = {term_key(one.kind, VERSION, one.value).tag(n) for n in range(300)}
    for other in others:
        assert not mine & {term_key(other.kind, VERSION, other.value).tag(n) for n in range(300)}
    assert not mine & {term_key(one.kind, VERSION + 1, one.value).tag(n) for n in range(300)}
