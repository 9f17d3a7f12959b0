"""What the trained heads think a clause wants, held against what the conversation allows."""

import re
from typing import NamedTuple

import numpy as np

from assistant.compact import signs
from assistant.compact.features import Turn, features
from assistant.compact.heads import Encoder, Weights
from assistant.compact.intents import INTO_CART, Situation
from assistant.compact.meaning import Clause, Intent
from policies.acts import does

LEAD_IN = "lead_in"
# Rules that hardly ever err: they speak of orders, money, what was kept, and steps back.
_CERTAIN: frozenset[Intent] = frozenset({"undo", "change_order", "order_status", "remember", "buy"})
_OF_SHOWN = frozenset({"find_similar", "compare", "ask_attribute", "add_to_cart", "change_cart"})
# What is already in the cart is what such words are about.
_TAKEN = re.compile(
    r"\b(?:instead|cart|basket|trolley|quantity|no longer|not (?:two|three|one|both)|only (?:need|want) (?:one|"
    r"two|a single)|"
    r"after all|anymore|any more|too many|fewer|should be|(?:up|down|back) to (?:one|two|three|four|five|six|\d+))\b"
)
# What is not on screen is looked for, whatever it shall have: 'show me the lamps with the best reviews'.
_FINDS = re.compile(
    r"^(?:please |can you |could you |hi |hello )*(?:show|find|get|give|bring) (?:me|us)\b|^i(?:'m| am) looking for\b"
)
# Words without which a clause says nothing of the kind, however like others it is.
_TELLING: dict[str, re.Pattern[str]] = {
    "goes_with": re.compile(
        r"\b(?:with|match\w*|go(?:es)?|pair\w*|wear|suits?|complement\w*|complete|finish|style|look|outfit|set|next to|"
        r"under|on|for|beside|above|accessor\w+)\b"
    ),
    "change_order": re.compile(
        r"\b(?:order\w*|cancel\w*|return\w*|refund\w*|exchang\w*|swap\w*|replac\w*|chang\w*|address\w*|send\w*|"
        r"sent|ship\w*|"
        r"deliver\w*|back|instead|pay\w*|paid|card|money|wrong|broke\w*|damage\w*|faulty|fits?|keep|late|size|"
        r"stop|bought|"
        r"arriv\w*|came|got|received|pieces|scratch\w*|crack\w*|stain\w*|dent\w*|torn|ripped|missing|defect\w*|parcel|"
        r"package|shrunk|too (?:small|big|large|tight))\b"
    ),
    "order_status": re.compile(
        r"\b(?:order\w*|where\w*|when|arriv\w*|deliver\w*|ship\w*|dispatch\w*|track\w*|parcels?|packages?|status|"
        r"bought|here|"
        r"late|com(?:e|es|ing)|get|got|pa(?:y|id)|charged?|receipt|invoice|confirm\w*|news|updates?|through|purchases?|"
        r"waiting|far|left|gone|sign|stuff|courier|driver|sent|going on|happening|happened)\b"
    ),
    "undo": re.compile(
        r"\b(?:undo\w*|revert|revers\w+|restor\w+|recover|reinstate|back|mistake|wrong|oops|whoops|never ?mind|"
        r"accident\w*|did ?n[o']t|not what|not right|scratch|as it was|like it was|how it was|keep|changed my mind|"
        r"clicked|pressed|step|leave|misspoke|wait|please no|previous|button|gone|hang on|hold on|before|original\w*)\b"
    ),
    "view_cart": re.compile(
        r"\b(?:cart|basket|bag|trolley|total|sum|all|everything|altogether|together|so far|in there|have i|i have|i've|"
        r"picked|chosen|added|owe|pay|review|items|in yet|up to|over|show|see|buying|getting|bill|balance|damage|lot|"
        r"selection|(?:go|make it|get) in|what am i|did)\b"
    ),
    "board": re.compile(
        r"\b(?:\w*boards?|\w*lists?|wish\w*|sav\w+|keep|pin\w*|bookmark\w*|favou?r\w*|collect\w*|together|"
        r"outfits?|rooms?|"
        r"set|furnish\w*|decorat\w*|liked?|later|compos\w+|design\w*|plan\w*|everything|whole|complete|entire|assemble|"
        r"shar\w+|hang on|hold|aside|wardrobe|corner|from scratch|put)\b"
    ),
    "remember": re.compile(
        r"\b(?:remember\w*|not(?:e|ed)|save\w*|store\w*|memori\w+|forget|keep|mind|never|always|(?:i|we) only|"
        r"allerg\w+|sensitive|my|our|me|don't|i'm|own|(?:i|we) have|hate|can't|from now on|next time|"
        r"prefer\w*|in future|"
        r"update|vegan)\b"
    ),
}


class Opinion(NamedTuple):
    """The likeliest intent, how often such an opinion is right in [0, 1], and whether the words only lead to others."""

    intent: Intent
    confidence: float
    leads: bool


