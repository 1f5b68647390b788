"""Numbers of the register: none skipped, none given twice, whatever happens between number and paper."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.documents import issue as issuing
from app.domain.errors import BenAnError, Conflict, Invalid
from app.extensions import db
from app.models import Document, RegisterCounter, SealedValue
from app.services import documents
from tests.documents.reading import text
from tests.services import acting
from tests.services.acting import look

PAPERS, THREADS = 100, 8


class CrashError(Exception):
    """The process died here."""


def _numbers():
    with db.engine.connect() as connection:
        rows = connection.execute(select(Document.number).where(Document.number.is_not(None)))
        return sorted(row.number for row in rows)


def _last():
    return look(select(RegisterCounter.last))


def _issue_all(app, actor, drafts):
    """Issue the drafts at the same time; (number, symbol) of each."""

    def issue(paper):
        with app.app_context():
            made = documents.issue_document(actor, paper.id, version=paper.version)
            db.session.remove()
            return made.number, made.symbol

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(issue, drafts))


def test_a_hundred_papers_issued_at_once_get_a_hundred_consecutive_numbers(app, ctx, actor_for, monkeypatch):
    case_id = acting.transferring(actor_for)
    drafts = [acting.draft(actor_for, case_id) for _ in range(PAPERS)]
    ready = documents.preview_document(actor_for("minh"), drafts[0].id)[1]
    monkeypatch.setattr(issuing, "render", lambda *_a, **_k: ready)  # the layout is not what is raced here,
    monkeypatch.setattr(
        issuing, "check", lambda *_a, **_k: None
    )  # only its result is the same a hundred times
    results = _issue_all(app, actor_for("minh"), drafts)
    assert sorted(number for number, _ in results) == list(range(1, PAPERS + 1))
    assert {symbol for _, symbol in results} == {f"{n:02d}/BB-PC02" for n in range(1, PAPERS + 1)}
    assert _numbers() == list(range(1, PAPERS + 1))
    assert len(acting.entries(action="document:issued")) == PAPERS
    assert acting.whole()


def test_papers_laid_out_at_the_same_time_each_show_their_own_number(app, ctx, actor_for):
    case_id = acting.transferring(actor_for)
    drafts = [acting.draft(actor_for, case_id) for _ in range(6)]
    _issue_all(app, actor_for("minh"), drafts)
    for paper in drafts:
        made, pdf = documents.download_document(actor_for("minh"), paper.id)
        assert f"Số: {made.symbol}" in text(pdf)


@pytest.fixture
def paper(ctx, actor_for):
    """A complete draft."""
    return acting.draft(actor_for, acting.transferring(actor_for))


def test_one_paper_issued_at_the_same_moment_takes_one_number(app, actor_for, paper):
    minh = actor_for("minh")

    def issue(_):
        with app.app_context():
            try:
                return documents.issue_document(minh, paper.id, version=paper.version)
            except BenAnError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(issue, range(4)))
    assert [type(r) for r in results if isinstance(r, BenAnError)] == [Conflict] * 3
    assert (_numbers(), _last()) == ([1], 1)


def test_a_crash_between_number_and_paper_keeps_the_number(monkeypatch, clock, actor_for, paper):
    def crash(*_args, **_kwargs):
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "render", crash)
        with pytest.raises(CrashError):
            documents.issue_document(actor_for("minh"), paper.id, version=paper.version)
    numbered = documents.read_document(actor_for("minh"), paper.id).document
    assert (numbered.state, numbered.number, numbered.sha256) == ("numbered", 1, None)
    other = acting.issued(actor_for, paper.case_id)
    assert other.number == 2

    clock.forward(days=1)
    again = documents.issue_document(actor_for("minh"), paper.id, version=numbered.version)
    assert (again.number, again.symbol, again.state) == (1, "01/BB-PC02", "issued")
    assert again.numbered_at < again.issued_at
    assert (_numbers(), _last()) == ([1, 2], 2)


def test_after_a_crash_the_content_is_what_was_numbered(monkeypatch, actor_for, paper):
    with monkeypatch.context() as patch:
        patch.setattr(issuing, "render", lambda *_a, **_k: (_ for _ in ()).throw(CrashError()))
        with pytest.raises(CrashError):
            documents.issue_document(actor_for("minh"), paper.id, version=paper.version)
    numbered = documents.read_document(actor_for("minh"), paper.id).document
    with pytest.raises(Conflict):
        documents.update_document(actor_for("minh"), paper.id, acting.FORM, version=numbered.version)


@pytest.mark.parametrize("text", ["Tên \U0001f600", "chữ Thái: ก", "漢字"])
def test_a_character_that_cannot_be_printed_is_refused_before_a_number_is_spent(ctx, actor_for, text):
    case_id = acting.transferring(actor_for)
    bad = acting.draft(actor_for, case_id, file_title=text)
    with pytest.raises(Invalid):
        documents.issue_document(actor_for("minh"), bad.id, version=bad.version)
    assert (_numbers(), _last()) == ([], None)
    assert documents.read_document(actor_for("minh"), bad.id).document.state == "draft"


def test_totals_that_do_not_add_up_are_refused_before_a_number_is_spent(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    bad = acting.draft(actor_for, case_id, total_sheets=7)
    with pytest.raises(Invalid) as refused:
        documents.issue_document(actor_for("minh"), bad.id, version=bad.version)
    assert "total_sheets" in refused.value.errors
    assert (_numbers(), _last()) == ([], None)


def test_an_issued_paper_never_changes(clock, actor_for, paper):
    made = documents.issue_document(actor_for("minh"), paper.id, version=paper.version)
    before = documents.download_document(actor_for("minh"), paper.id)[1]
    clock.forward(days=2)
    with pytest.raises(Conflict):
        documents.update_document(actor_for("minh"), paper.id, acting.FORM, version=made.version)
    with pytest.raises(Conflict):
        documents.issue_document(actor_for("minh"), paper.id, version=made.version)
    with pytest.raises(Conflict):
        documents.preview_document(actor_for("minh"), paper.id)
    acting.write(actor_for, paper.case_id, "papers", {"items": []})
    assert documents.download_document(actor_for("minh"), paper.id)[1] == before
    kept = select(func.count()).select_from(SealedValue).where(SealedValue.subject_id == paper.id)
    assert look(kept.where(SealedValue.name == "pdf")) == 1


def test_the_series_begins_anew_each_local_year(clock, ctx, actor_for):
    case_id = acting.transferring(actor_for)
    clock.instant = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23:59 in Viet Nam
    old = acting.issued(actor_for, case_id)
    clock.instant = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # midnight
    new = acting.issued(actor_for, case_id)
    assert [(d.year, d.number) for d in (old, new)] == [(2026, 1), (2027, 1)]
