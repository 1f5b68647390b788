"""One form for one thing, however it was written: marks, tone placement, case, spacing, titles, old prefixes."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.terms import (
    MOBILE_UNTIL_2018,
    Person,
    Term,
    TermKind,
    commune,
    document,
    documents_in,
    fold,
    full_name,
    initials,
    name_words,
    phone,
    terms_of,
)

SYLLABLES = (
    "Nguyễn Thị Hòa Hoà Thúy Thuý Đặng Đỗ Ngọc Quỳnh Khuê Ước Ỷ Lý Huỳnh Võ Vũ Thảo Trâm Hường Đức Mỹ Kỳ Nhã"
)
names = st.lists(st.sampled_from(SYLLABLES.split()), min_size=2, max_size=5).map(" ".join)
written = st.text(max_size=60)


def _unmarked(text):
    bare = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


@given(written)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(names)
def test_a_normalised_name_stays_what_it_is(name):
    assert full_name(full_name(name)) == full_name(name)
    assert name_words(" ".join(name_words(name))) == name_words(name)


@given(names, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_marks_case_spacing_and_composition_make_no_difference(name, form):
    expected = full_name(name)
    assert expected
    for other in (
        unicodedata.normalize(form, name),
        name.upper(),
        name.lower(),
        f"  {name.replace(' ', '   ')}\u00a0",
        _unmarked(name),
        name.replace("Đ", "Ð"),  # the Icelandic letter that looks the same
        f"{name} (hư cấu)",
    ):
        assert full_name(other) == expected, other


@given(names)
def test_the_order_of_the_words_makes_no_difference_to_words_with_a_birth(name):
    swapped = " ".join(reversed(name.split()))
    kinds = {TermKind.WORDS_YEAR, TermKind.WORDS_DATE}
    found = [
        {t for t in terms_of(Person(names=(n,), born="1998-03-21")) if t.kind in kinds}
        for n in (name, swapped)
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 2


@pytest.mark.parametrize(("one", "other"), [("Hòa", "Hoà"), ("Thúy", "Thuý"), ("Khỏe", "Khoẻ"), ("đ", "D")])
def test_where_the_tone_stands_makes_no_difference(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ông Trần Văn Đò", "tran van do"),
        ("bà  TRẦN THỊ ĐÒ", "tran thi do"),
        ("Đại uý Nguyễn Văn Mẫu", "nguyen van mau"),
        ("thiếu tá Lê Ví Dụ", "le vi du"),
        ("cháu Châu Văn Giả", "chau van gia"),
        ("Châu Văn Giả", "chau van gia"),
        ("Chu Văn Thử", "chu van thu"),
        ("em Lê Anh Thư", "le anh thu"),
        ("anh Nguyễn Văn Mẫu", "nguyen van mau"),
        ("Anh Thị Nguyễn", "anh thi nguyen"),  # the order of the words is swapped: Anh is the given name
        ("Anh Thư", "anh thu"),
        ("H'Hen Giả Định", "h hen gia dinh"),
        ("Nguyễn Văn Mẫu [tức Tư]", "nguyen van mau"),
        ("José Ejemplo", "jose ejemplo"),
        ("杨假名", "杨假名"),
        ("김가상", "김가상"),
        ("សុខ គំរូ", "សុខ គំរូ"),
    ],
)
def test_forms_of_address_and_remarks_are_no_part_of_a_name(written, name):
    assert full_name(written) == name


@pytest.mark.parametrize("name", ["Hương", "Nguyễn", "", "   ", "---", "A" * 201, "(hư cấu)", "\x00"])
def test_there_is_no_term_of_a_bare_name_or_of_no_name(name):
    assert not [t for t in terms_of(Person(names=(name,))) if t.kind is TermKind.NAME]


def test_a_name_of_two_hundred_characters_is_still_one():
    assert full_name("Nguyễn " * 28 + "Mẫu")


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0165 123 4567", "+84351234567"),
        ("+841651234567", "+84351234567"),
        ("01234567890", "+84834567890"),
        ("024 3825 1234", "+842438251234"),
        ("+855 12 345 678", "+85512345678"),
        ("113", ""),
        ("0692345678", ""),
        ("không có", ""),
        ("", ""),
        ("9" * 300, ""),
    ],
)
def test_a_phone_number_has_one_form(written, e164):
    assert phone(written) == e164


@pytest.mark.parametrize(("old", "new"), sorted(MOBILE_UNTIL_2018.items()))
def test_an_eleven_digit_number_is_the_ten_digit_one_that_replaced_it(old, new):
    assert phone(f"0{old}1234567") == phone(f"0{new}1234567") == f"+84{new}1234567"


@example("000100000")
@given(st.from_regex(r"[0-9+ .()-]{0,20}", fullmatch=True))
def test_a_normalised_phone_stays_what_it_is(text):
    assert phone(phone(text)) == phone(text) or not phone(text)


@given(st.text(max_size=30))
def test_a_normalised_document_stays_what_it_is(text):
    assert document(document(text)) == document(text)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("001 089 012 345", "001089012345"),
        ("123.456.789", "123456789"),
        ("b1234567", "B1234567"),
        ("C-123 4567", "C1234567"),
        ("12345", ""),
        ("hộ chiếu", ""),
        ("0" * 21, ""),
        ("", ""),
    ],
)
def test_a_paper_has_one_form(written, number):
    assert document(written) == number


def test_numbers_of_papers_are_found_in_a_sentence():
    text = "CMND 123 456 789 cấp 20/11/2010, hộ chiếu B1234567; số 1234567890 không phải."
    assert documents_in(text) == ("123456789", "B1234567")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("thôn 3, xã Bản Mây, huyện X, tỉnh Bến An", "ban may"),
        ("Phường Chợ Mới TP Bến An", "cho moi"),
        ("TT. Sông Đà", "song da"),
        ("số 1 đường Phường Hội", "hoi"),  # the word itself is believed
        ("tỉnh Bến An (tạm trú)", ""),
        ("", ""),
    ],
)
def test_a_commune_is_taken_only_where_the_address_names_it(written, name):
    assert commune(written) == name


def test_everything_a_person_is_found_by():
    person = Person(
        names=("Nguyễn Thị Mẫu", "Mẫu Béo; Tư"),
        born="1998-11-02",
        phones=("0912345678", "113"),
        documents=("001098012345",),
        places=("xã Bản Mây", "xã Bản Mây, tỉnh Bến An"),
    )
    assert terms_of(person) == {
        Term(TermKind.NAME, "nguyen thi mau"),
        Term(TermKind.NAME, "mau beo"),
        Term(TermKind.WORDS_YEAR, "mau nguyen thi|1998"),
        Term(TermKind.WORDS_YEAR, "beo mau|1998"),
        Term(TermKind.WORDS_DATE, "mau nguyen thi|1998-11-02"),
        Term(TermKind.WORDS_DATE, "beo mau|1998-11-02"),
        Term(TermKind.GIVEN_YEAR, "mau|1998"),
        Term(TermKind.GIVEN_YEAR, "beo|1998"),
        Term(TermKind.GIVEN_YEAR, "tu|1998"),
        Term(TermKind.LAST_TWO_YEAR, "thi mau|1998"),
        Term(TermKind.PHONE, "+84912345678"),
        Term(TermKind.DOCUMENT, "001098012345"),
        Term(TermKind.COMMUNE_YEAR, "ban may|1998"),
    }


@pytest.mark.parametrize(("born", "year", "date"), [
    ("1998", "1998", ""), ("1998-03", "1998", ""), ("1998-03-21", "1998", "1998-03-21"), ("", "", ""), ("98", "", ""),
])  # fmt: skip
def test_as_much_of_a_birth_as_is_known(born, year, date):
    person = Person(names=("Nguyễn Mẫu",), born=born)
    assert (person.year, person.date) == (year, date)
    dated = [t for t in terms_of(person) if t.kind is TermKind.WORDS_DATE]
    assert bool(dated) == bool(date)


def test_without_a_year_nothing_is_found_by_given_name_or_commune():
    person = Person(names=("Nguyễn Thị Mẫu",), places=("xã Bản Mây",))
    assert {t.kind for t in terms_of(person)} == {TermKind.NAME}
    assert terms_of(replace(person, names=())) == frozenset()


@given(written, st.text(max_size=12), st.text(max_size=20), st.text(max_size=20), written)
def test_whatever_is_written_makes_terms_or_none_but_never_breaks(name, born, number, paper, place):
    for term in terms_of(Person((name,), born, (number,), (paper,), (place,))):
        assert term.value
        assert len(term.value) <= 220


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Thị Hương", "N. T. H…"),
        ("Lò Thị Mây (hư cấu)", "L. T. M…"),
        ("đỗ", "Đ…"),
        ("", ""),
        ("()", ""),
    ],
)
def test_a_list_shows_initials(name, shown):
    assert initials(name) == shown
