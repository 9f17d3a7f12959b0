"""Words for 'the narrowest', 'the cheaper one', 'which would you take': the one that comes first, and by how much."""

from collections.abc import Sequence

from assistant.compact.ranks import Ranked
from assistant.compact.wordforms import plural, spelled
from assistant.compact.wording import capital, sentences, the, the_all, verb
from tools.records import Item

_ADJECTIVES = {"width": "wide", "height": "high", "depth": "deep", "length": "long", "diameter": "across"}
_MOST_NAMED = 3


def first(found: Ranked) -> str:
    """Say which comes first and by how much; where no page states it, say that."""
    stated, best = len(found.order), found.best
    if stated < 2:
        return _unstated(found)
    among = stated + len(found.unstated)
    if len(best) == stated:
        return sentences(f"They are alike in that: {_figure(best[0], found.name)}.", _silent(found))
    word = found.rank.more if among == 2 else f"{found.rank.most} of the {spelled(among)}"
    be = verb(best[0], "is", "are") if len(best) == 1 else "are"
    told = f"{capital(the_all(best[:_MOST_NAMED]))} {be} the {word}{_by(best[0], found)}"
    return sentences(f"{told}{_next(found, among)}.", _silent(found))


def _by(item: Item, found: Ranked) -> str:
    figure = _figure(item, found.name)
    return f", {figure}" if found.name in {"price", "rating"} else f": {figure}"


def _figure(item: Item, name: str) -> str:
    if name == "price":
        return f"at {item.price}"
    if name == "rating":
        return f"{item.rating:g} of 5"
    return f"{item.attributes[name]} {_ADJECTIVES.get(name, name)}"


def _value(item: Item, name: str) -> str:
    return {"price": str(item.price), "rating": f"{item.rating or 0:g}"}.get(name) or item.attributes[name]


def _next(found: Ranked, among: int) -> str:
    """Name the runner-up, so that the figure says something."""
    following = [item for place, item in found.order if place == 1]
    if not following:
        return ""
    if among == 2:
        return f" against {_value(following[0], found.name)}"
    return f"; next {verb(following[0], 'is', 'are')} {the(following[0])}, {_figure(following[0], found.name)}"


def _silent(found: Ranked) -> str:
    if not found.unstated:
        return ""
    others = list(found.unstated)
    if len(others) > 1:
        return f"The pages of {spelled(len(found.unstated))} others don't say."
    return f"The page of {the(others[0])} doesn't say."


def _unstated(found: Ranked) -> str:
    name = "ratings" if found.name == "rating" else f"a {found.name}"
    only = [item for _, item in found.order]
    if not only:
        return f"None of these pages states {name}, so I can't tell."
    return f"Only the page of {the(only[0])} states {name}: {_figure(only[0], found.name)}."


def advised(items: Sequence[Item]) -> Item:
    """Return the one to take by what the records hold: stock first, then ratings, then price."""
    stocked = [i for i in items if i.availability != "out_of_stock"] or list(items)
    return min(stocked, key=lambda i: (-(i.rating or 0), i.price.amount))


def advice_of_many(items: Sequence[Item]) -> str:
    """Recommend one of a whole row, and name the cheapest beside it."""
    best = advised(items)
    least = min(items, key=lambda i: i.price.amount)
    kinds = {i.product_type for i in items}
    row = f"the {spelled(len(items))} {plural(kinds.pop())}" if len(kinds) == 1 else f"these {spelled(len(items))}"
    reasons = [f"buyers rate {verb(best, 'it', 'them')} best, {best.rating:g} of 5"] if best.rating is not None else []
    if best is least:
        reasons.append(f"{verb(best, 'it costs', 'they cost')} least, {best.price}")
    elif not reasons:
        reasons.append(f"{verb(best, 'it costs', 'they cost')} {best.price}, and no page here has ratings")
    told = f"Of {row} I'd take {the(best)}: {', and '.join(reasons)}."
    return sentences(told, "" if best is least else f"If the price decides, {the(least)} at {least.price}.")
