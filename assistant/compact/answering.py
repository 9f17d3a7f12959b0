"""Scripts that answer questions about shown products: facts, options and stock, and comparisons."""

import re
from collections.abc import Generator
from dataclasses import replace

from assistant.compact.asked import asks_options
from assistant.compact.making import materials_apart, materials_meant, shown_in
from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.pointing import Pointed, point, pool, row, unpaid
from assistant.compact.ranking import contenders, singled_out, taken
from assistant.compact.ranks import Rank, rank_called, rank_said
from assistant.compact.say_compare import asks_advice, verdict
from assistant.compact.say_facts import answer, introduce, material_answer
from assistant.compact.say_options import has_option, option_answer
from assistant.compact.scripts import Desk, Script, ask_which, refusal
from assistant.compact.sizes import read_sizes
from assistant.compact.wording import listed, sentences, the
from tools.records import Comparison, Item, Products

# How the shopper asks for a thing itself, whoever paid for its place.
_NAMES = frozenset({"name", "ordinal", "several", "last", "facet"})
_MOST = 4  # Products one details or comparison call takes.
_UNRANKED = re.compile(r"\bwhich\b.* (?:is|are|be|looks?)(?: the)? (?P<most>[a-z]+est|most [a-z]+|more [a-z]+)\b")
RANKED_BY = frozenset({"price", "rating", "size", "width", "height", "depth", "length", "weight"})
"""Facts that a superlative already asks for."""
_SIDE_BY_SIDE = re.compile(r"\bcompare\b|\bcomparison\b|\bdifferen|\bside by side\b|\b(?:vs|versus)\b")
_WHICH = re.compile(r"^(?:and |so |ok |but )*(?:which|what|who|is|are)\b")
_OVER_A_ROW = frozenset({"colours", "sizes", "materials", "price", "rating", "stock", "care", "brand", "styles"})


def ask(clause: Clause, desk: Desk) -> Script:
    """Answer what is asked about one or a few shown items, from their pages as they are now."""
    if clause.reference.kind == "ranked" and set(clause.asked) <= RANKED_BY and not _wanted(clause, desk):
        return (yield from singled_out(rank_called(clause.reference.rank), clause, desk))
    pointed = _meant(clause, desk)
    if not pointed.ids:
        if pointed.missing and not pointed.candidates:
            return _not_shown(clause, desk)
        return ask_which(desk, pointed.candidates)
    ids = pointed.ids[:_MOST]
    outcome, record = yield from _page(ids)
    if record is None:
        return refusal(outcome.error) if outcome.error else "I can't find its page just now."
    wanted = _wanted(clause, desk)
    if clause.slots.materials and set(clause.asked) <= {*clause.slots.materials, "materials"} and not wanted:
        return sentences(*(material_answer(i, clause.slots.materials) for i in record.items))
    if not (wanted or clause.slots.in_stock or "stock" in clause.asked):
        return _facts(clause, record.items, outcome)
    other = _elsewhere(clause, record.items, wanted, desk) if wanted else None
    if other is not None:
        # Its page is read too, so that "that one" afterwards means it and its stock is of now.
        _, card = yield from _page((other,))
        item = card.items[0] if card is not None and card.items else None
        return option_answer(record.items[0], wanted, elsewhere=item if item and has_option(item, wanted) else None)
    return sentences(*(option_answer(i, wanted) for i in record.items))


def _page(ids: tuple[str, ...]) -> Generator[tuple[Call, ...], tuple[Outcome, ...], tuple[Outcome, Products | None]]:
    (outcome,) = yield (Call("product_details", {"product_ids": list(ids)}),)
    return outcome, outcome.products()


def _elsewhere(clause: Clause, items: list[Item], wanted: dict[str, tuple[str, ...]], desk: Desk) -> str | None:
    """Return another item of the same row that has the options, when the one asked about lacks them."""
    if len(items) != 1 or has_option(items[0], wanted):
        return None
    near = next((s.ids for s in reversed(desk.dialogue.showings) if items[0].product_id in s.ids), ())
    others = (desk.dialogue.items[i] for i in near if i != items[0].product_id)
    return next((o.product_id for o in others if has_option(o, wanted)), None)


def _facts(clause: Clause, items: list[Item], outcome: Outcome) -> str:
    asked = tuple(a for a in clause.asked if a != "details")
    if not asked or asked == ("value",):
        if len(items) > 2:
            return f"Those were {listed([f'{the(i)} at {i.price}' for i in items])}."
        return sentences(*(introduce(i, outcome.facts) for i in items))
    return answer(items, asked, outcome.facts)


def _wanted(clause: Clause, desk: Desk) -> dict[str, tuple[str, ...]]:
    """Return the options asked about, without words that only said which item is meant.

    A size that nothing here is made in counts as well: the answer is then that it is not made in it.
    """
    said = read_sizes(clause.text, desk.terms).said if asks_options(clause.text) else ()
    reference = clause.reference
    colours = tuple(c for c in clause.slots.colours if reference.kind != "facet" or c not in reference.colours)
    sizes = clause.slots.sizes or tuple(size for size in said if " " not in size)
    wanted = {"colour": colours, "size": sizes}
    return {name: values for name, values in wanted.items() if values}


def _meant(clause: Clause, desk: Desk) -> Pointed:
    dialogue = desk.dialogue
    if clause.reference:
        pointed = point(clause.reference, dialogue)
        if pointed.ids or clause.reference.kind not in {"it", "all"}:
            return pointed
        # "How wide is it" over a whole row: where the row is small, the answer for each is short.
        return Pointed(pointed.candidates) if _short(pointed.candidates, clause) else pointed
    if dialogue.focus:
        return Pointed(dialogue.focus)
    ids = pool(dialogue)
    return Pointed(ids[:_MOST]) if len(ids) == 1 or _short(ids, clause) else Pointed(candidates=ids)


