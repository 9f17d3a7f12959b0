"""Public sets of understanding: messages that are not for a shop (clinc150) and labelled queries (queryner)."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.train.tagger import SLOT_OF
from evals.datasets import CLINC150, QUERYNER, read
from evals.understanding.answer import Answer, plain, price_of, words_of
from evals.understanding.development import Turn, Utterance
from evals.understanding.judge import Counts

Told = Callable[[str], None]

# What a shop assistant answers, too, or what belongs to no world: neither in nor out of scope here.
_CLINC_SHARED = frozenset(
    {
        "are_you_a_bot",
        "cancel",
        "change_language",
        "goodbye",
        "greeting",
        "maybe",
        "no",
        "order",
        "order_status",
        "repeat",
        "shopping_list",
        "shopping_list_update",
        "thank_you",
        "what_can_i_ask_you",
        "what_is_your_name",
        "who_made_you",
        "yes",
    }
)


class Query(BaseModel):
    """One query of queryner: its words and a BIO tag for each."""

    model_config = ConfigDict(frozen=True)

    query: str
    tokens: tuple[str, ...]
    labels: tuple[str, ...]


def out_of_scope(data: Path, told: Told) -> tuple[list[str], list[str]]:
    """Return clinc150's validation messages: those out of all its 150 intents, and those of other worlds' intents."""
    sets: Mapping[str, Sequence[Sequence[str]]] = json.loads(read(data, CLINC150, "train_val.json", told))
    others = [text for text, intent in sets["val"] if intent not in _CLINC_SHARED]
    return [text for text, _ in sets["oos_val"]], others


def queries(data: Path, told: Told) -> list[Query]:
    """Return queryner's validation queries."""
    lines = read(data, QUERYNER, "validation.jsonl", told).splitlines()
    return [Query.model_validate_json(line) for line in lines]


def dialogues(data: Path) -> list[Utterance]:
    """Return messages of crowd-written dialogues where the data folder has any, labelled like the development set.

    Every `dialogues/*.jsonl` is read; `slots`, `asked` and `refers_to` may be missing.
    """
    files = sorted((data / "dialogues").glob("*.jsonl"))
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return [Utterance.model_validate_json(line) for line in lines if line.strip()]


def asked_with(one: Utterance) -> dict[str, object]:
    """Return a message as an understander reads it."""
    turns: Sequence[Turn] = one.history
    asked: dict[str, object] = {"text": one.text}
    if turns:
        asked["history"] = [turn.model_dump() for turn in turns]
    if one.shown:
        asked["shown"] = [item.model_dump() for item in one.shown]
    return asked


def entities(query: Query, answer: Answer) -> dict[str, Counts]:
    """Judge an answer by the shared types: (slot, words) must be equal, words in lower case without a plural's s.

    An answer with `entities` is judged by them, another by the words of its slots; the word said stands for a type.
    """
    wanted = frozenset((slot, _form(words)) for slot, words in _spans(query))
    got = frozenset((slot, _form(words)) for slot, words in _named(answer))
    return {slot: _of(slot, wanted, got) for slot in SLOT_OF.values()}


def _of(slot: str, wanted: frozenset[tuple[str, str]], got: frozenset[tuple[str, str]]) -> Counts:
    want, have = ({words for name, words in pairs if name == slot} for pairs in (wanted, got))
    return Counts(len(want & have), len(have - want), len(want - have))


def _spans(query: Query) -> list[tuple[str, str]]:
    spans: list[tuple[str, list[str]]] = []
    for token, label in zip(query.tokens, query.labels, strict=True):
        if label.startswith("B-"):
            spans.append((label[2:], [token]))
        elif label.startswith("I-") and spans:
            spans[-1][1].append(token)
    return [(SLOT_OF[kind], " ".join(words)) for kind, words in spans if kind in SLOT_OF]


def _named(answer: Answer) -> list[tuple[str, str]]:
    if answer.entities is not None:
        return [(entity.slot, entity.text) for entity in answer.entities if entity.slot in SLOT_OF.values()]
    words = words_of(answer.slots)
    said = answer.slots.get("said_type")
    if isinstance(said, str) and said:
        words["product_types"] = frozenset({said})
    named = [(slot, word) for slot in SLOT_OF.values() for word in words.get(slot, ())]
    bounds = [price_of(answer.slots, name) for name in ("price_min", "price_max")]
    return named + [("price", str(bound // 100)) for bound in bounds if bound is not None]


def _form(text: str) -> str:
    words = plain(text).replace("×", "x").split()
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)
