"""`flask keys status | split | rebuild`: what keys there are, and the copy that several custodians hold together."""

from __future__ import annotations

import re
import stat
from itertools import combinations
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.config import Mode, Settings
from app.domain.sealing import Branch
from app.extensions import db, part
from app.factory import create_app
from app.ledger.note import VerifierKey
from app.models import LedgerEntry
from app.vault import FileKeyStore
from tests.vault.softhsm import token

WORD = re.compile(r"\b(\d{1,2}) ([a-z]{4,8})\b")


def _run(app, *args, **kwargs):
    result = app.test_cli_runner().invoke(args=["keys", *map(str, args)], **kwargs)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def _words(sheet: str) -> str:
    """A custodian's reading of a sheet: the words in the order of their numbers."""
    numbered = {int(number): word for number, word in WORD.findall(sheet)}
    assert sorted(numbered) == list(range(1, 34))
    return " ".join(numbered[place] for place in range(1, 34))


def _folder(app) -> Path:
    return Path(app.extensions["benan.settings"].key_store)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def divided(app, tmp_path):
    """The key file and the words of its three shares."""
    result = _run(app, "split", "--to", tmp_path / "keys.bundle", "--sheets", tmp_path / "sheets")
    assert result.exit_code == 0, result.output
    sheets = sorted((tmp_path / "sheets").iterdir())
    assert [sheet.name for sheet in sheets] == [f"share-{n}-of-3.txt" for n in (1, 2, 3)]
    return tmp_path / "keys.bundle", [_words(sheet.read_text(encoding="utf-8")) for sheet in sheets]


class TestStatus:
    def test_every_key_is_named_with_what_it_wraps(self, app, client_for, api_for):
        store = app.extensions["benan.key_store"]
        with app.app_context():
            _wrap_one(store, Branch.IDENTITY)
            _wrap_one(store, Branch.IDENTITY)
            _wrap_one(store, Branch.CONTENT)
        result = _run(app, "status")
        assert result.exit_code == 0, result.output
        table = {row[0]: row[1:] for row in map(str.split, result.output.splitlines()[2:4])}
        assert table == {
            "identity-0001": ["identity", "present", "2"],
            "content-0001": ["content", "present", "1"],
        }
        assert "ledger, lookup, row, index" in result.output
        verifier = VerifierKey.parse(result.output.split("Checkpoint key: ")[1].strip())
        assert verifier.public == store.public_key()

    def test_a_root_key_that_is_missing_is_said_and_fails(self, app):
        with app.app_context():
            _wrap_one(app.extensions["benan.key_store"], Branch.IDENTITY)
            with db.engine.begin() as connection:
                connection.execute(text("UPDATE data_key SET root_key_id = 'identity-0000'"))
        result = _run(app, "status")
        assert result.exit_code == 1
        assert re.search(r"identity-0000 +identity +MISSING +1", result.output)
        assert "key backup" in result.output

    def test_the_store_is_timed(self, app):
        result = _run(app, "measure")
        assert result.exit_code == 0, result.output
        assert [line.split()[-1] for line in result.output.splitlines()] == ["µs"] * 3

    def test_it_shows_no_key(self, app):
        output = _run(app, "status").output
        for key in _contents(_folder(app)).values():
            assert key.hex() not in output


def _wrap_one(store, branch):
    from app.domain.actor import operator_of_the_service
    from app.domain.events import AccountsListed
    from app.models import DataKey
    from app.transaction import transaction

    root = store.present_root(branch)
    with transaction(operator_of_the_service()) as tx:
        db.session.add(
            DataKey(
                owner_id=uuid4(),
                branch=branch,
                number=1,
                root_key_id=root,
                wrapped=store.wrap(root, bytes(32), b""),
                created_at=tx.now,
            )
        )
        tx.record(AccountsListed(count=0))


