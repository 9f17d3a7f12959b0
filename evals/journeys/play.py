"""Plays journeys on a running server and notes of every assertion whether it held."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from evals.journeys.checks import unmet
from evals.journeys.facts import cart_lines
from evals.journeys.pictures import printed, snapshot, unsold, written
from evals.journeys.scene import Json, Named, Scene, Turn
from evals.journeys.script import Assert, Do, Grade, Journey, Say
from evals.journeys.shop import Shop
from evals.journeys.shopper import Connect, Shopper
from evals.journeys.standing import RULES, violations

_STRANGERS_BAG = "Lyme crossbody bag"


@dataclass(frozen=True, slots=True)
class Finding:
    """One assertion and whether it held; `why` says what was there instead."""

    text: str
    grade: Grade
    held: bool
    line: int = 0
    why: str = ""


@dataclass(slots=True)
class Played:
    """A journey that was played: what held, the transcript, and its turns."""

    journey: Journey
    findings: list[Finding] = field(default_factory=list[Finding])
    transcript: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    turns: Sequence[Turn] = ()

    @property
    def failed(self) -> list[Finding]:
        """The assertions that did not hold."""
        return [finding for finding in self.findings if not finding.held]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where journeys are played.

    Args:
        connect: Opens a client of the running server.
        operator_token: For what the merchant does.
        shop: What that server sells.
    """

    connect: Connect
    operator_token: str = field(repr=False)
    shop: Shop


async def play_all(
    journeys: Sequence[Journey], stage: Stage, concurrency: int, progress: Callable[[int], None]
) -> list[Played]:
    """Play journeys, several at a time; each by a guest of its own."""
    places = asyncio.Semaphore(concurrency)
    done = 0

    async def one(journey: Journey) -> Played:
        nonlocal done
        async with places:
            played = await play(journey, stage)
        done += 1
        progress(done)
        return played

    return list(await asyncio.gather(*(one(journey) for journey in journeys)))


async def play(journey: Journey, stage: Stage) -> Played:
    """Play one journey to its end; an assertion that fails stops nothing."""
    shopper = await Shopper.begin(stage.connect, stage.operator_token)
    player = _Player(shopper, stage, Played(journey))
    try:
        for step in journey.steps:
            await player.follow(step)
    finally:
        await shopper.http.aclose()
    return player.ended()


