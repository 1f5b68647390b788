"""The measurement runs, and its switch works nowhere else; no timing is asserted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.config import ConfigurationError, Mode, load_settings
from app.extensions import db
from app.models import LedgerEntry, SealedValue
from benchmarks import databases
from benchmarks.__main__ import show
from benchmarks.acts import ACTS
from benchmarks.measure import measure
from benchmarks.office import Office
from benchmarks.plain import switch_off


def test_one_round_measures_every_act_in_both_variants(capsys):
    with databases.sqlite() as places:
        comparisons = measure(places, seconds=0, rounds=1)
        show(places.name, comparisons)
    assert [c.act for c in comparisons] == [act.name for act in ACTS]
    assert all(c.per_second("sealed") > 0 and c.per_second("plain") > 0 for c in comparisons)
    assert set(comparisons[-1].samples) == {"sealed", "plain", "bare"}
    printed = capsys.readouterr().out
    assert all(act.name in printed for act in ACTS)


def test_the_plain_office_keeps_no_entry_and_seals_nothing(tmp_path):
    kept = {}
    for variant in databases.VARIANTS:
        office = Office(tmp_path / variant, f"sqlite:///{tmp_path / variant}.db")
        if variant == "plain":
            switch_off(office.app)
        office.move_in()
        with office.app.app_context():
            office.open_case("trafficking_victim", {"identity": {"full_name": "Người Hư Cấu"}})
            sealed = b"".join(bytes(s.sealed) for s in db.session.query(SealedValue))
            codes = {bytes(row.mac) for row in db.session.query(SealedValue)}
            entries = db.session.query(LedgerEntry).count()
            kept[variant] = entries > 1, "Người Hư Cấu".encode() in sealed, bytes(32) in codes
        office.close()
    assert kept == {"sealed": (True, False, False), "plain": (False, True, True)}


@pytest.mark.parametrize("mode", [Mode.PRODUCTION, Mode.DEMO])
def test_the_switch_refuses_every_mode_but_the_tests_own(app, mode):
    settings = app.extensions["benan.settings"]
    vault = app.extensions["benan.vault"]
    app.extensions["benan.settings"] = replace(settings, mode=mode)
    try:
        with pytest.raises(RuntimeError):
            switch_off(app)
    finally:
        app.extensions["benan.settings"] = settings
    assert app.extensions["benan.vault"] is vault


def test_the_tests_mode_cannot_be_chosen_from_the_environment(tmp_path):
    env = {"BENAN_MODE": "test", "BENAN_SECRET_KEY": "0123456789abcdef" * 3}
    with pytest.raises(ConfigurationError, match="BENAN_MODE"):
        load_settings(env, tmp_path)
