"""Files that a search may find, made by the services; everybody in them is invented."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.states import Outcome
from app.extensions import db
from app.models import Case
from app.services.assignments import assign_case
from app.services.classification import Decision, classify_report
from app.services.reports import log_report
from app.services.sections import write_section
from tests.services import acting

PERSON = {
    "full_name": "Nguyễn Thị Mẫu",
    "birth_date": "1998-03-21",
    "national_id": "001198012345",
    "permanent_residence": "thôn 3, xã Bản Mây, tỉnh Bến An",
}
QUIET = {"what_happened": "Tin báo hư cấu."}


def report(cast, who="hoa", **content):
    """A report whose caller says no more than this."""
    return log_report(cast(who), {**acting.ENTRIES, "content": {**QUIET, **content}})


def case(cast, *, by="hoa", chief="tuan", officer="minh", **identity) -> UUID:
    """A case of the unit of these people, with an identity if one is given."""
    logged = report(cast, by)
    decision = Decision(Outcome.CASE_OPENED, procedure_id="trafficking_victim")
    case_id = classify_report(cast(by), logged.id, decision, version=logged.version).case_id
    assign_case(cast(chief), case_id, cast(officer).id, version=acting.case_version(case_id))
    if identity:
        write_section(cast(officer), case_id, "identity", identity, version=0)
    return case_id


def elsewhere(cast, **identity) -> UUID:
    """A case of another province's unit."""
    return case(cast, by="khac", chief="khac", officer="xoan", **identity)


def codes() -> dict[UUID, str]:
    """The code of every case."""
    with Session(db.engine) as session:
        return dict(session.execute(select(Case.id, Case.code)).tuples().all())
