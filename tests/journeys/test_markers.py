"""Whatever is typed into a sealed field is found nowhere outside the seal: database files, dump, logs, ledger."""

from __future__ import annotations

import io
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from app.catalogue.documents import DOCUMENTS
from app.catalogue.intake import REPORT_SECTION
from app.catalogue.procedures import procedure
from app.domain.procedure import Field, FieldKind
from app.extensions import db
from app.factory import create_app
from app.models import LedgerEntry
from tests import stories
from tests.conftest import ApiClient, token_for
from tests.stories import Story

SIGN = "Zqx7"
"""No word of any language and no base64 of chance begins like this."""


class Marking:
    """Puts a marker of its own into every field that can carry one; remembers them all."""

    def __init__(self) -> None:
        self.placed: set[str] = set()
        self._numbers = count(1)

    def text(self) -> str:
        return self._place(f"{SIGN}m{next(self._numbers):05d}k")

    def _place(self, marker: str) -> str:
        self.placed.add(marker)
        return marker

    def entries(self, fields: Iterable[Field], values: dict, *, dates: bool = True) -> dict:
        """The values, with every text, phone, identity number and (if `dates`) past date replaced or added."""
        return {**values, **{f.id: m for f in fields if (m := self._marked(f, values, dates)) is not None}}

    def _marked(self, field: Field, values: dict, dates: bool) -> object:
        number = next(self._numbers)
        match field.kind:
            case FieldKind.TEXT | FieldKind.LONG_TEXT:
                return self.text()
            case FieldKind.PHONE:
                return self._place(f"+8490{8_000_000 + number}")
            case FieldKind.NATIONAL_ID:
                return self._place(f"{770_000_000_000 + number}")
            case FieldKind.DATE | FieldKind.PARTIAL_DATE if dates and field.past:
                return self._place(f"19{50 + number % 12}-{1 + number % 11:02d}-{10 + number % 17}")
            case FieldKind.TABLE:
                rows = values.get(field.id) or [
                    {c.id: 1 for c in field.columns if c.kind is FieldKind.INTEGER}
                ]
                return [self._row(field, row, dates) for row in rows]
        return None

    def _row(self, field: Field, row: dict, dates: bool) -> dict:
        chosen = {c.id: c.choices[0].id for c in field.columns if c.kind is FieldKind.CHOICE}
        return {**chosen, **self.entries(field.columns, row, dates=dates)}


@pytest.fixture
def logged(app, clock, monkeypatch):
    """A second application on the same database that writes its log as in production, and that log."""
    written = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        talking = create_app(app.extensions["benan.settings"], clock=clock)
    talking.testing = False
    yield talking, written
    with talking.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("procedure_id", ["trafficking_victim", "extradition_incoming"])
def test_no_marker_leaves_its_seal(logged, clock, caplog, tmp_path, procedure_id):
    caplog.set_level(logging.INFO)
    app, log = logged
    marking = Marking()
    story = Story(lambda who: ApiClient(app, token_for(app, who)), clock, procedure_id)
    tell(story, marking)
    assert len(marking.placed) > 150
    with app.app_context():
        db.engine.dispose()
    for name, said in everything_stored(app, tmp_path):
        assert story.code.encode() in said, name  # what is meant to be there is found
        found = [m for m in marking.placed if m.encode() in said or m.encode().hex().encode() in said]
        assert not found, (name, len(found))
        assert SIGN.encode() not in said, name
    assert '"route": "/api/v1/reports"' in log.getvalue()
    for said in (log.getvalue(), caplog.text, ledger_rows(app)):
        assert not [m for m in marking.placed if m in said]
    assert story.code not in log.getvalue()
    assert story.id not in log.getvalue()


