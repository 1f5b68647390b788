"""Reports: take one down, look through them, open, classify and print one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.api.blueprint import Blueprint
from app.api.papers import PDF, pdf_answer
from app.api.paths import CREATED, ETAG, tagged
from app.authentication import current_actor
from app.paging import Page
from app.schemas.queries import ChangeHeaders, CreateHeaders, ReasonQuery, ReportsQuery
from app.schemas.reports import ClassificationIn, OpenedReportOut, ReportIn, ReportOut, ReportPageOut
from app.schemas.searching import LoggedReportOut, Noticed
from app.services.classification import Decision, classify_report
from app.services.reports import list_reports, log_report, print_slip, read_report
from app.services.same_person import matches_of_report

blueprint = Blueprint("reports", "Reports as they come in.")


@blueprint.route("/reports", methods=["POST"])
@blueprint.arguments(CreateHeaders, location="headers")
@blueprint.arguments(ReportIn)
@blueprint.response(201, LoggedReportOut, headers=CREATED)
def create_report(headers: dict[str, Any], entries: dict[str, Any]) -> Any:
    """Take a report down; its term for classification starts now."""
    report = log_report(current_actor(), entries, **headers)
    matches = matches_of_report(current_actor(), report.id, entries["content"])
    return Noticed(report, matches), tagged(report.version, f"/reports/{report.id}")


@blueprint.route("/reports")
@blueprint.arguments(ReportsQuery, location="query")
@blueprint.response(200, ReportPageOut)
def get_reports(query: dict[str, Any]) -> Page[Any]:
    """Reports, newest first; nothing of their content."""
    return list_reports(current_actor(), **query)


@blueprint.route("/reports/<uuid:report_id>")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, OpenedReportOut, headers=ETAG)
def get_report(query: dict[str, Any], report_id: UUID) -> Any:
    """Open a report; its author may until it is classified."""
    view = read_report(current_actor(), report_id, **query)
    return view, tagged(view.report.version)


@blueprint.route("/reports/<uuid:report_id>/classification", methods=["POST"])
@blueprint.arguments(ChangeHeaders, location="headers")
@blueprint.arguments(ClassificationIn)
@blueprint.response(200, ReportOut, headers=ETAG)
def classify(headers: dict[str, Any], entries: dict[str, Any], report_id: UUID) -> Any:
    """Decide what becomes of a report."""
    report = classify_report(current_actor(), report_id, Decision(**entries), **headers)
    return report, tagged(report.version)


@blueprint.route("/reports/<uuid:report_id>/slip.pdf")
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, **PDF)
def get_slip(query: dict[str, Any], report_id: UUID) -> Response:
    """The intake slip as PDF."""
    report, pdf = print_slip(current_actor(), report_id, **query)
    return pdf_answer(pdf, report.code)
