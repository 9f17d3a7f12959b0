"""Whether the compact planner keeps a turn, and which reasons there are to hand it to a larger model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from assistant.compact.planner import UNDERSTOOD
from assistant.pictures import pictures_of, words_of

Reason = Literal["low_confidence", "picture_to_read", "many_wishes", "complaint", "rephrased", "advice", "declined"]

# More words of taste, occasion or use than these are wishes that no search field holds.
_MOST_SOFT = 4
# A matter of its own, which needs nothing of what another model and the shopper were at.
_OF_ITS_OWN = frozenset({"search", "view_cart", "undo", "buy", "order_status", "store_policy", "greet", "thanks"})
# A person is asked for, or an order changed: tools do that, whoever plans.
_DONE_BY_TOOLS = frozenset({"hand_over", "change_order"})
_READ = re.compile(
    r"\b(?:read|says?|written|writing|text|label|tag|caption|logo|model number|serial|size (?:is|does)|"
    r"what does (?:it|this|the))\b"
)
_COMPLAINS = re.compile(
    r"\b(?:terrible|awful|horrible|unacceptable|ridiculous|useless|disappoint\w*|rubbish|fed up|annoy\w*|frustrat\w*|"
    r"worst|waste of (?:time|money)|not (?:happy|good enough|acceptable)|never (?:again|works?)|complain\w*)\b"
)
_ADVICE = re.compile(
    r"\b(?:which (?:one )?(?:would|should|do) (?:you|i)|what (?:would|do) you (?:think|pick|choose|suggest|advise)|"
    r"help me (?:choose|decide|pick)|pros and cons|worth (?:it|the)|your (?:advice|opinion)|advise|"
    r"better (?:for|choice|buy)|should i (?:get|buy|take|go))\b"
)
_AGAIN = re.compile(
    r"\b(?:i (?:said|meant|mean|asked)|not what i|that's not|that is not|"
    r"you (?:don't|didn't) (?:understand|listen|get)|as i said|again:|no,? i want|"
    r"none of (?:that|those|these|them)|forget it)\b"
)
# What a shop is asked for; a message with such a word is seldom about something else.
_OF_A_SHOP = re.compile(
    r"\b(?:orders?|ordered|parcels?|packages?|deliver\w*|shipp\w*|cards?|pay\w*|paid|carts?|baskets?|sizes?|"
    r"returns?|refund\w*|stock|shop|stores?|buy\w*|bought|price\w*|discount\w*|cheaper|address|account|receipt|"
    r"invoice)\b"
)
_WORD = re.compile(r"[a-z0-9]{4,}")
_COMMON = frozenset(
    {"have", "some", "show", "want", "need", "please", "what", "that", "this", "with", "find", "looking"}
)
_SAME_SHARE, _SAME_WORDS = 0.7, 3


@dataclass(frozen=True, slots=True)
class Understood:
    """What the compact planner made of the message it just answered.

    Args:
        intents: In order.
        confidence: Calibrated, of its least certain part, in [0, 1].
        threshold: Confidence from which it keeps a turn.
        soft: Words of wishes that no search field holds.
    """

    intents: tuple[str, ...]
    confidence: float
    threshold: float
    soft: int = 0


def taken_out(answer: AIMessage) -> Understood | None:
    """Take what the compact planner's answer carries out of it, so that no checkpoint keeps it; None for others."""
    told: Mapping[str, Any] | None = answer.response_metadata.pop(UNDERSTOOD, None)
    if told is None:
        return None
    return Understood(tuple(told["intents"]), told["confidence"], told["threshold"], told["soft"])


def reasons(found: Understood, messages: Sequence[BaseMessage], keep_from: float | None = None) -> tuple[Reason, ...]:
    """Return why a larger model should answer; nothing when the compact planner keeps the turn.

    Args:
        found: What it understood.
        messages: The conversation up to the shopper's message.
        keep_from: Confidence from which it keeps a turn, instead of the one training left.
    """
    said = [message for message in messages if isinstance(message, HumanMessage)]
    pictured = bool(said) and bool(pictures_of(said[-1]))
    return reasons_in(found, [words_of(message.text) for message in said[-2:]], keep_from, pictured=pictured)


def reasons_in(
    found: Understood, said: Sequence[str], keep_from: float | None = None, *, pictured: bool = False
) -> tuple[Reason, ...]:
    """Return the same from the shopper's words alone.

    Args:
        found: What the compact planner understood.
        said: What the shopper said, the message in question last.
        keep_from: As in `reasons`.
        pictured: Whether the message brings a picture.
    """
    last = said[-1].casefold() if said else ""
    before = said[-2].casefold() if len(said) > 1 else ""
    by_tools = bool(_DONE_BY_TOOLS & set(found.intents))
    held: dict[Reason, bool] = {
        "low_confidence": found.confidence < (found.threshold if keep_from is None else keep_from),
        "picture_to_read": pictured and _READ.search(last) is not None,
        "many_wishes": found.soft > _MOST_SOFT,
        "complaint": not by_tools and _COMPLAINS.search(last) is not None,
        "rephrased": _AGAIN.search(last) is not None or _same(last, before),
        "advice": _ADVICE.search(last) is not None,
        "declined": "out_of_scope" in found.intents and _OF_A_SHOP.search(last) is not None,
    }
    return tuple(reason for reason, holds in held.items() if holds)


def of_its_own(found: Understood) -> bool:
    """Tell a message that needs nothing of what went before, so that the conversation may change its model."""
    return bool(found.intents) and set(found.intents) <= _OF_ITS_OWN


def _same(last: str, before: str) -> bool:
    """Tell the same wish in other words, which is said when the answer was not what was meant."""
    mine, theirs = (set(_WORD.findall(text)) - _COMMON for text in (last, before))
    if min(len(mine), len(theirs)) < _SAME_WORDS:
        return False
    return len(mine & theirs) / min(len(mine), len(theirs)) >= _SAME_SHARE