def tell(story: Story, marking: Marking) -> None:
    """A story in which everything that can be typed is typed: answers, notes, reasons, refusals, papers."""
    rules = procedure(story.procedure_id, 1)
    report = stories.report_entries(story.procedure_id)
    report["content"] = marking.entries(REPORT_SECTION.fields, report["content"])
    report["content"].pop("anonymous_reason")
    story.begin(report, note=marking.text())
    for section_id, values in stories.section_values(story.procedure_id, story.today).items():
        story.write(section_id, marking.entries(rules.section(section_id).fields, values))
    wrong = {"values": {"full_name": marking.text() * 60, marking.text(): "x"}}
    path = f"{story.case}/sections/identity"
    story.call("minh", "PUT", path, 422, json=wrong, headers={"If-Match": '"1"'})
    story.get("minh", f"{story.case}/moves/{story.track}/{SIGN}", 404)
    ask_and_refuse(story, marking)
    for step in steps_to_the_handover(story.procedure_id):
        result = story.move(*step, reason=marking.text(), status=202 if step[0] in asks_twice(rules) else 200)
        if result.json["approval"]:
            story.decide("tuan", result.json["approval"]["id"], reason=marking.text())
    for type_id in rules.handover.documents:
        form = stories.document_forms(story.today)[type_id]
        issued = story.issue(type_id, marking.entries(DOCUMENTS[type_id].form, form, dates=False))
        story.get("minh", f"/documents/{issued['id']}/pdf")
    receiver = {"trafficking_victim": ("NTL", "sen"), "extradition_incoming": ("PC02-K", "khac")}
    symbol, who = receiver[story.procedure_id]
    path = f"/handovers/{story.offer(symbol).json['id']}"
    story.post(who, f"{path}/refusal", {"reason": marking.text()}, tag=story.tag(who, path))
    assert SIGN in story.get("minh", path).json["refusal"]
    assert SIGN in story.open("minh", "identity").text


def ask_and_refuse(story: Story, marking: Marking) -> None:
    """A step asked for with a reason, and refused with one."""
    to = {"trafficking_victim": "closed"}.get(story.procedure_id)
    if to:
        asked = story.move(to, reason=marking.text(), status=202).json["approval"]["id"]
        story.decide("tuan", asked, approved=False, reason=marking.text())


def steps_to_the_handover(procedure_id: str) -> tuple[tuple[str, ...], ...]:
    if procedure_id == "trafficking_victim":
        return (("initial_verification",), ("transferring",))
    stages = ("checking", "at_court", "accepted", "examining", "decided_extradite", "final")
    return tuple((stage,) for stage in (*stages, "execution_decided", "handover_agreed"))


def asks_twice(rules) -> set[str]:
    return {m.to for t in rules.tracks for s in t.stages for m in s.moves if m.second_person} - {
        "handover_agreed"
    }


def everything_stored(app, folder: Path) -> Iterable[tuple[str, bytes]]:
    """The database as somebody who stole it has it."""
    url = app.extensions["benan.settings"].database_url
    if url.startswith("postgresql"):
        dump = folder / "dump.sql"
        command = ["pg_dump", "--no-owner", "-f", str(dump), url.replace("+psycopg", "")]
        subprocess.run(command, check=True, capture_output=True)
        yield "dump", dump.read_bytes()
        return
    file = Path(url.removeprefix("sqlite:///"))
    pieces = [p for p in file.parent.glob(f"{file.name}*") if p.is_file()]
    yield "database with its log", b"".join(p.read_bytes() for p in pieces)
    whole = folder / "whole.db"
    for piece in pieces:
        shutil.copy(piece, folder / piece.name.replace(file.name, whole.name))
    with sqlite3.connect(whole) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield "SQL dump", "\n".join(connection.iterdump()).encode()
    connection.close()


def ledger_rows(app) -> str:
    """Every column of every entry, as text."""
    with app.app_context():
        rows = db.session.execute(select(LedgerEntry.__table__)).all()
        db.session.remove()
    assert rows
    return "\n".join(repr(tuple(row)) for row in rows)
