"""How a refused command speaks: one sentence with the remedy, and exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import current_app

from app.backup.faults import BackupError
from app.domain.errors import BenAnError, Invalid
from app.vault import KeyStoreError
from app.vault.shares import WrongShare

P = ParamSpec("P")
R = TypeVar("R")


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what can be expected to fail into its sentence, naming each field or file."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (KeyStoreError, WrongShare, BackupError) as error:
            raise click.ClickException(str(error)) from None
        except Invalid as error:
            lines = [f"{path}: {message}" for path, messages in error.errors.items() for message in messages]
            raise click.ClickException("\n".join([str(error.message), *lines])) from None
        except BenAnError as error:
            raise click.ClickException(str(error.message)) from None
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror}.") from None

    return run


def explained(command: Callable[P, R]) -> Callable[P, R]:
    """The same for what needs an installation; say when nothing is installed yet."""
    plain = plainly(command)

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        missing = current_app.extensions.get("benan.missing")
        if missing:
            raise click.ClickException(str(missing))
        return plain(*args, **kwargs)

    return run
