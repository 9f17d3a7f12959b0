"""Checks an answer against the records it claims to rest on; sentences nothing backs are cut."""

import re
from collections.abc import Sequence

from langchain_core.messages import AnyMessage

from assistant.backing import Backing, collect, last_cart, turn_results
from assistant.claim_parts import Clause, Sentence
from assistant.claims import QUOTED_RULES, RULES
from assistant.plain import unhidden

NOTHING_LEFT = "Here is what the shop has on record."
NOTHING_KNOWN = "I can't say that for certain. Ask me about a product and I'll look it up."

_SENTENCE = re.compile(r"[\s\S]+?(?:[.!?]+[\"”')\]]*(?=\s|$)|\n|$)\s*")
_CLAUSE = re.compile(r"[;:—–]\s|,\s|\s-\s|\s(?:and|but|while|whereas|because|so)\s", re.IGNORECASE)
_QUOTED_WORDS = 3  # of a sentence that counts as quoted
_QUOTE = re.compile(r"“([^”]+)(?:”|$)")
_GAP = re.compile(r"\s+")


def ground(text: str, messages: Sequence[AnyMessage], currency: str = "USD") -> tuple[str, list[str]]:
    """Return the answer without its unbacked sentences, and those sentences.

    Args:
        text: The model's words.
        messages: The conversation up to the answer.
        currency: The shop's currency, ISO 4217.
    """
    backing = collect(messages, currency)
    backing.cart = last_cart(messages)
    kept: list[str] = []
    cut: list[str] = []
    for said in (match.group() for match in _SENTENCE.finditer(unhidden(text)) if match.group().strip()):
        (kept if _backed(said, backing, currency) else cut).append(said)
    if kept:
        return "".join(kept).strip(), cut
    return (NOTHING_LEFT if turn_results(messages) else NOTHING_KNOWN), cut


def _backed(said: str, backing: Backing, currency: str) -> bool:
    plain = _GAP.sub(" ", said).strip()
    if plain.count(" ") >= _QUOTED_WORDS and plain.casefold() in backing.told:
        return True  # Word for word what a policy or another trusted record says.
    if not all(rule(_sentence(plain, currency), backing) for rule in QUOTED_RULES):
        return False
    # What buyers wrote may be told as theirs, whatever it says of a product.
    own = _QUOTE.sub(lambda quote: "" if quote[1].strip(" .,").casefold() in backing.pages else quote[0], plain)
    whole = own.strip("“”\"' .").casefold()
    if whole.count(" ") >= _QUOTED_WORDS and whole in backing.pages:
        return True
    return all(rule(_sentence(own, currency), backing) for rule in RULES)


def _sentence(text: str, currency: str) -> Sentence:
    return Sentence(text, [Clause(part.strip()) for part in _CLAUSE.split(text) if part.strip()], currency)
