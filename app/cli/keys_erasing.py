"""`flask keys erase-case | erasure`: two persons at the terminal erase a file, and the proof that stays."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext

from app.backup.files import backups
from app.catalogue.retention import ERASURE_GROUNDS
from app.catalogue.roles import ROLES
from app.cli.failures import explained
from app.domain.actor import Actor, Channel, anonymous, operator_of_the_service
from app.domain.deadlines import LOCAL
from app.extensions import part
from app.services.erasure import decide_erasure, find_waiting, read_proof, request_erasure
from app.services.sign_in import sign_in

GROUNDS = tuple(ground.id for ground in ERASURE_GROUNDS)


@click.command("erase-case")
@click.argument("code")
@click.option("--request", "asker", help="User name of the supervisor who asks.")
@click.option("--ground", type=click.Choice(GROUNDS), default=GROUNDS[0], show_default=True)
@click.option("--approve", "approver", help="User name of another supervisor of the unit, who approves.")
@click.option("--refuse", "refuser", help="User name of another supervisor of the unit, who refuses.")
@with_appcontext
@explained
def erase_case(code: str, asker: str | None, ground: str, approver: str | None, refuser: str | None) -> None:
    """Ask for a file to be erased, or decide what another person asked for; each gives the own password."""
    given = [name for name in (asker, approver, refuser) if name]
    if len(given) != 1:
        raise click.ClickException("Name one person: with --request, --approve or --refuse.")
    actor = _signed_in(given[0])
    case, waiting = find_waiting(actor, code)
    if asker:
        request_erasure(actor, case.id, ground, version=case.version)
        click.echo(
            f"{case.code}: asked for. Another supervisor decides: flask keys erase-case {case.code} --approve …"
        )
        return
    if waiting is None:
        raise click.ClickException(f"Nobody asked for {case.code} to be erased. First: --request")
    if approver:
        click.confirm(f"{case.code} will never be opened again, by anybody. Erase it now?", abort=True)
    decide_erasure(actor, waiting.id, approved=bool(approver))
    if approver:
        click.echo(f"{case.code} is erased. What stays in the ledger: flask keys erasure {case.code}")
    else:
        click.echo(f"{case.code}: refused; the file stays.")


@click.command("erasure")
@click.argument("code")
@with_appcontext
@explained
def erasure(code: str) -> None:
    """Show the proof of an erasing: its ledger entry, both persons, and when no backup opens the file any more."""
    proof = read_proof(operator_of_the_service(), code)
    entry, body = proof.entry, proof.body
    click.echo(f"Ledger entry: lane {entry.lane}, number {entry.counter}, code {entry.mac.hex()}")
    click.echo(f"Erased on:    {entry.at.astimezone(LOCAL):%d/%m/%Y %H:%M}, kept until {body['keep_until']}")
    click.echo(f"Asked for by: {proof.requested_by} ({body['basis']})")
    click.echo(f"Approved by:  {proof.approved_by}")
    click.echo(
        f"Destroyed:    {body['keys']} data keys; {body['values']} sealed values, {body['reports']} reports and "
        f"{body['attachments']} attachments cannot be opened"
    )
    click.echo(f"Digest:       {body['digest']}")
    gone = proof.gone_from_backups.astimezone(LOCAL)
    click.echo(
        f"Backups:      no copy opens it once the keys parts made before {entry.at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
    )
    click.echo(f"              are pruned; they are due by {gone:%d/%m/%Y}: flask backup prune --delete")
    click.echo(f"              {_still_there(entry.at)}")
    if proof.roots:
        click.echo(
            f"Root keys:    {', '.join(proof.roots)} wrapped its keys and still exists; a copy of the old"
        )
        click.echo("              data keys opens until it is retired: flask keys rotate, rewrap, retire")
    else:
        click.echo("Root keys:    those that wrapped its keys are destroyed: no copy of them opens any more")


def _still_there(erased_at: datetime) -> str:
    """What the folder of backups holds from before the erasing; the newest good keys part is never pruned."""
    folder = part("settings").backup_directory
    old = [made for made in backups(folder) if made.keys and made.at <= erased_at]
    if not old:
        return f"None is left in {folder}. Copies elsewhere are not seen from here."
    since = old[0].at.astimezone(LOCAL)
    return f"Still in {len(old)} keys parts in {folder}, the oldest of {since:%d/%m/%Y}."


def _signed_in(username: str) -> Actor:
    password = click.prompt(f"Password of {username}", hide_input=True)
    account = sign_in(anonymous(Channel.CLI, "local"), username, password)
    if account.must_change_password:
        raise click.ClickException("Sign in on the web and choose your own password first.")
    role = ROLES[account.role_id]
    return Actor(account.id, account.unit_id, role, role.permissions, Channel.CLI, "local")


COMMANDS = (
    erase_case,
    erasure,
)
"""What these add to `flask keys`."""
