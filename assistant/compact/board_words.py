"""Reads what a message wants of a board: which board, which deed, and the words that go on it."""

import re
from dataclasses import dataclass
from typing import Literal

Deed = Literal[
    "show", "create", "add", "remove", "rename", "note", "share", "unshare", "duplicate", "undo", "to_cart", "search"
]  # fmt: skip

_NOUN = r"(?:mood ?boards?|boards?|wish ?lists?|short ?lists?|favou?rites|saved (?:things|items)|lists?|collections?)"
_NO_BOARD = re.compile(
    r"\b(?:cutting|chopping|ironing|side|skirting|head|notice|key|white|black|card|bread|cheese|surf|skate|foot|dash|"
    r"floor|bed|guest|price|waiting|mailing|packing|shopping) (?:boards?|lists?)\b"
)
_OWN = r"(?:my|our|the|a|an|this|that|another|new)"
_NAMED = re.compile(
    r"\b(?:boards?|lists?|collections?) (?:called|named|titled|for|of) "
    r"(?:the |my |our |a )?(?P<name>[\w' &-]{1,50}?)(?= with (?:this|these|it|them|that|those|the)\b|[,.!?:;]|$)"
)
_WORD = (
    rf"(?!(?:{_OWN[3:-1]}|to|on|onto|off|in|into|from|at|with|by|existing|own)\b)"
    rf"(?!(?:wish|short|mood|saved) (?:lists?|boards?|things|items))[\w'&]+"
)
_BEFORE = re.compile(rf"\b{_OWN} (?:new )?(?P<name>{_WORD}(?: {_WORD}){{0,3}}?) (?P<noun>{_NOUN})\b")
_BARE = re.compile(rf"\b(?:{_OWN} )?(?:new )?(?P<noun>{_NOUN})\b")
_CALLED = re.compile(r"\b(?:call|name) it (?P<name>[\w' &-]{1,50})")
_LATER = re.compile(
    r"\b(?:save|keep|bookmark|pin|store|park) (?P<what>it|this|that|them|these|those|both|all of (?:them|it)|"
    r"(?:the|this|that) [\w ]{1,40}?)(?: one)? (?:for (?:later|me|another day)|somewhere)\b"
)
_SAVED = re.compile(r"\bwhat (?:have|did|do) i (?:\w+ )?(?:pin|save|bookmark|star)(?:ned|d|ed|red)?\b|\bmy boards\b")
_PATTERNS: tuple[tuple[Deed, str], ...] = (
    ("unshare", r"\b(?:stop|un ?shar\w*|don't share|no longer share|make .* private|revoke|take back the link)\b"),
    ("share", r"\b(?:share|link)\b|\bsend (?:me |him |her |them |someone )?.*\blink\b"),
    ("rename", r"\brename\b|\b(?:call|name) (?:my|the|this) .*\b(?:board|list|collection)\b"),
    ("duplicate", r"\b(?:duplicate|copy|clone)\b"),
    ("note", r"\bnotes?\b(?= (?:to|on|at|for|that|next|saying)|:)|^(?:write|note) "),
    (
        "to_cart",
        r"\b(?:buy|order|get|purchase|add|put|move|take)\b.*\b(?:everything|all(?: of it| of them)?|the whole|"
        r"the lot|it all|them all)\b.*\b(?:on|from|of|off)\b|\bbuy (?:my|the|this|that)\b.*\b(?:board|list)\b|"
        r"\b(?:add|put|move|take|get) (?:my|our|the|this|that|whole)\b"
        r"(?:(?!\b(?:from|off|on|of|to|in)\b)[\w' &-]){0,40}\b(?:board|list)\b"
        r".*\b(?:in|into|to)\b.*\b(?:cart|basket|bag|trolley)\b",
    ),
    ("remove", r"\b(?:remove|delete|drop|take|unpin)\b.*\b(?:from|off)\b"),
    (
        "add",
        r"\b(?:save|saving|add|put|pin|keep|bookmark|collect|move|stick|store|pop|park)\b.*\b(?:to|on|onto|in|into|"
        r"for|under|as)\b|^(?:pin|save|bookmark) ",
    ),
    ("create", r"\b(?:create|make|start|open|begin|set up|build)\b|^(?:a )?new\b"),
    (
        "show",
        r"\b(?:show|see|view|open|look at|bring up|pull up|go to|list)\b|\bwhat(?:'s| is| was| did i|have i)?\b.*"
        r"\b(?:on|in|to)\b|\b(?:which|what|how many)\b.*\b(?:boards|lists)\b",
    ),
)
_DEEDS: tuple[tuple[Deed, re.Pattern[str]], ...] = tuple((deed, re.compile(pattern)) for deed, pattern in _PATTERNS)
_FOR_BOARD = re.compile(
    r"\b(?:for|to go (?:on|with)|goes (?:on|with)|go (?:on|with)|match(?:es|ing)?|fits?|suits?|with|complete|finish) $"
)
_SAYS = re.compile(r"(?::| saying| that says)\s*(?P<text>.{1,300})$|[\"“](?P<quoted>[^\"”]{1,300})[\"”]")
_TO = re.compile(r"\b(?:to|as|into)\s+(?P<text>[^.!?]{1,60})[.!?]*$", re.IGNORECASE)
_FIXED = {"wish": "Wish list", "short": "Shortlist", "favou": "Favourites", "favor": "Favourites", "saved": "Saved"}


