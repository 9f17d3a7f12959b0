"""What is said about parts of a picture: one of several things in it, or the text on it."""

import re
from collections.abc import Sequence
from typing import Any

from assistant.compact.meaning import Clause, Intent
from assistant.compact.outcomes import Call
from assistant.compact.say_sights import read_aloud
from assistant.compact.scripts import Script
from assistant.compact.sights import side

_FINDING: frozenset[Intent] = frozenset(
    {"search", "refine", "find_similar", "ask_attribute", "recommend", "out_of_scope", "answer_clarification", "help"}
)
_READS = re.compile(
    r"\b(?:what|which|read|can you see|does|is there)\b.{0,40}"
    r"\b(?:labels?|tags?|stickers?|writing|written|printed|text)\b"
    r"|\bread (?:it|this|that|the (?:label|tag|text|sticker))\b|\bwhat does (?:it|this|that|the picture|my photo) say\b"
)
_WHOLE_LOOK = re.compile(
    r"\b(?:this|the|that) (?:whole )?(?:room|look|outfit|set|corner)\b|\bshop (?:the|this) (?:look|room)\b"
    r"|\b(?:all|everything|both|one of each)(?: of)? (?:in|on|from|of) (?:it|this|that|the (?:picture|photo))\b"
)
# Nothing but which of several things is meant, as the buttons over a picture say it.
_BARE_THING = re.compile(
    r"^(?:and |what about |how about |only |just |no,? )*(?:the|that|this) "
    r"(?:\w+(?: \w+){0,2}|one (?:on|in) the (?:left|right|middle))[?.!]*$"
)


def of_several(clause: Clause, things: Sequence[str]) -> bool:
    """Tell whether one of several things in a picture is meant: "the lamp", "the one on the left".

    Args:
        clause: What was said.
        things: Their kinds, from left to right.
    """
    if len(things) < 2:
        return False
    if _BARE_THING.match(clause.text):
        return side(clause.text) is not None or any(kind in clause.text for kind in things)
    named = [kind for kind in clause.slots.product_types if kind in things]
    the = any(re.search(rf"\b(?:the|that|this|only|just) (?:\w+ )?{re.escape(kind)}\b", clause.text) for kind in named)
    return clause.intent in _FINDING and (the or side(clause.text) is not None)


def for_all(need: dict[str, Any], text: str) -> None:
    """Let a sum named for a whole room or look be the sum of one of each thing in the picture."""
    if _WHOLE_LOOK.search(text) and "price_max" in need:
        need["together"] = need.pop("price_max")
        for name in ("product_types", "query"):
            need.pop(name, None)


def asks_to_read(text: str) -> bool:
    """Tell whether normalised words ask what is written in a picture."""
    return _READS.search(text) is not None


def read(image_ids: Sequence[str]) -> Script:
    """Read the first of these pictures and say what its label tells."""
    (outcome,) = yield (Call("read_picture", {"image_id": image_ids[0]}),)
    return read_aloud(outcome)


def keep_place(need: dict[str, Any], clause: Clause) -> None:
    """Keep which of several things is meant, until another is."""
    place = side(clause.text)
    if place is not None:
        need["region"] = place
        if not clause.slots.product_types:
            need.pop("product_types", None)
    elif clause.slots.product_types:
        need.pop("region", None)
