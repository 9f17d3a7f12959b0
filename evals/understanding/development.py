"""Development set of understanding: reads the frozen messages and refuses changed ones."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict

SHA256 = "01cf8a704ac70350b7fc1cc2f3aaaeb08a2ece7c7075b4685d2ef01f42f77d5d"
INTENTS = (
    "search",
    "refine",
    "find_similar",
    "goes_with",
    "recommend",
    "ask_attribute",
    "compare",
    "add_to_cart",
    "change_cart",
    "view_cart",
    "undo",
    "buy",
    "order_status",
    "change_order",
    "board",
    "store_policy",
    "remember",
    "answer_clarification",
    "greet",
    "thanks",
    "help",
    "hand_over",
    "out_of_scope",
)
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
