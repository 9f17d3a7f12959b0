"""The terminal's side of the HTTP API: the same requests a page makes, over TCP or a Unix socket."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

UNIX = "unix:"
_TIMEOUT = httpx.Timeout(30.0, read=120.0)

Json = dict[str, Any]


class ProblemError(Exception):
    """The server answered with a problem document.

    Args:
        status: HTTP status.
        body: The document, or one made up from the status when the server sent none.
    """

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code", "error"))
        super().__init__(str(body.get("detail", f"The server answered {status}.")))


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as it came over a stream."""

    event: str
    data: Json
    seq: int = 0

    def line(self) -> str:
        """Write the event as one line of JSON."""
        return json.dumps({"event": self.event, "data": self.data}, ensure_ascii=False)


async def heard(lines: AsyncIterator[str]) -> AsyncIterator[Heard]:
    """Read server-sent events from the lines of a response; comments and half events are left out."""
    fields: dict[str, str] = {}
    async for line in lines:
        if not line:
            if "event" in fields and "data" in fields:
                yield Heard(fields["event"], json.loads(fields["data"]), int(fields.get("id", "0")))
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")


def connect(url: str) -> httpx.AsyncClient:
    """Return an HTTP client for `http://…` or `unix:/path/to/socket`; the caller closes it."""
    if url.startswith(UNIX):
        transport = httpx.AsyncHTTPTransport(uds=url.removeprefix(UNIX))
        return httpx.AsyncClient(transport=transport, base_url="http://aisle", timeout=_TIMEOUT, trust_env=False)
    return httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, trust_env=False)


