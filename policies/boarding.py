"""Whether the shopper's own words ask for a change of a board, mean these things, and say what is written on it."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from policies import speech
from policies.acts import ASKED, YES
from policies.pointing import meant_thing
from policies.provenance import Heard

_BOARD = (
    r"\b(?:\w*boards?|wish ?lists?|short ?lists?|lists?|collections?|favou?rites|merkliste\w*|wunschliste\w*"
    r"|pinnwand|liste\w*|lista\w*|tablero\w*|tableau\w*)\b"
)
_PUT = (
    r"\b(?:save|saving|add|put|pin|keep|bookmark|collect|move|stick|store|pop|park|like|favou?rite"
    r"|hold on to|hang on to|merk\w*|speicher\w*|garde\w*|enregistre\w*|guarda\w*|salva\w*|bewaar\w*)\b"
)
_ACTS: Mapping[str, re.Pattern[str]] = {
    "create": re.compile(
        rf"\b(?:create|make|start|open|begin|set up|new|build|turn|call|anleg\w*|erstell\w*)\b|{_PUT}"
    ),
    "add": re.compile(_PUT),
    "remove": re.compile(r"\b(?:remove|delete|drop|take|unsave|unpin|lose|get rid of|entfern\w*|losch\w*|retire\w*)\b"),
    "rename": re.compile(r"\b(?:rename|call|name|retitle|umbenenn\w*|nenn\w*|renomme\w*)\b"),
    "note": re.compile(r"\b(?:note|write|remark|comment|remember|jot|label|notier\w*)\b"),
    "share": re.compile(r"\b(?:share|link|send|show (?:it |this |that )?to|teil\w*|partage\w*|compart\w*)\b"),
    "unshare": re.compile(r"\b(?:stop|un ?shar\w*|don't|do not|no longer|private|revoke|end|take back|withdraw)\b.*"),
    "duplicate": re.compile(r"\b(?:duplicate|copy|clone|kopier\w*|copie\w*|copia\w*)\b"),
    "undo": re.compile(r"\b(?:undo|back|revert|never ?mind|oops|ruckgangig)\b"),
    "to_cart": re.compile(
        r"\b(?:buy|buying|add|put|get|take|order|move|purchase|kauf\w*|achet\w*|compra\w*|koop\w*)\b"
    ),
}
_WHOLE = re.compile(
    r"\b(?:everything|all|whole|them|these|those|it|this|that|board|list|set|lot|look|outfit|room|corner|both|alles)\b"
)
_REFUSED = re.compile(r"\b(?:don't|do not|never|not|nicht|won't)\b")
_IDLE = frozenset({"board", "list", "wish", "wishlist", "my", "the", "a", "saved", "copy", "for", "of", "and"})


def boarding(arguments: Mapping[str, object], heard: Heard) -> bool:
    """Say whether this message asks for just this deed; to look at boards or propose a set needs no asking."""
    deed = str(arguments.get("do"))
    if deed in ("show", "curate"):
        return True
    said = speech.plain(heard.text)
    wish = next((clause for clause in _clauses(said) if _in_earnest(deed, clause)), None)
    if wish is None:
        wish = _agreed(deed, said, heard)
    if wish is None or not _own_words(arguments, said, heard):
        return False
    ids = _ids(arguments)
    if deed == "to_cart":
        return _WHOLE.search(wish) is not None and (not ids or set(ids) == _row(heard))
    return all(_means(product_id, ids, wish, said, heard) for product_id in ids)


def _clauses(said: str) -> list[str]:
    """Return the sentences whole, for 'save the lamp and the rug', and then what they say one by one."""
    return [*speech.sentences(said), *speech.clauses(said)]


def _in_earnest(deed: str, clause: str) -> bool:
    pattern = _ACTS.get(deed)
    match = pattern.search(clause) if pattern else None
    if match is None or (ASKED.match(clause) and not re.match(r"^(?:can|could|would) you\b", clause)):
        return False
    refused = _REFUSED.search(clause)
    return deed == "unshare" or refused is None or refused.start() > match.start()


def _agreed(deed: str, said: str, heard: Heard) -> str | None:
    """Return the assistant's question about just this, where the message is a bare yes to it."""
    question = speech.plain(heard.said.rstrip().rsplit(". ", 1)[-1])
    yes = YES.match(said.strip(" .!,?").replace(",", "").replace(".", "")) is not None
    asked = heard.said.rstrip().endswith("?") and re.search(_BOARD, question) is not None
    pattern = _ACTS.get(deed)
    return question if yes and asked and pattern is not None and pattern.search(question) else None


def _own_words(arguments: Mapping[str, object], said: str, heard: Heard) -> bool:
    """Say whether name and text are the shopper's words, of this message or earlier ones; a planner adds none."""
    stems: frozenset[str] = speech.stems(said) | speech.stems(speech.plain(heard.said))
    for text in heard.earlier:
        stems |= speech.stems(text)
    return all(
        {word for word in speech.stems(str(arguments[name])) if word not in _IDLE} <= stems
        for name in ("name", "text")
        if arguments.get(name) is not None
    )


def _ids(arguments: Mapping[str, object]) -> list[str]:
    raw = arguments.get("product_ids")
    if isinstance(raw, str):
        return [each.strip() for each in raw.split(",") if each.strip()]
    return [str(each) for each in cast("Sequence[object]", raw)] if isinstance(raw, (list, tuple)) else []


def _means(product_id: str, ids: Sequence[str], wish: str, said: str, heard: Heard) -> bool:
    if meant_thing(product_id, wish, said, heard):
        return True
    return set(ids) == _row(heard) and _WHOLE.search(wish) is not None


def _row(heard: Heard) -> set[str]:
    return set(heard.rows[0]) if heard.rows else set()
