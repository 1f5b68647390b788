"""The papers an extradition request must carry, and the guard that names each one missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.catalogue.intake import LANGUAGES
from app.domain.procedure import Choice, Facts, Field, FieldKind, Section, Sensitivity
from app.domain.text import N_, Label, Message


class Needed(StrEnum):
    """When a paper is essential."""

    ALWAYS = "always"
    PROSECUTION = "prosecution"
    SENTENCE = "sentence"
    URGENT = "urgent"
    AS_NEEDED = "as_needed"


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of the request file and when it is essential."""

    id: str
    label: Label
    needed: Needed


ITEMS: tuple[Item, ...] = (
    Item("letter", Label("Văn bản yêu cầu dẫn độ", "Letter of request"), Needed.ALWAYS),
    Item("case_summary", Label("Tóm tắt nội dung vụ án", "Summary of the case"), Needed.ALWAYS),
    Item(
        "law_articles",
        Label(
            "Điều luật về cấu thành, tội danh, hình phạt, thời hiệu",
            "Articles on elements, offence, penalty, limitation",
        ),
        Needed.ALWAYS,
    ),
    Item("description", Label("Mô tả nhận dạng và ảnh", "Description and photograph"), Needed.ALWAYS),
    Item(
        "nationality",
        Label("Giấy tờ về quốc tịch, nơi cư trú", "Papers on nationality or residence"),
        Needed.AS_NEEDED,
    ),
    Item(
        "warrant",
        Label("Bản sao lệnh bắt, lệnh tạm giam", "Copy of the arrest or detention warrant"),
        Needed.PROSECUTION,
    ),
    Item(
        "confirmed_accused",
        Label(
            "Xác nhận người bị yêu cầu là người nêu trong lệnh", "Confirmation that this is the person named"
        ),
        Needed.PROSECUTION,
    ),
    Item(
        "judgment", Label("Bản sao bản án, quyết định", "Copy of the judgment or decision"), Needed.SENTENCE
    ),
    Item(
        "confirmed_convicted",
        Label(
            "Xác nhận người bị yêu cầu là người bị kết án", "Confirmation that this is the convicted person"
        ),
        Needed.SENTENCE,
    ),
    Item("three_sets", Label("Đủ 03 bộ hồ sơ", "Three sets of the file"), Needed.ALWAYS),
    Item(
        "translation",
        Label("Bản dịch theo ngôn ngữ quy định", "Translation into the required language"),
        Needed.ALWAYS,
    ),
    Item(
        "compensation",
        Label("Cam kết bồi thường nếu giữ người sai", "Commitment to compensate for wrongful holding"),
        Needed.URGENT,
    ),
    Item(
        "assurances",
        Label("Văn bản cam kết của nước yêu cầu", "Assurances of the requesting state"),
        Needed.AS_NEEDED,
    ),
)

PRESENCE: tuple[Choice, ...] = (
    Choice("present", Label("Có", "Present")),
    Choice("missing", Label("Thiếu", "Missing")),
    Choice("not_applicable", Label("Không áp dụng", "Not applicable")),
)


def _fields(item: Item) -> tuple[Field, ...]:
    vi, en = item.label.vi, item.label.en
    return (
        Field(item.id, item.label, FieldKind.CHOICE, choices=PRESENCE),
        Field(f"{item.id}_pages", Label(f"{vi}: số trang", f"{en}: pages"), FieldKind.INTEGER),
        Field(
            f"{item.id}_language",
            Label(f"{vi}: ngôn ngữ", f"{en}: language"),
            FieldKind.CHOICE,
            choices=LANGUAGES,
        ),
    )


CHECKLIST = Section(
    "checklist",
    Label("Kiểm tra hồ sơ yêu cầu", "Check of the request file"),
    Sensitivity.ORDINARY,
    tuple(field for item in ITEMS for field in _fields(item)),
)


def essential(purpose: str | None, *, urgent: bool) -> tuple[Item, ...]:
    """The papers the request cannot do without, for its purpose and after an urgent holding."""
    needed = {Needed.ALWAYS}
    if purpose in (Needed.PROSECUTION, Needed.SENTENCE):
        needed.add(Needed(purpose))
    if urgent:
        needed.add(Needed.URGENT)
    return tuple(item for item in ITEMS if item.needed in needed)


def essential_papers_present(facts: Facts) -> tuple[Message, ...]:
    """Names every essential paper not marked present, and a purpose not chosen."""
    request = facts.record.get("request", {})
    checked = facts.record.get("checklist", {})
    purpose = request.get("purpose")
    missing = tuple(
        Message(
            N_(
                "The essential document “%(document)s” is not in the request file: ask for it, then mark it present."
            ),
            {"document": item.label},
        )
        for item in essential(purpose, urgent=bool(request.get("urgent_holding")))
        if checked.get(item.id) != "present"
    )
    if purpose:
        return missing
    return (
        Message(
            N_(
                "Choose the purpose of the extradition in “Request”: it decides which documents are essential."
            )
        ),
        *missing,
    )
