"""`flask keys ...`: what keys there are, and the copy of them that several custodians hold together."""

from __future__ import annotations

import hashlib
import sys
import timeit
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.failures import explained, plainly
from app.config import Settings
from app.domain.actor import operator_of_the_service
from app.domain.deadlines import LOCAL
from app.domain.sealing import Branch
from app.extensions import db, part
from app.ledger.checkpoint import LogKey, origin_of
from app.models import DataKey, Deployment
from app.services.key_shares import split_keys
from app.vault import KeyStore, private_files
from app.vault.key_store import PURPOSES
from app.vault.key_stores import key_folder, key_store_exists
from app.vault.shares import (
    Header,
    Split,
    WrongShare,
    check_share,
    header_of,
    keys_of,
    rebuild,
    write_keys,
)

keys = AppGroup("keys", help="Root keys: what there are, and copies in shares.")
COLUMNS = 3
MEASURED = 20  # calls of each kind, five times over


@keys.command("status")
@explained
def status() -> None:
    """Show every key by name; exit 1 when data keys name a root key that is not there."""
    store: KeyStore = part("key_store")
    settings: Settings = part("settings")
    present = {store.present_root(branch) for branch in Branch}
    with Session(db.engine) as session:
        rows = select(DataKey.root_key_id, func.count()).where(DataKey.wrapped.is_not(None))
        wraps = {id_: int(count) for id_, count in session.execute(rows.group_by(DataKey.root_key_id))}
        deployment = session.scalars(select(Deployment)).one()
    click.echo(f"Key store: {settings.key_store}")
    click.echo(f"{'Root key':20} {'Branch':10} {'State':10} {'Wraps data keys':>15}")
    roots = list(store.roots())
    for id_ in [*roots, *sorted(set(wraps) - set(roots))]:
        state = "MISSING" if id_ not in roots else "present" if id_ in present else "retiring"
        branch = id_.rpartition("-")[0] or "both"
        click.echo(f"{id_:20} {branch:10} {state:10} {wraps.get(id_, 0):>15}")
    click.echo(f"Authentication keys: {', '.join(PURPOSES)}")
    log = LogKey(origin_of(deployment.id, deployment.generation), store.public_key())
    click.echo(f"Checkpoint key: {log.verifier}")
    if set(wraps) - set(roots):
        click.echo(
            "Data keys are wrapped by a root key that is not there. Restore it from the key backup.", err=True
        )
        sys.exit(1)


@keys.command("measure")
@explained
def measure() -> None:
    """Time the key store: what each entry, each opened file and each checkpoint costs."""
    store: KeyStore = part("key_store")
    root, message = store.present_root(Branch.CONTENT), bytes(300)
    wrapped = store.wrap(root, bytes(32), b"")
    acts: dict[str, Callable[[], object]] = {
        "code of an entry": lambda: store.authenticate("ledger", message),
        "opening of a data key": lambda: store.unwrap(root, wrapped, b""),
        "signature of a checkpoint": lambda: store.sign(message),
    }
    for name, act in acts.items():
        seconds = min(timeit.repeat(act, number=MEASURED, repeat=5)) / MEASURED
        click.echo(f"{name:26} {seconds * 1e6:10.0f} µs")


@keys.command("split")
@click.option("--to", "file", type=click.Path(path_type=Path), required=True, help="The new key file.")
@click.option(
    "--threshold", type=click.IntRange(2, 16), default=2, show_default=True, help="Shares that open it."
)
@click.option("--shares", type=click.IntRange(2, 16), default=3, show_default=True, help="Shares to make.")
@click.option(
    "--sheets",
    type=click.Path(path_type=Path),
    help="A new folder for printable sheets, instead of the screen.",
)
@explained
def split(file: Path, threshold: int, shares: int, sheets: Path | None) -> None:
    """Seal every key into one file and show its shares, one custodian after the other."""
    if threshold > shares:
        raise click.ClickException(
            f"{threshold} of {shares} shares cannot be. Make more shares, or need fewer."
        )
    for path in (file, sheets):
        if path is not None and (path.exists() or path.is_symlink()):
            raise click.ClickException(f"{path} is there already; nothing was changed.")
    if sheets is not None:
        sheets.mkdir(mode=0o700)
    made = split_keys(operator_of_the_service(), threshold=threshold, shares=shares)
    private_files.write_new(file, made.file)
    for number in range(1, shares + 1):
        sheet = "\n".join(_sheet(made, number))
        if sheets is None:
            _show(sheet, number, shares)
        else:
            private_files.write_new(sheets / f"share-{number}-of-{shares}.txt", sheet.encode())
    click.echo(f"Every key is in {file}; any {threshold} of the {shares} shares open it.")
    click.echo(f"SHA-256 {hashlib.sha256(made.file).hexdigest()}")
    if sheets is not None:
        click.echo(f"The sheets are in {sheets}: print each for its custodian, then destroy the folder.")


