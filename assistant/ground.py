"""Checks an answer against the records it claims to rest on; sentences nothing backs are cut."""

import re
from collections.abc import Sequence

from langchain_core.messages import AnyMessage

from assistant.amounts import NUMBER_OF_ORDER
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


class Grounding:
    """The records of a conversation, ready to check sentences against.

    Args:
        messages: The conversation up to the answer.
        currency: The shop's currency, ISO 4217.
    """

    def __init__(self, messages: Sequence[AnyMessage], currency: str = "USD") -> None:
        self._backing = collect(messages, currency)
        self._backing.cart = last_cart(messages)
        self._currency = currency

    def backs(self, sentence: str) -> bool:
        """Say whether everything that the sentence claims stands in a record."""
        return _backed(sentence, self._backing, self._currency)


def ground(text: str, messages: Sequence[AnyMessage], currency: str = "USD") -> tuple[str, list[str]]:
    """Return the answer without its unbacked sentences, and those sentences.

    Args:
        text: The model's words.
        messages: The conversation up to the answer.
        currency: The shop's currency, ISO 4217.
    """
    grounding = Grounding(messages, currency)
    kept: list[str] = []
    cut: list[str] = []
    for said in (match.group() for match in _SENTENCE.finditer(unhidden(text)) if match.group().strip()):
        (kept if grounding.backs(said) else cut).append(said)
    return "".join(kept).strip() or instead(messages), cut


def instead(messages: Sequence[AnyMessage]) -> str:
    """Return what is said where no sentence of an answer stands."""
    return NOTHING_LEFT if turn_results(messages) else NOTHING_KNOWN


def finished(text: str) -> tuple[list[str], str]:
    """Return the sentences that no further letter can change, and the rest that is still being written."""
    found = [match.group() for match in _SENTENCE.finditer(text)]
    # The last match ends where the text does: the space after its full stop may not have come yet, or more of it.
    done = found[:-1]
    return done, text[sum(map(len, done)) :]


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
    parts = _CLAUSE.split(NUMBER_OF_ORDER.sub("order", text))
    return Sentence(text, [Clause(part.strip()) for part in parts if part.strip()], currency)