class TestSplit:
    def test_file_and_sheets_are_for_their_owner_only(self, divided, tmp_path):
        for path in (tmp_path / "keys.bundle", *(tmp_path / "sheets").iterdir()):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "sheets").stat().st_mode) == 0o700

    def test_it_is_an_entry_with_the_digest_of_the_file_and_no_word_of_a_share(self, app, divided):
        from hashlib import sha256

        file, shares = divided
        with app.app_context():
            told = select(LedgerEntry.body).where(LedgerEntry.action == "keys:split")
            body = db.session.scalars(told).one()
            db.session.rollback()
        assert sha256(file.read_bytes()).hexdigest() in body
        assert '"threshold":2' in body
        assert not {word for share in shares for word in share.split()[4:]} & set(re.findall(r"[a-z]+", body))

    def test_on_the_screen_each_custodian_has_a_turn(self, app, tmp_path):
        result = _run(app, "split", "--to", tmp_path / "file", input="\n\n\n")
        assert result.exit_code == 0, result.output
        turns = result.output.split("Only custodian ")[1:]
        assert [turn[0] for turn in turns] == ["1", "2", "3"]
        shares = [_words(turn.split("Press Enter")[0]) for turn in turns]
        again = _run(app, "rebuild", tmp_path / "file", "--check", input="\n".join(shares[1:]))
        assert again.exit_code == 0, again.output

    @pytest.mark.parametrize("there", ["--to", "--sheets"])
    def test_nothing_is_overwritten_and_no_entry_made(self, app, tmp_path, there):
        (tmp_path / "there").write_text("something")
        other = "--sheets" if there == "--to" else "--to"
        result = _run(app, "split", there, tmp_path / "there", other, tmp_path / "new")
        assert (result.exit_code, "is there already" in result.output) == (1, True)
        assert (tmp_path / "there").read_text() == "something"
        assert not (tmp_path / "new").exists()
        with app.app_context():
            assert not db.session.scalars(select(LedgerEntry).where(LedgerEntry.action == "keys:split")).all()
            db.session.rollback()

    @pytest.mark.parametrize(
        ("threshold", "shares"), [(1, 1), (1, 3), (3, 2), (2, 17), (0, 3), (-1, 2)], ids=str
    )
    def test_nobody_alone_gets_everything(self, app, tmp_path, threshold, shares):
        result = _run(app, "split", "--to", tmp_path / "file", "--threshold", threshold, "--shares", shares)
        assert result.exit_code != 0
        assert not (tmp_path / "file").exists()


class TestRebuild:
    def test_any_two_shares_give_the_same_key_store_back(self, app, divided, tmp_path):
        file, shares = divided
        for number, chosen in enumerate(combinations(shares, 2)):
            folder = tmp_path / f"again{number}"
            result = _run(app, "rebuild", file, "--to", folder, input="\n".join(chosen))
            assert result.exit_code == 0, result.output
            assert "exactly those of the key store" in result.output
            assert _contents(folder) == _contents(_folder(app))
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
            assert FileKeyStore(folder).public_key() == app.extensions["benan.key_store"].public_key()

    def test_one_share_opens_nothing(self, app, divided, tmp_path):
        file, shares = divided
        result = _run(app, "rebuild", file, "--to", tmp_path / "again", input=f"{shares[0]}\n{shares[0]}\n")
        assert result.exit_code == 1
        assert "given already" in result.output
        assert not (tmp_path / "again").exists()

    def test_a_misread_word_is_named_and_may_be_typed_again(self, app, divided):
        file, shares = divided
        misread = shares[0].split()
        misread[20] = "academic" if misread[20] != "academic" else "acid"
        typed = "\n".join(("not one word of it", " ".join(misread), shares[0], shares[2]))
        result = _run(app, "rebuild", file, "--check", input=typed)
        assert result.exit_code == 0, result.output
        assert "Word 1, “not”" in result.output
        assert f"Word 21, “{misread[20]}”, is wrong" in result.output

    def test_a_folder_that_holds_something_is_left_alone_before_anybody_types(self, app, divided, tmp_path):
        file, _ = divided
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "ledger.key").write_bytes(b"mine")
        result = _run(app, "rebuild", file, "--to", tmp_path / "full")
        assert (result.exit_code, "is not empty" in result.output) == (1, True)
        assert _contents(tmp_path / "full") == {"ledger.key": b"mine"}

    def test_the_copy_of_before_a_rotation_is_told_from_the_present_keys(self, app, divided):
        file, shares = divided
        added = app.extensions["benan.key_store"].add_root(Branch.CONTENT)
        try:
            result = _run(app, "rebuild", file, "--check", input="\n".join(shares[:2]))
        finally:
            (_folder(app) / f"root-{added}.key").unlink()
        assert (
            result.exit_code,
            f"differ from the key store {_folder(app)}: root-{added}." in result.output,
        ) == (
            0,
            True,
        )

    @pytest.mark.parametrize("damage", [b"", b"BAKB", b"x" * 400])
    def test_another_file_is_refused_before_anybody_types(self, app, tmp_path, damage):
        (tmp_path / "file").write_bytes(damage)
        result = _run(app, "rebuild", tmp_path / "file", "--check")
        assert (result.exit_code, "not a key file" in result.output) == (1, True)

    @pytest.mark.parametrize("options", [(), ("--check", "--to", "somewhere")])
    def test_it_writes_or_checks_and_not_both(self, app, divided, options):
        result = _run(app, "rebuild", divided[0], *options)
        assert result.exit_code == 1
        assert not Path("somewhere").exists()


