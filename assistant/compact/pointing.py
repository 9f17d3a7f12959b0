"""Looks up what a reference points at among the products shown; says when it could be several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.compact.dialogue import Dialogue, Showing
from assistant.compact.meaning import Reference
from assistant.compact.ranks import rank_called, ranked
from tools.records import Item


@dataclass(frozen=True, slots=True)
class Pointed:
    """The products meant. `candidates` is set instead of `ids` when the words fit several or too few."""

    ids: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    missing: bool = False
    """The words point at something that was not shown: a fourth of three, a black one among none."""

    @property
    def one(self) -> str | None:
        """The product, when exactly one is meant."""
        return self.ids[0] if len(self.ids) == 1 else None


def point(reference: Reference, dialogue: Dialogue) -> Pointed:
    """Return which shown products a reference means."""
    finders: dict[str, Callable[[Reference, Dialogue], Pointed]] = {
        "ordinal": _ordinal,
        "first_n": _first_n,
        "last": _last,
        "other": _other,
        "both": _both,
        "all": _all,
        "it": _it,
        "ranked": _ranked,
        "facet": _facet,
        "name": _name,
        "type": _type,
        "several": _several,
    }
    finder = finders.get(reference.kind)
    return finder(reference, dialogue) if finder else Pointed()


def row(reference: Reference, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the showing that an ordinal counts in: the latest, or the latest holding the type named."""
    kinds = set(reference.product_types)
    for showing in reversed(dialogue.showings):
        ids = _of_types(showing.ids, kinds, dialogue)
        if ids:
            return ids
    return ()


def pool(dialogue: Dialogue) -> tuple[str, ...]:
    """Return what is being talked about: several in focus, else the latest showing."""
    if len(dialogue.focus) > 1:
        return dialogue.focus
    if dialogue.pair:
        return dialogue.pair
    latest = dialogue.latest
    return latest.ids if latest else dialogue.focus


def _of_types(ids: Sequence[str], kinds: set[str], dialogue: Dialogue) -> tuple[str, ...]:
    if not kinds:
        return tuple(ids)
    return tuple(i for i in ids if dialogue.items[i].product_type in kinds)


def _ordinal(reference: Reference, dialogue: Dialogue) -> Pointed:
    ids = row(reference, dialogue)
    if any(n > len(ids) or n < 1 for n in reference.ordinals):
        return Pointed(missing=True)
    return Pointed(tuple(ids[n - 1] for n in reference.ordinals))


def _first_n(reference: Reference, dialogue: Dialogue) -> Pointed:
    ids = row(reference, dialogue)
    count = reference.ordinals[0]
    return Pointed(ids[:count]) if len(ids) >= count else Pointed(ids, missing=not ids)


def _last(reference: Reference, dialogue: Dialogue) -> Pointed:
    ids = row(reference, dialogue)
    return Pointed(ids[-reference.ordinals[0] :], missing=not ids)


def _other(reference: Reference, dialogue: Dialogue) -> Pointed:
    ids = dialogue.pair or row(reference, dialogue)
    if dialogue.focus and not set(dialogue.focus) & set(ids):
        ids = next((s.ids for s in reversed(dialogue.showings) if set(dialogue.focus) & set(s.ids)), ids)
    rest = tuple(i for i in ids if i not in dialogue.focus)
    if reference.plural:
        return Pointed(rest, missing=not rest)
    return _single(rest)


def _both(reference: Reference, dialogue: Dialogue) -> Pointed:
    if len(dialogue.pair) == 2 and not reference.product_types:
        return Pointed(dialogue.pair)
    if len(dialogue.focus) == 2 and not reference.product_types:
        return Pointed(dialogue.focus)
    ids = row(reference, dialogue)
    if reference.product_types == () and len(dialogue.asked_about) == 2:
        return Pointed(dialogue.asked_about)
    if len(ids) == 2:
        return Pointed(ids)
    recent = _recent_singles(dialogue)
    return Pointed(recent) if len(recent) == 2 else Pointed(candidates=ids, missing=not ids)


def _recent_singles(dialogue: Dialogue) -> tuple[str, ...]:
    singles = [s.ids[0] for s in dialogue.showings[-2:] if len(s.ids) == 1]
    return tuple(dict.fromkeys(singles))


def _all(reference: Reference, dialogue: Dialogue) -> Pointed:
    # "They" after one of a pair was recommended still are the two.
    whole = dialogue.latest if reference.rank == "whole" else None
    if whole is not None:
        return Pointed(whole.ids)
    two = dialogue.pair if dialogue.compared and set(dialogue.focus) <= set(dialogue.pair) else ()
    ids = two or dialogue.focus or pool(dialogue)
    return Pointed(tuple(ids), missing=not ids)