@keys.command("rebuild")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), help="The new folder for the keys.")
@click.option("--check", is_flag=True, help="Write nothing: only try whether these shares open the file.")
@plainly
def rebuild_(file: Path, folder: Path | None, *, check: bool) -> None:
    """Ask for shares and write the key store anew; needs no database."""
    if check == (folder is not None):
        raise click.ClickException("Name a new folder with --to, or only try the shares with --check.")
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; nothing was changed. Name a new folder.")
    sealed = file.read_bytes()
    header = header_of(sealed)
    click.echo(f"Key file of {_day(header)}, installation {header.deployment}.")
    given: list[str] = []
    while len(given) < header.threshold:
        given.append(_asked(sealed, given, header))
    found = rebuild(sealed, given)
    if folder is not None:
        write_keys(folder, found)
    click.echo(
        f"{len(found)} keys {'opened' if folder is None else f'written to {folder}'}: {', '.join(found)}."
    )
    click.echo(_compared(found, folder))


def _asked(sealed: bytes, given: list[str], header: Header) -> str:
    while True:
        words = click.prompt(f"Share {len(given) + 1} of {header.threshold} needed, all words in one line")
        try:
            return check_share(sealed, words, given)
        except WrongShare as error:
            click.echo(str(error), err=True)


def _compared(found: Mapping[str, bytes], written: Path | None) -> str:
    setting: str = part("settings").key_store
    here = key_folder(setting)
    if here is None or not key_store_exists(setting) or (written and written.resolve() == here.resolve()):
        return "There is no other key store on this machine to compare them with."
    present = keys_of(setting)
    differing = sorted(name for name in {*present, *found} if present.get(name) != found.get(name))
    if differing:
        return f"They differ from the key store {setting}: {', '.join(differing)}."
    return f"They are exactly those of the key store {setting}."


def _show(sheet: str, number: int, shares: int) -> None:
    click.clear()
    click.echo(f"Only custodian {number} looks at the screen, and writes the words down by hand.\n")
    click.echo(sheet)
    last = "end" if number == shares else f"go on with custodian {number + 1}"
    click.prompt(
        f"Press Enter to clear the screen and {last}", default="", show_default=False, prompt_suffix=" "
    )
    click.clear()


def _sheet(made: Split, number: int) -> Iterator[str]:
    """A page for one custodian, in both languages."""
    header = header_of(made.file)
    yield f"BẾN AN    MẢNH KHÓA {number}/{header.shares}    KEY SHARE {number} OF {header.shares}"
    yield ""
    yield f"Cần {header.threshold} mảnh để mở tệp khóa. / Any {header.threshold} shares open the key file."
    yield f"Hệ thống / Installation: {header.deployment}"
    yield f"Ngày lập / Made on:      {_day(header)}"
    yield f"Tệp khóa / Key file:     SHA-256 {hashlib.sha256(made.file).hexdigest()}"
    yield ""
    words = made.shares[number - 1].split()
    rows = -(-len(words) // COLUMNS)
    for row in range(rows):
        yield "   ".join(
            f"{place + 1:2} {words[place]:12}" for place in range(row, len(words), rows)
        ).rstrip()
    yield ""
    yield "Giữ trong phong bì niêm phong. Không chụp ảnh, không nhập vào máy nào ngoài buổi khôi phục khóa."
    yield "Keep it sealed. Take no photograph; type it nowhere but at a rebuilding of the keys."
    yield ""
    yield "Người giữ / Custodian: ______________________  Ngày / Date: ____________  Ký / Signed: ____________"
    yield ""


def _day(header: Header) -> str:
    return f"{header.made_at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
