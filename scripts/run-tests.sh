#!/usr/bin/env bash
# One pytest run that covers SQLite and PostgreSQL (the tests choose per case); arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
TEST_POSTGRES_URL=$(scripts/find-postgres.sh)
export TEST_POSTGRES_URL
exec .venv/bin/python -m pytest -n 2 --dist worksteal "$@"
