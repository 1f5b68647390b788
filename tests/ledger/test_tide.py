"""The tide only rises; what is behind it, damaged or of another generation is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import LedgerBehind
from app.ledger.form import GENESIS, LANES
from app.ledger.tide import (
    LENGTH,
    Head,
    present_tide,
    raise_tide,
    read_tide,
    replace_tide,
    sync_tide,
)

ONE, TWO = bytes([1]) * 32, bytes([2]) * 32


@pytest.fixture
def folder(tmp_path):
    replace_tide(tmp_path / "outside", 1, (), kept=None)
    return tmp_path / "outside"


def lanes(count=0, code=GENESIS):
    return [Head(lane, count, code) for lane in range(LANES)]


def test_it_is_never_made_silently(tmp_path):
    assert read_tide(tmp_path / "nowhere") is None
    sync_tide(tmp_path / "nowhere")
    with pytest.raises(LedgerBehind):
        present_tide(tmp_path / "outside", 1)
    assert not (tmp_path / "outside").exists()
    replace_tide(tmp_path / "outside", 1, (), kept=None)
    made = present_tide(tmp_path / "outside", 1)
    assert made == read_tide(tmp_path / "outside")
    assert made.heads == tuple(lanes())
    assert (tmp_path / "outside" / "tide").stat().st_mode & 0o777 == 0o600
    assert made.behind(lanes()) == []


def test_it_rises_and_never_falls(folder):
    raise_tide(folder, Head(3, 5, ONE))
    raise_tide(folder, Head(3, 4, TWO))
    raise_tide(folder, Head(3, 5, TWO))
    assert read_tide(folder).heads[3] == Head(3, 5, ONE)
    sync_tide(folder)


@pytest.mark.parametrize(
    "stored", [Head(3, 4, ONE), Head(3, 5, TWO), Head(3, 0, GENESIS)], ids=["shorter", "other", "empty"]
)
def test_a_lane_behind_it_is_named(folder, stored):
    raise_tide(folder, Head(3, 5, ONE))
    tide = present_tide(folder, 1)
    assert tide.behind([*lanes()[:3], Head(3, 5, ONE)]) == []
    assert tide.behind([Head(3, 6, TWO)]) == []  # another machine wrote on
    assert tide.behind([*lanes()[:3], stored]) == [3]


def test_a_lane_that_is_gone_is_behind(folder):
    raise_tide(folder, Head(7, 1, ONE))
    assert read_tide(folder).behind(lanes()[:7]) == [7]


def test_another_generation_is_refused(folder):
    with pytest.raises(LedgerBehind):
        present_tide(folder, 2)


def test_each_changed_byte_of_a_slot_is_found(folder):
    raise_tide(folder, Head(0, 5, ONE))
    raw = (folder / "tide").read_bytes()
    for place in (*range(24), *range(32, LENGTH)):
        (folder / "tide").write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        with pytest.raises(LedgerBehind):
            read_tide(folder)
    for damaged in (raw[:-1], raw + b"\0"):
        (folder / "tide").write_bytes(damaged)
        with pytest.raises(LedgerBehind):
            read_tide(folder)


def test_an_operator_may_begin_it_anew_and_the_old_one_is_kept(folder):
    raise_tide(folder, Head(3, 5, ONE))
    old = (folder / "tide").read_bytes()
    replace_tide(folder, 2, lanes(2, TWO), kept=folder / "1" / "tide")
    assert (folder / "1" / "tide").read_bytes() == old
    assert present_tide(folder, 2).behind(lanes(2, TWO)) == []
    replace_tide(folder, 2, lanes(2, TWO), kept=folder / "1" / "tide")  # again, after a crash
    assert (folder / "1" / "tide").read_bytes() == old


def test_it_cannot_be_raised_unseen_when_it_cannot_be_written(folder):
    (folder / "tide").unlink()
    (folder / "tide").mkdir()
    with pytest.raises(IsADirectoryError):
        present_tide(folder, 1)


def test_threads_raising_it_at_once_leave_the_highest(folder):
    heads = [Head(n % LANES, n, n.to_bytes(32)) for n in range(1, 801)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda head: raise_tide(folder, head), heads))
    assert [head.count for head in read_tide(folder).heads] == [800, *range(793, 800)]
