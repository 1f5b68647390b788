"""An application with nothing but a clock: that is all a schema asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

NOON = datetime(2026, 3, 21, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock_only():
    app = Flask(__name__)
    app.extensions["clock"] = lambda: NOON
    with app.app_context():
        yield
