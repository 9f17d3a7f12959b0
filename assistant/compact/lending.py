"""What a shopper told before, lent to a search: conditions and taste that this message leaves open, and their words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from assistant.compact.dialogue import Dialogue
from assistant.compact.lexicon import WIDER_MATERIAL
from assistant.compact.meaning import Clause
from assistant.compact.notes_read import person_in
from assistant.compact.scripts import Desk
from assistant.compact.signs import GIFT
from assistant.compact.wordforms import normal, stems
from assistant.compact.wording import capital, listed, place, sentences
from tools.kinds import FOOTWEAR, GARMENTS
from tools.records import BlockedBy, Item

Note = Mapping[str, Any]

_HARD_STUFF = frozenset((*WIDER_MATERIAL["wood"], *WIDER_MATERIAL["metal"], "marble", "glass", "rattan"))
_SOMEBODY = (
    r"(?:wife|husband|partner|girlfriend|boyfriend|friend|mother|mum|mom|father|dad|sister|brother|son|daughter|"
    r"kids?|child|baby|nephew|niece|aunt|uncle|grand\w+|colleague|boss|parents?|neighbou?r)"
)
_FOR_OTHERS = re.compile(
    rf"\bfor (?:my |a |an |the |our |his |her )?{_SOMEBODY}\b|\bfor (?:him|her|them|somebody|someone)\b"
)
_ANYWAY = re.compile(
    r"\b(?:any|whatever|ignore (?:my|the)|never ?mind (?:my|the)|regardless of (?:my |the )?|not my usual|"
    r"don't use my|without my) ?(?P<what>size|price|budget|colou?r|material|brand)\b"
)
_OPEN = {"size": "size", "price": "budget", "budget": "budget"}
_REFUSED_AS = {
    "colour": ("not_colours", "colours"),
    "material": ("not_materials", "materials"),
    "brand": ("not_brands", "brands"),
}
_SMALL = {"small", "tiny", "narrow"}


def for_others(text: str) -> bool:
    """Tell a wish for somebody else: what the shopper told of themselves says nothing about it."""
    return _FOR_OTHERS.search(text) is not None or GIFT.search(text) is not None


def speaks_for_others(dialogue: Dialogue) -> bool:
    """Tell that this message or one of the last few is about something for somebody else."""
    return any(for_others(normal(text[:1000])) for text in (dialogue.text, *dialogue.heard[-4:]))


def turned_down(dialogue: Dialogue, disliked: bool) -> dict[str, list[str]]:
    """Return a search's argument for the row on screen where it is disliked; nothing for somebody else."""
    speaks = disliked and dialogue.latest is not None and not speaks_for_others(dialogue)
    return {"turned_down": list(dialogue.latest.ids)} if speaks and dialogue.latest else {}


