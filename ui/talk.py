"""Carries a conversation for the terminal: says lines, presses cards, checks what a script expects."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.journeys.conditions import Facts, ScriptError, number
from ui.client import Conversation, Heard, Json, ProblemError
from ui.script import Instruction, check, subject_of
from ui.snapshot import bicycle, snapshot
from ui.terminal import Screen

_OPTION_FACTS = {"colour": "colours", "size": "sizes", "material": "materials", "style": "styles"}


@dataclass(slots=True)
class Talk:
    """One conversation and what was last seen in it.

    Args:
        conversation: The session with the server.
        screen: Where events are shown.
        approve: Press every order card that appears, as the shopper would.
    """

    conversation: Conversation
    screen: Screen
    approve: bool = False
    quote: Json | None = None
    card: Json | None = None
    listed: list[Json] = field(default_factory=list[Json])
    shown: list[Json] = field(default_factory=list[Json])
    said: str = ""
    pressed: Facts = field(default_factory=dict[str, Any])
    failed: bool = False
    pictures: list[str] = field(default_factory=list[str])
    """Ids of pictures that go with what is said next."""

    async def follow(self, instruction: Instruction) -> None:
        """Do what one line asks.

        Raises:
            ScriptError: It asks for something that is not there.
            Unmet: An expectation does not hold.
            ProblemError: The server refused.
        """
        match instruction.kind:
            case "say":
                await self.say(instruction.text)
            case "card" | "press" | "decline" | "again":
                acts = {"card": self.open_card, "press": self.press, "decline": self.decline, "again": self.return_}
                await acts[instruction.kind]()
            case "cart":
                self.screen.heard(Heard("cart", await self.conversation.cart()))
            case "picture":
                await self.send_picture(await self._picture(instruction.words))
            case "set":
                await self.set(instruction.words)
            case "order":
                await self.order_event(instruction.words[0])
            case "expect":
                await self.expect(instruction.words)
            case _:
                return

    async def return_(self) -> None:
        """Come back another day: the same shopper in a new conversation."""
        await self.conversation.begin(again=True)
        self.quote = self.card = None

    async def send_picture(self, picture: bytes) -> None:
        """Send a picture to go with what is said next, and tell what was changed in it."""
        kept = await self.conversation.send_picture(picture)
        for notice in kept["notices"]:
            self.screen.remark(notice)
        self.pictures.append(kept["image_id"])

    async def _picture(self, words: Sequence[str]) -> bytes:
        """Take the picture a script names: a bicycle, or a product in one of its colours, as a shopper's photo."""
        if words[0] == "bicycle":
            return bicycle()
        colour = next((word for word in words[1:] if word != "rotated"), None)
        drawn = await self.conversation.product_picture(words[0], colour)
        return snapshot(drawn, rotated="rotated" in words[1:])

    async def say(self, text: str) -> None:
        """Say something, with the pictures sent for it, and show the answer; press its card when asked to."""
        self.shown, self.said = [], ""
        image_ids, self.pictures = self.pictures, []
        quoted = False
        async for event in self.conversation.say(text, image_ids):
            self.screen.heard(event)
            self._notice(event)
            quoted = quoted or event.event == "quote"
        if quoted and self.approve:
            await self.press()

    def _notice(self, event: Heard) -> None:
        match event.event:
            case "text":
                self.said += str(event.data["delta"])
            case "products" | "comparison":
                self.shown = self.listed = list(event.data["items"])
            case "quote":
                self.quote = event.data
            case "error":
                self.failed = True
                self.said += str(event.data["detail"])
            case _:
                pass

    async def open_card(self) -> Json:
        """Have the last quote's card drawn, show it and hold it for the next press, as an open page would."""
        self.card = await self.conversation.render(self._last_quote()["quote_id"])
        self.screen.card(self.card)
        return self.card

    async def press(self) -> None:
        """Press the card that is held open, or open the last quote's and press it; afterwards none is held."""
        quote_id = self._last_quote()["quote_id"]
        try:
            card = self.card
            if card is None or card["quote_id"] != quote_id:
                card = await self.open_card()
            self.card = None
            answer = await self.conversation.approve(card)
        except ProblemError as problem:
            self.pressed = {"code": problem.code, "status": problem.status, "text": str(problem)}
            self.screen.heard(Heard("error", problem.body))
            if problem.body.get("quote_id"):
                # The shop drew the purchase up anew; the next press is for that card.
                self.quote = (await self.conversation.read())["quote"]
        else:
            code = "changed" if "progress" in answer else "ordered" if "order" in answer else "accepted"
            self.pressed = {"code": code, "status": 200, "text": answer.get("text", "")}
        await self._hear_news()

    async def decline(self) -> None:
        """Say no to the last quote's card."""
        await self.conversation.decline(self._last_quote()["quote_id"])
        self.pressed = {"code": "not_now", "status": 204, "text": ""}
        await self._hear_news()

    async def _hear_news(self) -> None:
        self.said = ""
        for event in await self.conversation.news():
            self.screen.heard(event)
            self._notice(event)

    def _last_quote(self) -> Json:
        if self.quote is None:
            raise ScriptError("there is no order card yet; ask to buy something first")
        return self.quote

    async def set(self, words: Sequence[str]) -> None:
        """Change an offer as the merchant would: `TARGET price +1500`, `TARGET stock 0`, `TARGET sellable no`."""
        target, name, value = words
        for variant_id, price in await self._variants(target):
            await self.conversation.set_offer(variant_id, {name: _new_value(name, value, price)})
            self.screen.remark(f"(the merchant sets {name} of {variant_id} to {value})")

    async def order_event(self, event: str) -> None:
        """Tell the shop what happened to the newest order, as the merchant would."""
        orders = await self.conversation.orders()
        if not orders:
            raise ScriptError("there is no order yet")
        told = await self.conversation.order_event(orders[0]["order_id"], event)
        self.screen.remark(f"(the merchant: the order is {told['state'].replace('_', ' ')})")

    async def _variants(self, target: str) -> list[tuple[str, int]]:
        """Return the variants a target names, each with its current price in minor units."""
        if target == "last-quoted":
            line = self._last_quote()["lines"][0]
            return [(line["variant_id"], line["unit_price"]["amount"])]
        head, _, rest = target.partition(":")
        if head == "variant" and rest:
            return [(rest, 0)]
        if head != "shown" or not rest.isdigit():
            raise ScriptError(f"{target!r} cannot be set; there are last-quoted, shown:NUMBER and variant:ID")
        if not 1 <= int(rest) <= len(self.listed):
            raise ScriptError(f"only {len(self.listed)} are shown, so there is no number {rest}")
        offers = await self.conversation.offers(self.listed[int(rest) - 1]["product_id"])
        return [(offer["variant_id"], offer["price"]) for offer in offers]

    async def expect(self, words: Sequence[str]) -> None:
        """Check a state against what the server says now."""
        facts, items = await self._facts(subject_of(words))
        check(words, facts, items)

    async def _facts(self, subject: str) -> tuple[Facts, list[Facts]]:
        match subject:
            case "cart":
                return _cart_facts(await self.conversation.cart())
            case "orders":
                orders = [_order_facts(order) for order in await self.conversation.orders()]
                return {"count": len(orders)}, [*orders]
            case "order":
                orders = await self.conversation.orders()
                return (_order_facts(orders[0]) if orders else {"state": "none"}), []
            case "quote":
                return _quote_facts((await self.conversation.read())["quote"])
            case "shown":
                return {"count": len(self.shown)}, [_item_facts(item) for item in self.shown]
            case "said":
                return {"text": self.said}, []
            case "memory" | "cases":
                read = {"memory": self.conversation.memory, "cases": self.conversation.cases}[subject]
                kept = await read()
                return {"count": len(kept)}, [*kept]
            case _:
                return self.pressed or {"code": "none", "status": 0, "text": ""}, []


