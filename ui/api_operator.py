"""Routes of the operator's local commands: offers, catalogue, imports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field

from policies.errors import SettingsError, Unavailable
from retrieval.query import Vocabulary
from shop.views import StockedOffer
from ui.bodies import CatalogueTold, DemoSource, OfferChanged, OffersTold, OfferTold, OrderEvent, OrderTold
from ui.bodies_feeds import FeedSource
from ui.filling import Filled, Step, fill
from ui.identity import Operator
from ui.openapi import problems
from ui.problems import as_problem, body_of, not_found
from ui.services import Served, Services
from ui.sse import HEARTBEAT, HEARTBEAT_S, EventStream, frame

router = APIRouter(prefix="/v1/operator", tags=["operator"])

Source = Annotated[DemoSource | FeedSource, Field(discriminator="source")]

# How long an arrival waits for its refund before it is told as it stands, seconds.
REFUND_WAIT_S = 5.0

_IMPORT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `progress {phase, done, total}` now and then, then `done {unchanged, "
        "version, products, variants, retired, added, changed, removed, feed}` or `error {problem}`; a replacement "
        "leaves the old catalogue answering until `done`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/products/{product_id}/offers", operation_id="read_offers", responses=problems(401, 403, 404, 503))
async def read_offers(product_id: str, operator: Operator, services: Served) -> OffersTold:
    """Read the variants of a product as the books have them."""
    offers = (await services.app.books.offers.of_products([product_id])).get(product_id)
    if not offers:
        raise not_found()
    return OffersTold(offers=[_told(offer) for offer in offers])


@router.put("/offers/{variant_id}", operation_id="change_offer", responses=problems(400, 401, 403, 404, 413, 422, 503))
async def change_offer(variant_id: str, changed: OfferChanged, operator: Operator, services: Served) -> OfferTold:
    """Change price, stock or sellability of a variant. Order cards that show the old price are refused on a press."""
    books = services.app.books
    known = await books.merchant.set_offer(
        variant_id, price=changed.price, stock=changed.stock, sellable=changed.sellable
    )
    offer = await books.offers.variant(variant_id) if known else None
    if offer is None:
        raise not_found()
    return _told(offer)


@router.post(
    "/orders/{order_id}/{event}",
    operation_id="record_order_event",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def record_order_event(
    order_id: str,
    event: Literal["ship", "deliver", "receive", "dispute"],
    operator: Operator,
    services: Served,
    more: OrderEvent | None = None,
) -> OrderTold:
    """Record that an order was shipped or delivered, that what goes back arrived, or that its payment is disputed."""
    fulfilment, background = services.app.books.fulfilment, services.background
    if event == "receive":
        await fulfilment.receive(order_id, resellable=more is None or more.resellable)
        refund = background.start(services.app.books.worker.changes.drive())
        await asyncio.wait({refund}, timeout=REFUND_WAIT_S)
        view = await fulfilment.read(order_id)
    else:
        record = {"ship": fulfilment.ship, "deliver": fulfilment.deliver, "dispute": fulfilment.dispute}[event]
        view = await record(order_id)
    return OrderTold(order_id=view.order_id, state=view.state)


@router.get("/catalogue", operation_id="read_catalogue", responses=problems(401, 403, 503))
async def read_catalogue(operator: Operator, services: Served) -> CatalogueTold:
    """Read what is in the index."""
    return CatalogueTold(stats=dict(await services.app.catalog.stats()))


@router.get("/vocabulary", operation_id="read_vocabulary", responses=problems(401, 403, 503))
async def read_vocabulary(operator: Operator, services: Served) -> Vocabulary:
    """Read the catalogue's own words and how many products carry each; prices in minor units."""
    return await services.app.catalog.vocabulary()


@router.post(
    "/catalogue",
    operation_id="import_catalogue",
    response_class=EventStream,
    responses=_IMPORT_STREAM | problems(400, 401, 403, 413, 422, 503),
)
async def import_catalogue(source: Source, operator: Operator, services: Served) -> EventStream:
    """Fill the shop from a feed; a client that leaves cancels the import, which the same feed then goes on with."""
    return EventStream(_import(source, services))


async def _import(source: DemoSource | FeedSource, services: Services) -> AsyncIterator[bytes]:
    """Run an import and write its progress; every failure is the stream's last event."""
    steps: asyncio.Queue[Step] = asyncio.Queue()
    work = asyncio.create_task(fill(services.app, source, steps.put_nowait))
    try:
        async for part in _progress(work, steps):
            yield part
        yield frame("done", _left(await work), -1)
    except (SettingsError, Unavailable, OSError) as error:
        yield frame("error", _problem(error), -1)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError, SettingsError, Unavailable, OSError):
            await work


async def _progress(work: "asyncio.Task[Filled]", steps: "asyncio.Queue[Step]") -> AsyncIterator[bytes]:
    """Write each step of the work until it is over."""
    while not work.done():
        step = asyncio.create_task(steps.get())
        await asyncio.wait({work, step}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
        if step.done():
            yield frame("progress", asdict(step.result()), -1)
            continue
        step.cancel()
        if not work.done():
            yield HEARTBEAT


def _left(filled: Filled) -> dict[str, Any]:
    """Return what an import left as JSON; `feed` is null for the demo shop."""
    if filled.stocked is None:
        return {"unchanged": True}
    feed = filled.staged and {
        "format": filled.staged.format,
        **{name: getattr(filled.staged, name) for name in ("rows", "kept", "left_out", "notes")},
        "first_problems": [asdict(problem) for problem in filled.staged.first_problems],
        "report": str(filled.report),
    }
    return {"unchanged": False, **asdict(filled.stocked), "feed": feed}


def _problem(error: Exception) -> dict[str, Any]:
    """Tell the operator what stopped an import; they may read names of files and products."""
    match error:
        case SettingsError():
            return body_of(422, "import_refused", str(error))
        case OSError():
            detail = f"The disk stopped the import ({error.strerror}). The old catalogue stays; make room and repeat."
            return body_of(503, "disk", detail)
        case _:
            problem = as_problem(error)
            return body_of(problem.status, problem.code, problem.detail)


def _told(offer: StockedOffer) -> OfferTold:
    return OfferTold(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        title=offer.title,
        options=offer.options,
        price=offer.price,
        list_price=offer.list_price,
        currency=offer.currency,
        available=offer.available,
        on_hand=offer.on_hand,
        sellable=offer.sellable,
    )