@dataclass(frozen=True, slots=True)
class BoardWish:
    """What a message wants of a board.

    Args:
        do: The deed; "search" looks for something that goes on the board.
        name: Of the board, as written; None where none was named.
        rest: The normalised message without the words for the board: what it points at, or looks for.
        text: The new name, or the note, as written.
    """

    do: Deed
    name: str | None
    rest: str
    text: str | None = None


def board_wish(text: str, written: str) -> BoardWish | None:
    """Return what a normalised message wants of a board, None when it is about none.

    Args:
        text: The message in normal form.
        written: As the shopper wrote it: names and notes keep their letters.
    """
    plain = _NO_BOARD.sub(" ", text)
    if later := _LATER.search(plain):
        return BoardWish("add", None, later["what"])
    if _SAVED.search(plain):
        return BoardWish("show", None, "")
    found = _board_in(plain)
    if found is None:
        return None
    name, start, end = found
    rest = " ".join(f"{plain[:start]} {plain[end:]}".split())
    do = "search" if _FOR_BOARD.search(plain[:start]) and not _acts(plain[:start]) else _deed(plain)
    if do is None:
        return None
    name = _as_written(name, written) if name else None
    return BoardWish(do, name, rest, _text_of(do, written))


def _board_in(text: str) -> tuple[str, int, int] | None:
    """Return the name said of a board ("" for none) and where the words for it stand."""
    if match := _NAMED.search(text):
        before = _BARE.search(text[: match.end()])
        return match["name"].strip(), before.start() if before else match.start(), match.end()
    if (match := _BEFORE.search(text)) and not _only_a_row(match):
        return match["name"], match.start(), match.end()
    if match := _BARE.search(text):
        called = _CALLED.search(text)
        name = called["name"].strip() if called else _fixed(match["noun"])
        return None if _only_a_row(match) else (name, match.start(), match.end())
    return None


def _only_a_row(match: re.Match[str]) -> bool:
    """Tell 'the first list again', which is a row on screen, from 'my summer list'."""
    return match["noun"].startswith(("list", "collection")) and not match.group().startswith(("my ", "our "))


def _fixed(noun: str) -> str:
    return next((name for start, name in _FIXED.items() if noun.startswith(start)), "")


def _acts(lead: str) -> bool:
    """Tell 'add the lamp for my board' from 'a lamp for my board'."""
    return re.search(r"\b(?:save|add|put|pin|keep|create|make|start|show me my|share|rename)\b", lead) is not None


def _deed(text: str) -> Deed | None:
    return next((deed for deed, pattern in _DEEDS if pattern.search(text)), None)


def _text_of(do: Deed, written: str) -> str | None:
    match do:
        case "note":
            found = _SAYS.search(written)
            return (found["text"] or found["quoted"]).strip().strip("\"“”'") if found else None
        case "rename":
            found = _TO.search(written)
            return found["text"].strip().strip("\"“”'") if found else None
        case _:
            return None


def _as_written(name: str, written: str) -> str:
    """Return a name with the letters the shopper used; one typed without capitals begins with one."""
    words = r"[\s-]+".join(re.escape(word) for word in name.split())
    found = re.search(words, written.replace("’", "'"), re.IGNORECASE)
    kept = " ".join(found.group().split()) if found else name
    return kept if kept != kept.lower() else kept[:1].upper() + kept[1:]
