#!/usr/bin/env bash
# Collects the English msgids, merges them into the Vietnamese catalogue and compiles it. Existing translations stay.
set -euo pipefail
cd "$(dirname "$0")/.."
catalogue=app/translations
template=$(mktemp)
trap 'rm -f "$template"' EXIT
babel() { .venv/bin/python -m babel.messages.frontend --quiet "$@"; }

babel extract -F babel.cfg --no-default-keywords --no-location --sort-output \
    -k _ -k N_ -k gettext -k ngettext:1,2 -k lazy_gettext -k lazy_ngettext:1,2 -k pgettext:1c,2 -k npgettext:1c,2,3 \
    --project "Ben An" --version 0.1 -o "$template" .
if [ -f "$catalogue/vi/LC_MESSAGES/messages.po" ]; then
    # No guessing from similar texts: an untranslated text must be seen to be untranslated.
    babel update -i "$template" -d "$catalogue" -l vi --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
else
    babel init -i "$template" -d "$catalogue" -l vi
fi
babel compile -d "$catalogue" -l vi --statistics
