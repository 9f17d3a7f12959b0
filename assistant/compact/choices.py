"""Reads an answer to an open question about size or colour."""

import re

from assistant.compact.dialogue import OpenChoice
from assistant.compact.meaning import Slots
from assistant.compact.wordforms import stems

_BARE_SIZE = re.compile(
    r"^(?:size |a |an |actually |sorry |no |rather |make that (?:an? )?|the |in |in an? |ok |yes |"
    r"make it (?:an? )?)*(?P<size>\d{1,2}(?:\.5)?|x{0,3}[sml]|xs)(?: one)?(?: please| then| thanks)?[ .!]*$"
)
_LEAD = (
    r"^(?:ok(?:ay)?|yes|oh|hmm|so|well|then|please|the|in|just|i'd like|i'll (?:take|have|go (?:with|for))|let's "
    r"(?:take|go (?:with|for))|take|give me|make it|go (?:with|for)|add|[, ])*"
)
_TAIL = r"(?: (?:please|then|thanks|will do|is fine|works|you (?:have|listed|named|said)))*[ .!]*$"
_PLACE = re.compile(
    _LEAD + r"(?P<place>first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|6th|last)"
    r"(?: (?P<what>colou?r|size|option|one))?" + _TAIL
)
_ANY = re.compile(
    _LEAD
    + r"(?:any(?: (?:one|of (?:them|these|those)))?|any (?P<what>colou?r|size)|whichever(?: one)?|either(?: one)?|"
    r"whatever|(?:i )?(?:don't|do not) (?:mind|care)(?: which)?|(?:it )?doesn't matter|no preference|"
    r"you (?:choose|pick|decide)|surprise me)" + _TAIL
)
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "last": -1}
_LETTERS = {"s": "small", "m": "medium", "l": "large", "xl": "extra large", "xs": "extra small"}
_LONGEST = 8  # Words an answer has at most; longer messages want something of their own.
_CHANGES_SUBJECT = re.compile(r"\b(?:show|find|looking|compare|instead of|remove|cart|how|what|which|similar|other)\b")


def answers(text: str, slots: Slots, choice: OpenChoice) -> dict[str, str]:
    """Return the options a message names for an open question, {'size': '7'}; {} when it is no answer.

    A size or colour that is not offered counts too, so that the shop can say that it is not there.
    """
    words = stems(text)
    if len(words) > _LONGEST or _CHANGES_SUBJECT.search(text):
        return {}
    named = _by_place(text, choice)
    if named:
        return named
    bare = _BARE_SIZE.match(text)
    if bare and "size" in choice.call.args and "size" not in choice.missing:
        named["size"] = bare["size"]
    for name, values in choice.options.items():
        fitting = [v for v in values if _said(v, words)]
        if fitting:
            named[name] = max(fitting, key=len)
    return named or _not_offered(text, slots, choice)


def _by_place(text: str, choice: OpenChoice) -> dict[str, str]:
    """Read 'the second colour', 'the last', 'any': places count in what the question offered."""
    match = _PLACE.match(text) or _ANY.match(text)
    if match is None:
        return {}
    kind = (match["what"] or "").replace("color", "colour")
    offered = {name: values for name, values in choice.options.items() if values and name in choice.missing}
    if kind in {"colour", "size"}:
        offered = {name: values for name, values in offered.items() if name == kind}
    if "place" not in match.groupdict():
        return {name: values[0] for name, values in offered.items()}
    place = match["place"]
    at = _PLACES[place] if place in _PLACES else int(place[0]) - 1
    # Of two open questions a bare place answers the first; the other is then asked again.
    return {name: values[at] for name, values in list(offered.items())[:1] if at < len(values)}


def _not_offered(text: str, slots: Slots, choice: OpenChoice) -> dict[str, str]:
    if slots.product_types:
        return {}
    bare = _BARE_SIZE.match(text)
    if "size" in choice.missing and (slots.sizes or bare):
        return {"size": slots.sizes[0] if slots.sizes else (bare["size"] if bare else "")}
    if "colour" in choice.missing and slots.colours:
        return {"colour": slots.colours[0]}
    return {}


def _said(value: str, words: tuple[str, ...]) -> bool:
    spelled = _LETTERS.get(value.casefold())
    return _within(stems(value), words) or (spelled is not None and _within(stems(spelled), words))


def _within(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))
