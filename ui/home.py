"""The home of one server: a lock that a second one meets at once, and the note that local commands find it by."""

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from assistant.home import prepare_home
from policies.errors import SettingsError

_NOTE = "server.json"
_LOCK = "server.lock"


@dataclass(frozen=True, slots=True)
class ServerNote:
    """Where a running server answers and what its local commands present."""

    url: str
    pid: int
    operator_token: str = field(repr=False)


@contextmanager
def held(home: Path) -> Generator[None]:
    """Hold the home for one server; the lock dies with the process, however it ends.

    Raises:
        SettingsError: Another process serves this home, or the home cannot be written.
    """
    try:
        prepare_home(home)
        descriptor = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(
            f"{home} cannot be used ({error.strerror}). Set AISLE_HOME to a folder of yours."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SettingsError(_taken(home)) from error
    try:
        yield
    finally:
        os.close(descriptor)


def is_held(home: Path) -> bool:
    """Say whether a server holds the home now, answering already or still starting."""
    if not (home / _LOCK).exists():
        return False
    try:
        with held(home):
            return False
    except SettingsError:
        return True


def _taken(home: Path) -> str:
    note = read_note(home)
    where = f" at {note.url} (process {note.pid})" if note else ""
    return f"Another Aisle already serves {home}{where}. Use that one, stop it, or set AISLE_HOME to another folder."


@contextmanager
def noted(home: Path, note: ServerNote) -> Generator[None]:
    """Keep the note beside the home's data while the server runs, readable by its owner only."""
    path = home / _NOTE
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(note), file)
    draft.replace(path)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def read_note(home: Path) -> ServerNote | None:
    """Return the note of a server that is alive, or None; a note left by a killed server counts as none."""
    try:
        note = ServerNote(**json.loads((home / _NOTE).read_text(encoding="utf-8")))
        os.kill(note.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return note
