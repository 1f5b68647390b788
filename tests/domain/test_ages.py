"""How old a person may be, from what is known on 22/11/2026."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.ages import least_age, treated_as_minor

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("person", "age"),
    [
        ({"birth_date": "2008-11-22"}, 18),  # eighteenth birthday today
        ({"birth_date": "2008-11-23"}, 17),  # tomorrow
        ({"birth_date": "2008-11"}, 17),  # could be the 30th
        ({"birth_date": "2008-10"}, 18),  # the 31st at the latest
        ({"birth_date": "2008"}, 17),  # could be 31/12/2008
        ({"birth_date": "2007"}, 18),
        ({"birth_date": "2008-02"}, 18),  # 29/02/2008 at the latest
        ({"stated_age": 17}, 17),
        ({"stated_age": 17, "age_stated_on": "2025-11-22"}, 18),
        ({"stated_age": 17, "age_stated_on": "2025-11-23"}, 17),
        ({"stated_age": 30, "birth_date": "2010"}, 15),  # a birth date is stronger than a statement
        ({"stated_age": 0}, 0),
        ({}, None),
    ],
)
def test_the_least_age_the_entries_allow(person, age):
    assert least_age(person, TODAY) == age


def test_an_unknown_age_counts_as_a_minor():
    assert treated_as_minor({}, TODAY)
    assert treated_as_minor({"birth_date": None, "stated_age": None}, TODAY)
    assert not treated_as_minor({"stated_age": 18}, TODAY)