def _it(reference: Reference, dialogue: Dialogue) -> Pointed:
    if len(dialogue.focus) != 1 and dialogue.asked_about:
        return _single(dialogue.asked_about)
    if dialogue.focus:
        return _single(dialogue.focus)
    latest = dialogue.latest
    return _single(latest.ids) if latest else Pointed(missing=True)


def _several(reference: Reference, dialogue: Dialogue) -> Pointed:
    """Point at each part; one that is unclear is asked about before anything is done with the others."""
    each = [point(part, dialogue) for part in reference.parts]
    unclear = next((pointed for pointed in each if not pointed.ids), None)
    return unclear or Pointed(tuple(dict.fromkeys(i for pointed in each for i in pointed.ids)))


def _single(ids: Sequence[str]) -> Pointed:
    if len(ids) == 1:
        return Pointed(tuple(ids))
    return Pointed(candidates=tuple(ids), missing=not ids)


def _facet(reference: Reference, dialogue: Dialogue) -> Pointed:
    for showing in reversed(dialogue.showings):
        fitting = [i for i in showing.ids if _fits(dialogue.items[i], reference)]
        if fitting:
            return Pointed(tuple(fitting)) if reference.plural else _single(_best(fitting, reference, dialogue))
    return Pointed(missing=True)


def _best(ids: list[str], reference: Reference, dialogue: Dialogue) -> list[str]:
    """Prefer what is in focus, then items of which the colour said is the only or the leading one."""
    focused = [i for i in ids if i in dialogue.focus]
    if len(focused) == 1:
        return focused
    titled = [
        i
        for i in ids
        if any(c in dialogue.items[i].title.casefold() for c in (*reference.colours, *reference.materials))
    ]
    if len(titled) == 1:
        return titled
    if set(reference.colours) & set(dialogue.need.get("colours", ())):
        return ids  # All of them were asked for in that colour.
    only = [i for i in ids if reference.colours and set(dialogue.items[i].colours) <= set(reference.colours)]
    return only if len(only) == 1 else ids


def _fits(item: Item, reference: Reference) -> bool:
    return (
        (not reference.product_types or item.product_type in reference.product_types)
        and (not reference.colours or bool(set(item.colours) & set(reference.colours)))
        and (not reference.materials or bool(set(item.materials) & set(reference.materials)))
    )


def _type(reference: Reference, dialogue: Dialogue) -> Pointed:
    kinds = set(reference.product_types)
    focused = _of_types(dialogue.focus, kinds, dialogue)
    if len(focused) == 1 and not reference.plural:
        return Pointed(focused)
    held = [line.product_id for line in dialogue.cart.lines] if dialogue.cart else []
    for showing in reversed(dialogue.showings):
        ids = _of_types(showing.ids, kinds, dialogue)
        if ids and reference.plural:
            return Pointed(ids)
        in_cart = [i for i in held if i in dialogue.items and dialogue.items[i].product_type in kinds]
        if len(ids) > 1 and len(set(in_cart)) == 1:
            return Pointed((in_cart[0],))
        if ids:
            return _single(ids)
    return Pointed(missing=True)


def _name(reference: Reference, dialogue: Dialogue) -> Pointed:
    if reference.plural or len(reference.names) == 1:
        return Pointed(reference.names)
    latest = dialogue.latest
    here = tuple(i for i in reference.names if latest and i in latest.ids)
    focused = tuple(i for i in reference.names if i in dialogue.focus)
    if len(focused) == 1:
        return Pointed(focused)
    return _single(here or reference.names)


def unpaid(ids: Sequence[str], dialogue: Dialogue) -> tuple[str, ...]:
    """Return products without those in paid places: no superlative, comparison or advice is for sale."""
    return tuple(each for each in ids if not dialogue.items[each].sponsored)


def _ranked(reference: Reference, dialogue: Dialogue) -> Pointed:
    ids = unpaid(row(reference, dialogue) if reference.product_types else pool(dialogue), dialogue)
    best = ranked([dialogue.items[i] for i in ids], rank_called(reference.rank)).best
    if not best:
        return Pointed(candidates=ids, missing=not ids)
    return _single([item.product_id for item in best])


def narrowed(pointed: Pointed, reference: Reference, dialogue: Dialogue) -> Pointed:
    """Resolve an answer such as 'the black one' within the candidates of a question just asked."""
    if not pointed.candidates:
        return pointed
    scoped = Dialogue(items=dialogue.items, names=dialogue.names, turn=dialogue.turn)
    scoped.showings = [Showing(dialogue.turn, "search", pointed.candidates)]
    inner = point(replace(reference), scoped)
    return inner if inner.ids or inner.candidates else pointed
