"""Whether what a journey asserts is so: one small function for each thing that can be asserted."""

import re
from collections.abc import Callable, Mapping

from evals.journeys.facts import cart_lines, held_facts, item_facts, line_facts, lines_of, shown_facts
from evals.journeys.scene import Json, Scene
from evals.journeys.script import Assert


def unmet(asserted: Assert, scene: Scene) -> str:
    """Return what is there instead of what was asserted; "" when it holds."""
    return _CHECKS[asserted.subject](asserted, scene)


def _shown(asserted: Assert, scene: Scene) -> str:
    return _of_items(asserted, scene, scene.turn.shown)


def _offered(asserted: Assert, scene: Scene) -> str:
    """Cards and the nearest ones together: nothing of it may break a limit."""
    return _of_items(asserted, scene, [*scene.turn.shown, *scene.turn.nearest])


def _of_items(asserted: Assert, scene: Scene, items: list[Json]) -> str:
    assert asserted.expected is not None
    return asserted.expected.unmet(shown_facts(items), [item_facts(item) for item in items], scene.ids)


def _compared(asserted: Assert, scene: Scene) -> str:
    assert asserted.expected is not None
    compared = scene.turn.compared or {"items": [], "rows": []}
    facts = {"count": len(compared["items"]), "differs": sum(bool(row["differs"]) for row in compared["rows"])}
    return asserted.expected.unmet(facts, [item_facts(item) for item in compared["items"]], scene.ids)


def _cart(asserted: Assert, scene: Scene) -> str:
    return _held(asserted, scene, scene.cart)


def _quote(asserted: Assert, scene: Scene) -> str:
    return _held(asserted, scene, scene.quote)


def _order(asserted: Assert, scene: Scene) -> str:
    return _held(asserted, scene, scene.orders[0] if scene.orders else None)


def _held(asserted: Assert, scene: Scene, record: Json | None) -> str:
    assert asserted.expected is not None
    return asserted.expected.unmet(held_facts(record), lines_of(record), scene.ids)


def _press(asserted: Assert, scene: Scene) -> str:
    assert asserted.expected is not None
    return asserted.expected.unmet(scene.press, [], scene.ids)


def _counted(asserted: Assert, scene: Scene) -> str:
    assert asserted.expected is not None
    said = scene.turn.said
    facts = {
        "tools": scene.turn.tools,
        "asked": said.count("?"),
        "words": len(said.split()),
        "orders": len(scene.orders),
        "said": _plain(said),
    }
    names = scene.titles if asserted.subject == "said" else scene.ids
    return asserted.expected.unmet(facts, [], names)


def _plain(said: str) -> str:
    """Return words with straight apostrophes, as journeys are written."""
    return said.replace("’", "'")


def _cart_unchanged(_: Assert, scene: Scene) -> str:
    before, now = _lines(scene.cart_before), _lines(scene.cart)
    return "" if before == now else f"it was {before}, it is {now}"


def _lines(cart: Json | None) -> list[tuple[str, int]]:
    return sorted((str(line["variant_id"]), int(line["quantity"])) for line in cart_lines(cart))


def _refers(asserted: Assert, scene: Scene) -> str:
    """The turn is about this product: named in words, the only one shown, or the line that the cart gained."""
    named = scene.named.get(asserted.argument)
    if named is None:
        return f"nothing was named {asserted.argument!r}"
    called = re.search(rf"\b{re.escape(named.title.split()[0])}\b", scene.turn.said)
    shown = [item["product_id"] for item in scene.turn.shown]
    before = {variant_id for variant_id, _ in _lines(scene.cart_before)}
    new = [line_facts(line)["id"] for line in cart_lines(scene.cart) if line["variant_id"] not in before]
    if called or shown == [named.id] or new == [named.id]:
        return ""
    return f"{named.title!r} is neither named nor shown alone"


_CHECKS: Mapping[str, Callable[[Assert, Scene], str]] = {
    "shown": _shown,
    "offered": _offered,
    "compared": _compared,
    "cart": _cart,
    "quote": _quote,
    "order": _order,
    "press": _press,
    "cart_unchanged": _cart_unchanged,
    "refers": _refers,
    **dict.fromkeys(("tools", "asked", "words", "orders", "said"), _counted),
}
