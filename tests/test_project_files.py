"""The files around the application keep their promises: commands, pins, budgets, names, translations."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]

GENERATED = {"__pycache__", "instance", "node_modules"}
HIDDEN_BUT_OURS = {".ci", ".editorconfig", ".gitignore"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "core"}

FILE_BUDGET = 300
FUNCTION_BUDGET = 40
# path, or path::function -> why it may be longer. A decision record goes with each.
LONGER_FOR_A_REASON: dict[str, str] = {}

MACHINE_PATH = re.compile(r"(?<![\w.\-/}])/(work|tmp|root|home|Users)/\w+")
REGISTRY_HOST = re.compile(
    r"pypi\.(org|python)|pythonhosted\.|registry\.npmjs|registry\.yarnpkg|proxy\.golang|(deb|security)\.debian\."
    r"|-(?:-extra)?-index-url|-[-]find-links",
)


def _project_files(folder: Path = ROOT) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name in GENERATED or (path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS):
            continue
        found += _project_files(path) if path.is_dir() else [path]
    return found


def _texts() -> list[tuple[str, str]]:
    texts = []
    for path in _project_files():
        raw = path.read_bytes()
        if b"\0" not in raw:
            texts.append((path.relative_to(ROOT).as_posix(), raw.decode("utf-8")))
    return texts


def _app_modules() -> list[Path]:
    return sorted((ROOT / "app").rglob("*.py"))


def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", _makefile(), re.MULTILINE))


def test_every_command_of_the_makefile_is_documented():
    documented = set(re.findall(r"^([a-z]+):.*## \S", _makefile(), re.MULTILINE))
    assert documented == _targets()
    assert documented >= {"help", "setup", "demo", "run", "test", "check", "messages", "clean"}


def test_commands_named_in_the_documentation_exist():
    named = {
        (path, target)
        for path, text in _texts()
        if path.endswith(".md")
        for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)
    }
    assert {target for path, target in named if path == "README.md"} >= {"demo", "test"}
    assert {(path, target) for path, target in named if target not in _targets()} == set()


def test_scripts_named_in_the_makefile_exist_and_may_be_run():
    named = set(re.findall(r"scripts/[\w.\-]+", _makefile()))
    assert named
    for name in named:
        assert (ROOT / name).stat().st_mode & 0o111, f"{name} is not executable"


def test_links_of_the_readme_lead_somewhere():
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith(("#", "-r requirements.txt"))]
    assert wanted
    assert [line for line in wanted if not re.fullmatch(r"[\w.\-]+(\[[\w,]+\])?==[\w.]+", line)] == []


def test_decision_records_named_in_the_project_exist():
    record = re.compile(r"docs/decisions/\d[\w\-]+\.md")
    named = {(path, name) for path, text in _texts() for name in record.findall(text)}
    assert {(path, name) for path, name in named if not (ROOT / name).exists()} == set()


def test_no_file_names_one_machine_or_one_registry():
    offending = [
        f"{path}:{number}: {line.strip()}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if MACHINE_PATH.search(line) or REGISTRY_HOST.search(line)
    ]
    assert offending == []


def test_no_module_is_a_drawer_for_odds_and_ends():
    modules = [path for path in _project_files() if path.suffix == ".py"]
    assert len(modules) > 1
    offending = {
        path.relative_to(ROOT).as_posix()
        for path in modules
        if FORBIDDEN_NAMES & {path.stem, *(parent.name for parent in path.relative_to(ROOT).parents)}
    }
    assert offending == set()


def _over_budget() -> dict[str, int]:
    over = {}
    for path in _app_modules():
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if (lines := len(source.splitlines())) > FILE_BUDGET:
            over[name] = lines
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                if (lines := node.end_lineno - node.lineno + 1) > FUNCTION_BUDGET:
                    over[f"{name}::{node.name}"] = lines
    return over


def test_files_and_functions_stay_short():
    over = _over_budget()
    assert {name: lines for name, lines in over.items() if name not in LONGER_FOR_A_REASON} == {}


def test_no_exception_outlives_its_reason():
    assert set(LONGER_FOR_A_REASON) <= set(_over_budget())
    assert all(LONGER_FOR_A_REASON.values())


def test_every_module_says_what_may_live_there():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in _app_modules()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == ["app/__init__.py"]


def test_the_compiled_catalogue_is_the_written_one():
    written = ROOT / "app/translations/vi/LC_MESSAGES/messages.po"
    with written.open("rb") as source:
        catalogue = read_po(source, locale="vi")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert written.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run: make messages"
