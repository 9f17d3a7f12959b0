"""Kinds named beside one the shop has, which it has by no name: the nightstand of 'a bed and a nightstand'."""

import re
from collections.abc import Sequence
from typing import Any

from assistant.compact.lexicon import is_kind
from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.scripts import Desk
from assistant.compact.wordforms import stems
from assistant.compact.wording import listed

# "A bed and a nightstand", "nightstands and a bed".
_BESIDE = r"(?:,|\b(?:and|plus|or)) (?:an? |some |the |\w+ )?{0}|^(?:\w+ ){{0,3}}{0}(?:,| and| plus| or)\b"


def kinds_not_here(clause: Clause, desk: Desk) -> tuple[str, ...]:
    """Return kinds of things asked for beside one the shop has; 'a lamp for my nightstand' asks for none."""
    if not clause.slots.product_types:
        return ()
    absent = [word for word in clause.slots.soft if is_kind(word) and not desk.terms.types_of(word)]
    return tuple(word for word in absent if re.search(_BESIDE.format(re.escape(word)), clause.text))[:2]


def without_words(args: dict[str, Any], words: Sequence[str]) -> Call:
    """Return the search without words that another search is made for."""
    kept = " ".join(word for word in str(args.get("query", "")).split() if word not in words)
    rest = {name: value for name, value in args.items() if name != "query"}
    return Call("search_products", {**rest, "query": kept} if kept else rest)


def checks(absent: Sequence[str]) -> list[Call]:
    """Return a search for each, since nothing is said to be absent unsearched."""
    return [Call("search_products", {"query": kind, "limit": 1}) for kind in absent]


def said_absent(absent: Sequence[str], checked: Sequence[Outcome]) -> str:
    """Say what of it the shop does not carry or has by no such name, as its own search told."""
    missing = [kind for kind, outcome in zip(absent, checked, strict=True) if not _is_there(kind, outcome)]
    return f"Nothing here is called {listed([f'“{kind}”' for kind in missing], 'or')}." if missing else ""


def _is_there(kind: str, outcome: Outcome) -> bool:
    record = outcome.products()
    told = stems(" ".join(f"{i.title} {i.product_type}" for i in record.items)) if record is not None else ()
    return set(stems(kind)) <= set(told)