@dataclass(slots=True)
class Conversation:
    """One shopper's session with a server.

    Args:
        http: Client of that server.
        operator_token: For merchant changes; None where only shopping is needed.
    """

    http: httpx.AsyncClient
    operator_token: str | None = field(default=None, repr=False)
    session_id: str = ""
    token: str = field(default="", repr=False)
    last_seq: int = 0

    async def begin(self, *, again: bool = False) -> None:
        """Begin a session as a guest; `again` is a new conversation of the same one, as a page's visitor has it."""
        page = {"Origin": str(self.http.base_url).rstrip("/")}
        begun = _json(await self.http.post("/v1/sessions", json={"fresh": again}, headers=page))
        self.last_seq = 0
        self.session_id = begun["session_id"]
        self.token = begun["token"]

    async def send_picture(self, data: bytes) -> Json:
        """Send a picture; returns `{image_id, width, height, notices}`."""
        files = {"image": ("picture", data)}
        return _json(await self.http.post(f"{self._here}/images", files=files, headers=self._headers))

    async def product_picture(self, product_id: str, colour: str | None) -> bytes:
        """Return the shop's own picture of a product, in one of its colours."""
        asked = {"colour": colour} if colour else {}
        response = await self.http.get(f"/pictures/{product_id}.webp", params=asked)
        if response.is_error:
            raise _problem(response)
        return response.content

    async def pictures_looked_at(self) -> tuple[int, int]:
        """Return how many products' pictures the shop has looked at, and of how many; needs the operator's token."""
        stats = _json(await self.http.get("/v1/operator/catalogue", headers=self._as_operator))["stats"]
        return int(stats["pictures_looked_at"]), int(stats["products"])

    async def say(self, text: str, image_ids: Sequence[str] = ()) -> AsyncIterator[Heard]:
        """Send a message and yield the events of its turn."""
        body: Json = {"text": text} | ({"image_ids": list(image_ids)} if image_ids else {})
        detail = {"Aisle-Operator": self.operator_token} if self.operator_token else {}
        request = self.http.stream("POST", f"{self._here}/turns", json=body, headers=self._headers | detail)
        async with request as response:
            if response.status_code != 200:
                await response.aread()
                raise _problem(response)
            async for event in heard(response.aiter_lines()):
                self.last_seq = max(self.last_seq, event.seq)
                yield event

    async def news(self) -> list[Heard]:
        """Return what happened outside turns since the last event that was heard."""
        told = await self.read()
        fresh = [Heard(row["event"], row["data"], row["seq"]) for row in told["events"] if row["seq"] > self.last_seq]
        self.last_seq = max([self.last_seq, *(event.seq for event in fresh)])
        return fresh

    async def read(self) -> Json:
        """Return the whole session: transcript, cart, pending quote, choices."""
        return await self._get(self._here)

    async def cart(self) -> Json:
        """Return the cart."""
        return await self._get(f"{self._here}/cart")

    async def orders(self) -> list[Json]:
        """Return the shopper's orders, newest first."""
        return (await self._get("/v1/orders"))["orders"]

    async def memory(self) -> list[Json]:
        """Return what the shopper asked to be remembered."""
        return (await self._get("/v1/me/memory"))["entries"]

    async def cases(self) -> list[Json]:
        """Return the shopper's cases, newest first."""
        return (await self._get("/v1/me/cases"))["cases"]

    async def cases_in(self, state: str) -> list[Json]:
        """Return everybody's cases in a state; needs the operator's token, as the two below."""
        response = await self.http.get("/v1/operator/cases", params={"state": state}, headers=self._as_operator)
        return _json(response)["cases"]

    async def case(self, case_id: str) -> Json:
        """Return everything about a case."""
        return _json(await self.http.get(f"/v1/operator/cases/{case_id}", headers=self._as_operator))

    async def close_case(self, case_id: str, note: str) -> Json:
        """Close a case with a note for its shopper."""
        path = f"/v1/operator/cases/{case_id}/close"
        return _json(await self.http.post(path, json={"note": note}, headers=self._as_operator))

    async def render(self, quote_id: str) -> Json:
        """Return the card of a quote with its digest and challenge."""
        return _json(await self.http.post(f"/v1/quotes/{quote_id}/render", headers=self._headers))

    async def approve(self, card: Json) -> Json:
        """Press a rendered card; returns `{order}` or `{intent, state}`."""
        proof = {"digest": card["digest"], "challenge": card["challenge"]}
        path = f"/v1/quotes/{card['quote_id']}/approve"
        return _json(await self.http.post(path, json=proof, headers=self._headers))

    async def decline(self, quote_id: str) -> None:
        """Say no to a card."""
        response = await self.http.post(f"/v1/quotes/{quote_id}/decline", headers=self._headers)
        if response.is_error:
            raise _problem(response)

    async def offers(self, product_id: str) -> list[Json]:
        """Return a product's variants as the books have them; needs the operator's token."""
        response = await self.http.get(f"/v1/operator/products/{product_id}/offers", headers=self._as_operator)
        return _json(response)["offers"]

    async def set_offer(self, variant_id: str, change: Json) -> Json:
        """Change a variant's price, stock or sellability; needs the operator's token."""
        path = f"/v1/operator/offers/{variant_id}"
        return _json(await self.http.put(path, json=change, headers=self._as_operator))

    async def order_event(self, order_id: str, event: str, *, resellable: bool = True) -> Json:
        """Record that an order was shipped, delivered, received back or disputed; needs the operator's token."""
        path = f"/v1/operator/orders/{order_id}/{event}"
        return _json(await self.http.post(path, json={"resellable": resellable}, headers=self._as_operator))

    async def reviews(self) -> list[Json]:
        """Return the orders that wait for a person; needs the operator's token, as the one below."""
        return _json(await self.http.get("/v1/operator/reviews", headers=self._as_operator))["orders"]

    async def decide_review(self, order_id: str, decision: str) -> Json:
        """Release or refuse an order that waits."""
        path = f"/v1/operator/orders/{order_id}/review/{decision}"
        return _json(await self.http.post(path, headers=self._as_operator))

    async def back_up(self, path: str) -> Json:
        """Have the server copy its home into a file; returns `{path, files, size_bytes, books}`; needs its token."""
        asked = self.http.post("/v1/operator/backups", json={"path": path}, headers=self._as_operator, timeout=None)
        return _json(await asked)

    @property
    def _here(self) -> str:
        return f"/v1/sessions/{self.session_id}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def _as_operator(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.operator_token or ''}"}

    async def _get(self, path: str) -> Json:
        return _json(await self.http.get(path, headers=self._headers))


def _json(response: httpx.Response) -> Json:
    if response.is_error:
        raise _problem(response)
    return response.json()


def _problem(response: httpx.Response) -> ProblemError:
    try:
        body = response.json()
    except ValueError:
        body = {"detail": f"The server answered {response.status_code}."}
    return ProblemError(response.status_code, body if isinstance(body, dict) else {})  # pyright: ignore[reportUnknownArgumentType]  # Any JSON object.
