"""Files to try the pages on, brought there by the services. Everybody and everything in them is invented."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

from app.catalogue.roles import ROLES
from app.domain.actor import Actor, Channel
from app.domain.states import Outcome
from app.extensions import db
from app.models import LedgerEntry
from app.services.assignments import assign_case
from app.services.cases import read_case
from app.services.classification import Decision, classify_report
from app.services.documents import create_document, issue_document
from app.services.moves import decide_move, move_case
from app.services.reports import log_report
from app.services.sections import write_section
from tests.conftest import account_of, csrf_of
from tests.documents.samples import content

ADULT = {"full_name": "Nguyễn Thị Hư Cấu", "birth_date": "2003", "sex": "female"}
AGREED = {"answers": [{"purpose": "handover", "answer": "given", "answered_on": "2026-11-23"}]}
PAPERS = ("victim_handover", "records_handover")


@contextmanager
def acting(app, username):
    """One of the cast, in a context that is closed again before any client is used."""
    with app.app_context():
        account = account_of(username)
        role = ROLES[account.role_id]
        actor = Actor(account.id, account.unit_id, role, role.permissions, Channel.WEB, "127.0.0.1", None)
        db.session.remove()
        yield actor
        db.session.remove()


def id_of(app, username):
    """The account's id."""
    with acting(app, username) as actor:
        return actor.id


def open_file(app, officer="minh"):
    """A received file of a possible victim; `officer` (or nobody) works on it."""
    officer_id = id_of(app, officer) if officer else None
    with acting(app, "tuan") as chief:
        entries = {
            "channel": "hotline_111",
            "danger_now": False,
            "people": 1,
            "children": 0,
            "language": "vi",
            "content": {"what_happened": "Tin báo hư cấu"},
        }
        report = log_report(chief, entries)
        decision = Decision(Outcome.CASE_OPENED, procedure_id="trafficking_victim")
        case_id = classify_report(chief, report.id, decision, version=report.version).case_id
        case = read_case(chief, case_id).case
        if officer_id:
            case = assign_case(chief, case_id, officer_id, version=case.version)
        return SimpleNamespace(id=case.id, code=case.code)


def write(app, file, section_id, values, *, by="minh", seen=0):
    """Save a section of the file."""
    with acting(app, by) as actor:
        write_section(actor, file.id, section_id, values, version=seen)


def bring_to_transfer(app, file):
    """Everything a handover needs, asked for by the officer and approved by the supervisor."""
    write(app, file, "identity", ADULT)
    write(app, file, "health", {"condition": "Ổn định (hư cấu)"})
    write(app, file, "consent", AGREED)
    with acting(app, "minh") as officer:
        version = read_case(officer, file.id).case.version
        asked = move_case(officer, file.id, "victim", "transferring", version=version)
    with acting(app, "tuan") as chief:
        decide_move(chief, asked.approval.id, approved=True)


def paper_form(type_id):
    """A form of that paper that passes its rules."""
    return dict(content(type_id).form)


def issue_papers(app, file):
    """Draft and issue the papers of a handover; their ids by type."""
    issued = {}
    for type_id in PAPERS:
        with acting(app, "minh") as officer:
            draft = create_document(officer, file.id, type_id, paper_form(type_id))
            issued[type_id] = issue_document(officer, draft.id, version=draft.version).id
    return issued


def version_of(app, file):
    """The present version of the case."""
    with acting(app, "tuan") as chief:
        return read_case(chief, file.id).case.version


def entries_of(app, action):
    """How many entries of one kind the ledger holds."""
    with app.app_context():
        count = db.session.query(LedgerEntry).filter_by(action=action).count()
        db.session.remove()
    return count


def send(client, page, address, **data):
    """Post a form as the browser would, with the token of the page that shows it."""
    token = csrf_of(client.get(page).text)
    return client.post(address, data={"csrf_token": token, **data})
