"""The stored index: what is put is found, what is taken back is not, and a table alone tells nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.domain.errors import IntegrityBroken
from app.domain.terms import Term, TermKind
from app.extensions import db
from app.ledger import tags
from app.models import SearchTag
from app.search.index import NOTHING, OwnerKind, Posting, put, run, runs, take_back
from app.vault.tags import POINTER, SEALED_POINTER, TAG, term_key

COMMON = Term(TermKind.NAME, "nguyen thi mau")


def posting(source=2):
    return Posting(OwnerKind.CASE, uuid4(), source)


def found(term):
    return [posting for _, _, posting in run(term)]


def stored():
    db.session.expire_all()
    return db.session.execute(select(SearchTag.tag, SearchTag.kind, SearchTag.pointer)).tuples().all()


@pytest.mark.parametrize("count", [1, 2, 5, 17, 100, 301])
def test_everything_put_is_found_in_its_order(ctx, count):
    postings = sorted(posting() for _ in range(count))
    assert put((COMMON, p) for p in postings) == count
    assert found(COMMON) == postings
    assert found(Term(TermKind.NAME, "tran van thu")) == []


def test_one_by_one_is_the_same_as_together(ctx):
    postings = [posting() for _ in range(70)]
    for one in postings:
        put([(COMMON, one)])
    assert found(COMMON) == postings


def test_the_same_value_of_another_kind_is_another_term(ctx):
    put([(Term(TermKind.PHONE, "123456789"), posting())])
    assert found(Term(TermKind.DOCUMENT, "123456789")) == []


def test_what_is_taken_back_leaves_no_gap_and_no_trace(ctx):
    postings = sorted(posting() for _ in range(40))
    put((COMMON, p) for p in postings)
    before = {tag for tag, _, _ in stored()}
    assert take_back([(COMMON, postings[0]), (COMMON, postings[25]), (COMMON, posting())]) == 2
    assert found(COMMON) == [NOTHING if n in (0, 25) else p for n, p in enumerate(postings)]
    rows = stored()
    assert {tag for tag, _, _ in rows} == before
    assert {len(bytes(pointer)) for _, _, pointer in rows} == {SEALED_POINTER}
    put([(COMMON, postings[0])])
    assert found(COMMON)[-1] == postings[0]


def test_several_terms_are_followed_together_and_long_runs_are_cut(ctx):
    terms = [Term(TermKind.GIVEN_YEAR, f"mau|{year}") for year in range(1970, 2010)]
    put((term, posting()) for n, term in enumerate(terms) for _ in range(n))
    assert [len(places) for places in runs(terms).values()] == list(range(40))
    assert all(len(places) <= 22 for places in runs(terms, 10).values())
    assert [min(n, 10) for n in range(40)] == [min(len(p), 10) for p in runs(terms, 10).values()]


def test_a_pointer_fits_every_owner_and_section(ctx):
    for kind in OwnerKind:
        for source in (0, 255):
            one = Posting(kind, UUID(int=2**128 - 1), source)
            assert Posting.decode(one.encode()) == one
            assert len(one.encode()) == POINTER


def test_no_two_tags_and_no_two_pointers_are_alike(ctx):
    same = posting()
    put((Term(kind, "x|1998"), Posting(same.kind, same.owner_id, n)) for kind in TermKind for n in range(50))
    rows = stored()
    assert len({bytes(tag) for tag, _, _ in rows}) == len({bytes(p) for _, _, p in rows}) == len(rows) == 400
    assert {len(bytes(tag)) for tag, _, _ in rows} == {TAG}


def test_a_pointer_moved_to_another_tag_does_not_open(ctx):
    put((COMMON, posting()) for _ in range(2))
    (one, _, pointer), (other, _, _) = stored()
    db.session.execute(SearchTag.__table__.update().where(SearchTag.tag == other).values(pointer=pointer))
    with pytest.raises(IntegrityBroken):
        found(COMMON)
    assert bytes(one) != bytes(other)


def test_a_changed_pointer_and_a_pointer_of_another_term_do_not_open(ctx):
    other_term = Term(TermKind.NAME, "tran van thu")
    put([(COMMON, posting()), (other_term, posting())])
    mine, theirs = (term_key(t.kind, 1, t.value).tag(0) for t in (COMMON, other_term))
    table = SearchTag.__table__
    pointers = {bytes(tag): bytes(pointer) for tag, _, pointer in stored()}
    flipped = bytes([pointers[mine][0] ^ 1]) + pointers[mine][1:]
    for forged in (pointers[theirs], flipped, pointers[mine][:-1], b"", bytes(SEALED_POINTER)):
        db.session.execute(table.update().where(table.c.tag == mine).values(pointer=forged))
        with pytest.raises(IntegrityBroken):
            found(COMMON)


def test_the_table_adds_up_to_what_was_told(ctx):
    session = db.session()
    tags.forget(session)
    assert tags.told(session) == {}
    put((COMMON, posting()) for _ in range(30))
    take_back([(COMMON, found(COMMON)[3])])
    body = {"tags": tags.told(session)}
    assert body["tags"]["added"] == 30
    assert body["tags"] != tags.told(session), "each telling has a mask of its own"
    assert sum(tags.stored(session), tags.Sum()) == tags.told_by(body)
    tags.forget(session)
    assert tags.told_by({}) == tags.Sum()


@pytest.mark.parametrize("change", ["delete", "add", "kind", "pointer", "swap"])
def test_any_change_of_the_table_changes_its_sum(ctx, change):
    session = db.session()
    put((COMMON, posting()) for _ in range(10))
    told = tags.told_by({"tags": tags.told(session)})
    table, (first, second, *_) = SearchTag.__table__, stored()
    statements = {
        "delete": [table.delete().where(table.c.tag == first[0])],
        "add": [table.insert().values(tag=bytes(16), kind=1, pointer=bytes(SEALED_POINTER))],
        "kind": [table.update().where(table.c.tag == first[0]).values(kind=2)],
        "pointer": [table.update().where(table.c.tag == first[0]).values(pointer=second[2])],
        "swap": [
            table.update().where(table.c.tag == first[0]).values(pointer=second[2]),
            table.update().where(table.c.tag == second[0]).values(pointer=first[2]),
        ],
    }
    for statement in statements[change]:
        session.execute(statement)
    assert sum(tags.stored(session), tags.Sum()) != told
