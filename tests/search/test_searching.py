"""Searching: what is found, by whom, and what the ledger keeps of it."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import update

from app.domain.errors import Forbidden, IntegrityBroken, Invalid, SearchesUsedUp
from app.domain.matching import Tier
from app.domain.states import Outcome
from app.domain.terms import Person
from app.extensions import db
from app.models import LedgerEntry, SearchTag
from app.services.classification import Decision, classify_report
from app.services.handovers import confirm_handover
from app.services.same_person import matches_of_report
from app.services.searching import Query, search
from app.services.sections import write_section
from tests.conftest import UNITS
from tests.search import filed
from tests.services import acting


def found(cast, who="minh", *, reason=None, code="", **person):
    query = Query(
        Person(**person), code=code, reason=reason or ("supervision" if who in ("tuan", "khac") else None)
    )
    return search(cast(who), query)


def codes(result):
    return [hit.case.case.id if hit.case else hit.report.id for hit in result.hits]


@pytest.mark.parametrize(
    ("person", "tier"),
    [
        ({"names": ("nguyen thi mau",)}, Tier.NAME),
        ({"names": ("NGUYỄN THỊ MẪU",)}, Tier.NAME),
        ({"names": ("Mẫu Nguyễn Thị",)}, Tier.NAME),
        ({"names": ("bà Nguyễn Thị Mẫu",), "born": "1998"}, Tier.NAME_YEAR),
        ({"names": ("Thị Mẫu Nguyễn",), "born": "1998-03-21"}, Tier.NAME_DATE),
        ({"names": ("Nguyễn Thị Mẫu",), "born": "1999-03-21"}, Tier.NAME_DATE_NEAR),
        ({"names": ("Mẫu",), "born": "1998"}, Tier.GIVEN_YEAR),
        ({"names": ("Trần Thị Mẫu",), "born": "1998"}, Tier.LAST_TWO_YEAR),
        ({"documents": ("001 198 012 345",)}, Tier.DOCUMENT),
        ({"documents": ("001198012354",)}, Tier.DOCUMENT_NEAR),
        ({"places": ("xã Bản Mây",), "born": "1998"}, Tier.COMMUNE_YEAR),
    ],
)
def test_a_file_is_found_by_everything_that_is_known_of_its_person(ctx, actor_for, person, tier):
    case_id = filed.case(actor_for, **filed.PERSON)
    filed.case(actor_for, full_name="Trần Văn Thử", birth_date="1970-01-01")
    result = found(actor_for, **person)
    assert codes(result) == [case_id]
    assert result.hits[0].tiers[0] is tier
    assert result.hits[0].initials == "N. T. M…"
    assert (result.more, result.units) == (False, 0)


def test_nobody_is_found_by_what_nobody_has(ctx, actor_for):
    filed.case(actor_for, **filed.PERSON)
    for person in (
        {"names": ("Nguyễn Thị",)},
        {"phones": ("0912345678",)},
        {"documents": ("999999999",)},
        {},
    ):
        result = found(actor_for, **person)
        assert (result.hits, result.units) == ((), 0)


def test_a_changed_section_is_found_by_what_it_says_now(ctx, actor_for):
    case_id = filed.case(actor_for, **filed.PERSON)
    changed = {**filed.PERSON, "full_name": "Trần Thị Sửa", "national_id": "001198099999"}
    write_section(actor_for("minh"), case_id, "identity", changed, version=1)
    assert codes(found(actor_for, names=("Trần Thị Sửa",))) == [case_id]
    assert codes(found(actor_for, names=("Nguyễn Thị Mẫu",))) == []
    assert codes(found(actor_for, documents=("001198012345",))) == []
    assert codes(found(actor_for, places=("xã Bản Mây",), born="1998")) == [case_id], (
        "what did not change stays"
    )


def test_the_same_number_in_two_sections_survives_the_change_of_one(ctx, actor_for):
    case_id = filed.case(actor_for, full_name="Nguyễn Thị Mẫu", representative_phone="+84912345678")
    acting.write(actor_for, case_id, "safe_contact", {"safe_way": "Gọi", "phone": "+84912345678"})
    write_section(actor_for("minh"), case_id, "identity", {"full_name": "Nguyễn Thị Mẫu"}, version=1)
    assert codes(found(actor_for, phones=("0912345678",))) == [case_id]


def test_children_and_representatives_are_found_too(ctx, actor_for):
    case_id = filed.case(actor_for, full_name="Nguyễn Thị Mẫu")
    child = {"full_name": "Lê Văn Bé Thử", "birth_date": "2020", "representative_name": "Đỗ Thị Giám Hộ"}
    acting.write(actor_for, case_id, "minors", {"children": [child]})
    assert codes(found(actor_for, names=("Lê Văn Bé Thử",), born="2020")) == [case_id]
    assert codes(found(actor_for, names=("Đỗ Thị Giám Hộ",))) == [case_id]


def test_the_reports_of_a_case_lead_to_the_case(ctx, actor_for):
    logged = filed.report(actor_for, caller_name="Hoàng Thị Gọi", person_phone="+84912345678")
    assert codes(found(actor_for, "tuan", phones=("0912345678",))) == [logged.id]
    decision = Decision(Outcome.CASE_OPENED, procedure_id="trafficking_victim")
    case_id = classify_report(actor_for("hoa"), logged.id, decision, version=logged.version).case_id
    assert codes(found(actor_for, "tuan", phones=("0912345678",))) == [case_id]
    assert codes(found(actor_for, "tuan", names=("Huỳnh Thị Gọi",))) == [case_id]


def test_an_officer_finds_assigned_files_only_and_learns_how_many_units_have_others(ctx, actor_for):
    mine = filed.case(actor_for, **filed.PERSON)
    filed.case(actor_for, officer="lan", **filed.PERSON)
    filed.elsewhere(actor_for, **filed.PERSON)
    filed.elsewhere(actor_for, **filed.PERSON)
    result = found(actor_for, names=("Nguyễn Thị Mẫu",))
    assert codes(result) == [mine]
    assert result.units == 2


def test_a_supervisor_finds_the_units_files_after_saying_why(ctx, actor_for):
    ours = {filed.case(actor_for, officer=o, **filed.PERSON) for o in ("minh", "lan")}
    filed.elsewhere(actor_for, **filed.PERSON)
    result = found(actor_for, "tuan", names=("Nguyễn Thị Mẫu",))
    assert set(codes(result)) == ours
    assert result.units == 1
    with pytest.raises(Invalid):
        search(actor_for("tuan"), Query(Person(("Nguyễn Thị Mẫu",))))
    opened = acting.entries(action="search:name_opened")
    assert {e.subject_id for e in opened} == ours
    assert {acting.body(e)["reason"] for e in opened} == {"supervision"}


def test_the_giver_of_a_file_sees_no_initials_and_the_holder_is_the_receiver(ctx, actor_for):
    case_id, _ = acting.handed_over(actor_for)
    result = found(actor_for, "tuan", names=("Nguyễn Thị Hư Cấu",))
    assert codes(result) == [case_id]
    assert result.hits[0].initials == ""
    assert acting.entries(action="search:name_opened") == []


@pytest.fixture
def received(ctx, actor_for):
    """A case that another province's police took over; its report and its consent stayed where they were."""
    case_id = acting.transferring(actor_for)
    for type_id in acting.HANDOVER_PAPERS:
        acting.issued(actor_for, case_id, type_id)
    handover = acting.offer(actor_for, case_id, to="other")
    confirm_handover(actor_for("khac"), handover.id, version=handover.version)
    db.session.remove()
    return case_id


