"""A process of its own that gives one `flask backup` command, so that a test can kill it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.config import Mode, Settings
from app.factory import create_app


def main(settings: dict, words: list[str]) -> None:
    """Run the command on the installation those settings describe."""
    folders = {
        name: Path(value) for name, value in settings.items() if name.endswith(("_directory", "instance"))
    }
    recipients = tuple(settings.pop("backup_recipients"))
    chosen = {**settings, **folders, "backup_recipients": recipients}
    app = create_app(Settings(mode=Mode.TEST, cookie_secure=False, **chosen))
    result = app.test_cli_runner().invoke(args=["backup", *words])
    sys.stdout.write(result.output)
    sys.exit(result.exit_code)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
