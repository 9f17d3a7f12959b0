"""Development set of understanding: reads the frozen messages and refuses changed ones."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ConfigDict

from assistant.compact.meaning import Intent

SHA256 = "01cf8a704ac70350b7fc1cc2f3aaaeb08a2ece7c7075b4685d2ef01f42f77d5d"
INTENTS: tuple[str, ...] = get_args(Intent)
PATH = Path(__file__).with_name("development.jsonl")

Slot = str | int | Sequence[str] | Sequence[int]


class Turn(BaseModel):
    """One line of a conversation before the message."""

    model_config = ConfigDict(frozen=True)

    role: str
    text: str


class ShownItem(BaseModel):
    """Something that was shown before the message."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    facets: Mapping[str, object] = {}


class Utterance(BaseModel):
    """One message and what it means; README.md beside this has the rules of labelling."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    history: tuple[Turn, ...] = ()
    shown: tuple[ShownItem, ...] = ()
    intents: tuple[str, ...]
    slots: Mapping[str, Slot] = {}
    asked: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()


def development() -> list[Utterance]:
    """Read the set.

    Raises:
        ValueError: The file is not the frozen one.
    """
    found = PATH.read_bytes()
    if sha256(found).hexdigest() != SHA256:
        raise ValueError(f"{PATH.name} is not the frozen set: its SHA-256 differs")
    return [Utterance.model_validate_json(line) for line in found.decode("utf-8").splitlines()]