def _new_value(name: str, value: str, price: int) -> int | bool:
    if name == "sellable":
        return value in {"yes", "true", "1"}
    if name == "price" and value[0] in "+-":
        return price + int(value[0] + str(int(number(value[1:]))))
    return int(number(value))


def _item_facts(item: Json) -> Facts:
    facts = {
        "title": item["title"],
        "brand": item["brand"],
        "type": item["product_type"],
        "price": item["price"]["amount"],
        "availability": item["availability"],
        "id": item["product_id"],
        "why": item["why"],
    }
    return facts | {name: item[source] for name, source in _OPTION_FACTS.items()}


def _line_facts(line: Json) -> Facts:
    price = line["unit_price"]["amount"]
    facts = {"title": line["title"], "quantity": line["quantity"], "price": price, "total": line["total"]["amount"]}
    return {"colour": "", "size": ""} | line["options"] | facts | {"id": line["product_id"], "note": line["note"]}


def _totals(record: Json) -> dict[str, Any]:
    return {"total": 0, "subtotal": 0, "discount": 0} | {
        each["name"]: each["amount"]["amount"] for each in record["totals"]
    }


def _cart_facts(cart: Json) -> tuple[Facts, list[Facts]]:
    lines = [_line_facts(line) for line in cart["lines"]]
    counts = {"lines": len(lines), "units": sum(line["quantity"] for line in lines), "undo": cart["undo"]}
    return _totals(cart) | counts | {"title": [line["title"] for line in lines]}, lines


def _order_facts(order: Json) -> Facts:
    titles = [line["title"] for line in order["lines"]]
    facts = {"state": order["state"], "lines": len(titles), "title": titles, "id": order["order_id"]}
    back = order["refunded"]["amount"] if order["refunded"] else 0
    return _totals(order) | facts | {"refunded": back, "can": order["can"], "ship_to": order["ship_to"]}


def _quote_facts(quote: Json | None) -> tuple[Facts, list[Facts]]:
    if quote is None:
        return {"count": 0, "total": 0, "subtotal": 0, "lines": 0, "state": "none"}, []
    lines = [_line_facts(line) for line in quote["lines"]]
    return _totals(quote) | {"count": 1, "lines": len(lines), "state": quote["state"]}, lines
