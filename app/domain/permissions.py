"""What an account may do, named `resource:action`, and how far a role sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.text import Label


class Permission(StrEnum):
    """One right. A role is a set of these; only `catalogue.roles` knows roles."""

    ACCOUNT_MANAGE = "account:manage"
    ATTACHMENT_READ = "attachment:read"
    ATTACHMENT_REMOVE = "attachment:remove"
    ATTACHMENT_WRITE = "attachment:write"
    CASE_ADVANCE = "case:advance"
    CASE_APPROVE = "case:approve"
    CASE_ASSIGN = "case:assign"
    CASE_ERASE = "case:erase"
    CASE_KEEP = "case:keep"
    CASE_READ = "case:read"
    DOCUMENT_CREATE = "document:create"
    DOCUMENT_ISSUE = "document:issue"
    DOCUMENT_READ = "document:read"
    HANDOVER_DECIDE = "handover:decide"
    HANDOVER_OFFER = "handover:offer"
    LEDGER_READ = "ledger:read"
    REGISTER_READ = "register:read"
    REPORT_CLASSIFY = "report:classify"
    REPORT_CREATE = "report:create"
    REPORT_READ = "report:read"
    SEARCH = "search:make"
    SECTION_READ = "section:read"
    SECTION_WRITE = "section:write"


class Scope(StrEnum):
    """Which cases a role can see at all; `access.visible_cases` turns it into a query."""

    NONE = "none"
    ASSIGNED = "assigned"
    UNIT = "unit"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Role:
    """A set of rights with one scope.

    `states_reason`: must say why before a section is opened (a supervisor
    reads identities only for a stated reason). `searches_per_hour`: persons searched and checked for
    the same person together; 0: none, and nothing is noticed at intake either.
    """

    id: str
    label: Label
    scope: Scope
    permissions: frozenset[Permission]
    states_reason: bool = False
    searches_per_hour: int = 0
