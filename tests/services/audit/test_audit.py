"""Who looked at what: the supervisor sees every act and every refused attempt on the unit's files."""

from __future__ import annotations

import contextlib

import pytest

from app.domain.errors import AccessRefused, Forbidden, NotVisible
from app.services.audit import list_case_entries, list_entries
from app.services.cases import read_case
from app.services.reports import read_report
from app.services.sections import read_section
from tests.services import acting


def _actions(page):
    return [view.entry.action for view in page.items]


def test_a_case_s_log_shows_reads_writes_and_refused_attempts_with_names(ctx, clock, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    for who in ("minh", "lan", "khac"):
        clock.forward(seconds=1)
        with contextlib.suppress(AccessRefused):
            read_section(actor_for(who), case_id, "identity")
    _, page = list_case_entries(actor_for("tuan"), case_id)
    newest = [(v.entry.action, v.actor_name and v.actor_name.split(" (")[0]) for v in page.items[:3]]
    assert newest == [
        ("access:denied", "Phan Văn Khắc"),
        ("access:denied", "Phạm Thị Lan"),
        ("section:read", "Nguyễn Văn Minh"),
    ]
    assert {"case:opened", "case:assigned", "section:written"} <= set(_actions(page))


def test_the_report_s_entries_belong_to_the_case_s_log(ctx, actor_for):
    case_id = acting.case(actor_for)
    _, page = list_case_entries(actor_for("tuan"), case_id)
    assert {"report:logged", "report:classified"} <= set(_actions(page))


def test_attempts_on_a_report_and_on_a_paper_are_shown(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    acting.issued(actor_for, case_id)
    from sqlalchemy import select

    from app.models import Document, Report
    from app.services.documents import download_document

    for attempt in (
        lambda: read_report(
            actor_for("hanh"), acting.look(select(Report.id).where(Report.case_id == case_id))
        ),
        lambda: download_document(
            actor_for("lan"), acting.look(select(Document.id).where(Document.case_id == case_id))
        ),
    ):
        with pytest.raises(NotVisible):
            attempt()
    _, page = list_case_entries(actor_for("tuan"), case_id, limit=100)
    assert _actions(page).count("access:denied") == 2


def test_looking_into_the_log_is_an_entry_itself(ctx, clock, actor_for):
    case_id = acting.case(actor_for)
    list_case_entries(actor_for("tuan"), case_id)
    clock.forward(seconds=1)
    list_entries(actor_for("tuan"))
    assert [acting.body(e)["count"] > 0 for e in acting.entries(action="ledger:read")] == [True, True]


def test_the_unit_s_log_holds_the_acts_of_its_people_only(ctx, actor_for):
    acting.case(actor_for)
    acting.report(actor_for, "khac")
    mine = list_entries(actor_for("tuan"), limit=100).items
    theirs = list_entries(actor_for("khac"), limit=100).items
    assert {v.entry.unit_id for v in mine} == {actor_for("tuan").unit_id}
    assert "Phan Văn Khắc (hư cấu)" in {v.actor_name for v in theirs}
    assert {v.entry.unit_id for v in theirs} == {actor_for("khac").unit_id}


def test_pages_cover_the_log_once(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    seen, cursor = [], None
    while True:
        _, page = list_case_entries(actor_for("tuan"), case_id, cursor=cursor, limit=3)
        seen += [(v.entry.lane, v.entry.counter) for v in page.items if v.entry.action != "ledger:read"]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("minh", Forbidden),
        ("lan", NotVisible),
        ("hoa", NotVisible),
        ("van", NotVisible),
        ("khac", NotVisible),
    ],
)
def test_others_read_no_log(ctx, actor_for, who, error):
    case_id = acting.case(actor_for)
    with pytest.raises(error):
        list_case_entries(actor_for(who), case_id)


@pytest.mark.parametrize("who", ["minh", "hoa", "van", "quan", "sen"])
def test_others_read_no_log_of_the_unit(ctx, actor_for, who):
    with pytest.raises(Forbidden):
        list_entries(actor_for(who))


def test_no_entry_holds_what_was_written_about_a_person(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    read_section(actor_for("minh"), case_id, "identity")
    read_case(actor_for("minh"), case_id)
    said = " ".join(e.body for e in acting.entries())
    for secret in (*acting.IDENTITY.values(), acting.TOLD, "+84900000001"):
        assert secret not in said or secret == "VN"
