"""Words for a search that left nothing: what is not there, which condition did it, and the nearest there is."""

from assistant.compact.outcomes import telling
from assistant.compact.say_finds import Manner, phrase_of
from assistant.compact.wordforms import spelled
from assistant.compact.wording import capital, counted, listed, sentences, the, the_all
from tools.records import BlockedBy, Item, Products

_PLAIN = {"sizes": "other sizes", "colours": "other colours", "materials": "other materials"}
_MANY = 40  # So many without a kind named are no answer to what was asked.
_SHARED = {"colours": "colours", "materials": "materials"}


def nothing(record: Products, manner: Manner) -> str:
    """Say plainly that nothing fits, then what each blocking condition hides."""
    if not record.filters:
        return "I found nothing for that."
    what = phrase_of(record.filters, (), manner, 2)
    opening = "Nothing fits all of that." if what.startswith("piece") else f"No {what}."
    if manner.slots.near:
        said, ours = manner.slots.near[0]
        opening = f"Nothing in {said} fits, nor in {ours}, the nearest we have."
    return sentences(opening, *(_without(b) for b in telling(record)))


def _without(blocked: BlockedBy) -> str:
    if not blocked.nearest:
        return ""
    first = blocked.nearest[0]
    if blocked.name == "price_max":
        return f"The closest in price is {the(first)} at {first.price}."
    if blocked.name == "price_min":
        return f"The dearest there is {the(first)} at {first.price}."
    if blocked.name == "in_stock":
        be = "is" if len(blocked.nearest) == 1 else "are"
        return f"{capital(the_all(blocked.nearest[:3]))} would fit but {be} out of stock."
    if blocked.name in _PLAIN:
        return _other(blocked, first)
    there = "There is one" if blocked.count == 1 else f"There are {counted(blocked.count, 'piece')}"
    return f"{there} without that condition, such as {the(first)} at {first.price}."


def _other(blocked: BlockedBy, first: Item) -> str:
    shared = _common(blocked)
    lead = f"In {shared}" if shared else f"In {_PLAIN[blocked.name]}"
    made = f", in {listed(first.sizes)}" if blocked.name == "sizes" and first.sizes else ""
    if blocked.count == 1:
        return f"{lead} there is {the(first)} at {first.price}{made}."
    if blocked.count > _MANY:
        return f"{lead} the nearest is {the(first)} at {first.price}{made}."
    return f"{lead} there are {spelled(blocked.count)}, such as {the(first)} at {first.price}{made}."


def _common(blocked: BlockedBy) -> str:
    """Return the one colour or material that all of what remains shares, where every one of them is named."""
    if blocked.name not in _SHARED or blocked.count > len(blocked.nearest):
        return ""
    values = [set(i.colours if blocked.name == "colours" else i.materials) for i in blocked.nearest]
    return min(values[0].intersection(*values[1:]), default="")
