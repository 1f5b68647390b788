#!/usr/bin/env bash
# install-python-packages.sh REQUIREMENTS STAMP: makes .venv when absent, installs the pinned packages, leaves the stamp.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/privileges.sh
requirements=$1 stamp=$2 python3=${PYTHON3:-python3}

if ! "$python3" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Python 3.11 or newer is needed; $python3 is $("$python3" --version 2>&1). Set PYTHON3=... to choose another."
    exit 1
fi
# An interrupted first run leaves a .venv without pip: make it again on top.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "making .venv"
    "$python3" -m venv .venv
fi
say "installing $requirements (a few minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
touch "$stamp"
