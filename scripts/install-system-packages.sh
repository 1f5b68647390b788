#!/usr/bin/env bash
# Installs the named Debian packages that are missing. Touches neither apt nor the network when nothing is.
# Not on Debian, or SKIP_SYSTEM_PACKAGES=1: says what would be needed and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/privileges.sh

is_present() {
    case $1 in
        # A python3 that did not come from Debian brings its own venv.
        python3-venv) "${PYTHON3:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
        *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}

if [ -n "${SKIP_SYSTEM_PACKAGES:-}" ]; then
    say "SKIP_SYSTEM_PACKAGES is set; relying on what this system has."
    exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "this is not Debian; nothing installed. The equivalents of these packages are needed: $*"
    exit 0
fi

missing=()
for package in "$@"; do
    is_present "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

say "installing ${missing[*]}"
if ! may_be_root; then
    say "that needs root, and there is no sudo. Ask an administrator to run:"
    say "    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    say "or set SKIP_SYSTEM_PACKAGES=1 to go on without them."
    exit 1
fi
# The locale decides the encoding of a PostgreSQL cluster made on the way: it must be UTF-8.
apt=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -o DPkg::Lock::Timeout=300)
as_root "${apt[@]}" update >&2
as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2
