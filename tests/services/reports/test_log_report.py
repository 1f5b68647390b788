"""Taking a report down, and opening it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.domain.errors import Conflict, Forbidden, Invalid, NotVisible
from app.extensions import db
from app.models import Report, SealedValue
from app.services.reports import list_reports, log_report, print_slip, read_report
from tests.conftest import START
from tests.services import acting


def _count():
    return acting.look(select(func.count()).select_from(Report))


def test_the_term_for_classification_is_24_hours(ctx, actor_for):
    assert acting.report(actor_for).due_at == START + timedelta(hours=24)


def test_what_was_told_is_sealed_and_comes_back_to_its_author(ctx, actor_for):
    logged = acting.report(actor_for)
    assert read_report(actor_for("hoa"), logged.id).content["what_happened"] == acting.TOLD
    with db.engine.connect() as connection:
        stored = connection.execute(select(SealedValue.sealed)).scalar_one()
    assert acting.TOLD.encode() not in bytes(stored)


def test_the_same_request_key_gives_the_same_report(ctx, actor_for):
    first = log_report(actor_for("hoa"), acting.ENTRIES, request_key="k1")
    again = log_report(actor_for("hoa"), acting.ENTRIES, request_key="k1")
    assert again.id == first.id
    assert _count() == 1
    assert len(acting.entries(action="repeat:answered")) == 1


def test_the_same_key_with_other_content_is_a_conflict(ctx, actor_for):
    log_report(actor_for("hoa"), acting.ENTRIES, request_key="k1")
    with pytest.raises(Conflict):
        log_report(actor_for("hoa"), {**acting.ENTRIES, "people": 9}, request_key="k1")
    assert _count() == 1


def test_the_same_key_of_another_person_is_another_request(ctx, actor_for):
    first = log_report(actor_for("hoa"), acting.ENTRIES, request_key="k1")
    assert log_report(actor_for("hanh"), acting.ENTRIES, request_key="k1").id != first.id


def test_without_a_key_every_call_is_a_new_report(ctx, actor_for):
    acting.report(actor_for)
    acting.report(actor_for)
    assert _count() == 2


@pytest.mark.parametrize("who", ["minh", "van", "quan", "sen"])
def test_others_cannot_take_reports(ctx, actor_for, who):
    with pytest.raises(Forbidden):
        acting.report(actor_for, who)


@pytest.mark.parametrize("who", ["hanh", "minh", "van", "quan", "sen", "khac"])
def test_nobody_else_opens_it(ctx, actor_for, who):
    logged = acting.report(actor_for)
    with pytest.raises(NotVisible):
        read_report(actor_for(who), logged.id)
    with pytest.raises(NotVisible):
        print_slip(actor_for(who), logged.id)
    assert len(acting.entries(action="access:denied", subject_id=logged.id)) == 2


def test_the_supervisor_opens_it_for_a_stated_reason(ctx, actor_for):
    logged = acting.report(actor_for)
    with pytest.raises(Invalid):
        read_report(actor_for("tuan"), logged.id)
    assert read_report(actor_for("tuan"), logged.id, reason="duty").content
    (entry,) = acting.entries(action="report:read")
    assert acting.body(entry) == {"reason": "duty"}


def test_the_slip_is_printed_once_recorded(ctx, actor_for):
    logged = acting.report(actor_for)
    _, pdf = print_slip(actor_for("hoa"), logged.id)
    assert pdf.startswith(b"%PDF")
    assert len(acting.entries(action="report:printed", subject_id=logged.id)) == 1


def test_lists_hold_one_s_own_and_the_supervisor_s_unit(ctx, actor_for):
    mine, other = acting.report(actor_for), acting.report(actor_for, "hanh")
    assert [r.id for r in list_reports(actor_for("hoa")).items] == [mine.id]
    assert {r.id for r in list_reports(actor_for("tuan")).items} == {mine.id, other.id}
    assert list_reports(actor_for("khac")).items == ()


def test_pages_of_a_list_neither_skip_nor_repeat(ctx, clock, actor_for):
    made = []
    for _ in range(5):
        clock.forward(seconds=1)
        made.append(acting.report(actor_for).id)
    seen, cursor = [], None
    while True:
        page = list_reports(actor_for("hoa"), cursor=cursor, limit=2)
        seen += [r.id for r in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        acting.report(actor_for)  # added meanwhile, at the top
    assert [i for i in seen if i in made] == made[::-1]


@pytest.mark.parametrize("cursor", ["x", "W10", "e30", "=", "W1siaSIsIDFdXQ", "\x00", "W1sidCIsIjIwMjYiXV0"])
def test_a_broken_page_mark_is_refused(ctx, actor_for, cursor):
    with pytest.raises(Invalid):
        list_reports(actor_for("hoa"), cursor=cursor)
