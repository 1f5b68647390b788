"""An entry cannot carry personal data: its fields have no type that could."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events
from app.domain.errors import SubjectKind
from app.domain.events import CatalogueId, Event, plain
from app.domain.permissions import Permission

ROOT = Path(__file__).parents[2]
PLAIN = (UUID, bool, int, date, datetime, CatalogueId, bytes, types.NoneType)


def _declared():
    for module in pkgutil.iter_modules(events.__path__, events.__name__ + "."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, Event) and kind.__module__ == module.name:
                yield kind


EVENTS = sorted(set(_declared()) - {Event}, key=lambda kind: kind.__name__)


def _allowed(annotation) -> bool:
    if typing.get_origin(annotation) in (types.UnionType, typing.Union, tuple):
        return all(_allowed(part) for part in typing.get_args(annotation) if part is not Ellipsis)
    return annotation in PLAIN or (isinstance(annotation, type) and issubclass(annotation, Enum))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_field_is_an_id_an_enum_a_number_a_date_a_code_or_a_digest(event):
    hints = typing.get_type_hints(event)
    refused = [f.name for f in dataclasses.fields(event) if not _allowed(hints[f.name])]
    assert refused == []


def test_the_check_itself_refuses_text():
    assert not _allowed(str)
    assert not _allowed(str | None)
    assert not _allowed(tuple[str, ...])
    assert not _allowed(typing.Any)
    assert not _allowed(dict[str, int])


def test_every_event_is_exported_and_documented():
    assert {e.__name__ for e in EVENTS} == set(events.__all__) - {"CatalogueId", "Event", "ids", "plain"}
    assert [e.__name__ for e in EVENTS if not inspect.getdoc(e) or "dataclass" in inspect.getdoc(e)] == []


def test_every_action_is_unique_and_names_its_thing():
    actions = [e.action for e in EVENTS]
    assert len(actions) == len(set(actions))
    assert [a for a in actions if not a.replace("_", "").replace(":", "", 1).isalpha() or ":" not in a] == []
    assert all(isinstance(e.kind, SubjectKind) for e in EVENTS)
    assert max(map(len, actions)) <= 60


def test_every_event_is_written_by_somebody():
    used = set()
    for path in (ROOT / "app").rglob("*.py"):
        if "events" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            used |= {
                n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
            }
    assert {e.__name__ for e in EVENTS} - used == set()


@given(st.text())
def test_text_never_enters(text):
    with pytest.raises(TypeError):
        plain(text)
    with pytest.raises(TypeError):
        plain((1, text))


OTHER = {
    "short bytes": b"too short",
    "no bytes": b"",
    "long bytes": b"x" * 33,
    "bytearray": bytearray(32),
    "float": 1.5,
    "dict": {"a": 1},
    "list": ["list"],
    "set": {1},
    "object": object(),
}


@pytest.mark.parametrize("value", OTHER.values(), ids=OTHER)
def test_other_values_never_enter(value):
    with pytest.raises(TypeError):
        plain(value)


@pytest.mark.parametrize(
    "value",
    ["Nguyễn", "Nguyen", "a b", "", "a-b", "x" * 61, "+84900000001", "hư_cấu", "a\n", "0912 345", "a.b"],
)
def test_a_catalogue_id_cannot_hold_a_name_or_a_sentence(value):
    with pytest.raises(TypeError):
        CatalogueId(value)


def test_what_may_enter_is_written_plainly():
    assert plain(CatalogueId("safe_contact")) == "safe_contact"
    assert plain(Permission.CASE_READ) == "case:read"
    assert plain(UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
    assert plain(b"\1" * 32) == "01" * 32
    assert plain(datetime(2026, 11, 23, tzinfo=UTC)) == "2026-11-23T00:00:00+00:00"
    assert plain(date(2026, 11, 23)) == "2026-11-23"
    assert plain((None, True, 3)) == [None, True, 3]
