"""`aisle backup` and `aisle restore`: the whole home in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.backups import back_up, restore
from assistant.settings import Settings
from ui.client import Conversation, ProblemError, connect
from ui.commands.running import Failed, run
from ui.home import held
from ui.home_server import running_server

_DATABASE = "The books are in PostgreSQL and not in this file: dump that database besides, with pg_dump."


def backup(file: Annotated[Path, typer.Argument(help="Where to write it, e.g. shop.tar.gz.")]) -> None:
    """Copy everything the shop keeps into one file, also while the shop is open.

    The file holds the books and the home's keys: keep it as safe as the home. Shoppers' own pictures, which live for a
    day, are left out, and so is what the shop builds or draws again by itself.

    Example:
        aisle backup /mnt/backups/shop.tar.gz
    """

    async def work(settings: Settings) -> None:
        target = file.expanduser().absolute()
        if not target.parent.is_dir():
            raise Failed(f"There is no folder {target.parent}. Make it, or choose another.")
        note = await running_server(settings.home_path)
        if note is None:
            with held(settings.home_path):
                copied = await back_up(settings, target)
            files, size, books = copied.files, copied.size, copied.books
        else:
            async with connect(note.url) as http:
                try:
                    told = await Conversation(http, note.operator_token).back_up(str(target))
                except ProblemError as problem:
                    raise Failed(str(problem)) from problem
            files, size, books = told["files"], told["size_bytes"], told["books"]
        typer.echo(f"{target} holds {files:,} files of {settings.home_path}, {size / 1e6:.1f} MB.")
        if not books:
            typer.echo(_DATABASE)

    run(work)


def restore_home(file: Annotated[Path, typer.Argument(help="A file that `aisle backup` wrote.", exists=True)]) -> None:
    """Make a home of a backup. AISLE_HOME must not be there yet, or be empty.

    The books are brought to this version and checked, the audit log too, and whoever was erased since the backup is
    erased again before the home gets its name. That needs the list of erasures, which lies beside the home
    ($AISLE_HOME.erasures) or at AISLE_ERASURE_JOURNAL: keep it, apart from the backups.

    Example:
        AISLE_HOME=/srv/shop aisle restore /mnt/backups/shop.tar.gz
    """

    async def work(settings: Settings) -> None:
        listed = settings.journal_path.exists()
        copied = await restore(settings, file.expanduser().absolute())
        typer.echo(f"{settings.home_path} is as it was at {copied.made_at}: {copied.files:,} files, all checked.")
        if not copied.books:
            typer.echo(
                "The books are in PostgreSQL: restore that database too; erasures are repeated at the next start."
            )
        elif listed:
            typer.echo(f"Shoppers erased again, as {settings.journal_path} has it: {copied.erased_again:,}.")
        else:
            typer.echo(
                f"There is no list of erasures at {settings.journal_path}. If shoppers were erased since then, put the "
                "list there before you start the shop, or set AISLE_ERASURE_JOURNAL.",
                err=True,
            )

    run(work)
