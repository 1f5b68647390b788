"""Who works a case: the supervisor's decision, in force at the next request."""

from __future__ import annotations

import pytest

from app.domain.errors import Conflict, Forbidden, Invalid, NotVisible
from app.services.assignments import assign_case, assignable_officers, end_assignment
from app.services.cases import list_cases, read_case
from tests.services import acting


def test_an_officer_sees_a_case_only_while_on_it(ctx, actor_for):
    case_id = acting.case(actor_for)
    with pytest.raises(NotVisible):
        read_case(actor_for("lan"), case_id)
    acting.assign(actor_for, case_id, "lan")
    assert [r.case.id for r in list_cases(actor_for("lan")).items] == [case_id]
    lan = actor_for("lan")
    end_assignment(actor_for("tuan"), case_id, lan.id, version=acting.case_version(case_id))
    with pytest.raises(NotVisible):
        read_case(lan, case_id)
    assert list_cases(lan).items == ()


def test_the_same_officer_is_not_put_on_it_twice_but_may_come_back(ctx, actor_for):
    case_id = acting.case(actor_for)
    with pytest.raises(Conflict):
        acting.assign(actor_for, case_id, "minh")
    minh = actor_for("minh").id
    end_assignment(actor_for("tuan"), case_id, minh, version=acting.case_version(case_id))
    with pytest.raises(Invalid):
        end_assignment(actor_for("tuan"), case_id, minh, version=acting.case_version(case_id))
    acting.assign(actor_for, case_id, "minh")
    assert read_case(actor_for("minh"), case_id)


@pytest.mark.parametrize("who", ["hoa", "tuan", "van", "quan", "xoan", "sen"])
def test_only_case_officers_of_the_unit_are_eligible(ctx, actor_for, who):
    with pytest.raises(Invalid):
        acting.assign(actor_for, acting.case(actor_for), who)


def test_the_eligible_are_listed(ctx, actor_for):
    officers = {a.username for a in assignable_officers(actor_for("tuan"))}
    assert officers == {"minh", "lan"}


@pytest.mark.parametrize(("who", "error"), [("minh", Forbidden), ("hoa", NotVisible), ("khac", NotVisible)])
def test_others_assign_nobody(ctx, actor_for, who, error):
    case_id = acting.case(actor_for)
    lan = actor_for("lan").id
    with pytest.raises(error):
        assign_case(actor_for(who), case_id, lan, version=acting.case_version(case_id))


def test_a_stale_version_is_a_conflict(ctx, actor_for):
    case_id = acting.case(actor_for)
    with pytest.raises(Conflict):
        assign_case(actor_for("tuan"), case_id, actor_for("lan").id, version=0)
