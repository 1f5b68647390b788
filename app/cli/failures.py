"""How a refused command speaks: the domain's own sentence, and exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import current_app

from app.domain.errors import BenAnError, Invalid

P = ParamSpec("P")
R = TypeVar("R")


def explained(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a domain error into a message naming each field; say when nothing is installed yet."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        missing = current_app.extensions.get("benan.missing")
        if missing:
            raise click.ClickException(str(missing))
        try:
            return command(*args, **kwargs)
        except Invalid as error:
            lines = [f"{path}: {message}" for path, messages in error.errors.items() for message in messages]
            raise click.ClickException("\n".join([str(error.message), *lines])) from None
        except BenAnError as error:
            raise click.ClickException(str(error.message)) from None

    return run
