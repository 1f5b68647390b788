"""How a document is numbered."""

from __future__ import annotations

import pytest

from app.domain.document import document_number


@pytest.mark.parametrize(
    ("number", "printed"), [(1, "01/BB-PC02"), (7, "07/BB-PC02"), (10, "10/BB-PC02"), (112, "112/BB-PC02")]
)
def test_document_number(number, printed):
    assert document_number(number, "BB", "PC02") == printed


def test_a_document_number_begins_at_one():
    with pytest.raises(ValueError, match="begins at 1"):
        document_number(0, "BB", "PC02")
