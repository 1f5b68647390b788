"""`flask users`: units and accounts from the server's command line."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PASSWORD, csrf_of


@pytest.fixture
def run(app):
    """`run("list")`: the command's (exit code, output)."""

    def invoke(*args):
        result = app.test_cli_runner().invoke(args=["users", *args])
        return result.exit_code, result.output

    return invoke


UNIT = (
    "add-unit",
    "--name",
    "Đơn vị Mới",
    "--parent",
    "Công an tỉnh",
    "--symbol",
    "DVM",
    "--place",
    "Bến An",
)


def test_a_unit_and_an_account_are_made_and_the_account_can_sign_in(app, run):
    assert run(*UNIT)[0] == 0
    account = ("--username", "moi", "--name", "Người Mới (hư cấu)", "--unit", "DVM", "--role", "case_officer")
    code, output = run("create", *account)
    assert code == 0, output
    password = re.search(r": (\S+)$", output.strip()).group(1)
    browser = app.test_client()
    token = csrf_of(browser.get("/sign-in").text)
    answer = browser.post("/sign-in", data={"csrf_token": token, "username": "moi", "password": password})
    assert answer.status_code in (302, 303)
    assert "moi\tcase_officer\tĐơn vị Mới\tactive" in run("list")[1]


def test_an_unknown_unit_is_named_with_the_remedy(run):
    args = ("--username", "moi", "--name", "x", "--unit", "NOPE", "--role", "case_officer")
    code, output = run("create", *args)
    assert code == 1
    assert "flask users add-unit" in output


def test_a_taken_name_says_so(run):
    args = ("--username", "minh", "--name", "x", "--unit", "PC02", "--role", "case_officer")
    code, output = run("create", *args)
    assert code == 1
    assert "username: This user name is taken." in output
    assert "Traceback" not in output


def test_a_unit_twice_is_refused(run):
    assert run(*UNIT)[0] == 0
    code, output = run(*UNIT)
    assert (code, "already exists" in output) == (1, True)


def test_disabling_ends_the_session_at_the_next_request(run, client_for):
    browser = client_for("minh")
    assert browser.get("/").status_code == 200
    code, output = run("change", "minh", "--disabled")
    assert code == 0, output
    assert browser.get("/").status_code == 302
    assert "minh\tcase_officer\tPhòng Cảnh sát hình sự (hư cấu)\tdisabled" in run("list")[1]


def test_a_role_is_changed_and_the_standing_kept(run):
    assert run("change", "minh", "--role", "supervisor")[0] == 0
    assert "minh\tsupervisor\t" in run("list")[1]


def test_a_new_first_password_replaces_the_old(app, run):
    code, output = run("reset-password", "minh")
    assert code == 0, output
    browser = app.test_client()
    token = csrf_of(browser.get("/sign-in").text)
    old = browser.post("/sign-in", data={"csrf_token": token, "username": "minh", "password": PASSWORD})
    assert old.status_code not in (302, 303)


@pytest.mark.parametrize("command", [("change", "nobody", "--disabled"), ("reset-password", "nobody")])
def test_an_unknown_account_is_named_with_the_remedy(run, command):
    code, output = run(*command)
    assert (code, "flask users list" in output) == (1, True)
