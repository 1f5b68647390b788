"""The same person in another file is noticed, and nothing else of that file is told."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import update

from app.domain.errors import Forbidden, Invalid, NotVisible, SearchesUsedUp
from app.domain.matching import Tier
from app.extensions import db
from app.models import SearchTag
from app.services.same_person import matches_of_case, matches_of_report, matches_of_section
from tests.conftest import UNITS
from tests.search import filed
from tests.services import acting

OURS, THEIRS = UNITS["pc02"][0], UNITS["other"][0]
TOLD = {"person_name": "Nguyễn Thị Mẫu", "person_birth_date": "1998-03-21"}


def of_report(cast, who="hoa", **content):
    logged = filed.report(cast, who, **content)
    return logged, matches_of_report(cast(who), logged.id, {**filed.QUIET, **content}).items


def of_case(cast, case_id, who="minh", **values):
    return matches_of_section(cast(who), case_id, "identity", values).items


def test_the_hotline_learns_the_unit_and_what_is_the_same_and_nothing_else(ctx, actor_for):
    filed.elsewhere(actor_for, **filed.PERSON)
    logged, (match,) = of_report(actor_for, **TOLD)
    assert (match.unit_name, match.tier) == (THEIRS, Tier.NAME_DATE)
    assert (match.code, match.case_id, match.report_id) == (None, None, None)
    (entry,) = acting.entries(action="search:matched")
    assert (entry.subject_kind, entry.subject_id) == ("report", logged.id)
    assert acting.body(entry) == {"persons": 1, "count": 1, "tiers": ["name_date"], "reason": "case_work"}


def test_the_operator_never_learns_the_code_of_a_case_of_the_own_unit_either(ctx, actor_for):
    filed.case(actor_for, **filed.PERSON)
    _, (match,) = of_report(actor_for, **TOLD)
    assert (match.unit_name, match.code, match.case_id) == (OURS, None, None)


def test_a_second_call_about_the_same_number_leads_to_the_first_report(ctx, actor_for):
    first, none = of_report(actor_for, caller_phone="+84912345678")
    assert none == ()
    _, (match,) = of_report(actor_for, callback_phone="+84912345678")
    assert (match.tier, match.code, match.report_id) == (Tier.PHONE, first.code, first.id)
    _, (match,) = of_report(actor_for, "khac", caller_phone="+84912345678")
    assert (match.unit_name, match.code, match.report_id) == (OURS, None, None)


def test_an_officer_sees_the_code_of_a_file_that_is_open_to_him(ctx, actor_for):
    known = filed.case(actor_for, **filed.PERSON)
    filed.elsewhere(actor_for, **filed.PERSON)
    filed.elsewhere(actor_for, **filed.PERSON)
    filed.case(actor_for, officer="lan", **filed.PERSON)
    new = filed.case(actor_for)
    found = of_case(actor_for, new, **filed.PERSON)
    assert [(m.unit_name, m.case_id) for m in found] == [(OURS, None), (OURS, known), (THEIRS, None)] or [
        (m.unit_name, m.case_id) for m in found
    ] == [(OURS, known), (OURS, None), (THEIRS, None)]
    assert {m.tier for m in found} == {Tier.DOCUMENT}


def test_a_case_is_not_its_own_double_nor_are_its_reports(ctx, actor_for):
    case_id = filed.case(actor_for, **filed.PERSON)
    assert of_case(actor_for, case_id, **filed.PERSON) == ()
    assert matches_of_case(actor_for("minh"), case_id).items == ()


@pytest.mark.parametrize(
    "values",
    [
        {"full_name": "Nguyễn Thị Mẫu"},
        {"full_name": "Trần Thị Mẫu", "birth_date": "1998-03-21"},
        {"full_name": "Lê Văn Thử", "birth_date": "1998", "permanent_residence": "xã Bản Mây"},
        {"full_name": "Nguyễn Thị Mẫu", "birth_date": "1999"},
    ],
)
def test_what_many_people_share_raises_no_notice(ctx, actor_for, values):
    for _ in range(3):
        filed.elsewhere(actor_for, **{**filed.PERSON, "birth_date": "1970"})
    filed.elsewhere(actor_for, **filed.PERSON)
    assert of_case(actor_for, filed.case(actor_for), **values) == ()


def test_a_miswritten_number_or_date_is_still_noticed(ctx, actor_for):
    filed.elsewhere(actor_for, **filed.PERSON)
    new = filed.case(actor_for)
    for values, tier in (
        ({"national_id": "001198012354"}, Tier.DOCUMENT_NEAR),
        ({"full_name": "Mẫu Nguyễn Thị", "birth_date": "1997-03-21"}, Tier.NAME_DATE_NEAR),
        ({"full_name": "Nguyễn Thị Mẫu", "birth_date": "1998"}, Tier.NAME_YEAR),
    ):
        (match,) = of_case(actor_for, new, **values)
        assert match.tier is tier


def test_on_demand_whoever_may_open_the_identity_may_ask(ctx, actor_for):
    case_id = filed.case(actor_for, **filed.PERSON)
    filed.elsewhere(actor_for, **filed.PERSON)
    assert [m.unit_name for m in matches_of_case(actor_for("minh"), case_id).items] == [THEIRS]
    with pytest.raises(Invalid):
        matches_of_case(actor_for("tuan"), case_id)
    assert matches_of_case(actor_for("tuan"), case_id, reason="supervision").items
    for who in ("lan", "khac", "hoa"):
        with pytest.raises(NotVisible):
            matches_of_case(actor_for(who), case_id, reason="supervision")
    reasons = [acting.body(e)["reason"] for e in acting.entries(action="search:matched", subject_id=case_id)]
    assert sorted(reasons) == ["case_work", "supervision"]


def test_the_check_is_only_for_those_who_may_write_what_is_checked(ctx, actor_for):
    case_id = filed.case(actor_for)
    with pytest.raises(NotVisible):
        matches_of_section(actor_for("lan"), case_id, "identity", filed.PERSON)
    with pytest.raises(Forbidden):
        matches_of_report(actor_for("minh"), case_id, TOLD)


def test_nobody_named_means_nothing_asked_and_no_entry(ctx, actor_for):
    case_id = filed.case(actor_for)
    before = acting.entry_count()
    assert matches_of_section(actor_for("minh"), case_id, "health", {"condition": "Ổn định"}).items == ()
    assert matches_of_section(actor_for("minh"), case_id, "identity", {"sex": "female"}).items == ()
    assert matches_of_report(actor_for("hoa"), case_id, filed.QUIET).items == ()
    assert acting.entry_count() == before


def test_an_erased_file_is_never_told_of(ctx, actor_for, clock):
    case_id = filed.elsewhere(actor_for, **filed.PERSON)
    from app.models import Case

    case = db.session.get(Case, case_id)
    case.erased_at = clock()
    db.session.commit()
    assert of_report(actor_for, **TOLD)[1] == ()


def test_a_file_handed_over_is_asked_for_at_its_receiver(ctx, actor_for):
    acting.handed_over(actor_for)
    found = of_report(actor_for, person_name="Nguyễn Thị Hư Cấu", person_birth_date="1990-05-02")[1]
    assert [m.unit_name for m in found] == [UNITS["shelter"][0]]


def test_intake_goes_on_when_the_look_ups_of_the_hour_are_used_up(ctx, actor_for):
    filed.elsewhere(actor_for, **filed.PERSON)
    limit = actor_for("hoa").role.searches_per_hour
    for _ in range(limit):
        matches_of_report(actor_for("hoa"), uuid4(), TOLD)
    logged = filed.report(actor_for, **TOLD)
    refused = matches_of_report(actor_for("hoa"), logged.id, TOLD)
    assert refused.wait > 0
    assert refused.items == ()
    assert len(acting.entries(action="search:refused")) == 1
    case_id = filed.case(actor_for, **filed.PERSON)
    for _ in range(60):
        matches_of_section(actor_for("minh"), case_id, "identity", filed.PERSON)
    with pytest.raises(SearchesUsedUp):
        matches_of_case(actor_for("minh"), case_id)


def test_a_broken_index_raises_the_alarm_and_saves_the_report_all_the_same(ctx, actor_for):
    filed.elsewhere(actor_for, **filed.PERSON)
    db.session.execute(update(SearchTag).values(pointer=bytes(46)))
    db.session.commit()
    logged = filed.report(actor_for, **TOLD)
    matches = matches_of_report(actor_for("hoa"), logged.id, TOLD)
    assert matches.broken
    assert [e.subject_kind for e in acting.entries(action="integrity:alarm")] == ["search"]
    assert acting.entries(action="report:logged", subject_id=logged.id)


def children(number):
    """As many children, each with a representative of its own."""
    return {
        "children": [
            {"full_name": f"Nguyễn Văn Số{n}", "representative_phone": f"+8490000{n:04}"}
            for n in range(number)
        ]
    }


def test_every_person_of_a_section_counts_and_the_same_one_once(ctx, actor_for, clock):
    case_id, limit = filed.case(actor_for), actor_for("minh").role.searches_per_hour

    def asked(values):
        return matches_of_section(actor_for("minh"), case_id, "minors", values).wait

    twins = {"children": [{"full_name": "Nguyễn Văn Số"}] * 5}
    assert asked(twins) == 0
    clock.forward(minutes=10)
    assert asked(children(limit // 2 - 1)) == 0
    assert 2999 < asked(children(1)) <= 3001, "two persons, one left: until the first look-up is an hour old"
    assert asked(twins) == 0, "one fits"
    assert asked(twins) == 3001
    told = [acting.body(e)["persons"] for e in acting.entries(action="search:matched")]
    assert sorted(told) == [1, 1, limit - 2]


def test_of_a_section_full_of_people_as_many_are_looked_up_as_an_hour_allows(ctx, actor_for):
    limit = actor_for("minh").role.searches_per_hour
    case_id = filed.case(actor_for)
    assert matches_of_section(actor_for("minh"), case_id, "minors", children(limit)).wait == 0
    (entry,) = acting.entries(action="search:matched")
    assert acting.body(entry)["persons"] == limit
    assert matches_of_section(actor_for("minh"), case_id, "minors", children(1)).wait > 0
