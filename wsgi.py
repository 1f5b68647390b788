"""The WSGI entry point, and `python wsgi.py [--demo]`: prepare the installation, serve it and seal its ledger."""

from __future__ import annotations

import os
import subprocess
import sys

if __name__ == "__main__":
    if "--demo" in sys.argv:
        os.environ["BENAN_MODE"] = "demo"
    demo = os.environ.get("BENAN_MODE") == "demo"
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "init"], check=True)  # noqa: S603 - our own command line
    if demo:
        subprocess.run([*flask, "demo", "load"], check=True)  # noqa: S603 - our own command line
    # The sealer stands beside the server and ends with it; in a demonstration its lines would only be noise.
    sealer = [*flask, "ledger", "seal", "--every", "10", "--with-parent"]
    subprocess.Popen(sealer, stdout=subprocess.DEVNULL if demo else None)  # noqa: S603 - our own command line
    address = f"{os.environ.get('BENAN_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    sys.stdout.flush()
    gunicorn = "gunicorn --no-control-socket -k gthread --threads 8 --timeout 120 --bind".split()  # noqa: SIM905 - reads as typed
    os.execv(sys.executable, [sys.executable, "-m", *gunicorn, address, "wsgi:app"])  # noqa: S606 - replaces this process

import click

from app.config import ConfigurationError
from app.factory import create_app
from app.process import keep_to_itself
from app.vault import KeyStoreError

keep_to_itself()
try:
    app = create_app()
except (ConfigurationError, KeyStoreError) as error:  # the remedy is the message: no trace around it
    raise click.ClickException(str(error)) from None
