"""Somebody with the database but no keys moves sealed values about: they are reported, never shown."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update

from app.domain.errors import IntegrityBroken
from app.extensions import db
from app.models import DataKey, Document, SealedValue
from app.services import documents, moves, reports, sections
from tests.services import acting
from tests.services.acting import entries

VALUE, KEY = SealedValue.__table__, DataKey.__table__


def _sql(*statements):
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def _row(subject_id, name, version):
    with db.engine.connect() as connection:
        query = select(VALUE).where(_is(subject_id, name, version))
        return dict(connection.execute(query).one()._mapping)


def _is(subject_id, name, version):
    return (VALUE.c.subject_id == subject_id) & (VALUE.c.name == name) & (VALUE.c.version == version)


def _key(owner_id):
    return (KEY.c.owner_id == owner_id) & (KEY.c.branch == "identity")


def _swap(one, other, *, kept=("subject_id", "name", "version")):
    rows = _row(*one), _row(*other)
    for here, there in ((0, 1), (1, 0)):
        place = _is(*(one, other)[here])
        _sql(update(VALUE).where(place).values({k: v for k, v in rows[there].items() if k not in kept}))


def _alarmed(actor, case_id, section="identity", name=acting.IDENTITY["full_name"]):
    before = len(entries(action="integrity:alarm"))
    with pytest.raises(IntegrityBroken) as refused:
        sections.read_section(actor, case_id, section)
    assert name not in repr(refused.value.__dict__) + str(refused.value)
    alarms = entries(action="integrity:alarm")
    assert len(alarms) == before + 1
    assert (alarms[-1].subject_id, alarms[-1].subject_kind) == (case_id, "case")
    assert alarms[-1].actor_id == actor.id
    assert entries(action="section:read", subject_id=case_id) == []


@pytest.fixture
def two(ctx, actor_for):
    """Two cases with an identity and a health section; the first has a second version."""
    one, other = acting.ready_to_transfer(actor_for), acting.ready_to_transfer(actor_for)
    acting.write(actor_for, one, "identity", {"full_name": "Tên Đã Sửa"}, version=1)
    return one, other


def test_values_of_two_cases_exchanged(two, actor_for):
    one, other = two
    _swap((one, "health", 1), (other, "health", 1))
    _alarmed(actor_for("minh"), one, "health")


def test_values_of_two_cases_exchanged_with_their_owners_kept(two, actor_for):
    one, other = two
    _swap((one, "health", 1), (other, "health", 1), kept=("subject_id", "name", "version", "owner_id"))
    _alarmed(actor_for("minh"), one, "health")


def test_an_older_version_put_in_the_place_of_the_newest(two, actor_for):
    one, _ = two
    _swap((one, "identity", 1), (one, "identity", 2))
    _alarmed(actor_for("minh"), one)


def test_an_older_version_replayed_as_a_newer_one(two, actor_for):
    one, _ = two
    _sql(insert(VALUE).values({**_row(one, "identity", 1), "version": 3}))
    _alarmed(actor_for("minh"), one)


def test_two_sections_exchanged(two, actor_for):
    one, _ = two
    _swap((one, "health", 1), (one, "consent", 1))
    _alarmed(actor_for("minh"), one, "health")


def test_a_wrapped_key_moved_to_another_case(two, actor_for):
    one, other = two
    with db.engine.connect() as connection:
        row = connection.execute(select(KEY).where(_key(other))).one()._mapping
    _sql(update(KEY).where(_key(one)).values({k: v for k, v in row.items() if k not in KEY.primary_key}))
    _alarmed(actor_for("minh"), one)


def test_key_and_values_of_another_case_moved_together(two, actor_for):
    one, other = two
    stolen = _row(other, "identity", 1)
    with db.engine.connect() as connection:
        wrapped = connection.execute(select(KEY.c.wrapped).where(_key(other))).scalar_one()
    _sql(
        update(KEY).where(_key(one)).values(wrapped=wrapped),
        delete(VALUE).where(_is(one, "identity", 2)),
        update(VALUE).where(_is(one, "identity", 1)).values(sealed=stolen["sealed"]),
    )
    _alarmed(actor_for("minh"), one)


def test_a_root_key_id_nobody_has(two, actor_for):
    _sql(update(KEY).where(KEY.c.owner_id == two[0]).values(root_key_id="9999"))
    _alarmed(actor_for("minh"), two[0])


def test_one_bit_of_a_value(two, actor_for):
    one, _ = two
    sealed = bytearray(_row(one, "identity", 2)["sealed"])
    sealed[-1] ^= 1
    _sql(update(VALUE).where(_is(one, "identity", 2)).values(sealed=bytes(sealed)))
    _alarmed(actor_for("minh"), one)


def test_a_value_made_up(two, actor_for):
    one, _ = two
    _sql(update(VALUE).where(_is(one, "identity", 2)).values(sealed=b'{"full_name":"x"}'))
    _alarmed(actor_for("minh"), one)


def test_a_broken_section_opens_no_gate(ctx, actor_for):
    case_id = acting.ready_to_transfer(actor_for)
    other = acting.ready_to_transfer(actor_for)
    _swap((case_id, "consent", 1), (other, "consent", 1))
    with pytest.raises(IntegrityBroken):
        moves.move_case(
            actor_for("minh"), case_id, "victim", "transferring", version=acting.case_version(case_id)
        )
    assert entries(action="case:move_requested") == []


def test_reports_exchanged_are_reported(ctx, actor_for):
    one, other = acting.report(actor_for), acting.report(actor_for)
    _swap((one.id, "report", 1), (other.id, "report", 1))
    with pytest.raises(IntegrityBroken):
        reports.read_report(actor_for("hoa"), one.id)
    (alarm,) = entries(action="integrity:alarm")
    assert (alarm.subject_kind, alarm.subject_id) == ("report", one.id)


def test_papers_exchanged_are_not_served(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    one, other = acting.issued(actor_for, case_id), acting.issued(actor_for, case_id)
    _swap((one.id, "pdf", 1), (other.id, "pdf", 1))
    with pytest.raises(IntegrityBroken):
        documents.download_document(actor_for("minh"), one.id)


def test_a_lost_paper_is_not_served_as_an_empty_one(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    paper = acting.issued(actor_for, case_id)
    _sql(delete(VALUE).where(_is(paper.id, "pdf", 1)))
    with pytest.raises(IntegrityBroken):
        documents.download_document(actor_for("minh"), paper.id)


def test_a_paper_whose_fingerprint_was_changed_is_not_served(ctx, actor_for):
    case_id = acting.transferring(actor_for)
    paper = acting.issued(actor_for, case_id)
    table = Document.__table__
    _sql(update(table).where(table.c.id == paper.id).values(sha256=b"\1" * 32))
    with pytest.raises(IntegrityBroken):
        documents.download_document(actor_for("minh"), paper.id)


@pytest.mark.parametrize("section", ["identity", "health"])
def test_a_section_set_back_to_an_earlier_version_or_to_nothing_is_found_by_verify(two, section):
    one, _ = two
    version = 2 if section == "identity" else 1
    assert acting.whole()
    _sql(delete(VALUE).where(_is(one, section, version)))
    (line,) = [line for line in acting.findings() if line.startswith("lane")]
    assert f"sealed_value {one}/{section}/{version} missing" in line


def test_a_value_changed_in_place_is_found_by_verify_without_opening_it(two):
    one, other = two
    _swap((one, "health", 1), (other, "health", 1))
    found = "\n".join(acting.findings())
    for owner in two:
        assert f"stored data: sealed_value {owner}/health/1 changed or forged" in found
        assert f"sealed_value {owner}/health/1 older than this entry tells, or not what it tells" in found


def test_a_lost_report_is_found_by_verify(ctx, actor_for):
    logged = acting.report(actor_for)
    _sql(delete(VALUE).where(_is(logged.id, "report", 1)))
    assert not acting.whole()
