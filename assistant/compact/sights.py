"""The pictures of a conversation: which were sent when, which one is meant, and what is looked for by them now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_NOUN = r"(?:pictures?|photos?|pics?|images?|screenshots?|snaps?)\b(?! (?:frames?|lamps?|lights?|hooks?|ledges?))"
_PLACES = ("first", "second", "third", "fourth")
_PLACE = re.compile(rf"\b(?P<place>{'|'.join(_PLACES)}|last|latest|other)(?: (?:one )?of (?:the|my))? {_NOUN}")
_NUMBER = re.compile(rf"\b{_NOUN} (?:number |no\.? ?|#)?(?P<n>[1-4])\b")
_EACH = re.compile(rf"\b(?:both|all|each|these|those|two|three|four)(?: of)?(?: (?:the|my))? {_NOUN}")
_SIDES = {"left": 1, "right": -1, "middle": 0, "centre": 0, "center": 0}
_SIDE = re.compile(
    r"\b(?:on|to|at) (?:the|its|my) (?:far )?(?P<at>left|right|middle|cent(?:re|er))\b"
    r"|\bthe (?P<one>left|right|middle)(?:most)?(?: ?hand)? (?!(?:size|colou?r|price|way|fit|kind|place|choice)\b)\w+"
)
_POINTED = re.compile(rf"\b(?:the|my|that|this|your|same) (?:\w+ )?{_NOUN}|\b{_NOUN} (?:i|from before|above|earlier)\b")


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for by one picture: the conditions kept so far, and what was shown for it."""

    need: dict[str, Any]
    shown: tuple[str, ...]
    things: tuple[str, ...] = ()
    """The kinds of the several things in it, from left to right; empty for a picture of one."""


@dataclass
class Sights:
    """Every picture of the conversation, and those that the current need looks by."""

    sent: tuple[str, ...] = ()
    """With the message being answered."""
    before: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    """With earlier messages that carried any, oldest first."""
    looks: dict[str, Look] = field(default_factory=dict[str, Look])
    """By picture; empty while the shopper looks for something by words."""
    current: tuple[str, ...] = ()
    """The pictures that were looked by last, together."""
    turn: int = 0
    """In which that was."""

    def receive(self, image_ids: Sequence[str]) -> None:
        """Take the pictures of the next message."""
        if self.sent:
            self.before.append(self.sent)
        self.sent = tuple(image_ids)

    def look(self, turn: int, args: dict[str, Any], kinds: Sequence[str], ids: tuple[str, ...]) -> None:
        """Remember a search by picture, what it showed, and of which kinds the things in it seem to be.

        What follows stays with that kind: "in green" leaves the picture's own colour out, and by shape alone a scarf
        is soon a skirt.
        """
        known = self.looks.get(str(args["image_id"]))
        if turn != self.turn:
            self.turn, self.current = turn, ()
        self.current = (*self.current, str(args["image_id"]))
        need = {k: v for k, v in args.items() if k not in {"image_id", "words", "limit", "not_ids"}}
        if args.get("words"):
            need["query"] = args["words"]
        if len(kinds) == 1:
            need.setdefault("product_types", list(kinds))
        things = tuple(kinds) if len(kinds) > 1 else known.things if known else ()
        self.looks[str(args["image_id"])] = Look(need, ids or (known.shown if known else ()), things)

    def leave(self) -> None:
        """Let the shopper look for something else."""
        self.looks, self.current = {}, ()

    def named(self, text: str) -> tuple[str, ...]:
        """Return the pictures that normalised words name: 'the second picture', 'my photo', 'both pictures'."""
        group = self.group
        if not group:
            return ()
        if _EACH.search(text):
            return group
        every = [image_id for sent in (*self.before, self.sent) for image_id in sent]
        if match := _PLACE.search(text):
            return _at(match["place"], group, every)
        if match := _NUMBER.search(text):
            return _at(_PLACES[int(match["n"]) - 1], group, every)
        if _POINTED.search(text):
            # "The picture" is the one being looked by, where it is of those sent last.
            return self.current if self.current and set(self.current) <= set(group) else group
        return ()

    @property
    def things(self) -> tuple[str, ...]:
        """The kinds of the several things in the picture that was looked by last."""
        return self.looks[self.current[-1]].things if self.current and self.looks else ()

    @property
    def group(self) -> tuple[str, ...]:
        """The pictures that were sent together last."""
        return self.sent or (self.before[-1] if self.before else ())


def mentions(text: str) -> bool:
    """Tell whether normalised words speak of a picture that was sent."""
    return any(pattern.search(text) for pattern in (_PLACE, _NUMBER, _EACH, _POINTED))


def side(text: str) -> int | None:
    """Return which of several things normalised words point at: 1 the left one, -1 the right one, 0 the middle one."""
    match = _SIDE.search(text)
    return _SIDES[match["at"] or match["one"]] if match else None


def _at(place: str, group: tuple[str, ...], every: list[str]) -> tuple[str, ...]:
    """Return the picture at that place among those sent together, or among all where those are fewer."""
    if place in {"last", "latest"}:
        return group[-1:]
    if place == "other":
        place = "second" if len(group) > 1 else "first"
    at = _PLACES.index(place)
    among = group if at < len(group) and len(group) > 1 else tuple(every)
    return among[at : at + 1]