def _short(ids: tuple[str, ...], clause: Clause) -> bool:
    return 1 < len(ids) <= _MOST and bool(set(clause.asked) & _OVER_A_ROW) and not asks_options(clause.text)


def _not_shown(clause: Clause, desk: Desk) -> str:
    ids = row(clause.reference, desk.dialogue)
    if clause.reference.kind == "ordinal" and ids:
        shown = "only one" if len(ids) == 1 else f"{len(ids)}"
        return f"I have shown {shown} there. Which one do you mean?"
    if not desk.dialogue.items:
        return "I haven't shown you anything yet. What shall I look for?"
    return "I haven't shown one like that yet. Shall I look for it?"


def compare(clause: Clause, desk: Desk) -> Script:
    """Put two to four shown items side by side and say what decides; of a longer row name the one that comes first."""
    if materials := materials_meant(clause):
        return (yield from _of_materials(materials, clause, desk))
    if (rank := _one_wanted(clause, desk)) is not None:
        return (yield from singled_out(rank, clause, desk))
    if most := _unranked(clause.text):
        return _no_page_says(most)
    if asks_advice(clause.text) and not _placed(clause) and len(contenders(clause, desk)) > _MOST:
        return (yield from taken(clause, desk))
    pointed = _unpaid(_compared(clause, desk), clause, desk)
    if len(pointed.ids) < 2:
        if clause.reference.kind == "several" and pointed.candidates:
            return ask_which(desk, pointed.candidates)
        candidates = pointed.candidates or pool(desk.dialogue)
        if len(candidates) < 2:
            return "There is only one to look at so far. Show me a second and I'll compare them."
        return _which_two(clause.text, desk, candidates)
    return (yield from _side_by_side(pointed.ids[:_MOST], clause))


def _of_materials(materials: tuple[str, ...], clause: Clause, desk: Desk) -> Script:
    apart = shown_in(materials, desk)
    return (yield from _side_by_side(apart, clause) if apart else materials_apart(materials, clause, desk))


def _side_by_side(ids: tuple[str, ...], clause: Clause) -> Script:
    (outcome,) = yield (Call("compare_products", {"product_ids": list(ids)}),)
    record = next((r for r in outcome.records if isinstance(r, Comparison)), None)
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I can't compare those just now."
    return verdict(record, clause)


def _one_wanted(clause: Clause, desk: Desk) -> Rank | None:
    """Return by what one is to be singled out: 'the cheaper one', or 'which is narrowest' of a row too long to draw."""
    if _SIDE_BY_SIDE.search(clause.text) or asks_advice(clause.text) or _placed(clause):
        return None
    short = len(contenders(clause, desk)) <= _MOST and _WHICH.match(clause.text)
    return None if short else rank_said(clause.text)


def _placed(clause: Clause) -> bool:
    return clause.reference.kind not in {"none", "all", "ranked", "it"}


def _unranked(text: str) -> str:
    """Return the superlative that no page can answer, 'warmest'; "" for the others."""
    unknown = _UNRANKED.search(text)
    return unknown["most"] if unknown and not asks_advice(text) and rank_said(text) is None else ""


def _no_page_says(most: str) -> str:
    can = "I can tell the cheapest, the best rated or the smallest, or compare two of them."
    return f"No page says which is {most}. {can}"


def _which_two(text: str, desk: Desk, candidates: tuple[str, ...]) -> str:
    items = [desk.dialogue.items[i] for i in candidates]
    if unknown := _UNRANKED.search(text):
        return _no_page_says(unknown["most"])
    if len(items) > _MOST:
        return "Which ones shall I compare? Say for instance 'the first two'."
    return f"Which ones: {', '.join(the(i) for i in items)}?"


def _compared(clause: Clause, desk: Desk) -> Pointed:
    dialogue = desk.dialogue
    reference = clause.reference
    if reference:
        pointed = point(reference, dialogue)
        if len(pointed.ids) == 1 and reference.kind != "ranked":
            return _with_focus(pointed, desk)
        if len(pointed.ids) > 1:
            return pointed
    ids = dialogue.focus if len(dialogue.focus) > 1 else pool(dialogue)
    if len(ids) < 2:
        recent = _recent(desk)
        ids = recent if len(recent) > 1 else contenders(clause, desk)
    return Pointed(ids) if 2 <= len(ids) <= _MOST else Pointed(candidates=ids)


def _unpaid(pointed: Pointed, clause: Clause, desk: Desk) -> Pointed:
    if clause.reference.kind in _NAMES:
        return pointed
    return replace(pointed, ids=unpaid(pointed.ids, desk.dialogue))


def _with_focus(pointed: Pointed, desk: Desk) -> Pointed:
    """'Compare it with the second': the other side is what was talked about before."""
    rest = tuple(i for i in desk.dialogue.focus if i not in pointed.ids)
    if rest:
        return Pointed((*rest[:1], *pointed.ids))
    ids = pool(desk.dialogue)
    return Pointed(ids) if len(ids) == 2 else replace(pointed, ids=(), candidates=ids)


def _recent(desk: Desk) -> tuple[str, ...]:
    singles = [s.ids[0] for s in desk.dialogue.showings[-3:] if len(s.ids) == 1]
    return tuple(dict.fromkeys(singles))