def test_who_received_a_case_finds_it_by_what_came_with_it_only(received, actor_for):
    (hit,) = found(actor_for, "khac", names=("Nguyễn Thị Hư Cấu",)).hits
    assert hit.case.case.id == received
    caller = {"phones": (acting.ENTRIES["content"]["caller_phone"],)}
    result = found(actor_for, "khac", **caller)
    assert (result.hits, result.units) == ((), 1), "one of the units has it, as for anybody else"
    both = found(actor_for, "khac", names=("Nguyễn Thị Hư Cấu",), **caller)
    assert codes(both) == [received]
    assert Tier.PHONE not in both.hits[0].tiers
    assert codes(found(actor_for, "tuan", **caller)) == [received]


def test_who_received_a_case_is_not_told_of_it_by_the_check_either(received, actor_for):
    logged = filed.report(actor_for, "khac", caller_phone=acting.ENTRIES["content"]["caller_phone"])
    content = {"caller_phone": acting.ENTRIES["content"]["caller_phone"]}
    (match,) = matches_of_report(actor_for("khac"), logged.id, content).items
    assert (match.unit_name, match.case_id, match.code) == (UNITS["pc02"][0], None, None)


def test_an_officer_finds_his_case_by_the_report_that_its_intake_repeats(ctx, actor_for):
    case_id = acting.case(actor_for)
    assert codes(found(actor_for, phones=(acting.ENTRIES["content"]["caller_phone"],))) == [case_id]


