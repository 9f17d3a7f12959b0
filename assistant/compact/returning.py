"""Scripts that go back to a row shown before: 'the first list again', 'back to the lamps'."""

import re

from assistant.compact.dialogue import Showing
from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.wordforms import plural, spelled
from assistant.compact.wording import capital, sentences, the_all

_ROW = re.compile(
    r"\b(?P<which>first|second|third|last|previous|earlier|original|other) "
    r"(?:list|row|results?|selection|search|set of \w+|ones you showed(?: me)?|things you showed(?: me)?)\b"
    r"|\b(?:ones|things|list|results?) (?:from )?before\b|\b(?:previous|earlier) ones\b"
    r"|\bwhat you showed(?: me)? (?P<when>first|before|earlier)\b"
)
_KIND_AGAIN = re.compile(r"\bagain\b|\bback to (?:the|those|these|my)\b")
_PLACES = {"first": 0, "original": 0, "second": 1, "third": 2}
_MOST = 4  # Products one details call takes.


def goes_back(clause: Clause, desk: Desk) -> Showing | None:
    """Return the row a clause wants to see again, None when it wants no row."""
    rows = [s for s in desk.dialogue.showings if len(s.ids) > 1 and s.relation != "details"]
    if not rows:
        return None
    if match := _ROW.search(clause.text):
        which = match["which"] or match["when"] or "before"
        at = _PLACES.get(which, -2 if len(rows) > 1 else -1) if which != "last" else -1
        return rows[at] if -len(rows) <= at < len(rows) else None
    kinds = set(clause.slots.product_types)
    if (
        not kinds
        or set(clause.asked) - {"details"}
        or clause.slots.constrains()
        or not _KIND_AGAIN.search(clause.text)
        or not _many(clause)
    ):
        return None
    return next((s for s in reversed(rows) if kinds & {desk.dialogue.items[i].product_type for i in s.ids}), None)


def _many(clause: Clause) -> bool:
    """Tell 'the bracelets again' from 'the first bracelet again'."""
    return clause.reference.kind in {"none", "type", "all"}


def show_again(row: Showing, desk: Desk) -> Script:
    """Show a row as it is now: by the search that found it, or few by their pages."""
    call = row.call if row.call is not None and row.call.name == "search_products" else None
    if call is None or len(row.ids) <= _MOST:
        call = Call("product_details", {"product_ids": list(row.ids[:_MOST])})
    (outcome,) = yield (call,)
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I can't show those again just now."
    kinds = {i.product_type for i in record.items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "pieces"
    if len(record.items) <= _MOST:
        return sentences(capital(f"{the_all(record.items)} again."), "Say the first, the second, or a name.")
    return capital(f"the {noun} again, {spelled(len(record.items))} of them.")