def _settings(folder: Path, key_store: str) -> Settings:
    return Settings(
        mode=Mode.PRODUCTION,
        instance=folder,
        database_url=f"sqlite:///{folder}/benan.db",
        key_store=key_store,
        secret_key="not-for-real-" + "z9X" * 12,
        cookie_secure=False,
    )


def _close(application):
    with application.app_context():
        db.engine.dispose()


def test_keys_are_rebuilt_on_a_machine_that_holds_nothing(app, divided, tmp_path):
    file, shares = divided
    (tmp_path / "machine").mkdir()
    bare = create_app(_settings(tmp_path / "machine", str(tmp_path / "machine" / "keys")))
    result = _run(bare, "rebuild", file, "--to", tmp_path / "machine" / "keys", input="\n".join(shares[:2]))
    assert result.exit_code == 0, result.output
    assert _contents(tmp_path / "machine" / "keys") == _contents(_folder(app))
    assert "flask init" in _run(bare, "status").output
    _close(bare)


class TestToken:
    """The whole installation on a PKCS#11 token."""

    @pytest.fixture
    def setting(self, tmp_path):
        with token(tmp_path) as made:
            yield made

    def test_softhsm_carries_an_installation(self, setting, tmp_path):
        first = create_app(_settings(tmp_path, setting))
        prepared = first.test_cli_runner().invoke(args=["init"])
        assert prepared.exit_code == 0, prepared.output
        _close(first)
        again = create_app(_settings(tmp_path, setting))
        runner = again.test_cli_runner()
        assert "up to date" in runner.invoke(args=["init"]).output
        for command in (
            ["users", "add-unit", "--name", "A", "--parent", "B", "--symbol", "C", "--place", "D"],
            ["ledger", "verify"],
            ["keys", "measure"],
        ):
            result = runner.invoke(args=command)
            assert result.exit_code == 0, result.output
        assert re.search(r"^well +key store$", runner.invoke(args=["doctor"]).output, re.MULTILINE)
        with again.app_context():
            assert type(part("key_store")).__name__ == "Pkcs11KeyStore"
        status = _run(again, "status")
        assert (status.exit_code, "identity-0001" in status.output, setting in status.output) == (
            0,
            True,
            True,
        )
        assert not list(tmp_path.rglob("*.key"))
        _close(again)

    def test_softhsm_keys_are_not_split_and_the_text_says_why(self, setting, tmp_path):
        application = create_app(_settings(tmp_path, setting))
        application.test_cli_runner().invoke(args=["init"])
        result = _run(application, "split", "--to", tmp_path / "file")
        assert (result.exit_code, "never come out" in result.output) == (1, True)
        assert not (tmp_path / "file").exists()
        _close(application)

    def test_softhsm_without_its_pin_is_said_by_doctor(self, setting, tmp_path):
        from app.vault import pkcs11_session

        application = create_app(_settings(tmp_path, setting))
        application.test_cli_runner().invoke(args=["init"])
        pkcs11_session.close()
        (tmp_path / "pin").chmod(0o644)
        result = application.test_cli_runner().invoke(args=["doctor"])
        assert (result.exit_code, "chmod go-rwx" in result.output) == (1, True)
        _close(application)

    def test_softhsm_wrongly_named_is_refused_with_the_form(self, tmp_path):
        application = create_app(_settings(tmp_path, "pkcs11:nonsense"))
        result = application.test_cli_runner().invoke(args=["init"])
        assert (result.exit_code, "pkcs11:<path of the module>" in result.output) == (1, True)
        _close(application)