@pytest.mark.parametrize("who", ["hoa", "van", "quan", "sen"])
def test_who_has_no_right_to_search_does_not(ctx, actor_for, who):
    filed.case(actor_for, **filed.PERSON)
    with pytest.raises(Forbidden):
        found(actor_for, who, names=("Nguyễn Thị Mẫu",))
    assert acting.entries(action="search:made") == []


def test_a_code_leads_to_a_file_one_may_see_and_to_nothing_else(ctx, actor_for):
    mine, other = filed.case(actor_for), filed.elsewhere(actor_for)
    rows = filed.codes()
    assert codes(found(actor_for, code=f" {rows[mine].lower()} ")) == [mine]
    hidden = found(actor_for, code=rows[other])
    assert (hidden.hits, hidden.units) == ((), 0), "absent and not yours look the same"
    logged = filed.report(actor_for)
    assert codes(found(actor_for, "tuan", code=logged.code)) == [logged.id]


def test_the_best_match_comes_first_and_twenty_are_shown(ctx, actor_for):
    for _ in range(22):
        filed.case(actor_for, full_name="Nguyễn Thị Mẫu", birth_date="1977")
    best = filed.case(actor_for, **filed.PERSON)
    result = found(actor_for, names=("Nguyễn Thị Mẫu",), born="1998-03-21")
    assert codes(result)[0] == best
    assert (len(result.hits), result.more) == (20, True)


def test_the_entry_says_what_kind_was_searched_and_never_what(ctx, actor_for):
    filed.case(actor_for, **filed.PERSON)
    for _ in range(2):
        found(actor_for, names=("Nguyễn Thị Mẫu",), phones=("0912345678",))
    found(actor_for, names=("Nguyễn Thị Khác",))
    found(actor_for, "tuan", names=("Nguyễn Thị Mẫu",), phones=("0912345678",))
    made = [acting.body(e) for e in acting.entries(action="search:made")]
    told = next(m for m in made if m["kinds"] == ["name", "phone"])
    assert (told["count"], told["units"], len(bytes.fromhex(told["query"]))) == (1, 0, 32)
    times = Counter(m["query"] for m in made).values()
    assert sorted(times) == [1, 1, 2], "only the same query of the same account has the same digest"
    everything = " ".join(e.body for e in db.session.query(LedgerEntry))
    for secret in ("Mẫu", "mau", "912345678"):
        assert secret not in everything


def test_as_many_searches_as_the_role_may_make_and_then_none_for_the_rest_of_the_hour(ctx, actor_for, clock):
    limit = actor_for("minh").role.searches_per_hour
    for _ in range(limit):
        found(actor_for, names=("Nguyễn Thị Mẫu",))
        clock.forward(seconds=30)
    with pytest.raises(SearchesUsedUp) as refused:
        found(actor_for, names=("Nguyễn Thị Mẫu",))
    assert 0 < refused.value.retry_after <= 3600 - limit * 30 + 1
    assert str(limit) in str(refused.value.message)
    (entry,) = acting.entries(action="search:refused")
    assert acting.body(entry)["limit"] == limit
    found(actor_for, "lan", names=("Nguyễn Thị Mẫu",))
    clock.forward(seconds=refused.value.retry_after)
    found(actor_for, names=("Nguyễn Thị Mẫu",))


def test_a_forged_pointer_is_an_alarm_and_answers_nothing(ctx, actor_for):
    filed.case(actor_for, **filed.PERSON)
    db.session.execute(update(SearchTag).values(pointer=bytes(46)))
    db.session.commit()
    with pytest.raises(IntegrityBroken):
        found(actor_for, names=("Nguyễn Thị Mẫu",))
    (alarm,) = acting.entries(action="integrity:alarm")
    assert alarm.subject_kind == "search"
    assert acting.entries(action="search:made") == []


def test_the_ledger_tells_what_the_tags_add_up_to(ctx, actor_for):
    filed.case(actor_for, **filed.PERSON)
    told = [acting.body(e)["tags"] for e in acting.entries(action="section:written")]
    assert [set(item) for item in told] == [{"added", "sum", "nonce"}]
    assert told[0]["added"] == db.session.query(SearchTag).count()
