"""The folder that holds everything the shop keeps, and the secrets in it."""

import os
import secrets
from pathlib import Path

from policies.errors import SettingsError

SECRET_BYTES = 32


def prepare_home(home: Path) -> Path:
    """Create the home for its owner only.

    Raises:
        SettingsError: It cannot be created or written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"AISLE_HOME {home} cannot be used: {error.strerror}. Choose a folder you can write to."
        ) from error
    return home


def secret_file(path: Path) -> bytes:
    """Return the 256 random bits kept in `path`, written whole on first use and readable by the owner only.

    Two starting processes agree on one secret: the first file to get the name stays.

    Raises:
        SettingsError: The file cannot be written or is not such a secret.
    """
    try:
        if not path.exists():
            _write_once(path)
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise SettingsError(f"{path} cannot be used: {error.strerror}. Check the home's disk and owner.") from error
    except ValueError as error:
        raise SettingsError(f"{path} is damaged; restore it from a backup of the home.") from error
    if len(key) != SECRET_BYTES:
        raise SettingsError(f"{path} is damaged; restore it from a backup of the home.")
    return key


def _write_once(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