def need_for(need: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the need so far without sizes where a message turns to somebody else: theirs are others."""
    return {name: value for name, value in need.items() if name != "sizes"} if for_others(text) else need


@dataclass(frozen=True, slots=True)
class Lent:
    """A search's arguments with what was told before, and which notes are in it.

    Args:
        args: To search with.
        conditions: Notes that became conditions, with the argument each became.
        tastes: Notes that only order what is found.
        around: The room or the owned thing that this message names.
    """

    args: dict[str, Any]
    conditions: tuple[tuple[str, Note], ...] = ()
    tastes: tuple[Note, ...] = ()
    around: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions or self.tastes or self.around)

    @property
    def budgets(self) -> frozenset[int]:
        """Amounts that may be repeated, minor units."""
        return frozenset(int(note["amount"]) for name, note in self.conditions if name == "price_max")

    def said(self, items: Sequence[Item]) -> str:
        """Say what was used that this message did not say."""
        used = listed([str(note["said"]) for _, note in self.conditions])
        near = listed([str(note["said"]) for note in self.around])
        return sentences(
            capital(f"{used}, as you told me.") if used else "",
            f"With {near} in mind, as you told me." if near else "",
            *(_liked(str(note["value"]), items) for note in self.tastes),
        )

    def without_taste(self) -> "Lent":
        """Return the same without the likes, for where nothing answers to them."""
        liked = {str(note["value"]) for note in self.tastes}
        query = " ".join(word for word in str(self.args.get("query", "")).split() if word not in liked)
        rest = {name: value for name, value in self.args.items() if name != "query"}
        return replace(self, args=rest | ({"query": query} if query else {}), tastes=())

    def pleases(self, items: Sequence[Item]) -> bool:
        """Tell whether what was found answers to any of the likes, or none was lent."""
        return not self.tastes or any(_which(str(note["value"]), items) for note in self.tastes)

    def missed(self, blocked: Sequence[BlockedBy]) -> str:
        """Say which of it left nothing, so that what follows is without it."""
        names = {each.name for each in blocked}
        notes = [note for name, note in self.conditions if name in names] or [note for _, note in self.conditions]
        if not notes:
            return ""
        return f"Nothing here fits {listed([str(note['said']) for note in notes])}, which you told me. Without that:"


def lend(args: dict[str, Any], clause: Clause, desk: Desk) -> Lent:
    """Return a search's arguments with what the shopper told before and this message leaves open.

    What is said now counts alone; what is looked for on somebody else's behalf takes nothing.
    """
    text, kinds = clause.text, [str(kind) for kind in args.get("product_types", ())]
    who = person_in(text)
    if not kinds or (not who and for_others(text)):
        return Lent(args)
    skipped = {_OPEN.get(match["what"], "taste") for match in _ANYWAY.finditer(text)}
    theirs = [note for note in desk.notes.values() if note.get("whom", "") == who]
    notes = [note for note in theirs if note["kind"] not in skipped]
    conditions = _conditions(args, kinds, notes, desk)
    lent = _with(args, conditions)
    tastes = () if "taste" in skipped else tuple(_tastes(lent, kinds, notes))
    around = tuple(note for note in notes if _is_named(note, text, kinds))
    words = [str(note["value"]) for note in tastes] + [word for note in around if (word := _word_of(note))]
    if words:
        lent["query"] = " ".join(dict.fromkeys([*str(lent.get("query", "")).split(), *words]))
    return Lent(lent, tuple(conditions), tastes, around)


def _conditions(
    args: dict[str, Any], kinds: Sequence[str], notes: Sequence[Note], desk: Desk
) -> list[tuple[str, Note]]:
    found: list[tuple[str, Note]] = []
    if not args.get("sizes"):
        found += [("sizes", note) for note in _sizes(kinds, notes, desk)]
    if "price_max" not in args and "price_min" not in args:
        budgets = [note for note in notes if note["kind"] == "budget" and _is_for(note.get("of", ""), kinds)]
        found += [("price_max", note) for note in sorted(budgets, key=lambda note: not note.get("of"))[:1]]
    for note in notes:
        refused, wanted = _REFUSED_AS.get(str(note.get("facet", "")), ("", ""))
        said_now = (*args.get(wanted, ()), *str(args.get("query", "")).split())
        if note["kind"] == "dislike" and refused and note["value"] not in said_now:
            found.append((refused, note))
    return found


def _sizes(kinds: Sequence[str], notes: Sequence[Note], desk: Desk) -> list[Note]:
    """Return a size for each kind, or none where one of them has none: then nothing may be left out."""
    worn: list[Note] = []
    for kind in kinds:
        own = [note for note in notes if note["kind"] == "size" and _fits(str(note.get("of", "")), kind)]
        own = [note for note in own if _is_known(str(note["value"]), desk)]
        if not own:
            return []
        worn += [
            note for note in sorted(own, key=lambda note: note["of"] in ("clothes", "shoes"))[:1] if note not in worn
        ]
    return worn


def _fits(of: str, kind: str) -> bool:
    if of == "shoes":
        return kind in FOOTWEAR
    return kind in GARMENTS if of == "clothes" else _is_for(of, [kind])


def _is_for(of: str, kinds: Sequence[str]) -> bool:
    return not of or all(kind == of or kind.split()[-1] == of for kind in kinds)


def _is_known(size: str, desk: Desk) -> bool:
    return any(size.casefold() == known.casefold() for known in desk.terms.vocabulary.sizes)


def _with(args: dict[str, Any], conditions: Sequence[tuple[str, Note]]) -> dict[str, Any]:
    lent = {name: [*cast("list[str]", value)] if isinstance(value, list) else value for name, value in args.items()}
    for name, note in conditions:
        if name == "price_max":
            lent[name] = int(note["amount"])
        else:
            lent[name] = list(dict.fromkeys([*lent.get(name, []), str(note["value"])]))
    return lent


def _tastes(args: Mapping[str, Any], kinds: Sequence[str], notes: Sequence[Note]) -> list[Note]:
    """Return likes that this message leaves open; a wood says nothing about a dress."""
    worn = all(kind in GARMENTS | FOOTWEAR for kind in kinds)
    open_now = [
        note
        for note in notes
        if note["kind"] == "like"
        and not args.get(f"{note.get('facet')}s")
        and not (worn and note["value"] in _HARD_STUFF)
    ]
    return open_now[-2:]


def _is_named(note: Note, text: str, kinds: Sequence[str]) -> bool:
    """Tell whether a message names the room, or the owned thing as its own: 'a lamp for my desk'."""
    value = str(note.get("value", ""))
    if note["kind"] == "room":
        return re.search(rf"\b{re.escape(value)}\b", text) is not None
    named = re.search(rf"\bmy (?:\w+ )?{re.escape(value)}\b", text)
    return note["kind"] == "owns" and named is not None and value not in kinds


def _word_of(note: Note) -> str:
    if note["kind"] == "room":
        return "compact" if note.get("detail") in _SMALL else ""
    return str(note.get("detail", ""))


def _liked(value: str, items: Sequence[Item]) -> str:
    at = _which(value, items)
    if not at:
        return ""
    if len(at) == len(items):
        return f"You like {value}, as you told me; {'it is' if len(items) == 1 else 'all of these are'}."
    named = listed([place(i) for i in at[:3]])
    return f"You like {value}, as you told me; {named} {'is' if len(at) == 1 else 'are'}."


def _which(value: str, items: Sequence[Item]) -> list[int]:
    wanted = set(stems(value))
    return [i for i, item in enumerate(items) if wanted <= set(stems(_looks(item)))]


def _looks(item: Item) -> str:
    return " ".join((item.title, item.brand, *item.colours, *item.materials, *item.styles))
