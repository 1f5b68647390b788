"""The registry of official papers; one file each, found by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.catalogue.documents import records_handover, surrender_record, victim_handover
from app.domain.document import DocumentType
from app.domain.text import Label

DOCUMENTS: Mapping[str, DocumentType] = MappingProxyType(
    {d.id: d for d in (victim_handover.DOCUMENT, surrender_record.DOCUMENT, records_handover.DOCUMENT)}
)
LABELS: Mapping[str, Label] = MappingProxyType({id_: document.label for id_, document in DOCUMENTS.items()})
