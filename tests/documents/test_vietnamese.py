"""The formal wording, by example and by reading every number back."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.vietnamese import (
    LARGEST,
    formal_date,
    formal_time,
    number_in_words,
    two_digits,
)

_UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def _read_back(words: str) -> int:
    """An independent reader of Vietnamese numerals."""
    total = group = last = 0
    for word in words.split():
        if word in _SCALES:
            total, group, last = total + (group + last) * _SCALES[word], 0, 0
        elif word == "trăm":
            group, last = last * 100, 0
        elif word == "mươi":
            group, last = group + last * 10, 0
        elif word == "mười":
            group += 10
        elif word != "linh":
            last = _UNITS[word]
    return total + group + last


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (100, "một trăm"),
        (104, "một trăm linh tư"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1050, "một nghìn không trăm năm mươi"),
        (2_500_000, "hai triệu năm trăm nghìn"),
        (1_000_000_001, "một tỷ không trăm linh một"),
        (
            999_999_999_999,
            " ".join(f"chín trăm chín mươi chín {scale}" for scale in ("tỷ", "triệu", "nghìn", "")).strip(),
        ),
    ],
)
def test_numbers_in_words(number, words):
    assert number_in_words(number) == words


@given(st.integers(0, LARGEST))
def test_every_number_reads_back(number):
    assert _read_back(number_in_words(number)) == number


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_numbers_out_of_range_are_refused(number):
    with pytest.raises(ValueError, match="only 0 to"):
        number_in_words(number)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026"),
        (date(2026, 6, 9), "ngày 09 tháng 6 năm 2026"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_formal_date_pads_days_below_ten_and_months_one_and_two(day, words):
    assert formal_date(day) == words


def test_formal_time_has_two_digits_each():
    assert formal_time(time(9, 5)) == "09 giờ 05 phút"


def test_counts_take_a_leading_zero():
    assert (two_digits(4), two_digits(40)) == ("04", "40")
