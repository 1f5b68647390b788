"""`flask tokens`: a machine's token is shown once, works, and ends when it is revoked."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ApiClient


@pytest.fixture
def run(app):
    """`run("list")`: the finished command."""
    return lambda *args: app.test_cli_runner().invoke(args=["tokens", *args])


def test_a_token_is_issued_works_and_is_revoked(app, run):
    result = run("issue", "minh", "--name", "nightly list", "--scope", "case:read", "--days", "7")
    assert result.exit_code == 0, result.output
    secret = re.search(r"benan_\S+", result.stdout).group()
    token_id = re.search(r"Token (\S+), valid until", result.stderr).group(1)
    machine = ApiClient(app, secret)
    assert machine.get("/cases").status_code == 200
    assert machine.get("/handovers").status_code == 403

    listed = run("list").output
    assert "nightly list" in listed
    assert secret not in listed

    assert run("revoke", token_id).exit_code == 0
    assert machine.get("/cases").status_code == 401
    assert "revoked" in run("list").output


def test_without_scopes_the_token_has_the_rights_of_the_role(app, run):
    result = run("issue", "minh", "--name", "x")
    assert result.exit_code == 0, result.output
    assert ApiClient(app, result.stdout.strip()).get("/handovers").status_code == 200


@pytest.mark.parametrize(
    "args",
    [
        ("issue", "minh", "--name", "x", "--scope", "case:approve"),
        ("issue", "minh", "--name", "x", "--days", "0"),
        ("issue", "nobody", "--name", "x"),
        ("revoke", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_refusal_explains_itself(run, args):
    result = run(*args)
    assert result.exit_code == 1
    assert "Error:" in result.output
    assert "Traceback" not in result.output
    assert "benan_" not in result.output


@pytest.mark.parametrize(
    "args", [("issue", "minh", "--name", "x", "--scope", "all"), ("revoke", "x"), ("issue",)]
)
def test_wrong_use_is_explained(run, args):
    assert run(*args).exit_code == 2
