"""The clerk's register: numbers of the unit's papers, nothing about a person."""

from __future__ import annotations

import pytest

from app.domain.errors import Forbidden, NotVisible
from app.services.cases import read_case
from app.services.documents import download_document, read_document
from app.services.registers import list_register
from tests.services import acting


def test_the_register_lists_the_unit_s_numbers_latest_first(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    for _ in range(3):
        acting.issued(actor_for, case_id)
    acting.draft(actor_for, case_id)
    year, page = list_register(actor_for("van"), limit=2)
    assert year == 2026
    assert [line.document.symbol for line in page.items] == ["03/BB-PC02", "02/BB-PC02"]
    _, rest = list_register(actor_for("van"), cursor=page.next_cursor, limit=2)
    assert [line.document.number for line in rest.items] == [1]
    assert page.items[0].case_code == read_case(actor_for("minh"), case_id).case.code


def test_the_clerk_opens_issued_papers_of_the_unit_but_no_draft_and_no_case(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    paper, draft = acting.issued(actor_for, case_id), acting.draft(actor_for, case_id)
    assert download_document(actor_for("van"), paper.id)[1].startswith(b"%PDF")
    assert read_document(actor_for("van"), paper.id).form == {}
    with pytest.raises(NotVisible):
        read_document(actor_for("van"), draft.id)
    with pytest.raises(NotVisible):
        read_case(actor_for("van"), case_id)


def test_another_unit_s_register_is_its_own(ctx, actor_for):
    acting.issued(actor_for, acting.transferring(actor_for))
    assert list_register(actor_for("khac"))[1].items == ()


@pytest.mark.parametrize("who", ["hoa", "minh", "quan", "sen"])
def test_others_have_no_register(ctx, actor_for, who):
    with pytest.raises(Forbidden):
        list_register(actor_for(who))
