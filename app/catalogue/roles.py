"""The roles: which rights each holds and how far it sees. Nothing else knows a role by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.permissions import Permission as P
from app.domain.permissions import Role, Scope
from app.domain.text import Label

HOTLINE_OPERATOR = Role(
    "hotline_operator",
    Label("Cán bộ trực đường dây nóng", "Hotline operator"),
    Scope.NONE,
    frozenset({P.REPORT_CREATE, P.REPORT_READ, P.REPORT_CLASSIFY}),
    searches_per_hour=60,
)
CASE_OFFICER = Role(
    "case_officer",
    Label("Cán bộ thụ lý hồ sơ", "Case officer"),
    Scope.ASSIGNED,
    frozenset(
        {
            P.ATTACHMENT_READ,
            P.ATTACHMENT_WRITE,
            P.CASE_READ,
            P.CASE_ADVANCE,
            P.SEARCH,
            P.SECTION_READ,
            P.SECTION_WRITE,
            P.DOCUMENT_CREATE,
            P.DOCUMENT_ISSUE,
            P.DOCUMENT_READ,
            P.HANDOVER_OFFER,
        }
    ),
    searches_per_hour=60,
)
SUPERVISOR = Role(
    "supervisor",
    Label("Chỉ huy đơn vị", "Supervisor"),
    Scope.UNIT,
    frozenset(
        {
            P.ATTACHMENT_READ,
            P.ATTACHMENT_REMOVE,
            P.REPORT_CREATE,
            P.REPORT_READ,
            P.REPORT_CLASSIFY,
            P.CASE_READ,
            P.CASE_ADVANCE,
            P.CASE_APPROVE,
            P.CASE_ASSIGN,
            P.CASE_ERASE,
            P.CASE_KEEP,
            P.SEARCH,
            P.SECTION_READ,
            P.DOCUMENT_READ,
            P.HANDOVER_OFFER,
            P.HANDOVER_DECIDE,
            P.LEDGER_READ,
            P.REGISTER_READ,
        }
    ),
    states_reason=True,
    searches_per_hour=120,
)
RECORDS_CLERK = Role(
    "records_clerk",
    Label("Cán bộ văn thư", "Records clerk"),
    Scope.NONE,
    frozenset({P.REGISTER_READ, P.DOCUMENT_READ}),
)
ADMINISTRATOR = Role(
    "administrator",
    Label("Quản trị hệ thống", "Administrator"),
    Scope.NONE,
    frozenset({P.ACCOUNT_MANAGE}),
)
PARTNER = Role(
    "partner",
    Label("Đơn vị phối hợp tiếp nhận", "Receiving partner"),
    Scope.RECEIVED,
    frozenset({P.CASE_READ, P.SECTION_READ, P.DOCUMENT_READ, P.HANDOVER_DECIDE}),
)

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        role.id: role
        for role in (HOTLINE_OPERATOR, CASE_OFFICER, SUPERVISOR, RECORDS_CLERK, ADMINISTRATOR, PARTNER)
    }
)
