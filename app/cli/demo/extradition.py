"""Stories of incoming extradition requests; together they stand in every stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from app.cli.demo import extradition_entries as entries
from app.cli.demo import paper_entries as papers
from app.cli.demo import trafficking_entries as shared
from app.cli.demo.accounts import Cast
from app.cli.demo.desk_work import DAY, HOUR, File, Plot
from app.cli.demo.people import OTHER, WANTED, Person
from app.cli.demo.timeline import Beginning, Timeline

Pauses = Iterator[timedelta]
CHANNELS = ("transferred", "written")


def beginnings(cast: Cast, timeline: Timeline) -> tuple[Beginning, ...]:
    """Nineteen requests, one in every stage."""
    plot = Plot(cast, timeline, "extradition_incoming", _report)
    at_court = (check, forward)
    examined = (*at_court, accept, examine)
    executed = (*examined, extradite, become_final, execute)
    agreed = (*executed, agree)
    ways = (
        (1, ()),
        (12, (hold,)),
        (30, (check,)),
        (20, (check, demand_more)),
        (48, (check, demand_more, give_back, approve)),
        (12, at_court),
        (24, (*at_court, accept)),
        (70, examined),
        (44, (*examined, extradite)),
        (50, (*examined, refuse)),
        (60, (*examined, extradite, appeal)),
        (75, (*examined, refuse, refusal_final, approve)),
        (28, (hold, discontinue, approve)),
        (72, (*examined, extradite, become_final)),
        (80, executed),
        (78, (*agreed, prepare, draft_papers)),
        (90, (*agreed, prepare, issue_papers, offer, confirm)),
        (85, (*agreed, fail)),
        (95, (*agreed, fail, cancel, approve)),
    )
    return tuple(
        Beginning(days_ago, 8 + number % 4, plot.story(number, person, *steps, assigned=bool(steps)))
        for number, (person, (days_ago, steps)) in enumerate(zip(WANTED, ways, strict=True))
    )


def _report(caller: str, person: Person, number: int) -> Mapping[str, Any]:
    return entries.report(caller, person, channel=CHANNELS[number % len(CHANNELS)])


def check(file: File) -> Pauses:
    """The request is noted and its check begins."""
    yield HOUR
    file.write("request", entries.request(file.person, file.timeline.day()))
    file.write("identity", entries.identity(file.person))
    file.move("checking")


def hold(file: File) -> Pauses:
    """The person is held before the request arrives."""
    yield HOUR
    file.write("request", entries.request(file.person, file.timeline.day(), held=True))
    file.write("identity", entries.identity(file.person))
    file.move("urgent_hold")


def demand_more(file: File) -> Pauses:
    """Papers are missing; the requesting state is asked for them."""
    yield 4 * DAY
    file.write("checklist", entries.checklist("translation", "description"))
    file.move("supplement_requested", reason="Thiếu bản dịch và ảnh nhận dạng.")


def give_back(file: File) -> Pauses:
    """Nothing came; the officer asks to return the file."""
    yield 30 * DAY
    file.move("returned", reason="Nước yêu cầu không bổ sung thông tin.")


def approve(file: File) -> Pauses:
    """The supervisor agrees."""
    yield 2 * HOUR
    file.decide()


def discontinue(file: File) -> Pauses:
    """The officer asks to discontinue."""
    yield 10 * DAY
    file.move("discontinued", reason="Nước yêu cầu rút yêu cầu.")


def forward(file: File) -> Pauses:
    """The complete file goes to the court."""
    yield 4 * DAY
    file.write("checklist", entries.checklist())
    file.write("whereabouts", entries.whereabouts(file.timeline.day()))
    file.write("court", entries.sent_to_court())
    file.move("at_court")


def accept(file: File) -> Pauses:
    """The court accepts the case."""
    yield 5 * DAY
    file.write("court", entries.accepted(file.timeline.day()))
    file.move("accepted")


def examine(file: File) -> Pauses:
    """The court decides to examine."""
    yield 8 * DAY
    file.write("court", entries.examining(file.timeline.day()))
    file.move("examining")


def extradite(file: File) -> Pauses:
    """The court decides to extradite."""
    yield 10 * DAY
    file.write("court", entries.decided(file.timeline.day()))
    file.move("decided_extradite")


def refuse(file: File) -> Pauses:
    """The court refuses."""
    yield 10 * DAY
    file.write("court", entries.decided(file.timeline.day(), "refuse"))
    file.move("decided_refuse")


def appeal(file: File) -> Pauses:
    """Somebody appeals."""
    yield 6 * DAY
    file.write("court", entries.appealed())
    file.move("appeal")


def refusal_final(file: File) -> Pauses:
    """Nobody appealed against the refusal."""
    yield 31 * DAY
    file.write("court", entries.final(file.timeline.day()))
    file.move("refused")


def become_final(file: File) -> Pauses:
    """Nobody appealed against the decision."""
    yield 16 * DAY
    file.write("court", entries.final(file.timeline.day()))
    file.move("final")


def execute(file: File) -> Pauses:
    """The court decides to execute; the person is arrested."""
    yield 2 * DAY
    file.write("execution", entries.execution(file.timeline.day()))
    file.move("execution_decided")


def agree(file: File) -> Pauses:
    """Day and place are agreed in writing; the reception term runs on from the execution decision."""
    yield 3 * DAY
    file.write("agreement", entries.agreement(file.timeline.day()))
    file.move("handover_agreed", event_on=file.timeline.day(-3))


def prepare(file: File) -> Pauses:
    """Health, property, papers and escort are put down."""
    yield DAY
    today = file.timeline.day()
    file.write("health", shared.health(today))
    file.write("property", shared.belongings())
    file.write("papers", shared.papers(today))
    file.write("assurances", entries.assurances(today))
    file.write("surrender", entries.surrender())


def draft_papers(file: File) -> Pauses:
    """The record of surrender is begun."""
    yield DAY
    file.draft("surrender_record", papers.surrender_record(file.timeline.day()))


def issue_papers(file: File) -> Pauses:
    """Both records are issued."""
    yield DAY
    today = file.timeline.day()
    for type_id in ("surrender_record", "records_handover"):
        file.issue(file.draft(type_id, papers.forms(today)[type_id]))
        yield HOUR


def offer(file: File) -> Pauses:
    """The escorting unit is asked to take over."""
    yield HOUR
    file.offer(OTHER)


def confirm(file: File) -> Pauses:
    """The escorting unit takes over."""
    yield 3 * HOUR
    file.answer("chihuy-khac")


def fail(file: File) -> Pauses:
    """The receiving side does not come."""
    yield 6 * DAY
    file.write("agreement", entries.failed_pickup())
    file.move("pickup_failed", reason="Đoàn tiếp nhận không đến.")


def cancel(file: File) -> Pauses:
    """The court cancels the execution."""
    yield 4 * DAY
    file.write("execution", entries.cancelled(file.timeline.day()))
    file.move("cancelled", reason="Quá thời hạn tiếp nhận.")
