"""The countries a form offers are exactly those that are accepted."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from app.schemas.scalars import country_codes
from app.web.filters import countries


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_accepted_country_is_offered_by_name_viet_nam_first(app, language):
    with app.test_request_context(), force_locale(language):
        offered = countries()
    assert {choice.id for choice in offered} == country_codes()
    assert offered[0].id == "VN"
    assert all(choice.label.vi and choice.label.vi != choice.id for choice in offered)
