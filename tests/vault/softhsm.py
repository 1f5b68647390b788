"""Real PKCS#11 tokens for tests: Debian's SoftHSM2, each token in a folder of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
)
PIN = "62810-hu-cau"


def module() -> Path:
    """Where SoftHSM2 is; without it the test is skipped, or fails where nothing may be skipped."""
    found = next((path for path in MODULES if path.is_file()), None)
    if found is None:
        reason = "no SoftHSM2: install softhsm2 (make test does)"
        pytest.fail(reason) if os.environ.get("CI_REQUIRE_ALL") == "1" else pytest.skip(reason)
    return found


@contextmanager
def token(folder: Path, label: str = "benan", *, settings: str = "") -> Iterator[str]:
    """A fresh token in `folder`: the setting that names it. SOFTHSM2_CONF points to it meanwhile."""
    path = module()
    from app.vault import pkcs11_session

    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n{settings}\n"
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    pin_file = folder / "pin"
    pin_file.touch(mode=0o600)
    pin_file.write_text(PIN + "\n")
    try:
        make(label)
        yield f"pkcs11:{path}?token={label}&pin-file={pin_file}"
    finally:
        pkcs11_session.close()
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def make(label: str) -> None:
    """Initialise one more token under the present SOFTHSM2_CONF."""
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", PIN, "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
