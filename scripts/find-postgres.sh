#!/usr/bin/env bash
# Prints the URL of a PostgreSQL database the tests may use; installs and starts a server when none answers.
# Order: TEST_POSTGRES_URL as given; a local server that lets us create databases; Debian's postgresql.
# Except for the first, the answer names the database benan_test, so no other database is ever written to.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/privileges.sh

probe() { .venv/bin/python scripts/probe_postgres.py "$@"; }

port=
find_local() {
    local url
    for url in "postgresql:///postgres${port:+?port=$port}" postgresql://postgres@127.0.0.1:5432/postgres; do
        if probe --create benan_test "$url" 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

start_cluster() {
    local version name status
    if ! read -r version name port status _ < <(pg_lsclusters --no-header); then
        say "PostgreSQL is installed without a cluster. Make one with pg_createcluster, then try again."
        exit 1
    fi
    if [ "${status%%,*}" != online ]; then
        say "starting PostgreSQL $version/$name"
        as_root pg_ctlcluster "$version" "$name" start
    fi
}

create_role() {
    local role
    role=$(id -un)
    if [ "$(as_postgres psql -p "$port" -Atqc "select 1 from pg_roles where rolname = '$role'" postgres)" = 1 ]; then
        as_postgres psql -p "$port" -qc "alter role \"$role\" createdb createrole" postgres >&2
    else
        say "creating the PostgreSQL role $role (local socket, no password)"
        as_postgres createuser -p "$port" --createdb --createrole "$role" >&2
    fi
}

if [ -n "${TEST_POSTGRES_URL:-}" ]; then
    probe "$TEST_POSTGRES_URL" || { say "TEST_POSTGRES_URL is set, but nothing usable answers there."; exit 1; }
    exit 0
fi
find_local && exit 0

if ! may_be_root || ! command -v apt-get >/dev/null; then
    say "no PostgreSQL answers, and none can be installed here. Start one and set TEST_POSTGRES_URL."
    exit 1
fi
scripts/install-system-packages.sh postgresql
# From /, because the postgres user may not be allowed to enter the project folder.
cd /
start_cluster
create_role
cd "$OLDPWD"
find_local || { say "PostgreSQL runs, but the role $(id -un) cannot use it; see pg_lsclusters and its log."; exit 1; }
