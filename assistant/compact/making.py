"""Tells what speaks for one material against another: among what is shown, else over the shop's goods of that kind."""

from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.scripts import Desk, Script
from assistant.compact.wordforms import plural, spelled
from assistant.compact.wording import capital, listed, sentences

_MOST = 3


def materials_meant(clause: Clause) -> tuple[str, ...]:
    """Return the materials set against each other, 'oak or walnut, what's the difference'; () for other questions."""
    materials = clause.slots.materials
    return materials if not clause.reference and 2 <= len(materials) <= _MOST else ()


def shown_in(materials: tuple[str, ...], desk: Desk) -> tuple[str, ...]:
    """Return for each material the first thing on screen that is made of it, () unless there is one for each."""
    latest = desk.dialogue.latest
    items = [desk.dialogue.items[i] for i in latest.ids] if latest is not None else []
    first = [next((i.product_id for i in items if material in i.materials), "") for material in materials]
    return tuple(first) if all(first) and len(set(first)) == len(first) else ()


def materials_apart(materials: tuple[str, ...], clause: Clause, desk: Desk) -> Script:
    """Say how many there are in each material and from which price; of the stuff itself no page knows more."""
    kinds = list(clause.slots.product_types or desk.dialogue.need.get("product_types", ()))
    args = {"sort": "price_low", "limit": _MOST, **({"product_types": kinds} if kinds else {})}
    outcomes = yield tuple(Call("search_products", {**args, "materials": [material]}) for material in materials)
    noun = plural(kinds[0]) if len(kinds) == 1 else "things"
    said: list[str] = []
    for material, outcome in zip(materials, outcomes, strict=True):
        record = outcome.products()
        if record is None or not record.items:
            said.append(f"none in {material}")
        else:
            said.append(f"{spelled(record.total or len(record.items))} in {material} from {record.items[0].price}")
    return sentences(
        capital(f"of our {noun} there are {listed(said)}."),
        "What their pages say of care and weight I can compare: name two of them.",
    )
