"""Who gets what answer from every address, row by row. A route that is missing here fails the test.

The acts that would change something are sent with a version nobody can have seen (or an empty form): whoever
may do them gets 409, 412 or 422, and whoever may not gets 403 or 404 first. Columns, in this order: nobody
signed in; the hotline operator who took the report; the officer on the case; an officer of the unit not on it;
the unit's supervisor; the records clerk; the administrator; the receiving partner before it confirmed the
handover; the same after; a supervisor of another province.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.extensions import db
from app.services.handovers import confirm_handover
from tests.conftest import ApiClient, csrf_of, token_for
from tests.ledger.logs import sealed
from tests.pictures import kept
from tests.services import acting

COLUMNS = {
    "anonymous": None,
    "operator": "hoa",
    "assigned officer": "minh",
    "unassigned officer": "lan",
    "supervisor": "tuan",
    "clerk": "van",
    "administrator": "quan",
    "partner before": "sen",
    "partner after": "sen",
    "other province": "khac",
}
REPORT = {"channel": "hotline_111", "danger_now": False, "content": {"what_happened": "Hư cấu."}}
CLOSING = {"outcome": "closed", "close_reason": "duplicate"}
RECORDS_FORM = {name: value for name, value in acting.FORM.items() if name != "health"}
MOVE = {"track": "victim", "to": "initial_verification", "reason": "x"}

# method and rule, what is sent ("" nothing, "stale" a version nobody saw), ten answers
MATRIX = """
GET /                                                             302 200 200 200 200 200 200 200 200 200
GET /accounts/                                                    302 403 403 403 403 403 200 403 403 403
GET /accounts/<uuid:account_id>                                   302 403 403 403 403 403 200 403 403 403
POST /accounts/<uuid:account_id>                                  302 403 403 403 403 403 422 403 403 403
POST /accounts/<uuid:account_id>/password                         302 403 403 403 403 403 200 403 403 403
GET /accounts/new                                                 302 403 403 403 403 403 200 403 403 403
POST /accounts/new                                                302 403 403 403 403 403 422 403 403 403
GET /accounts/units                                               302 403 403 403 403 403 200 403 403 403
POST /accounts/units                                              302 403 403 403 403 403 422 403 403 403
GET /approvals                                                    302 403 403 403 200 403 403 403 403 200
POST /approvals/<uuid:approval_id>                                302 404 403 404 422 404 404 404 404 404
GET /cases/                                                       302 403 200 200 200 403 403 200 200 200
GET /cases/<uuid:case_id>                                         302 404 200 404 200 404 404 404 200 404
GET /cases/<uuid:case_id>/documents/new                           302 403 200 404 403 403 403 403 403 403
GET /cases/<uuid:case_id>/documents/new/<type_id>                 302 404 200 404 403 404 404 404 403 404
POST /cases/<uuid:case_id>/documents/new/<type_id>                302 404 422 404 403 404 404 404 403 404
GET /cases/<uuid:case_id>/handovers/new                           302 403 200 404 200 403 403 403 403 404
POST /cases/<uuid:case_id>/handovers/new                          302 404 409 404 409 404 404 404 403 404
GET /attachments/<uuid:attachment_id>                             302 404 200 404 200 404 404 404 404 404
POST /attachments/<uuid:attachment_id>                            302 404 422 404 422 404 404 404 404 404
GET /attachments/<uuid:attachment_id>/copy                        302 404 200 404 200 404 404 404 404 404
POST /attachments/<uuid:attachment_id>/copy                       302 404 422 404 422 404 404 404 404 404
GET /attachments/<uuid:attachment_id>/file                        302 404 200 404 200 404 404 404 404 404
POST /attachments/<uuid:attachment_id>/file                       302 404 422 404 422 404 404 404 404 404
POST /attachments/<uuid:attachment_id>/note                       302 404 409 404 403 404 404 404 404 404
GET /attachments/<uuid:attachment_id>/preview                     302 404 200 404 200 404 404 404 404 404
POST /attachments/<uuid:attachment_id>/preview                    302 404 422 404 422 404 404 404 404 404
POST /attachments/<uuid:attachment_id>/removal                    302 404 403 404 409 404 404 404 404 404
GET /cases/<uuid:case_id>/attachments                             302 404 200 404 200 404 404 404 403 404
GET /cases/<uuid:case_id>/attachments/new                         302 404 200 404 403 404 404 404 403 404
POST /cases/<uuid:case_id>/attachments/new                        302 404 422 404 403 404 404 404 403 404
GET /cases/<uuid:case_id>/ledger                                  302 404 403 404 200 404 404 404 403 404
GET /cases/<uuid:case_id>/moves/<track_id>/<to>                   302 404 200 404 200 404 404 404 403 404
GET /cases/<uuid:case_id>/reasons                                 302 404 200 404 200 404 404 404 403 404
POST /cases/<uuid:case_id>/moves/<track_id>/<to>                  302 404 409 404 409 404 404 404 403 404
POST /cases/<uuid:case_id>/matches                                302 404 302 404 422 404 404 404 403 404
POST /cases/<uuid:case_id>/officers                               302 404 403 404 409 404 404 404 403 404
POST /cases/<uuid:case_id>/officers/<uuid:account_id>/end         302 404 403 404 409 404 404 404 403 404
GET /cases/<uuid:case_id>/sections/<section_id>                   302 404 200 404 200 404 404 404 200 404
POST /cases/<uuid:case_id>/sections/<section_id>                  302 404 422 404 422 404 404 404 422 404
GET /cases/<uuid:case_id>/sections/<section_id>/edit              302 404 200 404 403 404 404 404 403 404
POST /cases/<uuid:case_id>/sections/<section_id>/edit             302 404 409 404 403 404 404 404 403 404
GET /cases/<uuid:case_id>/keeping                                 302 404 403 404 200 404 404 404 403 404
POST /cases/<uuid:case_id>/keeping/erasure                        302 404 403 404 409 404 404 404 403 404
POST /cases/<uuid:case_id>/keeping/hold                           302 404 403 404 409 404 404 404 403 404
POST /cases/<uuid:case_id>/keeping/hold/end                       302 404 403 404 409 404 404 404 403 404
POST /cases/<uuid:case_id>/keeping/term                           302 404 403 404 409 404 404 404 403 404
GET /documents/<uuid:document_id>                                 302 404 200 404 200 200 404 404 200 404
GET /documents/<uuid:document_id>/download                        302 404 200 404 200 200 404 404 200 404
POST /documents/<uuid:document_id>/download                       302 404 422 404 422 422 404 404 422 404
GET /documents/<uuid:document_id>/edit                            302 404 200 404 403 404 404 404 404 404
POST /documents/<uuid:document_id>/edit                           302 404 422 404 403 404 404 404 404 404
GET /documents/<uuid:document_id>/issue                           302 404 200 404 403 404 404 404 404 404
POST /documents/<uuid:document_id>/issue                          302 404 409 404 403 404 404 404 404 404
GET /documents/<uuid:document_id>/preview                         302 404 200 404 403 404 404 404 404 404
GET /erasures                                                     302 403 403 403 200 403 403 403 403 200
POST /erasures/<uuid:erasure_id>                                  302 404 404 404 404 404 404 404 404 404
GET /handovers                                                    302 403 200 200 200 403 403 200 200 200
GET /handovers/<uuid:handover_id>                                 302 404 200 404 200 404 404 200 200 404
POST /handovers/<uuid:handover_id>/confirm                        302 404 403 404 403 404 404 409 409 404
POST /handovers/<uuid:handover_id>/refuse                         302 404 403 404 403 404 404 409 409 404
POST /handovers/<uuid:handover_id>/withdraw                       302 404 409 404 409 404 404 403 403 404
POST /language                                                    302 302 302 302 302 302 302 302 302 302
GET /ledger                                                       302 403 403 403 200 403 403 403 403 200
GET /ledger/checkpoint                                            302 403 403 403 200 403 403 403 403 200
GET /ledger/checkpoint.pdf                                        302 403 403 403 200 403 403 403 403 200
GET /password                                                     302 200 200 200 200 200 200 200 200 200
POST /password                                                    302 422 422 422 422 422 422 422 422 422
GET /quiet                                                        200 200 200 200 200 200 200 200 200 200
GET /register                                                     302 403 403 403 200 200 403 403 403 200
GET /reports/                                                     302 200 403 403 200 403 403 403 403 200
GET /reports/<uuid:report_id>                                     302 200 404 404 200 404 404 404 404 404
GET /reports/<uuid:report_id>/classification                      302 200 404 404 200 404 404 404 404 404
POST /reports/<uuid:report_id>/classification                     302 409 404 404 409 404 404 404 404 404
GET /reports/<uuid:report_id>/classified                          302 200 404 404 200 404 404 404 404 404
GET /reports/<uuid:report_id>/logged                              302 200 404 404 200 404 404 404 404 404
POST /reports/<uuid:report_id>/opening                            302 200 404 404 422 404 404 404 404 404
POST /reports/<uuid:report_id>/slip                               302 200 404 404 422 404 404 404 404 404
GET /reports/new                                                  302 200 403 403 200 403 403 403 403 200
POST /reports/new                                                 302 422 403 403 422 403 403 403 403 422
GET /search                                                       302 403 200 200 200 403 403 403 403 200
POST /search                                                      302 403 422 422 422 403 403 403 403 422
GET /sign-in                                                      200 200 200 200 200 200 200 200 200 200
POST /sign-in                                                     401 401 401 401 401 401 401 401 401 401
POST /sign-out                                                    302 302 302 302 302 302 302 302 302 302
GET /static/<path:filename>                                       200 200 200 200 200 200 200 200 200 200
GET /api/v1/approvals                                             401 403 403 403 200 403 403 403 403 200
POST /api/v1/approvals/<uuid:approval_id>/decision                401 404 403 404 422 404 404 404 404 404
GET /api/v1/cases                                                 401 403 200 200 200 403 403 200 200 200
GET /api/v1/cases/<uuid:case_id>                                  401 404 200 404 200 404 404 404 200 404
POST /api/v1/cases/<uuid:case_id>/assignments                     401 404 403 404 412 404 404 404 403 404
DELETE /api/v1/cases/<uuid:case_id>/assignments/<uuid:account_id> 401 404 403 404 412 404 404 404 403 404
POST /api/v1/cases/<uuid:case_id>/documents                       401 404 201 404 403 404 404 404 403 404
POST /api/v1/cases/<uuid:case_id>/handovers                       401 404 412 404 412 404 404 404 403 404
GET /api/v1/cases/<uuid:case_id>/ledger                           401 404 403 404 200 404 404 404 403 404
POST /api/v1/cases/<uuid:case_id>/matches                         401 404 200 404 422 404 404 404 403 404
POST /api/v1/cases/<uuid:case_id>/moves                           401 404 412 404 412 404 404 404 403 404
GET /api/v1/cases/<uuid:case_id>/moves/<id:track_id>/<id:to>      401 404 200 404 200 404 404 404 403 404
GET /api/v1/cases/<uuid:case_id>/reasons                          401 404 200 404 200 404 404 404 403 404
GET /api/v1/cases/<uuid:case_id>/sections/<id:section_id>         401 404 200 404 422 404 404 404 200 404
PUT /api/v1/cases/<uuid:case_id>/sections/<id:section_id>         401 404 412 404 403 404 404 404 403 404
GET /api/v1/document-types                                        401 200 200 200 200 200 200 200 200 200
GET /api/v1/attachments/<uuid:attachment_id>                      401 404 200 404 422 404 404 404 404 404
GET /api/v1/attachments/<uuid:attachment_id>/copy                 401 404 200 404 422 404 404 404 404 404
GET /api/v1/attachments/<uuid:attachment_id>/file                 401 404 200 404 422 404 404 404 404 404
PUT /api/v1/attachments/<uuid:attachment_id>/note                 401 404 412 404 403 404 404 404 404 404
GET /api/v1/attachments/<uuid:attachment_id>/preview              401 404 200 404 422 404 404 404 404 404
POST /api/v1/attachments/<uuid:attachment_id>/removal             401 404 403 404 412 404 404 404 404 404
GET /api/v1/cases/<uuid:case_id>/attachments                      401 404 200 404 200 404 404 404 403 404
POST /api/v1/cases/<uuid:case_id>/attachments                     401 404 422 404 403 404 404 404 403 404
POST /api/v1/cases/<uuid:case_id>/erasures                        401 404 403 404 412 404 404 404 403 404
GET /api/v1/cases/<uuid:case_id>/keeping                          401 404 403 404 200 404 404 404 403 404
PUT /api/v1/cases/<uuid:case_id>/keeping/hold                     401 404 403 404 412 404 404 404 403 404
DELETE /api/v1/cases/<uuid:case_id>/keeping/hold                  401 404 403 404 412 404 404 404 403 404
PUT /api/v1/cases/<uuid:case_id>/keeping/term                     401 404 403 404 412 404 404 404 403 404
GET /api/v1/documents/<uuid:document_id>                          401 404 200 404 200 200 404 404 200 404
PUT /api/v1/documents/<uuid:document_id>/form                     401 404 412 404 403 404 404 404 404 404
POST /api/v1/documents/<uuid:document_id>/issue                   401 404 412 404 403 404 404 404 404 404
GET /api/v1/documents/<uuid:document_id>/pdf                      401 404 200 404 422 200 404 404 200 404
GET /api/v1/documents/<uuid:document_id>/preview.pdf              401 404 200 404 403 404 404 404 404 404
GET /api/v1/erasures                                              401 403 403 403 200 403 403 403 403 200
POST /api/v1/erasures/<uuid:erasure_id>/decision                  401 404 404 404 404 404 404 404 404 404
GET /api/v1/handovers                                             401 403 200 200 200 403 403 200 200 200
GET /api/v1/handovers/<uuid:handover_id>                          401 404 200 404 200 404 404 200 200 404
POST /api/v1/handovers/<uuid:handover_id>/confirmation            401 404 403 404 403 404 404 412 409 404
POST /api/v1/handovers/<uuid:handover_id>/refusal                 401 404 403 404 403 404 404 412 409 404
POST /api/v1/handovers/<uuid:handover_id>/withdrawal              401 404 412 404 412 404 404 403 403 404
GET /api/v1/ledger                                                401 403 403 403 200 403 403 403 403 200
GET /api/v1/ledger/checkpoint                                     401 403 403 403 200 403 403 403 403 200
GET /api/v1/ledger/proofs/consistency                             401 403 403 403 422 403 403 403 403 422
GET /api/v1/ledger/proofs/inclusion                               401 403 403 403 422 403 403 403 403 422
GET /api/v1/officers                                              401 403 403 403 200 403 403 403 403 200
GET /api/v1/openapi.json                                          200 200 200 200 200 200 200 200 200 200
GET /api/v1/procedures                                            401 200 200 200 200 200 200 200 200 200
GET /api/v1/register                                              401 403 403 403 200 200 403 403 403 200
GET /api/v1/reports                                               401 200 403 403 200 403 403 403 403 200
POST /api/v1/reports                                              401 201 403 403 201 403 403 403 403 201
GET /api/v1/reports/<uuid:report_id>                              401 200 404 404 422 404 404 404 404 404
POST /api/v1/reports/<uuid:report_id>/classification              401 412 404 404 412 404 404 404 404 404
GET /api/v1/reports/<uuid:report_id>/slip.pdf                     401 200 404 404 422 404 404 404 404 404
POST /api/v1/searches                                             401 403 200 200 422 403 403 403 403 422
GET /api/v1/units                                                 401 403 200 200 200 403 403 403 403 200
"""


NOBODY_ASKED = UUID(int=9)


@dataclass(frozen=True)
class World:
    """The ids one row may name."""

    report_id: UUID
    case_id: UUID
    approval_id: UUID
    document_id: UUID
    draft_id: UUID
    handover_id: UUID
    officer_id: UUID
    attachment_id: UUID
    erasure_id: UUID = NOBODY_ASKED
    section_id: str = "identity"
    track_id: str = "victim"
    to: str = "initial_verification"
    type_id: str = "records_handover"
    filename: str = "app.css"


DRAFTS = ("/edit", "/preview", "/preview.pdf", "/issue", "/form")
BODIES: dict[str, Any] = {
    "POST /cases/<uuid:case_id>/keeping/erasure": {"ground": "term_over"},
    "POST /cases/<uuid:case_id>/keeping/hold": {"ground": "complaint"},
    "POST /cases/<uuid:case_id>/keeping/term": {"ground": "unit_schedule", "keep_until": "01/01/2030"},
    "POST /erasures/<uuid:erasure_id>": {"decision": "refuse"},
    "POST /reports/new": {},
    "POST /reports": REPORT,
    "POST /reports/<uuid:report_id>/classification": CLOSING,
    "POST /cases/<uuid:case_id>/moves/<track_id>/<to>": {"reason": "x"},
    "POST /cases/<uuid:case_id>/moves": MOVE,
    "POST /approvals/<uuid:approval_id>": {"decision": "refuse"},
    "POST /handovers/<uuid:handover_id>/refuse": {"reason": "x"},
    "PUT /cases/<uuid:case_id>/sections/<id:section_id>": {"values": {"full_name": "Hư Cấu"}},
    "POST /cases/<uuid:case_id>/sections/<section_id>/edit": {"full_name": "Hư Cấu"},
    "POST /attachments/<uuid:attachment_id>/removal": {"why": "x", "reason": "supervision"},
    "POST /sign-in": {"username": "nobody", "password": "x"},
    "POST /password": {"present": "x", "wanted": "y" * 20},
}
API_BODIES: dict[str, Any] = {
    "POST /cases/<uuid:case_id>/erasures": {"ground": "term_over"},
    "PUT /cases/<uuid:case_id>/keeping/hold": {"ground": "complaint"},
    "PUT /cases/<uuid:case_id>/keeping/term": {"ground": "unit_schedule", "keep_until": "2030-01-01"},
    "POST /erasures/<uuid:erasure_id>/decision": {"approved": False},
    "POST /cases/<uuid:case_id>/documents": {"type": "records_handover", "form": RECORDS_FORM},
    "POST /cases/<uuid:case_id>/handovers": {"to_unit_id": str(UUID(int=1))},
    "POST /approvals/<uuid:approval_id>/decision": {"approved": False},
    "POST /searches": {"name": "Hư Cấu"},
    "POST /handovers/<uuid:handover_id>/refusal": {"reason": "x"},
    "PUT /documents/<uuid:document_id>/form": {"values": RECORDS_FORM},
    "PUT /attachments/<uuid:attachment_id>/note": {"note": "x"},
    "POST /attachments/<uuid:attachment_id>/removal": {"reason": "x"},
}


@kept
def _world(cast):
    waiting = acting.ready_to_transfer(cast)
    approval_id = acting.ask_transfer(cast, waiting)
    case_id = acting.transferring(cast)
    papers = [acting.issued(cast, case_id, type_id) for type_id in acting.HANDOVER_PAPERS]
    draft = acting.draft(cast, case_id)
    attachment = acting.attached(cast, case_id)
    handover = acting.offer(cast, case_id)
    report = acting.report(cast)
    made = World(
        report_id=report.id,
        case_id=case_id,
        approval_id=approval_id,
        document_id=papers[0].id,
        draft_id=draft.id,
        handover_id=handover.id,
        officer_id=cast("minh").id,
        attachment_id=attachment.id,
    )
    db.session.remove()
    sealed()
    return made


@pytest.fixture
def world(app, actor_for):
    """A report, a case offered to the shelter with its papers, a draft, and a step that waits."""
    with app.app_context():
        made = _world(actor_for)
        db.session.remove()
    return made


def _rows():
    rows = {}
    for line in MATRIX.strip().splitlines():
        method, rule, *answers = line.split()
        assert len(answers) == len(COLUMNS), line
        rows[f"{method} {rule}"] = dict(zip(COLUMNS, map(int, answers), strict=True))
    return rows


def _routes(app):
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _address(rule, world):
    if rule.endswith(DRAFTS) and "document_id" in rule:
        rule = rule.replace("document_id", "draft_id")
    if "account_id" in rule:
        rule = rule.replace("account_id", "officer_id")
    for name, value in vars(world).items():
        for converter in ("", "uuid:", "id:", "path:"):
            rule = rule.replace(f"<{converter}{name}>", str(value))
    assert "<" not in rule, rule
    return rule


def _in_api(key, entries):
    headers = {} if key.endswith("/decision") else {"If-Match": '"999999"'}
    return {"headers": headers} | ({} if entries is None else {"json": entries})


def _ask(key, world, app, page, machine, token):
    method, rule = key.split(" ", 1)
    address = _address(rule, world)
    if rule.startswith("/api/v1"):
        short = f"{method} {rule.removeprefix('/api/v1')}"
        entries = API_BODIES.get(short) or BODIES.get(short)
        if short.endswith("/assignments"):
            entries = {"account_id": str(world.officer_id)}
        with machine.open(method, address.removeprefix("/api/v1"), **_in_api(short, entries)) as answer:
            return answer.status_code
    if method == "GET":
        with page.get(address) as answer:  # a file stays open until its answer is closed
            return answer.status_code
    form = {"version": "999999", "csrf_token": token, **BODIES.get(key, {})}
    if key.endswith("/classification"):
        form |= CLOSING
    if key.endswith("/officers"):
        form["account_id"] = str(world.officer_id)
    if key.endswith("/handovers/new"):
        form["to_unit_id"] = str(UUID(int=1))
    return page.post(address, data=form).status_code


def test_every_route_has_its_row_and_every_row_its_route(app):
    assert set(_rows()) == _routes(app)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_address_answers_each_role_as_the_table_says(app, world, actor_for, client_for, column):
    who = COLUMNS[column]
    if column == "partner after":
        with app.app_context():
            confirm_handover(actor_for(who), world.handover_id, version=1)
            db.session.remove()
    page = client_for(who)
    token = csrf_of(page.get("/password" if who else "/sign-in").text)
    machine = ApiClient(app, token_for(app, who) if who else None)
    last = "POST /sign-out"
    rows = sorted(_rows(), key=lambda key: key == last)
    answers = {key: _ask(key, world, app, page, machine, token) for key in rows}
    table = {key: row[column] for key, row in _rows().items()}
    assert {k: v for k, v in answers.items() if v != table[k]} == {}
