"""Backup thief: takes the encrypted backup, both parts, from the shelf or the line. He has no recovery identity.

Every attempt FAILS. What he learns: that there are backups, how large, of when. Forged and exchanged parts:
tests/backup/test_forgeries.py; markers in clear in a backup: tests/backup/test_markers_backup.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.backup.age import identities_in, new_identity, write_identity
from app.extensions import part
from tests.backup.conftest import *  # noqa: F403 - its fixtures: operator, identity, watched
from tests.backup.conftest import inside, readable
from tests.services import acting


@pytest.fixture
def taken(operator, app, actor_for):
    """Both parts of a backup, as files."""
    with app.app_context():
        acting.handed_over(actor_for)
        acting.db.session.remove()
    made = operator.create()
    return [path for path in (made.data, made.keys) if path]


def test_nothing_that_was_typed_is_in_it(taken):
    said = b"".join(path.read_bytes() for path in taken)
    for text in (acting.IDENTITY["full_name"], acting.TOLD, "PC02", "minh"):
        assert text.encode() not in said


def test_an_identity_of_his_own_opens_nothing(taken, tmp_path):
    write_identity(tmp_path / "own", *new_identity())
    for path in taken:
        with pytest.raises(Exception, match=r"(?i)identity|recipient|open"):
            inside(path, tmp_path / "own")
    assert identities_in(tmp_path / "own")


def test_even_with_the_recovery_identity_no_key_of_the_key_store_is_in_it(taken, app, identity):
    """Whoever has backup *and* recovery identity has the database, which is useless without the key store."""
    with app.app_context():
        keys = [path.read_bytes() for path in Path(part("settings").key_store).glob("*.key")]
    assert len(taken) == 2
    for path in taken:
        said = readable(path, identity[0])
        assert acting.IDENTITY["full_name"].encode() not in said
        for key in keys:
            assert key not in said
            assert key.hex().encode() not in said.lower()


def test_the_data_part_without_the_keys_part_holds_no_wrapped_key(taken, identity, app):
    """Why there are two: the data may be kept for years, the keys only until erased files must be gone."""
    with app.app_context():
        from app.models import DataKey
        from tests.attacks import tampering

        wrapped = [bytes(row["wrapped"]) for row in tampering.rows(DataKey)]
    data, keys = (readable(path, identity[0]) for path in taken)
    assert any(key in keys or key.hex().encode() in keys.lower() for key in wrapped)
    assert not any(key in data or key.hex().encode() in data.lower() for key in wrapped)
