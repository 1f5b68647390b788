from __future__ import annotations

import dataclasses
import sys
import typing
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from app.catalogue.procedures import PROCEDURES
from app.domain import events
from app.domain.errors import SubjectKind
from app.domain.permissions import Permission
from app.services.audit import EntryView
from app.web.ledger_sentences import SENTENCES, Either, is_refusal, sentence
from tests.web.opened import open_file, write

SOME_ID = UUID(int=7)


def _children(parent):
    for child in parent.__subclasses__():
        yield child
        yield from _children(child)


# A dataclass with slots is made twice; the one its module names is the real one.
EVERY_EVENT = sorted(
    {getattr(sys.modules[child.__module__], child.__name__) for child in _children(events.Event)},
    key=lambda kind: kind.__name__,
)
EITHERS = [kind for kind in EVERY_EVENT if isinstance(SENTENCES.get(kind.action), Either)]


def _sample(kind, annotation):
    options = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple:
        return (_sample(kind, options[0]),)
    if type(None) in options:
        return _sample(kind, next(o for o in options if o is not type(None)))
    samples = {
        UUID: SOME_ID,
        bool: True,
        int: 3,
        bytes: bytes(32),
        datetime: datetime(2026, 11, 23, tzinfo=UTC),
        date: date(2026, 11, 23),
        events.CatalogueId: events.CatalogueId("identity"),
        SubjectKind: SubjectKind.CASE,
        Permission: Permission.CASE_READ,
    }
    return samples[annotation]


def _view(kind, **replaced):
    hints = typing.get_type_hints(kind)
    values = {f.name: _sample(kind, hints[f.name]) for f in dataclasses.fields(kind)}
    event = kind(**{**values, **replaced})
    entry = SimpleNamespace(action=event.action, subject_kind=event.subject_kind.value)
    return EntryView(entry, "Lê Thị Hư Cấu", None, dict(event.body()))


@pytest.mark.parametrize("kind", EVERY_EVENT, ids=lambda k: k.__name__)
@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_event_has_a_sentence_that_can_be_said(built, kind, locale):
    assert kind.action in SENTENCES
    with built[0].test_request_context(headers={"Accept-Language": locale}):
        said = sentence(_view(kind))
    assert said
    assert said != kind.action
    assert "%(" not in said


@pytest.mark.parametrize("kind", EITHERS, ids=lambda k: k.__name__)
def test_both_sentences_of_an_either_differ(built, kind):
    field = SENTENCES[kind.action].field
    with built[0].test_request_context():
        said = {sentence(_view(kind, **{field: value})) for value in (True, False)}
    assert len(said) == 2


def test_no_sentence_is_left_over():
    assert set(SENTENCES) == {kind.action for kind in EVERY_EVENT}


def test_codes_are_said_in_the_words_of_the_catalogue(built):
    view = _view(
        events.SectionRead, section=events.CatalogueId("statement"), reason=events.CatalogueId("supervision")
    )
    with built[0].test_request_context(headers={"Accept-Language": "vi"}):
        said = sentence(view)
    assert "Lời trình bày" in said
    assert "Kiểm tra, giám sát công tác" in said


@pytest.mark.parametrize("rules", list(PROCEDURES.values()), ids=lambda p: p.id)
def test_the_words_are_those_of_the_procedure_of_the_case(built, rules):
    view = _view(events.SectionRead, section=events.CatalogueId("identity"))
    with built[0].test_request_context(headers={"Accept-Language": "vi"}):
        assert f"“{rules.section('identity').label.vi}”" in sentence(view, rules)


def test_refusals_and_alarms_are_marked():
    marked = {kind for kind in EVERY_EVENT if is_refusal(_view(kind))}
    assert marked >= {events.AccessDenied, events.SignInRefused, events.IntegrityAlarm, events.SealRefused}
    assert marked >= {events.AttachmentDamaged, events.AttachmentRefused}


def test_the_log_of_a_file_names_who_did_what_and_marks_the_refused(app, client_for):
    file = open_file(app)
    write(app, file, "statement", {"account": "Lời kể hư cấu"})
    client_for("minh").get(f"/cases/{file.id}/sections/statement")
    assert client_for("lan").get(f"/cases/{file.id}").status_code == 404
    page = client_for("tuan").get(f"/cases/{file.id}/ledger").text
    assert "Nguyễn Văn Minh (hư cấu)" in page
    assert "Lời trình bày" in page
    assert "log__refused" in page
    assert "Phạm Thị Lan (hư cấu)" in page
    assert "Lời kể hư cấu" not in page


def test_an_officer_may_not_read_the_log(app, client_for):
    file = open_file(app)
    client = client_for("minh")
    assert client.get(f"/cases/{file.id}/ledger").status_code == 403
    assert client.get("/ledger").status_code == 403


def test_the_log_of_the_unit_leads_to_the_log_of_a_file_and_turns_pages(app, client_for):
    file = open_file(app)
    client = client_for("tuan")
    for _ in range(60):
        client.get(f"/cases/{file.id}")
    first = client.get("/ledger").text
    assert f"/cases/{file.id}/ledger" in first
    assert 'rel="next"' in first
    assert client.get("/ledger?cursor=nonsense").status_code == 422
