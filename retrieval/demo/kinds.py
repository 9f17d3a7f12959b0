"""Kinds: what the shop knows about each product type, read from the TOML files beside this module."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from random import Random
from typing import Annotated, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from retrieval.demo.grammar import Sentence, parse

_RANGE = re.compile(
    r"^(?P<low>[\d.]+)\.\.(?P<high>[\d.]+)(?:/(?P<step>[\d.]+))? (?P<unit>.+?)(?: \?(?P<missing>0?\.\d+))?$"
)


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(_Data):
    """A number with a unit, written '42..48/0.5 cm ?0.3': from, to, step, unit, share of products not stating it."""

    low: float
    high: float
    step: float
    unit: str
    missing: float

    def draw(self, rng: Random) -> str | None:
        """One value as shoppers read it, '42.5 cm', or None where the page will not say."""
        steps = round((self.high - self.low) / self.step)
        value = self.low + self.step * rng.randint(0, steps)
        return None if rng.random() < self.missing else f"{round(value, 2):g} {self.unit}"


class Choice(_Data):
    """One of some words; an empty word means that the page does not say."""

    words: tuple[str, ...]

    def draw(self, rng: Random) -> str | None:
        """One of the words, or None where the page will not say."""
        return rng.choice(self.words) or None


def _attribute(value: object) -> object:
    if isinstance(value, list):
        return {"words": cast("list[object]", value)}
    if isinstance(value, str) and (match := _RANGE.match(value)):
        return {**match.groupdict(), "step": match["step"] or 1, "missing": match["missing"] or 0}
    return value


Attribute = Annotated[Measure | Choice, BeforeValidator(_attribute)]
Line = Annotated[Sentence, BeforeValidator(lambda text: parse(text) if isinstance(text, str) else text)]


class Form(_Data):
    """A shape within a type, e.g. 'floor lamp': its price factor, its own attributes, what it is made of and with."""

    factor: float = 1.0
    attributes: dict[str, Attribute] = {}
    without: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    extras: tuple[str, ...] | None = None
    styles: tuple[str, ...] = ()


class Stuff(_Data):
    """A main material: its price factor, colours, blends, second parts that suit it, and attributes of its own."""

    factor: float = 1.0
    colours: tuple[str, ...]
    blends: tuple[str, ...] = ()
    extras: tuple[str, ...] | None = None
    attributes: dict[str, Attribute] = {}


class Kind(_Data):
    """One product type: prices in whole dollars for an ordinary brand, parts, attributes and its sentences."""

    name: str
    department: Literal["home", "fashion"]
    use: str
    weight: int = Field(default=2, ge=1, description="Share of the shop, in slots of the cycle.")
    price: tuple[int, int]
    names: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    titles: tuple[str, ...]
    forms: dict[str, Form]
    materials: dict[str, Stuff]
    extras: dict[str, str] = Field(default={}, description="Words for a second part and its material.")
    extras_share: float = 0.0
    colours: tuple[int, int] = (1, 3)
    sizes: tuple[str, ...] = ()
    sizes_taken: tuple[int, int] = (1, 1)
    size_price: float = Field(default=0.0, description="What the next size up costs, as a share of the first.")
    stock: tuple[int, int] = (4, 24)
    attributes: dict[str, Attribute] = {}
    care: dict[str, str] = Field(default={}, description="Where a material's care differs from its use's.")
    complements: tuple[str, ...]
    open: tuple[Line, ...]
    detail: tuple[Line, ...]
    close: tuple[Line, ...]
    praise: tuple[Line, ...]
    gripes: tuple[Line, ...]


class Use(_Data):
    """What holds for a material in one use: its care and what a good shop says about it."""

    care: dict[str, str]
    say: dict[str, tuple[Line, ...]]


class Brand(_Data):
    """An invented maker: where its prices lie (1 is ordinary) and the styles it works in."""

    level: float
    styles: tuple[str, ...]


class Words(_Data):
    """The shop's words: colours, names for things, brands by department, what each style leans to, who reviews."""

    colours: tuple[str, ...]
    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    brands: dict[str, dict[str, Brand]]
    styles: dict[str, dict[str, tuple[str, ...]]]
    reviewers: tuple[str, ...]
    review_titles: dict[str, tuple[str, ...]]
    review_lines: dict[str, tuple[Line, ...]]


@dataclass(frozen=True)
class Material:
    """Everything the generator reads: kinds in name order, uses, words."""

    kinds: tuple[Kind, ...]
    uses: dict[str, Use]
    words: Words


def load() -> Material:
    """Read and check the data files; a malformed one is a bug and raises."""
    here = files("retrieval.demo")
    kinds = [Kind.model_validate(data) for _, data in _tables(here / "kinds")]
    uses = {name: Use.model_validate(data) for name, data in _tables(here / "uses")}
    words = Words.model_validate(tomllib.loads((here / "words.toml").read_text("utf-8")))
    return Material(tuple(sorted(kinds, key=lambda kind: kind.name)), uses, words)


def _tables(folder: Traversable) -> Iterator[tuple[str, dict[str, object]]]:
    for item in folder.iterdir():
        if item.name.endswith(".toml"):
            yield item.name.removesuffix(".toml"), tomllib.loads(item.read_text("utf-8"))
