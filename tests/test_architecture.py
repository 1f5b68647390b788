"""The shape of the program, read from its source: who may call whom, who commits, how long a route is."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
SERVICES = sorted(p for p in (APP / "services").glob("*.py") if p.name != "__init__.py")
EDGES = sorted([*(APP / "web").rglob("*.py"), *(APP / "api").rglob("*.py")])
ROUTE_BUDGET = 15
VERBS = {"route", "get", "post", "put", "patch", "delete"}


def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path):
    return path.relative_to(ROOT).as_posix()


def _public(tree):
    return [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def _use_cases(path):
    """Public functions that run a transaction: the others are small makers of values."""
    return [f for f in _public(_tree(path)) if "transaction(" in ast.unparse(f)]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_use_case_takes_the_actor_first_and_says_what_it_does(path):
    found = _use_cases(path)
    assert found, "a service without a use case"
    for function in found:
        first = function.args.args[0]
        assert (first.arg, ast.unparse(first.annotation)) == ("actor", "Actor"), function.name
        assert ast.get_docstring(function), function.name


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_services_never_call_each_other(path):
    imported = {
        node.module
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.services")
    }
    imported |= {
        alias.name
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.startswith("app.services")
    }
    assert imported == set()


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_use_case_does_not_call_another_of_its_own_file(path):
    names = {f.name for f in _use_cases(path)}
    for function in _use_cases(path):
        called = {
            n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert called & names == set(), function.name


def test_every_public_function_says_what_it_does():
    silent = [
        f"{_name(path)}::{function.name}"
        for path in APP.rglob("*.py")
        for function in _public(_tree(path))
        if not ast.get_docstring(function)
    ]
    assert silent == []


def test_every_public_class_says_what_it_is():
    silent = [
        f"{_name(path)}::{node.name}"
        for path in APP.rglob("*.py")
        for node in _tree(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def _calls(tree, method):
    return [
        ast.unparse(n.func)
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == method
    ]


def test_only_the_transaction_commits_and_bookkeeping_has_sessions_of_its_own():
    committing = {_name(p): _calls(_tree(p), "commit") for p in APP.rglob("*.py")}
    committing = {name: calls for name, calls in committing.items() if calls}
    tree = {"app/ledger/seal.py", "app/ledger/loss.py"}  # derived from entries: leaves, tiles, checkpoints
    assert set(committing) == {"app/transaction.py", "app/sessions.py", "app/installation.py"} | tree
    assert set(committing["app/sessions.py"]) == {"session.commit"}  # `with Session(db.engine) as session`
    assert set(committing["app/installation.py"]) == {"session.commit"}
    assert sorted(committing["app/transaction.py"]) == ["db.session.commit", "session.commit"]


def test_only_the_ledger_writes_entries_and_nobody_changes_them():
    for path in APP.rglob("*.py"):
        tree = _tree(path)
        made = [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "LedgerEntry"
        ]
        assert not made or _name(path) == "app/ledger/append.py", _name(path)
        assert "delete(LedgerEntry" not in ast.unparse(tree)
        assert "update(LedgerEntry" not in ast.unparse(tree)


def _routes(path):
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(d, ast.Call)
            and isinstance(d.func, ast.Attribute)
            and d.func.attr in VERBS
            and ast.unparse(d.func.value) == "blueprint"
            for d in node.decorator_list
        ):
            yield node


def _length(route):
    """Lines of code: the sentence that describes the route is not one of them."""
    return route.end_lineno - route.lineno + 1 - bool(ast.get_docstring(route))


def test_routes_are_short():
    routes = [(_name(path), route) for path in EDGES for route in _routes(path)]
    assert len(routes) > 60
    long = {f"{n}::{r.name}": _length(r) for n, r in routes if _length(r) > ROUTE_BUDGET}
    assert long == {}


def test_edges_know_no_table_no_key_and_no_rule_of_access():
    forbidden = re.compile(
        r"app\.(models|vault|ledger|access|transaction|extensions|records|position)\b|sqlalchemy"
    )
    for path in EDGES:
        modules = {
            node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(_tree(path))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert [m for m in modules if forbidden.match(m)] == [], _name(path)


def test_nobody_outside_the_catalogue_asks_for_a_role_by_name():
    from app.catalogue.roles import ROLES

    names = re.compile(
        "|".join(f"['\"]{role}['\"]" for role in set(ROLES) - {"partner"})
    )  # also a kind of unit
    offending = [
        _name(path)
        for path in APP.rglob("*.py")
        if "demo" not in path.parts
        and _name(path) != "app/catalogue/roles.py"
        and names.search(path.read_text(encoding="utf-8"))
    ]
    assert offending == []


def test_the_domain_is_plain_python():
    for path in [*(APP / "domain").rglob("*.py"), *(APP / "catalogue").rglob("*.py")]:
        source = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*(from|import) (flask|sqlalchemy|cryptography|marshmallow)", source, re.MULTILINE
        ), path


def test_the_clock_is_asked_in_one_place():
    asking = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    found = [_name(p) for p in APP.rglob("*.py") if asking.search(p.read_text(encoding="utf-8"))]
    assert sorted(found) == [
        "app/extensions.py",
        "app/web/sign_in.py",
    ]  # the latter: the quiet page's calendar


def test_import_contracts_are_part_of_make_check():
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\ncheck:")[1].split("\n.PHONY")[0]
    assert "lint-imports" in recipe
    assert "mypy --strict app" in recipe
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    kinds = {contract["type"] for contract in contracts["contracts"]}
    assert {"layers", "forbidden", "independence"} <= kinds
    assert "make check" in (ROOT / ".ci/run").read_text(encoding="utf-8")
