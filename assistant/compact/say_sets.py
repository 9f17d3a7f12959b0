"""Words for a set: what it costs together, what it is made of, and what a swap changed."""

from collections.abc import Sequence

from assistant.compact.meaning import Slots
from assistant.compact.sets import SetWish
from assistant.compact.wordforms import plural, spelled
from assistant.compact.wording import capital, listed, sentences, the
from policies.money import format_minor
from tools.records import Item


def put_together(wish: SetWish, items: Sequence[Item]) -> str:
    """Present a set with its sum, or without a sum named, one of each to start from."""
    pieces = listed([_counted(item, piece.count) for item, piece in zip(items, wish.pieces, strict=True)])
    # The records hold the sum of one of each; of several of one they hold no sum.
    single = all(piece.count == 1 for piece in wish.pieces)
    money = f"{format_minor(sum(item.price.amount for item in items), items[0].price.currency)} together"
    if wish.total is None:
        name = f"For {_article(wish.name)}" if wish.name else "To start from"
        return sentences(
            f"{name}: {pieces}{f', {money}' if single else ''}.",
            "Say 'swap' and the piece to change one, or name a sum for all of it.",
        )
    named = {2: "both", 3: "all three", 4: "all four"}.get(len(items), "all of it") if single else "all of it"
    what = capital(_article(wish.name) if wish.name else named)
    limit = f"within your {format_minor(wish.total, items[0].price.currency)}"
    held = f"{what} for {money}, {limit}" if single else f"{what} {limit}"
    return sentences(f"{held}: {pieces}.", "Say 'swap' and the piece to change one of them.")


def _counted(item: Item, count: int) -> str:
    return f"{spelled(count)} of {the(item)} at {item.price} each" if count > 1 else f"{the(item)} at {item.price}"


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def begun(said: str, shown: bool) -> str:
    """Add how an outfit goes on from its first piece."""
    return sentences(said, "Say which one, and I'll match the rest to it." if shown else "")


def too_dear(wish: SetWish, least: Sequence[Item]) -> str:
    """Say what is missing, or what the cheapest of each would cost together."""
    if len(least) < len(wish.pieces):
        there = {item.product_type for item in least}
        missing = listed([plural(piece.kinds[0]) for piece in wish.pieces if not there & set(piece.kinds)], "or")
        return f"No {missing} fit that, so I can't put it together. Change one condition and I'll look again."
    names = listed([_counted(item, piece.count) for item, piece in zip(least, wish.pieces, strict=True)])
    limit = format_minor(wish.total or 0, least[0].price.currency)
    return sentences(f"Together that is over {limit} even with the cheapest: {names}.", "Which one shall I leave out?")


def swapped(old: Item, new: Item | None, items: Sequence[Item], slots: Slots, total: int | None) -> str:
    """Say what a swap makes of the sum, or that nothing fits in the place."""
    wanted = listed([*slots.colours, *slots.materials], "or")
    limit = format_minor(total, old.price.currency) if total is not None else ""
    if new is None:
        what = f"{wanted} {old.product_type}".strip()
        return f"No other {what} keeps it within {limit}." if limit else f"No other {what} fits."
    money = format_minor(sum(i.price.amount for i in items), old.price.currency)
    within = f", within your {limit}" if limit else ""
    return f"With {the(new)} at {new.price} instead of {the(old)} it is {money} together{within}."
