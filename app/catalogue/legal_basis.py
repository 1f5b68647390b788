"""The articles the catalogue cites, each once, with how sure we are of it."""

from __future__ import annotations

from app.domain.procedure import Confidence, LegalBasis
from app.domain.text import Label


def _basis(vi: str, en: str, confidence: Confidence) -> LegalBasis:
    return LegalBasis(Label(vi, en), confidence)


def _law_2024(vi: str, en: str, confidence: Confidence) -> LegalBasis:
    """An article of the trafficking law as amended in 2025."""
    return _basis(
        f"{vi} Luật Phòng, chống mua bán người số 53/2024/QH15",
        f"{en}, Law on Human Trafficking Prevention and Combat No. 53/2024/QH15",
        confidence,
    )


def _law_2024_amended(vi: str, en: str, confidence: Confidence) -> LegalBasis:
    return _basis(
        f"{vi} Luật Phòng, chống mua bán người số 53/2024/QH15 (sửa đổi bởi Luật số 86/2025/QH15)",
        f"{en}, Law No. 53/2024/QH15 as amended by Law No. 86/2025/QH15",
        confidence,
    )


def _law_2007(vi: str, en: str) -> LegalBasis:
    """The 2007 law was replaced on 01/07/2026; the successor's figures are not known to us."""
    return _basis(
        f"{vi} Luật Tương trợ tư pháp số 08/2007/QH12 (hết hiệu lực, cần đối chiếu Luật Dẫn độ số 100/2025/QH15)",
        f"{en}, Law on Mutual Legal Assistance No. 08/2007/QH12 (replaced; to be checked against the Extradition Law)",
        Confidence.SUPERSEDED,
    )


def _procedure_code(vi: str, en: str, confidence: Confidence) -> LegalBasis:
    return _basis(
        f"{vi} Bộ luật Tố tụng hình sự số 101/2015/QH13",
        f"{en}, Code of Criminal Procedure No. 101/2015/QH13",
        confidence,
    )


# Trafficking: identification, support, secrecy
LAW_53_2024 = _basis(
    "Luật Phòng, chống mua bán người số 53/2024/QH15",
    "Law on Human Trafficking Prevention and Combat No. 53/2024/QH15",
    Confidence.VERIFIED,
)
LAW_86_2025 = _basis(
    "Luật số 86/2025/QH15 sửa đổi Luật Phòng, chống mua bán người",
    "Law No. 86/2025/QH15 amending the law on human trafficking",
    Confidence.VERIFIED,
)
DECREE_162_2025 = _basis("Nghị định số 162/2025/NĐ-CP", "Decree No. 162/2025/ND-CP", Confidence.VERIFIED)
RECEPTION = _law_2024_amended("Khoản 1 Điều 27", "Art. 27(1)", Confidence.VERIFIED)
INITIAL_VERIFICATION = _law_2024_amended("Khoản 2 Điều 27", "Art. 27(2)", Confidence.VERIFIED)
IDENTIFICATION_TERM = _law_2024_amended(
    "Điều 27 (thời hạn chưa đối chiếu)", "Art. 27 (term unchecked)", Confidence.RECALLED
)
EVIDENCE_SOURCES = _law_2024("Khoản 1 Điều 32", "Art. 32(1)", Confidence.VERIFIED)
SUPPORT_MATRIX = _law_2024("Điều 37", "Art. 37", Confidence.VERIFIED)
DISCLOSURE_BAN = _law_2024("Khoản 10 Điều 3", "Art. 3(10)", Confidence.VERIFIED)
PROTECTION_MEASURES = _law_2024("Điều 34, Điều 35", "Arts. 34-35", Confidence.VERIFIED)
ESSENTIAL_NEEDS = _basis(
    "Điều 17 Nghị định số 162/2025/NĐ-CP", "Art. 17, Decree No. 162/2025/ND-CP", Confidence.VERIFIED
)
CONSENT = _basis(
    "Điều 9 Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",
    "Art. 9, Personal Data Protection Law No. 91/2025/QH15",
    Confidence.PARTIAL,
)

# Criminal procedure
TERM_COUNTING = _procedure_code("Điều 134", "Art. 134", Confidence.VERIFIED)
REPORT_CLASSIFICATION = _basis(
    "Khoản 1 Điều 8 Thông tư liên tịch số 01/2017/TTLT-BCA-BQP-BTC-BNN&PTNT-VKSNDTC",
    "Art. 8(1), Joint Circular No. 01/2017",
    Confidence.VERIFIED,
)
MEASURES_LIFTED = _procedure_code("Khoản 1 Điều 506", "Art. 506(1)", Confidence.SUPERSEDED)
REFUSED_CITIZEN = _procedure_code("Điều 498, Điều 499", "Arts. 498-499", Confidence.SUPERSEDED)

# Extradition
EXTRADITION_LAW = _basis(
    "Luật Dẫn độ số 100/2025/QH15", "Extradition Law No. 100/2025/QH15", Confidence.VERIFIED
)
URGENT_HOLDING = _basis(
    "Điều 33 Luật Dẫn độ số 100/2025/QH15", "Art. 33, Extradition Law No. 100/2025/QH15", Confidence.REPORTED
)
ASSURANCES = _basis(
    "Khoản 2 Điều 13 Luật Dẫn độ số 100/2025/QH15",
    "Art. 13(2), Extradition Law No. 100/2025/QH15",
    Confidence.REPORTED,
)
AIR_ESCORT = _basis(
    "Điều 19 Nghị định số 215/2026/NĐ-CP", "Art. 19, Decree No. 215/2026/ND-CP", Confidence.VERIFIED
)
EX_REQUEST_FILE = _law_2007("Điều 36, Điều 37", "Arts. 36-37")
EX_CHECK = _law_2007("Điều 38 (kiểm tra hồ sơ)", "Art. 38 (check of the file)")
EX_SUPPLEMENT = _law_2007("Điều 38 (bổ sung thông tin)", "Art. 38 (additional information)")
EX_ACCEPT = _law_2007("Khoản 1 Điều 40", "Art. 40(1)")
EX_PREPARE = _law_2007("Khoản 2 Điều 40", "Art. 40(2)")
EX_HEARING = _law_2007("Khoản 3 Điều 40", "Art. 40(3)")
EX_APPEAL = _law_2007("Khoản 5 Điều 40", "Art. 40(5)")
EX_EXECUTION = _law_2007("Khoản 1 Điều 42", "Art. 42(1)")
EX_RECEPTION = _law_2007("Khoản 1 Điều 43", "Art. 43(1)")
EX_FAILED_RECEPTION = _law_2007("Khoản 2 Điều 43", "Art. 43(2)")