class Heads:
    """Trained weights and the encoder they were trained with."""

    def __init__(self, encoder: Encoder, weights: Weights) -> None:
        self._encoder = encoder
        self.weights = weights

    async def weigh(self, clause: Clause, turn: Turn, ruled: Intent | None) -> Opinion:
        """Return what a clause wants.

        Args:
            clause: As read.
            turn: What surrounds it.
            ruled: What rules made of it.
        """
        vector = await self._encoder.encode_query(clause.text)
        scores = self.weights.logits(vector, features(clause, turn, ruled), ruled)
        chances = np.exp(scores - scores.max())
        labels = self.weights.labels
        leads = labels[int(chances.argmax())] == LEAD_IN
        for at, label in enumerate(labels):
            if label != ruled and (_early(label, clause, turn.now, ruled) or not _possible(label, clause, turn, ruled)):
                chances[at] = 0.0
        chances = chances / chances.sum()
        if ruled is not None and _certain(ruled, clause, turn.now):
            return Opinion(ruled, self.weights.calibrated(float(chances[labels.index(ruled)])), False)
        best = int(chances.argmax())
        found: Intent = labels[best]  # pyright: ignore[reportAssignmentType] -- every label but one is an intent
        return Opinion(found, self.weights.calibrated(float(chances[best])), leads)


def _certain(ruled: Intent, clause: Clause, now: Situation) -> bool:
    # "Make it two" of what is in the cart takes nothing new.
    counts = ruled == "change_cart" and (now.cart or now.added)
    if counts or (ruled == "recommend" and signs.OCCASION.search(clause.text) is not None):
        return True
    # 'and the first one under $600' looks on from there.
    bounded = _bounded(ruled, clause) and bool(clause.reference) and ruled == "refine" and not clause.asked
    # 'Is there anything cheaper?' is than what is there.
    narrows = not clause.reference and not clause.slots.product_types
    relative = ruled == "refine" and clause.slots.relative is not None and narrows
    sells = ruled in {"search", "refine"} and signs.SELLS.match(clause.text) is not None
    # 'Add everything to my cart' is no question for what is in it.
    puts = ruled == "add_to_cart" and INTO_CART.match(clause.text) is not None
    return ruled in _CERTAIN or puts or bounded or relative or sells or signs.COMPARATIVE.match(clause.text) is not None


def _early(label: str, clause: Clause, now: Situation, ruled: Intent | None) -> bool:
    """Tell what is only said of things on screen, while there are none: 'show me the walnut desk' first of all."""
    said = (
        clause.asked and not _FINDS.match(clause.text)
        if label == "ask_attribute"
        else _changes(clause)
        if label == "change_cart"
        else ()
    )
    of_shown = label in _OF_SHOWN and not said
    return of_shown and ruled == "search" and not (now.shown or now.ordered)


def _changes(clause: Clause) -> bool:
    """Tell whether words speak of what was taken already: 'make the lamps two', 'I no longer need the rug'."""
    return does("remove", clause.text, "") or does("change", clause.text, "") or _TAKEN.search(clause.text) is not None


def _possible(label: str, clause: Clause, turn: Turn, ruled: Intent | None) -> bool:
    """Tell whether a clause can mean an intent that no rule found in it."""
    now, asked = turn.now, turn.asked
    telling = _TELLING.get(label)
    if telling is not None:
        return telling.search(clause.text) is not None
    match label:
        case "lead_in":
            return False
        case "answer_clarification":
            return bool(asked) and ruled != "view_cart"
        case "compare":
            one = clause.reference.kind == "last" and clause.reference.ordinals == (1,)
            return not one and (clause.reference.kind != "ordinal" or len(clause.reference.ordinals) > 1)
        case "refine":
            return now.shown or now.has_need or bool(asked)
        case "add_to_cart":
            # Nothing gets into the cart by words that only point.
            looks = ruled in {"search", "refine", "ask_attribute"}
            return not _bounded(ruled, clause) and (not looks or _takes(clause))
        case "ask_attribute":
            about = now.shown or now.focused or now.ordered
            return bool(clause.asked) or (about and not _bounded(ruled, clause))
        case _:
            return True


def _takes(clause: Clause) -> bool:
    """Tell words that put what they point at into the cart from words that only point."""
    asks = clause.text.endswith("?") or clause.slots.in_stock
    pointing = clause.reference.kind in {"ordinal", "name", "facet", "last", "type", "other", "it", "ranked", "several"}
    return does("add", clause.text, "") or (pointing and not asks and signs.TAKES.search(clause.text) is not None)


def _bounded(ruled: Intent | None, clause: Clause) -> bool:
    """Tell a wish with a price of its own: 'and the first one under $600'."""
    return ruled in {"refine", "search"} and clause.slots.price_max is not None