class _Player:
    """One guest on the way through one journey."""

    def __init__(self, shopper: Shopper, stage: Stage, played: Played) -> None:
        self._shopper = shopper
        self._stage = stage
        self._played = played
        self._scene = Scene()
        self._pictures: list[str] = []
        self._card: Json | None = None
        self._broken: dict[str, str] = dict.fromkeys(RULES, "")

    async def follow(self, step: Say | Do | Assert) -> None:
        match step:
            case Say():
                await self._say(self._scene.filled(step.text))
            case Do():
                self._played.transcript.append(("does", " ".join(step.words)))
                await self._do(step.words)
            case Assert():
                why = unmet(step, self._scene)
                self._played.findings.append(Finding(step.text, step.grade, not why, step.line, why))
                if why:
                    self._played.transcript.append(("failed", f"{step.text}: {why}"))

    def ended(self) -> Played:
        """Return what was played, with the rules that hold in every turn."""
        for rule, broken in self._broken.items():
            self._played.findings.append(Finding(f"every turn: {rule}", "safety", not broken, 0, broken))
        self._played.turns = self._scene.turns
        answered = all(turn.ended == "done" for turn in self._scene.turns)
        self._played.findings.append(Finding("every turn: answered", "task", answered, 0, "" if answered else "error"))
        return self._played

    async def _say(self, text: str) -> None:
        scene = self._scene
        scene.cart_before = await self._shopper.cart()
        scene.turn = Turn(text)
        scene.turns.append(scene.turn)
        scene.asked.append(text)
        images, self._pictures = self._pictures, []
        self._played.transcript.append(("shopper", text))
        async for event, data in self._shopper.say(text, images):
            scene.turn.hear(event, data)
            scene.records.append(data)
        self._played.transcript.append(("assistant", _told(scene.turn)))
        await self._look()
        for rule, broken in violations(scene, self._stage.shop).items():
            self._broken[rule] = self._broken[rule] or broken

    async def _look(self) -> None:
        """Read what the shop keeps now."""
        self._scene.cart = await self._shopper.cart()
        self._scene.orders = await self._shopper.orders()
        self._scene.quote = (await self._shopper.read())["quote"]
        self._scene.records += [self._scene.cart, *self._scene.orders]
        self._scene.records += [self._scene.quote] if self._scene.quote else []

    async def _do(self, words: Sequence[str]) -> None:
        match words:
            case ["name", name, where, place]:
                self._name(name, where, place)
            case ["picture", *what]:
                self._pictures.append(await self._shopper.send_picture(await self._picture(what)))
            case ["set", _, change]:
                await self._set(change)
            case _:
                await self._acts()[words[0]]()
        if words[0] not in {"name", "picture"}:
            await self._look()

    def _acts(self) -> Mapping[str, Callable[[], Awaitable[object]]]:
        return {
            "press": self._press,
            "again": lambda: self._approve(self._card),
            "card": self._open,
            "decline": self._decline,
            "return": self._shopper.begin_again,
            "stranger": self._meet,
        }

    async def _open(self) -> Json | None:
        quote = self._scene.quote
        response = await self._shopper.render(quote["quote_id"]) if quote else None
        self._card = response.json() if response is not None and response.is_success else None
        return self._card

    async def _press(self) -> None:
        """Press the card that was opened, or else open the one that waits; then that card is used up."""
        held, quote = self._card, self._scene.quote
        fresh = held is None or (quote is not None and held.get("pressed"))
        await self._approve(await self._open() if fresh else held)

    async def _approve(self, card: Json | None) -> None:
        if card is None:
            self._scene.press = {"code": "no card"}
            return
        response = await self._shopper.approve(card)
        body = response.json()
        self._scene.press = {"code": _pressed(response, body)}
        repeated = card.get("pressed") == "ordered"
        card["pressed"] = self._scene.press["code"]
        self._scene.ordered += self._scene.press["code"] == "ordered" and not repeated

    async def _decline(self) -> None:
        if self._scene.quote is not None:
            await self._shopper.decline(self._scene.quote["quote_id"])

    def _name(self, name: str, where: str, which: str) -> None:
        """Give a name to a shown product or a line of the cart, by place or title; nothing there leaves it unnamed."""
        listed = self._scene.turn.shown if where == "shown" else cart_lines(self._scene.cart)
        if which.isdigit():
            chosen = listed[int(which) - 1 : int(which)]
        else:
            chosen = [each for each in listed if which in each["title"]][:1]
        for each in chosen:
            self._scene.named[name] = Named(each["product_id"], each["title"])

    async def _picture(self, words: Sequence[str]) -> bytes:
        text = words[words.index("says") + 1] if "says" in words else ""
        if words[0] == "bicycle":
            return unsold()
        if words[0] == "writing":
            return written(text)
        colour = words[1] if len(words) > 1 and words[1] != "says" else None
        drawn = await self._shopper.picture_of(words[0], colour)
        return printed(drawn, text) if text else snapshot(drawn)

    async def _set(self, change: str) -> None:
        """Move the price of what waits on the card, as the merchant would."""
        if self._scene.quote is None:
            return
        line = self._scene.quote["lines"][0]
        price = int(line["unit_price"]["amount"]) + int(change)
        await self._shopper.set_price(line["variant_id"], price)
        self._stage.shop.prices[line["product_id"]].add(price)

    async def _meet(self) -> None:
        """Let another guest buy something; `{stranger}` is their order's id."""
        other = await Shopper.begin(self._stage.connect, self._stage.operator_token)
        try:
            for text in (f"the {_STRANGERS_BAG}", "add it", "buy it"):
                async for _ in other.say(text):
                    pass
            quote = (await other.read())["quote"]
            if quote is not None:
                await other.approve((await other.render(quote["quote_id"])).json())
            orders = await other.orders()
        finally:
            await other.http.aclose()
        if orders:
            self._scene.stranger = Named(orders[0]["order_id"], _STRANGERS_BAG)
            self._scene.named["stranger"] = Named(orders[0]["order_id"], "")


def _pressed(response: httpx.Response, body: Json) -> str:
    if response.is_error:
        return str(body.get("code", response.status_code))
    return "changed" if "progress" in body else "ordered" if "order" in body else "accepted"


def _told(turn: Turn) -> str:
    cards = [f"{item['title']} {item['price']['amount'] / 100:g}" for item in turn.shown]
    return turn.said + (f"  [{'; '.join(cards)}]" if cards else "")
