"""What a ledger entry says to a reader: one sentence per kind of event, and the words for its codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext

from app.catalogue.attachments import KINDS, WHY_NOT_KEPT
from app.catalogue.documents import LABELS
from app.catalogue.intake import CHANNELS, CLOSE_REASONS, COMPETENT_BODIES, READ_REASONS
from app.catalogue.procedures import PROCEDURES
from app.catalogue.roles import ROLES
from app.domain import events
from app.domain.errors import SubjectKind
from app.domain.procedure import Procedure
from app.domain.text import N_, Label
from app.presentation import due_text, local_datetime, term
from app.services.audit import EntryView
from app.web.backup_sentences import BACKUP_SENTENCES
from app.web.checkpoint_sentences import OF_CHECKPOINTS
from app.web.key_sentences import BRANCH_WORDS, GROUND_WORDS, KEY_SENTENCES


@dataclass(frozen=True, slots=True)
class Either:
    """Two sentences for one event: which one, a true-or-false field of its body says."""

    field: str
    yes: str
    no: str


SENTENCES: Mapping[str, str | Either] = {
    **BACKUP_SENTENCES,
    **KEY_SENTENCES,
    events.SignedIn.action: N_("signed in"),
    events.SignInRefused.action: Either(
        "throttled",
        N_("sign-in refused: too many attempts"),
        N_("sign-in refused: wrong name or password, or the account is closed"),
    ),
    events.SignedOut.action: N_("signed out"),
    events.PasswordChanged.action: Either(
        "forced",
        N_("set a new password for another account"),
        N_("changed the own password"),
    ),
    events.AccountCreated.action: N_("created an account with the role “%(role)s”"),
    events.AccountChanged.action: Either(
        "active",
        N_("changed an account: role “%(role)s”, in use"),
        N_("changed an account: role “%(role)s”, closed"),
    ),
    events.AccountsListed.action: N_("looked through accounts (%(count)s lines)"),
    events.SessionsRevoked.action: N_("ended every session of an account (%(count)s)"),
    events.UnitCreated.action: N_("added a unit"),
    events.TokenIssued.action: N_("issued a machine token, valid until %(expires_at)s"),
    events.TokenRevoked.action: N_("ended a machine token"),
    events.CaseOpened.action: N_("opened the file under “%(procedure)s”, version %(procedure_version)s"),
    events.ReportJoined.action: N_("added a further report to the file"),
    events.CasesListed.action: N_("looked through the list of files (%(count)s lines)"),
    events.CaseViewed.action: N_("looked at the file's position, terms and papers; opened no section"),
    events.SectionRead.action: N_("read the section “%(section)s”, version %(version)s · reason: %(reason)s"),
    events.SectionWritten.action: N_("wrote the section “%(section)s”, version %(version)s"),
    events.MoveChecked.action: N_("checked what the step to “%(to_stage)s” still needs (%(missing)s open)"),
    events.MoveRequested.action: N_(
        "asked a second person for the step from “%(from_stage)s” to “%(to_stage)s”"
    ),
    events.MoveDecided.action: Either(
        "approved", N_("approved a step as second person"), N_("refused a step as second person")
    ),
    events.ReasonRead.action: N_("opened the reason given for a step, a decision or a refusal"),
    events.CaseMoved.action: N_(
        "moved the file from “%(from_stage)s” to “%(to_stage)s”, event of %(event_on)s"
    ),
    events.CaseAssigned.action: N_("put an officer on the file: %(account_id)s"),
    events.AssignmentEnded.action: N_("took an officer off the file: %(account_id)s"),
    events.ApprovalsListed.action: N_("looked through the steps that wait for approval (%(count)s lines)"),
    events.DeskViewed.action: N_("looked at the desk"),
    events.AccessDenied.action: Either(
        "visible",
        N_("refused: %(kind)s seen, but the act is not allowed (%(permission)s)"),
        N_("refused: %(kind)s absent or not open to this account"),
    ),
    events.IntegrityAlarm.action: N_("ALARM: a stored value of %(kind)s did not pass its integrity check"),
    events.DocumentDrafted.action: N_("saved the draft “%(type)s”, version %(version)s"),
    events.DocumentRead.action: N_("opened a document"),
    events.DocumentPreviewed.action: N_("previewed a draft that discloses: %(sections)s"),
    events.DocumentNumbered.action: N_(
        "numbered “%(type)s” as %(number)s of %(year)s; it discloses: %(sections)s"
    ),
    events.DocumentIssued.action: N_("issued a document of %(pages)s pages (SHA-256 %(digest)s…)"),
    events.DocumentDownloaded.action: N_(
        "downloaded an issued document (SHA-256 %(digest)s…) · reason: %(reason)s"
    ),
    events.AttachmentBegun.action: N_("began to send a file"),
    events.AttachmentRefused.action: N_("sent a file that was not kept: %(why)s"),
    events.AttachmentAdded.action: N_(
        "attached a file: %(file_kind)s (SHA-256 of the sealed file %(digest)s…)"
    ),
    events.AttachmentsListed.action: N_("looked through the attachments (%(count)s lines)"),
    events.AttachmentRead.action: N_("opened the label of an attachment · reason: %(reason)s"),
    events.AttachmentShown.action: N_("looked at an attached picture · reason: %(reason)s"),
    events.AttachmentDownloaded.action: Either(
        "copy",
        N_("downloaded a copy of an attachment without metadata · reason: %(reason)s"),
        N_("downloaded an attachment, the original · reason: %(reason)s"),
    ),
    events.AttachmentNoted.action: N_("changed the note on an attachment, version %(version)s"),
    events.AttachmentRemoved.action: N_("removed an attachment; its file is destroyed"),
    events.AttachmentsProbed.action: N_("began a check of stored attachments (%(count)s)"),
    events.AttachmentDamaged.action: Either(
        "missing",
        N_("ALARM: the file of an attachment is missing"),
        N_("ALARM: the file of an attachment is not what was sealed"),
    ),
    events.AttachmentsChecked.action: N_(
        "checked stored attachments: %(count)s looked at, %(damaged)s damaged, %(leftovers)s left over"
    ),
    events.SearchMade.action: N_(
        "searched for a person (%(count)s files shown, %(units)s units with others)"
    ),
    events.SearchRefused.action: N_("refused: %(limit)s searches in an hour are used up"),
    events.NameOpened.action: N_(
        "opened the identity for the initials of a search result · reason: %(reason)s"
    ),
    events.SamePersonChecked.action: N_("looked for other files of the same person (%(count)s found)"),
    events.IndexRebuilt.action: N_("made a part of the search index anew (%(count)s)"),
    events.IndexChecked.action: N_("checked that %(count)s files are found; %(missing)s were not"),
    events.RegisterViewed.action: N_("looked through the register of %(year)s (%(count)s lines)"),
    events.HandoverOffered.action: N_("offered the file to another unit with: %(sections)s"),
    events.HandoverDecided.action: Either(
        "confirmed", N_("confirmed receipt of the file"), N_("refused to receive the file")
    ),
    events.HandoverWithdrawn.action: N_("took the offer of a handover back"),
    events.HandoversListed.action: N_("looked through handovers (%(count)s lines)"),
    events.HandoverViewed.action: N_("looked at a handover; opened no section"),
    events.KeysSplit.action: N_(
        "sealed every key into one file, to be opened by %(threshold)s of %(shares)s custodians (SHA-256 %(digest)s…)"
    ),
    events.LedgerRead.action: N_("read the access log (%(count)s lines)"),
    **OF_CHECKPOINTS,
    events.RepeatAnswered.action: N_("sent the same request again and got the first answer (%(kind)s)"),
    events.ReportLogged.action: Either(
        "danger_now",
        N_("took down a report (%(channel)s), danger at once; classify before %(due_at)s"),
        N_("took down a report (%(channel)s); classify before %(due_at)s"),
    ),
    events.ReportsListed.action: N_("looked through reports (%(count)s lines)"),
    events.ReportRead.action: N_("read a report · reason: %(reason)s"),
    events.ReportPrinted.action: N_("opened a report and printed its intake slip · reason: %(reason)s"),
    events.ReportClassified.action: Either(
        "late",
        N_("classified a report after its term: %(outcome)s %(detail)s"),
        N_("classified a report: %(outcome)s %(detail)s"),
    ),
}

REFUSALS = frozenset(
    {
        events.AccessDenied.action,
        events.AttachmentDamaged.action,
        events.AttachmentRefused.action,
        events.IntegrityAlarm.action,
        events.LedgerContinued.action,
        events.SealRefused.action,
        events.SearchRefused.action,
        events.SignInRefused.action,
        events.TideBegun.action,
    }
)
"""Entries a reader must not overlook."""

KIND_WORDS: Mapping[str, str] = {
    SubjectKind.ACCOUNT: N_("an account"),
    SubjectKind.ATTACHMENT: N_("an attachment"),
    SubjectKind.CASE: N_("a file"),
    SubjectKind.DOCUMENT: N_("a document"),
    SubjectKind.HANDOVER: N_("a handover"),
    SubjectKind.KEY: N_("a key"),
    SubjectKind.LEDGER: N_("the access log"),
    SubjectKind.REPORT: N_("a report"),
    SubjectKind.SEARCH: N_("the search index"),
    SubjectKind.TOKEN: N_("a machine token"),
    SubjectKind.UNIT: N_("a unit"),
}
OUTCOME_WORDS: Mapping[str, str] = {
    "case_opened": N_("file opened"),
    "case_joined": N_("added to a running file"),
    "passed_on": N_("passed on"),
    "closed": N_("closed"),
}

_PROCEDURES = {p.id: p.label for p in PROCEDURES.values()}
_CODES = {c.id: c.label for c in (*COMPETENT_BODIES, *CLOSE_REASONS)}


def sentence(view: EntryView, rules: Procedure | None = None) -> str:
    """What the entry says, in the reader's language; an unknown action is shown by its own name.

    `rules`: the procedure of the case the entry belongs to, whose words come before those of others.
    """
    template = SENTENCES.get(view.entry.action)
    if isinstance(template, Either):
        template = template.yes if view.body.get(template.field) else template.no
    if template is None:
        return view.entry.action
    known = words(view.body, view.entry.subject_kind, rules)
    return str(gettext(template)) % {**known, "account_id": view.account_name or known.get("account_id", "")}


def is_refusal(view: EntryView) -> bool:
    """True for an attempt that was refused and for an alarm."""
    return view.entry.action in REFUSALS


def words(body: Mapping[str, Any], kind: str, rules: Procedure | None = None) -> dict[str, str]:
    """The entry's codes as words of the reader's language, by field name; absent fields are empty."""
    key = (rules.id, rules.version) if rules else None
    stages, sections = _stages(key), _sections(key)
    said: Mapping[str, Callable[[Any], str]] = {
        **_WORDS,
        "from_stage": _of(stages),
        "to_stage": _of(stages),
        "section": _of(sections),
        "sections": lambda codes: ", ".join(_of(sections)(code) for code in codes),
    }
    known = {name: said.get(name, str)(value) for name, value in body.items()}
    blanks = dict.fromkeys(("permission", "detail", "reason", "keep_until"), "")
    return {**blanks, **known, "kind": str(gettext(KIND_WORDS.get(kind, kind)))}


@cache
def _sections(key: tuple[str, int] | None) -> Mapping[str, Label]:
    return {s.id: s.label for p in _last_wins(key) for s in p.sections}


@cache
def _stages(key: tuple[str, int] | None) -> Mapping[str, Label]:
    return {s.id: s.label for p in _last_wins(key) for t in p.tracks for s in t.stages}


def _last_wins(key: tuple[str, int] | None) -> tuple[Procedure, ...]:
    first_released_last = tuple(PROCEDURES.values())[::-1]
    return first_released_last if key is None else (*first_released_last, PROCEDURES[key])


def _of(labels: Mapping[str, Label]) -> Callable[[Any], str]:
    return lambda code: term(labels[code]) if code in labels else str(code)


def _short(value: Any) -> str:
    return str(value)[:8]


def _day(value: str) -> str:
    year, month, day = value[:10].split("-")
    return f"{day}/{month}/{year}"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "account_id": _short,
    "basis": _of(GROUND_WORDS),
    "branch": _of(BRANCH_WORDS),
    "channel": _of({c.id: c.label for c in CHANNELS}),
    "detail": _of({**_CODES, **_PROCEDURES}),
    "data_digest": lambda value: str(value)[:12],
    "digest": lambda value: str(value)[:12],
    "due_at": lambda value: due_text(datetime.fromisoformat(value)),
    "event_on": _day,
    "file_kind": _of({kind.id: kind.label for kind in KINDS}),
    "expires_at": lambda value: local_datetime(datetime.fromisoformat(value)),
    "keep_until": _day,
    "outcome": lambda value: str(gettext(OUTCOME_WORDS.get(value, value))),
    "procedure": _of(_PROCEDURES),
    "reason": _of({c.id: c.label for c in READ_REASONS}),
    "role": _of({role.id: role.label for role in ROLES.values()}),
    "type": _of(LABELS),
    "why": _of(WHY_NOT_KEPT),
}
