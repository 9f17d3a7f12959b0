"""Scripts for wishes by example: more like these, less like those, by what was shown and by a picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from assistant.compact.dialogue import Dialogue
from assistant.compact.finding import manner, merged, needs
from assistant.compact.likening import priced_like
from assistant.compact.meaning import Clause, Intent, Reference, Understanding
from assistant.compact.outcomes import Call
from assistant.compact.pointing import Pointed, point
from assistant.compact.references import read_reference
from assistant.compact.say_examples import liked_and_not, seen_and_not
from assistant.compact.scripts import Desk, Script, ask_which
from assistant.compact.slots import read_slots
from assistant.compact.understand import read_clause
from tools.arguments import FilterArguments

_LESS = (
    r"less (?:so )?(?:like|of|in the style of)|less so|"
    r"(?:but |and |just |only )?not(?: really| so much| quite| at all| more| anything| something| another one)? like|"
    r"(?:but |and )?nothing like|unlike|(?:but |and )?(?:further|away) from|"
    r"(?:but )?(?:i )?(?:don't|do not) (?:really )?like|"
    r"(?:but|and) (?:rather )?not(?: so much| really)?(?= (?:the|that|this|these|those|number|#)\b)"
)
_MORE = (
    r"(?:\b(?:more|others?|some(?:thing|thin)?|ones?|anything|another(?: one)?|similar|closer|nearer)"
    r"(?: [a-z]+)? )?\b(?:like|in the style of|similar to|closer to|nearer to|more of)\b"
)
_MARK = re.compile(rf"\b(?P<less>{_LESS})\b|(?P<more>{_MORE})")
_COMPARES = re.compile(r"like|of$|from$")
# Examples for and against ask to be shown others; none of these does.
_APART: frozenset[Intent] = frozenset({"remember", "add_to_cart", "buy", "change_cart", "board"})
_CERTAIN = 0.8
_WOULD = re.compile(r"(?:\bi'?d|\bwould|\bdo you|\bif you|\blooks?|\bfeels?)\s*$")
# A part of a thing is no example: "like the first but not the colour".
_PART = re.compile(r"\b(?:the|that|this|its) (?:\w+ )?(?:brand|maker|label|colou?r|price|size|style|material|shape)\b")
_THIS = re.compile(r"^[ ,]*(?:this|that|it|these|those)\b(?! (?:one|two|\w+ (?:one|ones))\b)")


@dataclass(frozen=True, slots=True)
class Examples:
    """What a message gives as examples, before it is looked up: the words after each sign."""

    more: tuple[str, ...]
    less: tuple[str, ...]
    compares: bool
    """Whether what is wanted less is compared, as in 'less like the third', not only refused: 'not the third'."""


def examples_in(text: str) -> Examples | None:
    """Return what normalised words want more of and less of; None where nothing is wanted less."""
    marks = [m for m in _MARK.finditer(text) if not _WOULD.search(text[: m.start()])]
    ends = [*(m.start() for m in marks[1:]), len(text)][: len(marks)]
    said = [(m["less"] is not None, text[m.end() : end].strip(" ,;.!?")) for m, end in zip(marks, ends, strict=True)]
    more = tuple(words for less, words in said if not less and words)
    less = tuple(words for less, words in said if less and words and not _PART.search(words))
    compares = any(_COMPARES.search(m["less"] or "") for m in marks)
    return Examples(more, less, compares) if less else None


def as_exampled(understanding: Understanding, desk: Desk) -> Understanding:
    """Return a message that gives examples for and against as one clause: 'like the first, not like the third'."""
    apart = any(c.intent in _APART and c.confidence >= _CERTAIN for c in understanding.clauses)
    if apart or not desk.dialogue.items or _given(understanding.text, desk) is None:
        return understanding
    clause = read_clause(understanding.text, desk.dialogue, desk.terms, desk.currency)
    return replace(understanding, clauses=(replace(clause, intent="find_similar"),))


def about_examples(clause: Clause, desk: Desk) -> Script | None:
    """Return the script for a wish by examples, None for any other clause."""
    if clause.intent != "find_similar" or not desk.dialogue.items:
        return None
    given = _given(clause.text, desk)
    return _find(given, clause, desk) if given is not None else None


@dataclass(frozen=True, slots=True)
class _Given:
    """Examples as looked up; `how` are the references they were said by."""

    image_id: str
    liked: Pointed
    unliked: Pointed
    how: tuple[Reference, ...]


def _given(text: str, desk: Desk) -> _Given | None:
    said = examples_in(text)
    if said is None:
        return None
    less = [_reference(words, desk) for words in said.less]
    against = [each for each in less if each]
    if not against or any(each.kind == "all" for each in against):
        return None
    unliked = _together(against, desk.dialogue)
    image_id, more = _for(said.more, desk)
    if not image_id and not more:
        if said.more or not said.compares or any(each.kind == "it" for each in against):
            return None
        image_id, liked = _standing(unliked, desk)
    else:
        liked = _without(_together(more, desk.dialogue), unliked) if more else Pointed()
    if not (image_id or liked.ids or liked.candidates):
        return None
    return _Given(image_id, liked, unliked, (*more, *against))


def _for(said: Sequence[str], desk: Desk) -> tuple[str, tuple[Reference, ...]]:
    """Return the picture and the shown things that are wanted more of."""
    image_id, more = "", list[Reference]()
    for words in said:
        picture = _picture(words, desk)
        image_id = picture or image_id
        reference = Reference() if picture else _reference(words, desk)
        more += [reference] if reference else []
    return image_id, tuple(more)


def _picture(words: str, desk: Desk) -> str:
    sights = desk.dialogue.sights
    named = sights.named(words)
    if not named and sights.sent and _THIS.match(words):
        named = sights.sent
    return named[0] if named else ""


def _standing(unliked: Pointed, desk: Desk) -> tuple[str, Pointed]:
    """Return what 'less like the third' alone is set against: the picture looked by, else the rest of the row."""
    sights, latest = desk.dialogue.sights, desk.dialogue.latest
    if sights.looks and sights.current:
        return sights.current[0], Pointed()
    return "", _without(Pointed(latest.ids), unliked) if latest else Pointed()


def _reference(words: str, desk: Desk) -> Reference:
    return read_reference(words, desk.terms, desk.dialogue.names)


def _together(references: Sequence[Reference], dialogue: Dialogue) -> Pointed:
    """Point at every example; one that is unclear is asked about first."""
    each = [point(reference, dialogue) for reference in references]
    unclear = next((pointed for pointed in each if not pointed.ids), None)
    return unclear or Pointed(tuple(dict.fromkeys(i for pointed in each for i in pointed.ids)))


def _without(pointed: Pointed, other: Pointed) -> Pointed:
    return replace(pointed, ids=tuple(i for i in pointed.ids if i not in other.ids))


def _find(given: _Given, clause: Clause, desk: Desk) -> Script:
    for pointed in (given.unliked, given.liked):
        if not pointed.ids and (pointed.candidates or pointed.missing):
            return ask_which(desk, pointed.candidates)
    items = desk.dialogue.items
    unliked = [items[i] for i in given.unliked.ids]
    conditions = _conditions(given, clause, desk)
    against = {"less_like": [*given.unliked.ids]}
    if given.image_id:
        also = {"more_like": [*given.liked.ids]} if given.liked.ids else {}
        args = {"image_id": given.image_id, **conditions, **also, **against}
        (outcome,) = yield (Call("find_by_picture", args),)
        return seen_and_not(outcome, unliked, manner(clause, desk))
    first, *rest = given.liked.ids
    also = {"more_like": rest} if rest else {}
    (outcome,) = yield (Call("similar_to", {"product_id": first, **conditions, **also, **against}),)
    return liked_and_not(outcome, [items[i] for i in given.liked.ids], unliked)


def _conditions(given: _Given, clause: Clause, desk: Desk) -> dict[str, Any]:
    """Return what else is asked for; words that only say which one is meant ask for nothing."""
    slots, _ = read_slots(clause.text, desk.terms, desk.currency)
    pointing = {word for each in _parts(given.how) for word in (*each.colours, *each.materials, *each.product_types)}
    examples = [desk.dialogue.items[i] for i in (*given.liked.ids, *given.unliked.ids)]
    pointing |= {word for item in examples for word in (item.product_type, *item.title.casefold().split())}
    lists = [f.name for f in fields(slots) if isinstance(getattr(slots, f.name), tuple) and f.name != "near"]
    plain = replace(slots, **{name: tuple(w for w in getattr(slots, name) if w not in pointing) for name in lists})
    bare = replace(plain, soft=(), not_soft=(), near=(), said_type="")
    need = desk.dialogue.sights.looks[given.image_id].need if given.image_id in desk.dialogue.sights.looks else {}
    told = merged(need, replace(clause, slots=bare)) if need else needs(bare)
    if given.liked.ids and (bare.relative is not None or not given.image_id):
        told = priced_like(desk.dialogue.items[given.liked.ids[0]], told, bare.relative, desk)
    known = {*FilterArguments.model_fields} | ({"region"} if given.image_id else set[str]())
    return {name: value for name, value in told.items() if name in known}


def _parts(references: Sequence[Reference]) -> list[Reference]:
    return [part for each in references for part in (each.parts or (each,))]
