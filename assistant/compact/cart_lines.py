"""Finds which lines of the cart a shopper means."""

from collections.abc import Sequence

from assistant.compact.dialogue import Dialogue
from assistant.compact.meaning import Clause, Reference
from tools.records import Cart, Line


def lines_meant(clause: Clause, cart: Cart, dialogue: Dialogue) -> tuple[list[Line], list[Line]]:
    """Return (lines meant, candidates when the words fit several)."""
    lines = cart.lines
    if not lines:
        return [], []
    reference = clause.reference
    if reference.kind in {"none", "it", "all"} and clause.slots.product_types:
        reference = Reference("type", product_types=clause.slots.product_types)
    fitting = _fitting(reference, lines, dialogue)
    fitting = _by_options(fitting, clause, reference)
    several = reference.plural or reference.kind in {"both", "all"}
    if len(fitting) <= 1 or several:
        return fitting, []
    return [], fitting


def _fitting(reference: Reference, lines: Sequence[Line], dialogue: Dialogue) -> list[Line]:
    if reference.kind in {"ordinal", "last", "first_n"}:
        return _placed(reference, lines)
    if reference.kind == "name":
        return [line for line in lines if line.product_id in reference.names]
    if reference.kind == "both":
        return list(lines) if len(lines) == 2 else []
    if reference.product_types or reference.colours or reference.materials:
        return [line for line in lines if _described(line, reference, dialogue)]
    touched = [line for line in lines if line.line_id in dialogue.last_lines]
    if reference.kind == "other":
        # Of what was touched last and what was not, the other one is what was not.
        return [line for line in lines if line not in touched] if touched else list(lines)
    if reference.kind == "all":
        return touched or list(lines)
    return touched or [line for line in lines if line.product_id in dialogue.focus] or list(lines)


def _placed(reference: Reference, lines: Sequence[Line]) -> list[Line]:
    if reference.kind == "last":
        return list(lines[-reference.ordinals[0] :])
    if reference.kind == "first_n":
        return list(lines[: reference.ordinals[0]])
    return [lines[n - 1] for n in reference.ordinals if 0 < n <= len(lines)]


def _described(line: Line, reference: Reference, dialogue: Dialogue) -> bool:
    item = dialogue.items.get(line.product_id)
    title = line.title.casefold()
    kinds = reference.product_types
    kind_fits = not kinds or (item is not None and item.product_type in kinds) or any(k in title for k in kinds)
    colour = line.options.get("colour", "").casefold()
    colours = {colour} if colour else set(item.colours if item else ())
    colour_fits = not reference.colours or bool(colours & set(reference.colours))
    material_fits = not reference.materials or bool(set(item.materials if item else ()) & set(reference.materials))
    return kind_fits and colour_fits and material_fits


def _by_options(fitting: list[Line], clause: Clause, reference: Reference) -> list[Line]:
    """Where several lines fit, 'the totes in black' or 'the size 8 one' tells them apart by their options."""
    if len(fitting) < 2 or reference.plural:
        return fitting
    said = {c.casefold() for c in clause.slots.colours} | {s.casefold() for s in clause.slots.sizes}
    told = [line for line in fitting if said and said & {v.casefold() for v in line.options.values()}]
    return told or fitting
