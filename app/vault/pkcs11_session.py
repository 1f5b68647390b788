"""The one session this process has with a PKCS#11 token, and what becomes of it at a fork."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import pkcs11
from pkcs11.exceptions import PKCS11Error
from pkcs11.types import Session, Token

from app.vault import private_files
from app.vault.key_store import KeyStoreAway, KeyStoreError

SCHEME = "pkcs11:"
FORM = "pkcs11:<path of the module>?token=<label>&pin-file=<path>"
T = TypeVar("T")

LOST = (
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.UserNotLoggedIn,
    pkcs11.DeviceRemoved,
    pkcs11.DeviceError,
    pkcs11.TokenNotPresent,
    pkcs11.KeyHandleInvalid,
    pkcs11.ObjectHandleInvalid,
)
"""The session, or a key it knew, is gone: look again once before giving up."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a token is: the maker's module, the token's label, and the file that holds its PIN."""

    module: Path
    token: str
    pin_file: Path

    @classmethod
    def parse(cls, setting: str) -> Address:
        """Read `pkcs11:<module>?token=<label>&pin-file=<path>`; KeyStoreError when it has another form."""
        module, _, query = setting.removeprefix(SCHEME).partition("?")
        values = dict(parse_qsl(query))
        if not (
            setting.startswith(SCHEME) and Path(module).is_absolute() and {*values} == {"token", "pin-file"}
        ):
            raise KeyStoreError(f"BENAN_KEY_STORE must look like {FORM}")
        return cls(Path(module), values["token"], Path(values["pin-file"]))

    def __str__(self) -> str:
        return f"token {self.token}"

    def pin(self) -> str:
        """The PIN; KeyStoreError when its file is missing, empty or open to others."""
        pin = private_files.read(self.pin_file).decode().strip()
        if not pin:
            raise KeyStoreError(f"{self.pin_file} is empty. It must hold the PIN of {self}.")
        return pin


@dataclass(slots=True)
class Opened:
    """A session that is logged in, and the keys found through it so far."""

    token: Token
    session: Session
    keys: dict[str, Any] = field(default_factory=dict)


class _Process:
    """What this process has open. Modules are started without locks of their own, so one call at a time."""

    def __init__(self) -> None:
        self._gate = RLock()
        self._process = os.getpid()
        self._modules: dict[Path, Any] = {}
        self._opened: dict[Address, Opened] = {}
        self._wrong_pins: dict[Address, str] = {}

    def close(self) -> None:
        """End every session; the next use begins anew."""
        self._opened.clear()
        for module in self._modules.values():
            with suppress(PKCS11Error):
                module.finalize()

    def before_fork(self) -> None:
        """No session crosses a fork: parent and child each log in again at their next use."""
        self._gate.acquire()
        self.close()

    def after_fork(self) -> None:
        """Go on, in the parent and in the child."""
        self._process = os.getpid()
        self._gate.release()

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Alone in the modules, and in the right process."""
        if self._process != os.getpid():  # a fork that Python was not told of
            self._gate, self._process = RLock(), os.getpid()
            self.close()
        with self._gate:
            yield

    def opened(self, address: Address) -> Opened:
        """The session with that token, logged in."""
        if address not in self._opened:
            try:
                token = self._token(address)
                self._opened[address] = Opened(token, self._log_in(token, address))
            except KeyStoreError as error:
                raise KeyStoreAway(str(error)) from None
        return self._opened[address]

    def drop(self, address: Address, error: PKCS11Error) -> None:
        """Leave a session in which something failed: what it holds locked until the error is gone, no one waits for."""
        if _ended(error):
            self.close()
        opened = self._opened.pop(address, None)
        if opened:
            with suppress(PKCS11Error):
                opened.session.close()

    def _token(self, address: Address) -> Token:
        if not address.module.is_file():
            raise KeyStoreError(f"The PKCS#11 module {address.module} is not there. Install it.")
        try:
            module = self._modules[address.module] = pkcs11.lib(str(address.module))
            return _find(module, address) or _find(self._started_again(module), address) or _nothing(address)
        except PKCS11Error as error:
            raise KeyStoreError(
                f"The PKCS#11 module {address.module} does not work: {_said(error)}."
            ) from None

    def _started_again(self, module: Any) -> Any:
        if not self._opened:  # a module sees tokens made after its start only when it is started again
            module.reinitialize()
        return module

    def _log_in(self, token: Token, address: Address) -> Session:
        pin = address.pin()
        if self._wrong_pins.get(address) == pin:
            raise KeyStoreError(_wrong_pin(address))
        try:
            return token.open(user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:  # by another part of this process
            return token.open()
        except pkcs11.PinIncorrect:
            self._wrong_pins[address] = pin
            raise KeyStoreError(_wrong_pin(address)) from None
        except PKCS11Error as error:
            raise KeyStoreError(f"The {address} does not let us in: {_said(error)}.") from None


class Refused(KeyStoreError):
    """The token answered, and did not do what it was asked."""


def use(address: Address, act: Callable[[Opened], T]) -> T:
    """What `act` gives, alone with a session on that token. A session that was lost is opened again, once.

    KeyStoreAway when there is no answer, Refused when it is no; `act` may raise its own KeyStoreError.
    """
    with _PROCESS.one_at_a_time():
        try:
            try:
                return act(_PROCESS.opened(address))
            except PKCS11Error as error:
                _PROCESS.drop(address, error)
                if not _lost(error):
                    raise
                return act(_PROCESS.opened(address))
        except PKCS11Error as error:
            _PROCESS.drop(address, error)
            kind = KeyStoreAway if _lost(error) else Refused
            raise kind(f"The {address} refuses: {_said(error)}.") from None


def close() -> None:
    """End every session of this process with any token."""
    with _PROCESS.one_at_a_time():
        _PROCESS.close()


def _find(module: Any, address: Address) -> Token | None:
    found = list(module.get_tokens(token_label=address.token))
    if len(found) > 1:
        raise KeyStoreError(f"{len(found)} tokens have the label {address.token}. Give each its own.")
    return found[0] if found else None


def _nothing(address: Address) -> Token:
    raise KeyStoreError(f"The module {address.module} knows no token with the label {address.token}.")


def _wrong_pin(address: Address) -> str:
    return (
        f"The PIN in {address.pin_file} is wrong. It is not tried again: a token locks itself after a few. "
        "Correct the file."
    )


def _ended(error: PKCS11Error) -> bool:
    """True for "not initialised", which has no class of its own: somebody ended the module under our feet."""
    return type(error) is PKCS11Error


def _lost(error: PKCS11Error) -> bool:
    return isinstance(error, LOST) or _ended(error)


def _said(error: PKCS11Error) -> str:
    return str(error) or type(error).__name__


_PROCESS = _Process()
os.register_at_fork(
    before=_PROCESS.before_fork, after_in_parent=_PROCESS.after_fork, after_in_child=_PROCESS.after_fork
)
