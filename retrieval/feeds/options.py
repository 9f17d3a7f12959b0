"""What an operator says about a feed: its format, its money, and which column means what."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from policies.errors import SettingsError
from retrieval.feeds.fields import FIELDS

FormatName = Literal["auto", "jsonl", "csv", "json", "google", "shopify", "woocommerce", "schema-org", "acp"]


class FeedOptions(BaseModel):
    """How to read a feed. Everything has a default that suits the formats we know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: FormatName = "auto"
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="ISO 4217; of prices that name none.")
    decimal: Literal["auto", ".", ","] = "auto"
    minor_units: bool = Field(default=False, description="Prices count cents already.")
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: str | None = Field(default=None, max_length=40)
    records: str = Field(default="", max_length=100, description="JSON: name of the list that holds the products.")
    each: str = Field(default="", max_length=100, description="JSON: name of the list of variants in each product.")
    path_separator: str = Field(default=">", min_length=1, max_length=5, description="Between steps of a category.")
    image_base: str = Field(default="", max_length=500, description="Stands before pictures that are mere paths.")
    assumed_stock: int = Field(default=10, ge=0, description="Units of what is in stock without a count.")
    fields: dict[str, tuple[str, ...]] = Field(default={}, description="Our field -> columns, the first filled wins.")
    attributes: dict[str, str] = Field(default={}, description="Attribute -> column.")
    attribute_prefix: str = Field(default="", max_length=100, description="Columns that begin so are attributes.")
    constants: dict[str, str] = Field(default={}, description="Our field -> value, for rows that have none.")

    @field_validator("fields", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: (columns,) if isinstance(columns, str) else columns for key, columns in value.items()}  # pyright: ignore[reportUnknownVariableType]

    @field_validator("fields", "constants")
    @classmethod
    def _known(cls, value: dict[str, object]) -> dict[str, object]:
        if unknown := sorted(set(value) - set(FIELDS)):
            raise ValueError(f"there is no field {unknown[0]!r}; there are {', '.join(FIELDS)}")
        return value


def read_options(path: Path) -> FeedOptions:
    """Read a mapping file (TOML).

    Raises:
        SettingsError: It cannot be read or names what there is not.
    """
    try:
        return FeedOptions.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsError(f"The mapping {path} cannot be read ({error.strerror}); check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The mapping {path} is not TOML: {error}.") from error
    except ValidationError as error:
        raise SettingsError(f"The mapping {path}: {told(error)}.") from error


def told(error: ValidationError) -> str:
    """Return the first mistake as "field: what"."""
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg'].removeprefix('Value error, ')}"
