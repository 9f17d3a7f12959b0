"""Scripts that single out one of what is shown: the narrowest, the cheaper one, the one to take."""

import re

from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.pointing import row, unpaid
from assistant.compact.ranks import Rank, ranked
from assistant.compact.say_ranks import advice_of_many, advised, first
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.signs import COMPARATIVE

# "The widest" is of the whole row, also after two of it were looked at; "the wider one" is of the two.
_MOST_OF_ALL = re.compile(r"\b(?:\w+est|most|least|best)\b")
_MOST = 4  # Products one details call takes.


def singled_out(rank: Rank, clause: Clause, desk: Desk) -> Script:
    """Say which of what is being talked about comes first; its page is read, so that 'it' afterwards means it."""
    ids = contenders(clause, desk)
    if len(ids) < 2:
        return "There is only one to look at so far. Show me a second and I'll tell."
    found = ranked([desk.dialogue.items[i] for i in ids], rank)
    lead = "I can't search by size; of those shown:" if COMPARATIVE.match(clause.text) else ""
    if found.best and len(found.order) > 1:
        (outcome,) = yield (Call("product_details", {"product_ids": [i.product_id for i in found.best[:_MOST]]}),)
        if outcome.error is not None:
            return refusal(outcome.error)
    told = first(found)
    return f"{lead} {told[0].lower()}{told[1:]}" if lead else told


def taken(clause: Clause, desk: Desk) -> Script:
    """Recommend one of a row too long to compare, and say why."""
    items = [desk.dialogue.items[i] for i in contenders(clause, desk)]
    (outcome,) = yield (Call("product_details", {"product_ids": [advised(items).product_id]}),)
    return refusal(outcome.error) if outcome.error is not None else advice_of_many(items)


def contenders(clause: Clause, desk: Desk) -> tuple[str, ...]:
    """Return what a superlative chooses among: the pair or row being talked about, or the row of the kind named."""
    dialogue = desk.dialogue
    if clause.reference.product_types and clause.reference.kind == "ranked":
        return unpaid(row(clause.reference, dialogue), dialogue)
    if len(dialogue.pair) > 1 and (dialogue.compared or not _MOST_OF_ALL.search(clause.text)):
        return dialogue.pair
    if len(dialogue.focus) > 1:
        return dialogue.focus
    rows = (unpaid(s.ids, dialogue) for s in reversed(dialogue.showings))
    return next((ids for ids in rows if len(ids) > 1), dialogue.focus)
