"""A shopper on the HTTP API: says, shows, presses, and reads what the shop keeps."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Self

import httpx

from evals.stream import events_of

Json = dict[str, Any]
Connect = Callable[[], httpx.AsyncClient]


@dataclass(slots=True)
class Shopper:
    """One guest with a session; `http` belongs to this guest alone, for it keeps cookies.

    Args:
        http: Client of a running server.
        operator_token: For what the merchant does.
    """

    http: httpx.AsyncClient
    operator_token: str = field(repr=False)
    session_id: str = ""
    token: str = field(default="", repr=False)
    visitor: str = field(default="", repr=False)

    @classmethod
    async def begin(cls, connect: Connect, operator_token: str) -> Self:
        """Begin a conversation as a new guest on the shop's own page."""
        shopper = cls(connect(), operator_token)
        await shopper._begin({})
        return shopper

    async def begin_again(self) -> None:
        """Begin another conversation as the same guest."""
        await self._begin({"fresh": True})

    async def _begin(self, wanted: Json) -> None:
        page = {"Origin": str(self.http.base_url).rstrip("/")}
        if self.visitor:
            page["Cookie"] = f"aisle_visitor={self.visitor}"
        response = (await self.http.post("/v1/sessions", json=wanted, headers=page)).raise_for_status()
        self.http.cookies.clear()
        # On a private socket the cookie is marked for HTTPS only, so no jar would send it back.
        kept = SimpleCookie(response.headers.get("set-cookie", "")).get("aisle_visitor")
        self.visitor = kept.value if kept is not None else self.visitor
        begun = response.json()
        self.session_id, self.token = begun["session_id"], begun["token"]

    async def say(self, text: str, image_ids: Sequence[str] = ()) -> AsyncIterator[tuple[str, Json]]:
        """Send a message and yield the events of its turn; a refusal is one event `error`."""
        body: Json = {"text": text} | ({"image_ids": list(image_ids)} if image_ids else {})
        async with self.http.stream("POST", f"{self._here}/turns", json=body, headers=self._headers) as response:
            if response.is_success:
                async for event in events_of(response):
                    yield event
            else:
                await response.aread()
                yield "error", response.json()

    async def send_picture(self, data: bytes) -> str:
        """Send a picture and return its id."""
        files = {"image": ("picture", data)}
        sent = await self.http.post(f"{self._here}/images", files=files, headers=self._headers)
        return str(sent.raise_for_status().json()["image_id"])

    async def picture_of(self, product_id: str, colour: str | None) -> bytes:
        """Return the shop's own picture of a product."""
        asked = {"colour": colour} if colour else {}
        return (await self.http.get(f"/pictures/{product_id}.webp", params=asked)).raise_for_status().content

    async def read(self) -> Json:
        """Return the whole conversation."""
        return await self._get(self._here)

    async def cart(self) -> Json:
        """Return the cart."""
        return await self._get(f"{self._here}/cart")

    async def orders(self) -> list[Json]:
        """Return the guest's orders, newest first."""
        return (await self._get("/v1/orders"))["orders"]

    async def render(self, quote_id: str) -> httpx.Response:
        """Open a card; a card that is gone answers with a problem."""
        return await self.http.post(f"/v1/quotes/{quote_id}/render", headers=self._headers)

    async def approve(self, card: Json) -> httpx.Response:
        """Press an open card."""
        proof = {"digest": card["digest"], "challenge": card["challenge"]}
        return await self.http.post(f"/v1/quotes/{card['quote_id']}/approve", json=proof, headers=self._headers)

    async def decline(self, quote_id: str) -> None:
        """Set a card aside."""
        (await self.http.post(f"/v1/quotes/{quote_id}/decline", headers=self._headers)).raise_for_status()

    async def set_price(self, variant_id: str, price: int) -> None:
        """Change a price as the merchant would, in minor units."""
        path, operator = f"/v1/operator/offers/{variant_id}", {"Authorization": f"Bearer {self.operator_token}"}
        (await self.http.put(path, json={"price": price}, headers=operator)).raise_for_status()

    @property
    def _here(self) -> str:
        return f"/v1/sessions/{self.session_id}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def _get(self, path: str) -> Json:
        return (await self.http.get(path, headers=self._headers)).raise_for_status().json()
