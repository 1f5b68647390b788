"""Formal Vietnamese wording of official papers: dates, hours, numbers in words. Pure functions only."""

from __future__ import annotations

from datetime import date, time

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")
LARGEST = 999_999_999_999


def formal_date(day: date) -> str:
    """`ngày 05 tháng 02 năm 2026`: days below 10 and months 1-2 take a zero (NĐ 30/2020 app. I, II.4.b)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def formal_time(moment: time) -> str:
    """`09 giờ 30 phút`, as the opening and closing lines of a record state the hour."""
    return f"{moment.hour:02d} giờ {moment.minute:02d} phút"


def short_date(day: date) -> str:
    """`05/02/2026`, for tables and identity lines."""
    return f"{day:%d/%m/%Y}"


def two_digits(number: int) -> str:
    """`07`, but `112`: a number of one digit takes a zero (NĐ 30/2020 app. I, II.3)."""
    return f"{number:02d}"


def number_in_words(number: int) -> str:
    """Cardinal number in words, 0 to 999 999 999 999; ValueError outside.

    24 is `hai mươi tư`, 21 `hai mươi mốt`, 15 `mười lăm`, 105 `một trăm linh năm`;
    a lower group names its missing hundreds: 1 005 is `một nghìn không trăm linh năm`.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(f"only 0 to {LARGEST} can be put in words")
    if number == 0:
        return _DIGITS[0]
    words: list[str] = []
    for position in range(len(_GROUPS) - 1, -1, -1):
        group = number // 1000**position % 1000
        if group:
            words += _group_in_words(group, leading=not words)
            words += [_GROUPS[position]] if _GROUPS[position] else []
    return " ".join(words)


def _group_in_words(group: int, *, leading: bool) -> list[str]:
    hundreds, tens, units = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or not leading else []
    linh = bool(words) and tens == 0 and units > 0
    if linh:
        words.append("linh")
    if tens:
        words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if units:
        words.append(_unit_in_words(units, tens, linh=linh))
    return words


def _unit_in_words(unit: int, tens: int, *, linh: bool) -> str:
    if unit == 1 and tens >= 2:
        return "mốt"
    if unit == 4 and (tens >= 2 or linh):
        return "tư"
    if unit == 5 and tens:
        return "lăm"
    return _DIGITS[unit]
