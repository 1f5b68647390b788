"""Reports: log one while somebody is talking, look through them, open, classify and print one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from app.authentication import current_actor
from app.catalogue.intake import (
    CHANNELS,
    CLASSIFY_DEADLINE,
    CLOSE_REASONS,
    COMPETENT_BODIES,
    LANGUAGES,
    REPORT_SECTION,
)
from app.catalogue.procedures import CURRENT
from app.domain.errors import Invalid, SubjectKind
from app.domain.permissions import Permission
from app.domain.procedure import Choice, Field, FieldKind
from app.domain.states import Outcome
from app.domain.text import N_, Label, Message
from app.schemas.loading import load
from app.schemas.reports import WHAT_FOLLOWS, ClassificationIn, ReportIn
from app.services.classification import Decision, classify_report
from app.services.reports import find_report, list_reports, log_report, print_slip, read_report
from app.services.rights import demand
from app.services.same_person import matches_of_report
from app.web import forms
from app.web.reasons import ask_reason
from app.web.searching import tell

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

CONTENT = "content."
ROUTING = (
    Field("channel", Label("Nguồn tin báo", "Channel"), FieldKind.CHOICE, required=True, choices=CHANNELS),
    Field(
        "danger_now",
        Label("Đang gặp nguy hiểm ngay lúc này?", "In danger right now?"),
        FieldKind.FLAG,
        required=True,
    ),
    Field("people", Label("Số người", "People"), FieldKind.INTEGER),
    Field("children", Label("Trong đó trẻ em", "Children among them"), FieldKind.INTEGER),
    Field("language", Label("Ngôn ngữ", "Language"), FieldKind.CHOICE, choices=LANGUAGES),
)
LABELS = forms.labels(ROUTING) | forms.labels(REPORT_SECTION.fields, CONTENT)
ASK_DANGER = Message(N_("Say yes or no: is somebody in danger right now?"))
WORDS = {choice.id: choice.label for choice in (*CHANNELS, *LANGUAGES, *CLOSE_REASONS, *COMPETENT_BODIES)} | {
    procedure.id: procedure.label for procedure in CURRENT
}


@blueprint.get("/new")
def new() -> str:
    """The empty intake form; Vietnamese is taken to be spoken until said otherwise."""
    demand(current_actor(), Permission.REPORT_CREATE, SubjectKind.REPORT)
    return _intake({"language": "vi"}, {}, forms.request_key())


@blueprint.post("/new")
def log() -> Any:
    """Take the report down, or give everything typed back with what stands in its way."""
    demand(current_actor(), Permission.REPORT_CREATE, SubjectKind.REPORT)
    typed = forms.decode(ROUTING, request.form)
    typed["content"] = forms.decode(REPORT_SECTION.fields, request.form, CONTENT)
    key = request.form.get("request_key", "")[:64]
    try:
        entries = _checked(typed)
        report = log_report(current_actor(), entries, request_key=key or None)
    except Invalid as error:
        return _intake(typed, error.errors, key), 422
    tell(matches_of_report(current_actor(), report.id, entries["content"]))
    return redirect(url_for("reports.logged", report_id=report.id))


@blueprint.get("/<uuid:report_id>/logged")
def logged(report_id: UUID) -> str:
    """The receipt: the code to read out, the term and the next steps."""
    report = find_report(current_actor(), report_id)
    return render_template("reports/logged.html", report=report, deadline=CLASSIFY_DEADLINE)


@blueprint.get("/")
def listing() -> str:
    """Reports, newest first: codes, channels and terms."""
    waiting = request.args.get("show") != "done"
    page = list_reports(current_actor(), waiting=waiting, cursor=request.args.get("cursor"))
    return render_template("reports/list.html", page=page, waiting=waiting, words=WORDS)


@blueprint.get("/<uuid:report_id>")
def read(report_id: UUID) -> str:
    """One opened report; a role that must say why is asked first."""
    actor = current_actor()
    if actor.role.states_reason:
        return _ask_reason(report_id, {})
    return _opened(report_id, None)


@blueprint.post("/<uuid:report_id>/opening")
def open_with_reason(report_id: UUID) -> Any:
    """One opened report, for a stated reason."""
    try:
        return _opened(report_id, request.form.get("reason") or None)
    except Invalid as error:
        return _ask_reason(report_id, error.errors), 422


@blueprint.post("/<uuid:report_id>/slip")
def slip(report_id: UUID) -> Response:
    """The intake slip as PDF, named by the code only."""
    report, pdf = print_slip(current_actor(), report_id, reason=request.form.get("reason") or None)
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=f"{report.code}.pdf")
    return response


@blueprint.get("/<uuid:report_id>/classification")
def classification(report_id: UUID) -> str:
    """The four ways a report can go."""
    return _ways(report_id, {}, {}, None)


@blueprint.post("/<uuid:report_id>/classification")
def classify(report_id: UUID) -> Any:
    """Decide the way; from now on its author does not see the content."""
    typed = _chosen_way()
    try:
        entries = load(ClassificationIn(), typed)
        decision = Decision(**entries)
        classify_report(current_actor(), report_id, decision, version=forms.version(request.form))
    except Invalid as error:
        return _ways(report_id, typed, error.errors, request.form.get("version")), 422
    return redirect(url_for("reports.classified", report_id=report_id))


@blueprint.get("/<uuid:report_id>/classified")
def classified(report_id: UUID) -> str:
    """What became of a report."""
    report = find_report(current_actor(), report_id)
    return render_template("reports/classified.html", report=report, words=WORDS)


def _checked(typed: forms.Values) -> forms.Values:
    """The values of the intake form; the screen, unlike a machine, must answer about danger."""
    unanswered = {} if "danger_now" in typed else {"danger_now": (ASK_DANGER,)}
    try:
        values = load(ReportIn(), typed)
    except Invalid as error:
        raise Invalid({**unanswered, **error.errors}) from None
    if unanswered:
        raise Invalid(unanswered)
    return values


def _chosen_way() -> forms.Values:
    """The outcome, the one entry that goes with it, and the note; what was left in the other ways is not meant."""
    outcome = request.form.get("outcome", "")
    follows = [WHAT_FOLLOWS[Outcome(outcome)]] if outcome in {o.value for o in Outcome} else []
    names = ("outcome", "note", *follows)
    return {name: request.form[name].strip() for name in names if request.form.get(name, "").strip()}


def _intake(typed: forms.Values, errors: Any, key: str) -> str:
    return render_template(
        "reports/new.html",
        routing={field.id: field for field in ROUTING},
        content={field.id: field for field in REPORT_SECTION.fields},
        values=typed,
        told=typed.get("content", {}),
        errors=errors,
        labels=LABELS,
        key=key,
        deadline=CLASSIFY_DEADLINE,
    )


def _opened(report_id: UUID, reason: str | None) -> str:
    view = read_report(current_actor(), report_id, reason=reason)
    return render_template(
        "reports/read.html",
        report=view.report,
        content=view.content or {},
        note=view.note,
        section=REPORT_SECTION,
        deadline=CLASSIFY_DEADLINE,
        words=WORDS,
        reason=reason,
    )


def _ask_reason(report_id: UUID, errors: Any) -> str:
    find_report(current_actor(), report_id)
    action = url_for("reports.open_with_reason", report_id=report_id)
    return ask_reason(action, url_for("reports.listing"), errors)


def _ways(report_id: UUID, typed: forms.Values, errors: Any, version: str | None) -> str:
    report = find_report(current_actor(), report_id)
    return render_template(
        "reports/classify.html",
        report=report,
        version=version or report.version,
        typed=typed,
        errors=errors,
        words=WORDS,
        procedures=tuple(Choice(procedure.id, procedure.label) for procedure in CURRENT),
        bodies=COMPETENT_BODIES,
        close_reasons=CLOSE_REASONS,
        deadline=CLASSIFY_DEADLINE,
    )
