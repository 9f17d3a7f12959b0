"""Words for boards: what was kept, what lies there, what of it went into the cart."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from assistant.compact.outcomes import Failure, Outcome
from assistant.compact.scripts import refusal
from assistant.compact.wordforms import plural
from assistant.compact.wording import capital, counted, listed, sentences
from tools.records import Board, Boards, Cart

_NAMED = 3  # How many things a sentence names.


def shown_board(board: Board) -> str:
    """Say what lies on a board and what it costs together."""
    if not board.items:
        gone = f" {capital(counted(board.gone, 'thing'))} on it {_is(board.gone)} no longer sold." if board.gone else ""
        return f"{board.name} is empty.{gone} Say 'save this to my {board.name} board' when you find something."
    sold_out = [item.title for item in board.items if item.availability == "out_of_stock"]
    together = f", {board.total} together" if board.total is not None and len(board.items) > 1 else ""
    return sentences(
        f"{board.name} holds {counted(len(board.items), 'thing')}{together}.",
        f"Out of stock: {listed(sold_out[:_NAMED])}." if sold_out else "",
        f"{capital(counted(board.gone, 'thing'))} on it {_is(board.gone)} no longer sold." if board.gone else "",
        "Say 'buy everything on it', or which one to remove.",
    )


def changed_board(board: Board, *, new: bool) -> str:
    """Say what changed in the books' own words."""
    if new and not board.items:
        return f"Your board {board.name} is there. Say 'save this to my {board.name} board' to put something on it."
    hint = f"Say 'show my {board.name} board' to see it again." if new else ""
    if board.changed.endswith("by its link"):
        return f"Whoever has the link on the card can look at {board.name}, your notes too; nobody can change it."
    return sentences(f"{capital(board.changed)}.", hint)


def list_of(outcome: Outcome) -> str:
    """Name the shopper's boards."""
    lists = [record for record in outcome.records if isinstance(record, Boards)]
    found = lists[0].boards if lists else []
    if not found:
        return "You have no boards yet. Say 'save this to a board' and I make one."
    names = [f"{each.name} ({counted(each.count, 'thing')})" for each in found[:6]]
    return f"Your boards: {listed(names)}."


def put_in_cart(cart: Cart | None, facts: Mapping[str, Any]) -> str:
    """Say what of a board is in the cart now and what stayed, and why."""
    left = cast("Sequence[Mapping[str, Any]]", facts.get("left") or ())
    stayed = [f"{each['title']} {_why(each)}" for each in left[:_NAMED]]
    more = len(left) - len(stayed)
    board = facts.get("board")
    kept = "Left on the board" if board else "Left out"
    waits = f"{kept}: {'; '.join(stayed)}{f'; and {more} more' if more else ''}." if stayed else ""
    if cart is None:
        return sentences(f"Nothing {f'on {board}' if board else 'of it'} went into your cart.", waits)
    return sentences(f"{capital(cart.changed)}.", waits, "Say 'order' and I draw up the card for you to check.")


def curated(board: Board, facts: Mapping[str, Any]) -> str:
    """Present a set that was put together: its sum, its pieces, and what the sum leaves out."""
    kinds = listed([item.product_type for item in board.items])
    held = f", within your {board.budget}" if board.budget is not None else ""
    left = cast("Sequence[Mapping[str, Any]]", facts.get("left_out") or ())
    out = listed([plural(str(each["kind"])) for each in left], "or")
    name = board.name if len(board.items) > 1 else f"For {board.name}"
    return sentences(
        f"{name}: {kinds}, {board.total} together{held}.",
        f"No {out} in it." if out else "",
        f"Say 'swap the {board.items[0].product_type}' to change one, 'save it as a board' or 'put it all in my cart'.",
    )


def nothing_curated(error: Failure | None, *, stays: bool = False) -> str:
    """Say why no set was put together; `stays` where one is on screen that nothing was found to better."""
    if error is not None and error.code == "unknown_theme":
        return "Which room or occasion is it for? Say for instance 'a reading corner under 600'."
    if error is not None and error.code == "nothing_fits" and stays:
        return "Nothing else here fits in its place, so the set stays as it was."
    if error is not None and error.code == "nothing_fits":
        return "Nothing fits that sum. Name a higher one, or leave out a condition, and I put it together again."
    return refused_board(error)


def refused_board(error: Failure | None) -> str:
    """Say why nothing was done with a board."""
    if error is None:
        return "That did not work, and nothing was changed."
    names = [str(name) for name in cast("Sequence[object]", error.facts.get("boards") or ())]
    match error.code:
        case "choose_board":
            return f"Which board: {listed(names[:6], 'or')}?"
        case "no_boards":
            return "You have no boards yet. Say 'save this to a board' and I make one."
        case "unknown_board":
            return (
                f"You have no board of that name. Yours: {listed(names[:6])}." if names else "You have no boards yet."
            )
        case _:
            return refusal(error)


def _why(left: Mapping[str, Any]) -> str:
    missing = cast("Sequence[str]", left.get("missing") or ())
    if left.get("why") == "choose_option":
        return f"needs a {listed([str(each) for each in missing])}"
    return "is out of stock" if left.get("why") == "out_of_stock" else "can't be bought now"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
