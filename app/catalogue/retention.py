"""Why a file is kept until a day, held, or erased: code lists, with the article where one was read.

No term is given here: how long a police file is kept stands in rules that were not found. A person decides the day, and
a file without one is never erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.procedure import Confidence, LegalBasis
from app.domain.text import Label


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason out of a list; `basis`: the article it rests on, None where it is a fact of the file."""

    id: str
    label: Label
    basis: LegalBasis | None = None


def _ground(id_: str, vi: str, en: str, basis: LegalBasis | None = None) -> Ground:
    return Ground(id_, Label(vi, en), basis)


def _basis(vi: str, en: str, confidence: Confidence) -> LegalBasis:
    return LegalBasis(Label(vi, en), confidence)


_KEEP_FITTING = _basis(
    "Khoản 3 Điều 3 Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",
    "Art. 3(3), Personal Data Protection Law No. 91/2025/QH15",
    Confidence.PARTIAL,
)
_DESTROY = _basis(
    "Điều 14 Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",
    "Art. 14, Personal Data Protection Law No. 91/2025/QH15",
    Confidence.PARTIAL,
)
_ARCHIVES = _basis(
    "Luật Lưu trữ số 33/2024/QH15 (điều khoản chưa đối chiếu)",
    "Law on Archives No. 33/2024/QH15 (article unchecked)",
    Confidence.RECALLED,
)

TERM_GROUNDS: tuple[Ground, ...] = (
    _ground(
        "unit_schedule",
        "Bảng thời hạn bảo quản của cơ quan",
        "Table of retention periods of the agency",
        _ARCHIVES,
    ),
    _ground("competent_decision", "Quyết định của cấp có thẩm quyền", "Decision of a competent authority"),
    _ground(
        "fitting_purpose", "Thời hạn phù hợp với mục đích xử lý", "Time fitted to the purpose", _KEEP_FITTING
    ),
    _ground("unknown_again", "Chưa xác định được thời hạn bảo quản", "The period is not known"),
)
"""Why a file is kept until that day."""

UNKNOWN = "unknown_again"

HOLD_GROUNDS: tuple[Ground, ...] = (
    _ground("proceedings", "Đang tiến hành tố tụng", "Proceedings under way"),
    _ground("complaint", "Đang giải quyết khiếu nại, tố cáo", "Complaint or denunciation under way"),
    _ground(
        "authority_request", "Theo yêu cầu của cơ quan có thẩm quyền", "Request of a competent authority"
    ),
    _ground("inspection", "Đang thanh tra, kiểm tra", "Inspection under way"),
)
"""Why a file must not be erased, whatever its term."""

ERASURE_GROUNDS: tuple[Ground, ...] = (
    _ground("term_over", "Hết thời hạn bảo quản", "The retention period is over", _DESTROY),
    _ground("purpose_done", "Đã đạt được mục đích xử lý", "The purpose is fulfilled", _DESTROY),
    _ground(
        "competent_decision",
        "Quyết định của cấp có thẩm quyền",
        "Decision of a competent authority",
        _DESTROY,
    ),
)
"""Why a file is erased."""

GROUNDS: Mapping[str, Ground] = {
    ground.id: ground for ground in (*TERM_GROUNDS, *HOLD_GROUNDS, *ERASURE_GROUNDS)
}
"""Every ground by its code; a code in two lists says the same in both, its article aside."""
