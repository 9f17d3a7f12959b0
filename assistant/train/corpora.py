"""Reads the public sets whose licences let trained weights be shipped: clinc150, webshop_goals and queryner (train)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from policies.errors import SettingsError

# What a shop's assistant makes of clinc150's intents; those left out mean several things, all others nothing here.
_OURS = {
    "greeting": "greet",
    "thank_you": "thanks",
    "goodbye": "thanks",
    "what_can_i_ask_you": "help",
    "are_you_a_bot": "help",
    "order_status": "order_status",
}
_UNCLEAR = frozenset({
    "yes", "no", "maybe", "cancel", "repeat", "order", "shopping_list", "shopping_list_update", "order_checks",
    "who_made_you", "what_is_your_name", "redeem_rewards", "reset_settings",
})  # fmt: skip
_COUNTS = {"out_of_scope": 4500, "webshop": 2400, "queryner": 900}


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A sentence of a public set and what it asks of a shop."""

    text: str
    intent: str
    source: str


def borrowed(folder: Path, share: float, random: Random) -> Iterator[Borrowed]:
    """Yield sentences of the sets in `folder`; `share` of the usual number.

    Raises:
        SettingsError: A set is missing or not what it should be.
    """
    yield from _clinc(folder / "clinc150" / "train_val.json", share, random)
    goals = [str(goal) for goal in _json(folder / "webshop_goals" / "human_goals.json")]
    for goal in random.sample(goals, min(len(goals), int(_COUNTS["webshop"] * share))):
        yield Borrowed(goal, "search", "webshop_goals")
    queries = [str(json.loads(line)["query"]) for line in lines_of(folder / "queryner" / "train.jsonl")]
    for query in random.sample(queries, min(len(queries), int(_COUNTS["queryner"] * share))):
        yield Borrowed(query, "search", "queryner")


def _clinc(path: Path, share: float, random: Random) -> Iterator[Borrowed]:
    read = _json(path)
    strange: list[str] = [text for text, _ in read["oos_train"]]
    for text, intent in read["train"]:
        if intent in _OURS:
            if random.random() < share:
                yield Borrowed(text, _OURS[intent], "clinc150")
        elif intent not in _UNCLEAR:
            strange.append(text)
    for text in random.sample(strange, min(len(strange), int(_COUNTS["out_of_scope"] * share))):
        yield Borrowed(text, "out_of_scope", "clinc150")


def _json(path: Path) -> "dict[str, list[list[str]]]":
    return json.loads(_text(path))


def lines_of(path: Path) -> list[str]:
    """Return the lines of a set's file.

    Raises:
        SettingsError: It cannot be read.
    """
    return _text(path).splitlines()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Point --data at the folder with it.") from error
