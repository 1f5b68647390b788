"""What a person is looked up by, and which answers are worth telling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.matching import Question, Tier, misread, questions, spellings, strongest, worth_telling
from app.domain.terms import Person, Term, TermKind, terms_of

PERSON = Person(("Nguyễn Thị Mẫu",), "1998-03-21", ("0912345678",), ("001198012345",), ("xã Bản Mây",))


def _tiers(asked: Person, stored: Person) -> set[Tier]:
    """What the index would answer about somebody stored."""
    terms = terms_of(stored)
    return {question.tier for question in questions(asked) if question.term in terms}


def test_the_same_person_is_the_same_in_everything():
    assert _tiers(PERSON, PERSON) == {
        Tier.DOCUMENT,
        Tier.NAME_DATE,
        Tier.PHONE,
        Tier.NAME_YEAR,
        Tier.NAME,
        Tier.LAST_TWO_YEAR,
        Tier.GIVEN_YEAR,
        Tier.COMMUNE_YEAR,
    }


@pytest.mark.parametrize(
    ("asked", "stored", "tier"),
    [
        (Person(("Mẫu Nguyễn Thị",), "1998"), Person(("Nguyễn Thị Mẫu",), "1998-03-21"), Tier.NAME_YEAR),
        (Person(("Mẫu Thị Nguyễn",)), Person(("Nguyễn Thị Mẫu",)), Tier.NAME),
        (Person(("Võ Văn Thử",), "1990-01-02"), Person(("VU VAN THU",), "1990-01-02"), Tier.NAME_DATE),
        (Person(("Huỳnh Văn Thử",)), Person(("Hoàng Văn Thử",)), Tier.NAME),
        (Person(("Lý Thị Mỹ",), "1990"), Person(("Lí Thị Mĩ",), "1990"), Tier.NAME_YEAR),
        (Person(("Nguyễn Mẫu",), "1998-03-21"), Person(("Nguyễn Mẫu",), "1999-03-21"), Tier.NAME_DATE_NEAR),
        (Person(("Nguyễn Mẫu",), "1998-03-12"), Person(("Nguyễn Mẫu",), "1998-12-03"), Tier.NAME_DATE_NEAR),
        (Person(("Nguyễn Mẫu",), "1998"), Person(("Nguyễn Mẫu",), "1997-05-05"), Tier.NAME_YEAR_NEAR),
        (Person(phones=("0912345678",)), Person(phones=("0912345778",)), Tier.PHONE_NEAR),
        (Person(phones=("0912345678",)), Person(phones=("0912354678",)), Tier.PHONE_NEAR),
        (Person(documents=("001198012345",)), Person(documents=("001198012340",)), Tier.DOCUMENT_NEAR),
        (Person(documents=("B1234567",)), Person(documents=("B1234576",)), Tier.DOCUMENT_NEAR),
    ],
)
def test_a_likely_slip_is_forgiven(asked, stored, tier):
    assert tier in _tiers(asked, stored)
    assert tier in _tiers(stored, asked), "a slip has no direction"


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        (Person(("Nguyễn Thị Mẫu",)), Person(("Trần Văn Thử",))),
        (Person(phones=("0912345678",)), Person(phones=("0912345699",))),
        (Person(documents=("001198012345",)), Person(documents=("001198012399",))),
        (Person(("Nguyễn Mẫu",), "1998"), Person(("Trần Thử",), "1998")),
    ],
)
def test_two_different_persons_share_nothing(asked, stored):
    assert _tiers(asked, stored) == set()


@given(st.from_regex(r"[A-Z]?[0-9]{6,12}", fullmatch=True))
def test_a_misread_number_has_one_digit_wrong_or_two_exchanged(number):
    found = list(misread(number))
    assert len(found) == len(set(found)) or len(number) < 3
    for other in found:
        assert len(other) == len(number)
        wrong = [i for i, (a, b) in enumerate(zip(number, other, strict=True)) if a != b]
        if len(wrong) == 2:
            first, second = wrong
            assert second == first + 1
            assert (other[first], other[second]) == (number[second], number[first])
        else:
            assert len(wrong) == 1


def test_the_country_code_of_a_phone_is_never_varied():
    assert all(n.startswith("+84") for n in misread("+84912345678", 3))


def test_spellings_are_bounded_and_begin_with_what_was_written():
    words = ("huynh", "thi", "my", "ly", "ky", "sy", "ty")
    assert len(spellings(words)) == 8
    assert spellings(words)[0] == words


def test_questions_are_bounded():
    many = Person(("Huỳnh Thị Mỹ Lý Kỳ",), "1998-03-12", ("0912345678",) * 2, ("001198012345",) * 2)
    assert len(questions(many)) < 400
    assert len(questions(Person(("A B C D E F",)))) < 20


def test_nothing_known_asks_nothing():
    assert questions(Person()) == ()


@pytest.mark.parametrize(
    ("tiers", "told"),
    [
        ({Tier.DOCUMENT}, Tier.DOCUMENT),
        ({Tier.PHONE, Tier.NAME}, Tier.PHONE),
        ({Tier.NAME_DATE, Tier.NAME_YEAR, Tier.NAME}, Tier.NAME_DATE),
        ({Tier.NAME_YEAR, Tier.COMMUNE_YEAR, Tier.NAME}, Tier.NAME_YEAR),
        ({Tier.PHONE_NEAR, Tier.NAME}, Tier.PHONE_NEAR),
        ({Tier.PHONE_NEAR}, None),
        ({Tier.NAME}, None),
        ({Tier.GIVEN_YEAR, Tier.COMMUNE_YEAR, Tier.LAST_TWO_YEAR}, None),
        ({Tier.NAME_YEAR_NEAR, Tier.NAME}, None),
    ],
)
def test_only_what_rarely_misleads_is_told_at_intake(tiers, told):
    others = {f"namesake {n}": {Tier.NAME} for n in range(3)}
    expected = {} if told is None else {"file": told}
    assert worth_telling({"file": tiers, **others}) == expected


@pytest.mark.parametrize(("namesakes", "told"), [(0, True), (2, True), (3, False), (40, False)])
def test_name_and_year_are_enough_only_while_the_name_is_rare_here(namesakes, told):
    others = {n: {Tier.NAME} for n in range(namesakes)}
    found = {"file": {Tier.NAME_YEAR, Tier.NAME}, **others}
    assert ("file" in worth_telling(found)) is told


def test_the_strongest_of_several_is_the_first_named():
    assert strongest({Tier.NAME, Tier.PHONE, Tier.NAME_DATE}) is Tier.NAME_DATE
    assert Question(Term(TermKind.NAME, "x y"), Tier.NAME) == Question(Term(TermKind.NAME, "x y"), Tier.NAME)
