"""The page that asks a supervisor why, before anything sealed is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

from app.catalogue.intake import READ_REASONS


def ask_reason(action: str, back: str, errors: Mapping[str, Any]) -> str:
    """The form; it posts to `action`, so that the reason stays out of the address."""
    return render_template("reason.html", action=action, back=back, reasons=READ_REASONS, errors=errors)
