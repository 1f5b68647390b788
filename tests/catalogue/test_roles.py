"""The roles as a whole: nothing forgotten, and the two rights that must stay apart stay apart."""

from __future__ import annotations

from app.catalogue.roles import ADMINISTRATOR, HOTLINE_OPERATOR, PARTNER, RECORDS_CLERK, ROLES, SUPERVISOR
from app.domain.permissions import Permission, Scope

CONTENT = {
    Permission.CASE_READ,
    Permission.SECTION_READ,
    Permission.SECTION_WRITE,
    Permission.DOCUMENT_READ,
    Permission.REPORT_READ,
}


def test_every_permission_is_granted_to_some_role():
    granted = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert granted == frozenset(Permission)


def test_ids_match_and_labels_are_bilingual():
    for id, role in ROLES.items():
        assert role.id == id
        assert role.label.vi
        assert role.label.en
        assert role.label.vi != role.label.en


def test_the_administrator_reads_no_content_and_sees_no_case():
    assert not ADMINISTRATOR.permissions & CONTENT
    assert Permission.LEDGER_READ not in ADMINISTRATOR.permissions
    assert ADMINISTRATOR.scope is Scope.NONE


def test_who_sees_cases_can_read_them_and_nobody_else():
    for role in ROLES.values():
        assert (role.scope is not Scope.NONE) == (Permission.CASE_READ in role.permissions), role.id


def test_who_approves_neither_writes_nor_issues_what_is_approved():
    for role in ROLES.values():
        if Permission.CASE_APPROVE in role.permissions:
            assert not role.permissions & {
                Permission.SECTION_WRITE,
                Permission.DOCUMENT_CREATE,
                Permission.DOCUMENT_ISSUE,
            }


def test_the_supervisor_says_why_before_reading():
    assert SUPERVISOR.states_reason
    assert [role.id for role in ROLES.values() if role.states_reason] == ["supervisor"]


def test_the_hotline_browses_no_file_and_the_clerk_reads_no_more_than_the_document():
    assert {p.value.split(":")[0] for p in HOTLINE_OPERATOR.permissions} == {"report"}
    assert RECORDS_CLERK.permissions == {Permission.REGISTER_READ, Permission.DOCUMENT_READ}


def test_the_partner_only_receives():
    assert PARTNER.scope is Scope.RECEIVED
    assert not PARTNER.permissions & {
        Permission.CASE_ADVANCE,
        Permission.SECTION_WRITE,
        Permission.LEDGER_READ,
    }
