from __future__ import annotations

from app.domain.procedure import Field, FieldKind
from app.domain.text import Label
from app.web.comparing import compare

NAME = Field("name", Label("Tên", "Name"))
ASKED = Field("asked", Label("Đã hỏi", "Asked"), FieldKind.FLAG)
ROWS = Field("rows", Label("Dòng", "Rows"), FieldKind.TABLE, columns=(NAME,))


def _differing(stored, typed):
    return [d.field.id for d in compare((NAME, ASKED, ROWS), stored, typed) if d.differs]


def test_equal_sides_do_not_differ():
    both = {"name": "Hư Cấu", "asked": False, "rows": [{"name": "Một"}]}
    assert _differing(both, dict(both)) == []


def test_blank_absent_and_empty_rows_are_the_same_answer():
    assert _differing({"name": "", "rows": [{}]}, {}) == []


def test_an_answered_no_differs_from_not_asked():
    assert _differing({"asked": False}, {}) == ["asked"]


def test_a_change_within_a_row_differs():
    assert _differing({"rows": [{"name": "Một"}]}, {"rows": [{"name": "Hai"}]}) == ["rows"]


def test_each_side_holds_only_its_own_field():
    found = compare((NAME, ROWS), {"name": "A", "rows": []}, {"name": "B"})
    assert [(d.stored, d.typed) for d in found] == [({"name": "A"}, {"name": "B"})]
