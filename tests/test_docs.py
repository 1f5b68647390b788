"""The guides keep up with the program: they exist, stay short, and name only what is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from app import cli
from app.catalogue.roles import ROLES
from app.config import load_settings
from app.domain import events
from app.domain.events import Event
from app.domain.permissions import Permission

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HOWTO_LINES = 25
HOWTO = ("procedure", "stage", "document", "role", "key-store")
OPERATIONS = ("install", "upgrade", "backup", "keys")
GUIDES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md"])
OURS = "app|benchmarks|deploy|docs|migrations|scripts|templates|tests"
NAMED_PATH = re.compile(
    rf"`((?:{OURS})/[^`\s]*|[A-Z]+\.md|requirements[\w-]*\.txt|pyproject\.toml|wsgi\.py|Makefile)`"
)
COMMAND = re.compile(r"^\s*benan ((?:[a-z-]+ ?)+)|`(?:benan|flask) ((?:[a-z-]+ ?)+)", re.MULTILINE)

each_guide = pytest.mark.parametrize("path", GUIDES, ids=lambda p: p.relative_to(ROOT).as_posix())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HOWTO)
def test_the_howto_exists_and_is_short(name):
    lines = _text(DOCS / "howto" / f"add-a-{name}.md").splitlines()
    assert len(lines) <= HOWTO_LINES
    assert max(map(len, lines)) <= 140, "short by counting lines, long to read"


def test_every_howto_is_one_of_ours():
    assert {p.stem for p in (DOCS / "howto").glob("*.md")} == {f"add-a-{name}" for name in HOWTO}


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_operator_has_a_guide(name):
    assert _text(DOCS / "operations" / f"{name}.md").startswith("# ")


def _exists(name: str) -> bool:
    """A named path, or for one with a gap (`app/x/<id>.py`) its folder."""
    if "<" in name:
        return (ROOT / name.split("<", maxsplit=1)[0]).parent.exists()
    return (ROOT / name).exists()


@each_guide
def test_paths_named_in_a_guide_exist(path):
    if path.parent.name == "decisions":
        return  # a record is not rewritten when what it speaks of moves
    assert [name for name in NAMED_PATH.findall(_text(path)) if not _exists(name)] == []


@pytest.mark.parametrize("name", HOWTO)
def test_a_howto_names_real_places(name):
    named = NAMED_PATH.findall(_text(DOCS / "howto" / f"add-a-{name}.md"))
    assert any(n.startswith("app/") for n in named)
    assert any(n.startswith(("tests/", "Makefile")) for n in named) or name == "key-store"


@each_guide
def test_links_of_a_guide_lead_somewhere(path):
    if path.name == "README.md":
        return  # tests/test_project_files.py looks after it
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", _text(path))
    assert [link for link in links if not (path.parent / link).exists()] == []


@each_guide
def test_links_into_a_guide_name_a_heading(path):
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", _text(path)):
        headings = re.findall(r"^#+ (.+)$", _text(path.parent / target if target else path), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.fixture(scope="module")
def commands():
    program = Flask("commands")
    program.extensions["benan.settings"] = SimpleNamespace(mode="demo")
    cli.register(program)
    return program.cli


@each_guide
def test_commands_named_in_a_guide_exist(commands, path):
    for shell, prose in COMMAND.findall(_text(path)):
        here = commands
        for word in (shell or prose).split():
            if not hasattr(here, "commands"):
                break
            assert word in here.commands, f"{path.name}: {shell or prose}"
            here = here.commands[word]


def test_every_right_and_who_holds_it_is_documented():
    rows = re.findall(
        r"^\| `(\w+:\w+)` \| [^|]+ \| ([^|]+) \|$", _text(DOCS / "permissions.md"), re.MULTILINE
    )
    documented = {right: set(re.findall(r"`(\w+)`", roles)) for right, roles in rows}
    assert documented == {
        p.value: {role.id for role in ROLES.values() if p in role.permissions} for p in Permission
    }


def test_every_role_is_documented_with_whether_it_states_a_reason():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (yes|no) \|$", _text(DOCS / "permissions.md"), re.MULTILINE)
    assert dict(rows) == {role.id: "yes" if role.states_reason else "no" for role in ROLES.values()}


def test_every_kind_of_ledger_entry_is_documented():
    declared = {kind for name in events.__all__ if _is_event(kind := getattr(events, name))}
    named = set(re.findall(r"^\| `([\w:]+)` \|", _text(DOCS / "ledger-entries.md"), re.MULTILINE))
    assert named == {kind.action for kind in declared}


def _is_event(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Event) and thing is not Event


def test_the_list_of_ledger_entries_is_up_to_date():
    script = ROOT / "scripts" / "list_ledger_entries.py"
    printed = subprocess.run([sys.executable, script], capture_output=True, check=True, encoding="utf-8")
    assert printed.stdout == _text(DOCS / "ledger-entries.md"), (
        "run: .venv/bin/python scripts/list_ledger_entries.py > docs/ledger-entries.md"
    )


def test_the_example_settings_are_real_ones(tmp_path):
    lines = [
        line for line in _text(ROOT / "deploy/benan.env.example").splitlines() if line[:1] not in ("", "#")
    ]
    example = dict(line.split("=", 1) for line in lines)
    assert example["BENAN_SECRET_KEY"] == "", "an example must not hold a secret that somebody could keep"
    env = example | {"BENAN_SECRET_KEY": "kK9-q7Zx_w3RtW5mB8vN2cP6sD4fG1hJ", "BENAN_INSTANCE": str(tmp_path)}
    settings = load_settings(env, tmp_path)
    assert settings.mode == "production"
    assert (settings.database_url, settings.trusted_proxies) == ("postgresql+psycopg:///benan", 1)
    assert set(re.findall(r"`(BENAN_\w+)`", _text(ROOT / "README.md"))) >= set(example)


@pytest.mark.parametrize(
    "path", [*GUIDES, ROOT / "deploy/benan.env.example"], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_every_line_of_settings_says_the_same_to_the_shell_and_to_systemd(path, tmp_path):
    """The benan command sources the file; systemd reads it, and takes a value with its quotes off."""
    for line in re.findall(r"^#?(BENAN_\w+=.*)$", _text(path), re.MULTILINE):
        (tmp_path / "env").write_text(line + "\n", encoding="utf-8")
        name, _, value = line.partition("=")
        printed = f'set -eu; . "$1"; printf %s "${name}"'
        done = subprocess.run(
            ["/bin/sh", "-c", printed, "sh", tmp_path / "env"],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "".join(shlex.split(value))), f"{line}: {done.stderr}"
