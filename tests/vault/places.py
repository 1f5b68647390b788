"""Key stores named by their setting, for tests and for the processes they start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def in_another_process(setting: str, code: str) -> str:
    """Run `code` with the opened `store` in a process of its own; what it printed."""
    program = (
        "import sys; from app.vault.key_stores import open_key_store; "
        f"store = open_key_store(sys.argv[1]); {code}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, setting],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()
