"""A small fixed shop for the planner's tests: its vocabulary, cards, a real encoder, and hand-built conversations."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.compact.dialogue import Dialogue
from assistant.compact.folding import fold
from assistant.compact.opinion import Heads
from assistant.compact.planner import CompactPlanner
from assistant.compact.terms import Terms
from assistant.compact.trained import read_trained
from retrieval.encode import TextEncoder, open_encoder
from retrieval.query import Vocabulary


def words(text: str) -> dict[str, int]:
    return {word.strip(): 10 for word in text.split(",")}


VOCABULARY = Vocabulary(
    product_types=words(
        "desk, sofa, armchair, lamp, rug, vase, dining chair, dining table, coffee table, shelf, mirror, cushion,"
        "dress, shirt, skirt, sweater, coat, heels, sneakers, boots, tote, crossbody bag, clutch, watch, scarf,"
        "bracelet, sunglasses"
    ),
    departments=words("home, fashion"),
    colours=words("black, white, grey, navy, green, moss, rust, red, blue, beige, brown"),
    materials=words("oak, walnut, pine, leather, velvet, linen, cotton, wool, steel, brass, ceramic"),
    sizes=words("XS, S, M, L, XL, 2, 4, 6, 7, 8, 9, 10, 70 x 200 cm, 70 x 250 cm, 70 x 300 cm, 160 x 230 cm"),
    brands=words("Fen & Co, Alder House, Northway"),
    styles=words("mid-century, minimal, rustic, classic"),
    version="small",
)

_ITEMS: dict[str, dict[str, Any]] = {
    "d1": {"title": "Fen desk", "product_type": "desk", "price": 56000, "list_price": 62000, "materials": ["oak"],
           "colours": ["brown"], "attributes": {"width": "125 cm", "depth": "60 cm"}, "rating": 4.5,
           "brand": "Northway"},
    "d2": {"title": "Alder desk", "product_type": "desk", "price": 62000, "materials": ["walnut"], "colours": ["black"],
           "attributes": {"width": "110 cm", "depth": "55 cm"}, "rating": 4.2, "brand": "Alder House"},
    "d3": {"title": "Brook desk", "product_type": "desk", "price": 34000, "materials": ["pine"],
           "colours": ["white", "grey"], "attributes": {"width": "95 cm"},
           "in_stock_options": [{"colour": "white"}, {"colour": "grey"}]},
    "l1": {"title": "Harbour lamp", "product_type": "lamp", "price": 8900, "materials": ["brass"],
           "colours": ["black"]},
    "l2": {"title": "Fjord lamp", "product_type": "lamp", "price": 7400, "materials": ["steel"], "colours": ["white"]},
    "h1": {"title": "Isle heels", "product_type": "heels", "price": 12000, "colours": ["black"],
           "sizes": ["6", "7", "8"],
           "in_stock_options": [{"size": "7"}, {"size": "8"}]},
    "h2": {"title": "Quay heels", "product_type": "heels", "price": 9900, "colours": ["red", "black"],
           "sizes": ["6", "7"], "in_stock_options": [{"colour": "red", "size": "6"}, {"colour": "red", "size": "7"}]},
    "t1": {"title": "Dune tote", "product_type": "tote", "price": 4500, "materials": ["cotton"], "colours": ["beige"]},
}  # fmt: skip


def card(product_id: str) -> dict[str, Any]:
    item = dict(_ITEMS[product_id])
    for name in ("price", "list_price"):
        if name in item:
            item[name] = {"amount": item[name]}
    return {"product_id": product_id, "availability": "in_stock", **item}


def showing(*ids: str, relation: str = "search", **more: Any) -> dict[str, Any]:
    record = {"kind": "products", "items": [card(i) for i in ids], "relation": relation, **more}
    return {"records": [record], "facts": {"carried": True}}


def line(product_id: str, quantity: int = 1, **options: str) -> dict[str, Any]:
    item, price = _ITEMS[product_id], _ITEMS[product_id]["price"]
    amounts = {"unit_price": {"amount": price}, "total": {"amount": price * quantity}}
    names = {"line_id": f"line-{product_id}", "product_id": product_id, "variant_id": f"v-{product_id}"}
    return {**names, "title": item["title"], "options": options, "quantity": quantity, **amounts}


def cart(*lines: dict[str, Any], version: int = 1, changed: str = "") -> dict[str, Any]:
    subtotal = sum(entry["total"]["amount"] for entry in lines)
    totals = [{"name": "subtotal", "label": "Subtotal", "amount": {"amount": subtotal}}]
    record = {
        "kind": "cart",
        "version": version,
        "lines": list(lines),
        "totals": totals,
        "changed": changed,
        "undo": True,
    }
    return {"records": [record], "facts": {}}


def quote(*lines: dict[str, Any]) -> dict[str, Any]:
    total = [{"name": "total", "label": "Total", "amount": {"amount": 15800}}]
    names = {
        "quote_id": "q1",
        "state": "prepared",
        "ship_to": "home, Berlin",
        "delivery": "standard",
        "pay_with": "card",
    }
    record = {"kind": "quote", "lines": list(lines), "totals": total, "expires_at": "2026-11-21T06:10:00Z", **names}
    return {"records": [record], "facts": {}}


def failure(code: str, **facts: Any) -> dict[str, Any]:
    return {"error": {"code": code, "text": f"{code}.", "facts": facts}}


class Talk:
    """A conversation built by hand: what was said, which tools were called, what they answered."""

    def __init__(self) -> None:
        self.messages: list[BaseMessage] = []
        self._calls = 0

    def said(self, text: str) -> "Talk":
        self.messages.append(HumanMessage(text))
        return self

    def did(self, name: str, args: dict[str, Any], result: dict[str, Any]) -> "Talk":
        self._calls += 1
        call = {"name": name, "args": args, "id": f"call_{self._calls}", "type": "tool_call"}
        self.messages.append(AIMessage("", tool_calls=[call]))
        self.messages.append(ToolMessage(json.dumps(result), tool_call_id=call["id"]))
        return self

    def told(self, text: str) -> "Talk":
        self.messages.append(AIMessage(text))
        return self

    def dialogue(self) -> Dialogue:
        return fold([*self.messages, HumanMessage("")]).dialogue


class Shop:
    """What the tests need of this file, since test folders are no packages."""

    talk = Talk
    vocabulary = VOCABULARY
    showing = staticmethod(showing)
    card = staticmethod(card)
    cart = staticmethod(cart)
    line = staticmethod(line)
    quote = staticmethod(quote)
    failure = staticmethod(failure)

    @staticmethod
    def desks() -> Talk:
        args = {"product_types": ["desk"], "price_max": 70000, "query": "desk"}
        return Talk().said("desks under $700").did("search_products", args, showing("d1", "d2", "d3")).told("Three.")

    @staticmethod
    def lamps_then_desks() -> Talk:
        lamps = (
            Talk().said("lamps").did("search_products", {"product_types": ["lamp"]}, showing("l1", "l2")).told("Two.")
        )
        return (
            lamps.said("desks")
            .did("search_products", {"product_types": ["desk"]}, showing("d1", "d2", "d3"))
            .told("3.")
        )

    @staticmethod
    def heels() -> Talk:
        args = {"product_types": ["heels"], "query": "heels"}
        return Talk().said("show me heels").did("search_products", args, showing("h1", "h2")).told("Two heels.")

    @staticmethod
    def with_cart() -> Talk:
        add = ("add_to_cart", {"product_id": "d1"}, cart(line("d1", colour="brown"), changed="added Fen desk"))
        return Shop.desks().said("add the first one").did(*add).told("Added: Fen desk.")


@pytest.fixture(scope="session")
def shop() -> type[Shop]:
    return Shop


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def encoder(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> TextEncoder:
    folder: Path = tmp_path_factory.mktemp("encoder")
    return runner.run(open_encoder(None, folder))


@pytest.fixture(scope="session")
def heads(encoder: TextEncoder) -> Heads:
    return Heads(encoder, read_trained().heads)


@pytest.fixture(scope="session")
def terms() -> Terms:
    return Terms(VOCABULARY)


@pytest.fixture(scope="session")
def planner(runner: asyncio.Runner, encoder: TextEncoder) -> CompactPlanner:
    async def vocabulary() -> Vocabulary:
        return VOCABULARY

    planner = CompactPlanner(encoder=encoder, vocabulary=vocabulary)
    runner.run(planner.warm())
    return planner


@pytest.fixture(scope="session")
def answer(runner: asyncio.Runner, planner: CompactPlanner) -> Callable[[Talk], AIMessage]:
    def ask(talk: Talk) -> AIMessage:
        result = runner.run(planner.ainvoke(talk.messages))
        assert isinstance(result, AIMessage)
        return result

    return ask
