"""`flask index ...`: what the search index tells a thief, whether it is whole, and how it is made anew."""

from __future__ import annotations

import sys
from itertools import islice

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.failures import explained
from app.domain.actor import operator_of_the_service
from app.extensions import db
from app.ledger import tags
from app.models import Case, Report, SearchTag
from app.search.leakage import attacked, stored, values_of
from app.search.population import people
from app.services.indexing import DONE, check_step, rebuild_step, unfinished

index = AppGroup("index", help="The search index.")
SHOWN = 20
REMAINS = """
What remains: whoever takes the table learns how many terms of each kind there are. Whoever watches it while the program
works sees which tags appear together and when, and so how many terms of which kind a file has; never which files
share one. Whoever has the index key besides can try every name and number: keep the key store apart from the database.
"""


@index.command("leakage")
@click.option("--people", "count", default=10_000, show_default=True, help="Invented people to attack.")
@explained
def leakage(count: int) -> None:
    """Count what the stored table tells, and run the attack of somebody who knows how common every name is."""
    click.echo(
        f"Stored\n{'kind':16}{'tags':>10}{'different':>11}{'largest bucket':>16}{'entropy (bits)':>16}"
    )
    for row in stored():
        click.echo(f"{row.kind:16}{row.tags:>10}{row.different:>11}{row.largest:>16}{row.entropy:>16.2f}")
    click.echo()
    with click.progressbar(people(4 * count), length=4 * count, label="Inventing people") as everybody:
        one_by_one = iter(everybody)
        known, values = values_of(islice(one_by_one, 3 * count)), values_of(one_by_one)
    click.echo(f"Attacked: {count} invented people; a plain index of the same values beside the tags")
    heads = (
        f"{'rows':>8}  plain: {'largest':>7}{'entropy':>9}{'known':>9}  tags: {'known':>8}{'blind guess':>13}"
    )
    click.echo(f"{'kind':36}{heads}")
    for one in attacked(values, known):
        plain = f"{one.plain_largest:>15}{one.plain_entropy:>9.2f}{one.plain_known:>9.2%}"
        click.echo(f"{one.kind:36}{one.rows:>8}{plain}{one.tagged_known:>16.2%}{one.blind:>13.2%}")
    click.echo(REMAINS)


@index.command("rebuild")
@explained
def rebuild() -> None:
    """Empty the index and make it anew from every file; goes on where it was interrupted, while officers work."""
    operator = operator_of_the_service()
    progress = unfinished()
    click.echo(
        "Going on where the last run stopped." if progress else "Searching finds less until this is done."
    )
    with Session(db.engine) as session:
        length = tags.volume(session) + sum(_count(session, table) for table in (Report, Case))
    with click.progressbar(length=length, label="Making the index anew") as bar:
        while progress is None or progress.phase != DONE:
            progress = rebuild_step(operator, progress)
            db.session.remove()
            bar.update(progress.count)
    with Session(db.engine) as session:
        click.echo(f"The index is made: {tags.volume(session)} tags.")


@index.command("check")
@click.option(
    "--files/--no-files", default=True, show_default=True, help="Also open every file and look for it."
)
@explained
def check(*, files: bool) -> None:
    """Compare the stored tags with what the ledger tells of them, and every file with the index; exit 1 on a fault."""
    faults = [*_sums(), *(_files() if files else ())]
    for fault in faults[:SHOWN]:
        click.echo(fault)
    if faults:
        click.echo(f"The search index is NOT whole: {len(faults)} faults. Run: flask index rebuild", err=True)
        sys.exit(1)
    click.echo("The search index is whole.")


def _sums() -> list[str]:
    faults = []
    with Session(db.engine) as session:
        if session.get_bind().dialect.name == "postgresql":  # SQLite reads one snapshot anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        told = sum(tags.told_by_all(session), tags.Sum())
        found = tags.Sum()
        with click.progressbar(length=tags.volume(session), label="Adding up the tags") as bar:
            for part in tags.stored(session):
                found += part
                bar.update(part.count)
        odd = sum(row.odd for row in stored())
    if found.count != told.count:
        faults.append(f"{found.count} tags are stored, the ledger tells of {told.count}.")
    elif found != told:
        faults.append("A stored tag or pointer is not what the ledger tells of.")
    if odd:
        faults.append(f"{odd} pointers have a length the program never makes.")
    db.session.remove()
    return faults


def _files() -> list[str]:
    operator, progress, faults = operator_of_the_service(), None, []
    with Session(db.engine) as session:
        length = sum(_count(session, table) for table in (Report, Case))
    with click.progressbar(length=length, label="Looking for every file") as bar:
        while progress is None or progress.phase != DONE:
            progress, gaps = check_step(operator, progress)
            db.session.remove()
            faults += [f"{gap.code} is not found by {gap.missing} of its terms." for gap in gaps]
            bar.update(progress.count)
    return faults


def _count(session: Session, table: type[Report | Case | SearchTag]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
