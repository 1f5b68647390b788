"""Stories of possible trafficking victims; together they stand in every stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from app.catalogue.intake import CHANNELS
from app.cli.demo import paper_entries as papers
from app.cli.demo import trafficking_entries as entries
from app.cli.demo.accounts import Cast
from app.cli.demo.desk_work import DAY, HOUR, File, Plot, classify, log_report
from app.cli.demo.people import CALLERS, SHELTER, VICTIMS, Person
from app.cli.demo.timeline import Beginning, Timeline
from app.domain.states import Outcome
from app.services.classification import Decision

Pauses = Iterator[timedelta]


def beginnings(cast: Cast, timeline: Timeline) -> tuple[Beginning, ...]:
    """Thirteen cases, from just received to closed."""
    plot = Plot(cast, timeline, "trafficking_victim", _report)
    concluded = (verify, ask, ask_conclusion, approve)
    supported = (*concluded, support)
    moved = (*supported, ask_transfer, approve)
    ways = (
        (1, ()),
        (2, (verify,)),
        (9, (verify, another_report)),
        (8, (verify, take_statement, ask_conclusion)),
        (40, (verify, ask, another_report)),
        (15, concluded),
        (140, (*supported, ask_to_close, refuse_to_close)),
        (25, (verify, ask, deny, approve)),
        (30, (*moved, draft_papers)),
        (35, (*moved, issue_papers, offer)),
        (42, (*moved, issue_papers, offer, offer_refused)),
        (50, (*moved, issue_papers, offer, offer_confirmed)),
        (45, (*supported, ask_to_close, approve)),
    )
    return tuple(
        Beginning(days_ago, 8 + number % 5, plot.story(number, person, *steps, assigned=bool(steps)))
        for number, (person, (days_ago, steps)) in enumerate(zip(VICTIMS, ways, strict=True))
    )


def _report(caller: str, person: Person, number: int) -> Mapping[str, Any]:
    channel = CHANNELS[number % len(CHANNELS)].id
    return entries.report(caller, person, channel=channel, danger=number % 4 == 0)


def verify(file: File) -> Pauses:
    """A safe way of contact, who the person is, and the initial verification begins."""
    yield HOUR
    file.write("safe_contact", entries.safe_contact(file.person))
    file.write("identity", entries.identity(file.person))
    file.move("initial_verification")


def another_report(file: File) -> Pauses:
    """Somebody else reports the same; the operator adds it by the code he is told."""
    yield 3 * HOUR
    report = log_report(
        file.cast["truc"], entries.report(CALLERS[1], file.person, channel="third_party_report")
    )
    yield HOUR
    classify(file.cast["truc"], report, Decision(Outcome.CASE_JOINED, case_code=file.code))


def take_statement(file: File) -> Pauses:
    """The statement, taken once, and the state of health."""
    yield DAY
    today = file.timeline.day()
    file.write("statement", entries.statement(file.person, today))
    file.write("health", entries.health(today))
    file.write("verification", entries.first_check())


def ask(file: File) -> Pauses:
    """Identification is asked for."""
    yield from take_statement(file)
    yield HOUR
    file.move("identification_pending")


def ask_conclusion(file: File) -> Pauses:
    """The officer concludes; a second person must agree."""
    yield DAY
    today = file.timeline.day()
    file.write("protection", entries.protection(today))
    file.write("verification", entries.conclusion(today, victim=True))
    file.move("identified")


def deny(file: File) -> Pauses:
    """The officer finds too little; a second person must agree."""
    yield 8 * DAY
    file.write("verification", entries.conclusion(file.timeline.day(), victim=False))
    file.move("not_identified")


def approve(file: File) -> Pauses:
    """The supervisor agrees."""
    yield 2 * HOUR
    file.decide()


def support(file: File) -> Pauses:
    """Support begins."""
    yield DAY
    file.write("support", entries.support(file.timeline.day()))
    file.move("supporting")


def ask_transfer(file: File) -> Pauses:
    """The person agrees to the handover of the file; a second person must agree to it, too."""
    yield 3 * DAY
    today = file.timeline.day()
    file.write("minors", entries.minors(file.person))
    file.write("property", entries.belongings())
    file.write("papers", entries.papers(today))
    file.write("consent", entries.consent(today))
    file.move("transferring")


def draft_papers(file: File) -> Pauses:
    """One of the two records is begun."""
    yield HOUR
    file.draft("victim_handover", papers.victim_handover(file.timeline.day()))


def issue_papers(file: File) -> Pauses:
    """Both records are issued."""
    yield DAY
    today = file.timeline.day()
    for type_id in ("victim_handover", "records_handover"):
        file.issue(file.draft(type_id, papers.forms(today)[type_id]))
        yield HOUR


def offer(file: File) -> Pauses:
    """The shelter is asked to take over."""
    yield HOUR
    file.offer(SHELTER)


def offer_refused(file: File) -> Pauses:
    """The shelter has no place."""
    yield DAY
    file.answer("doitac", refusal="Nhà tạm lánh đã hết chỗ cho người có trẻ em đi cùng.")


def offer_confirmed(file: File) -> Pauses:
    """The shelter takes over."""
    yield 5 * HOUR
    file.answer("doitac")


def ask_to_close(file: File) -> Pauses:
    """The officer asks to close the file."""
    yield 20 * DAY
    file.move("closed", reason="Đã thực hiện xong các chế độ hỗ trợ.")


def refuse_to_close(file: File) -> Pauses:
    """The supervisor does not agree."""
    yield DAY
    file.decide(refusal="Còn chế độ học nghề chưa thực hiện; bổ sung kế hoạch.")
