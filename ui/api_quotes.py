"""Routes of the purchase card: the only place where a press counts."""

import asyncio

from fastapi import APIRouter, Response

from policies.errors import Refused, Unavailable
from policies.principal import Principal
from shop.change_quotes import is_change
from shop.home import is_home
from shop.views import Outcome
from tools.bookkeeping import order_record
from ui.bodies import AddressMade, CardRendered, ChangeMade, IntentAccepted, OrderPlaced, Pressed
from ui.openapi import problems
from ui.pressing import Presser
from ui.problems import HttpProblem
from ui.services import Served, Services

router = APIRouter(prefix="/v1/quotes/{quote_id}", tags=["purchase"])

# How long a press waits for its order before it is told "accepted", seconds.
PRESS_WAIT_S = 5.0


@router.post("/render", operation_id="render_quote", responses=problems(401, 403, 404, 409, 410, 503))
async def render_quote(quote_id: str, principal: Presser, services: Served) -> CardRendered:
    """Draw the card of a quote from the books, with a fresh challenge that proves it was shown."""
    books = services.app.books
    card = await (books.home if is_home(quote_id) else books.gate).render(principal, quote_id)
    return CardRendered(quote_id=card.quote_id, digest=card.digest, challenge=card.challenge, card=card.card)


@router.post(
    "/approve",
    operation_id="approve_quote",
    responses={202: {"model": IntentAccepted, "description": "The press counts; the order follows."}}
    | problems(400, 401, 402, 403, 404, 409, 410, 413, 422, 429, 503),
)
async def approve_quote(
    quote_id: str, pressed: Pressed, principal: Presser, services: Served, response: Response
) -> OrderPlaced | ChangeMade | AddressMade | IntentAccepted:
    """Place the order of a rendered card, or make its change: the shopper's press, and nothing else, comes here.

    A repeat returns the same order. A price, stock or order that changed since answers 409 with old and new.
    """
    if is_change(quote_id):
        return await _approve_change(quote_id, pressed, principal, services)
    if is_home(quote_id):
        return await _approve_home(quote_id, pressed, principal, services)
    try:
        outcome = await services.app.books.gate.approve(principal, quote_id, pressed.digest, pressed.challenge)
    except (Refused, Unavailable) as error:
        await _told_in_time(services, principal, quote_id)
        services.metrics.presses.labels(outcome=error.code if isinstance(error, Refused) else "unavailable").inc()
        raise
    if not outcome.settled:
        drive = services.background.start(_drive(services, principal, quote_id, outcome.intent_id))
        await asyncio.wait({drive}, timeout=PRESS_WAIT_S)
        if drive.done():
            drive.result()
        outcome = await services.app.books.gate.outcome(principal, outcome.intent_id)
    services.metrics.presses.labels(outcome=outcome.state).inc()
    return _told(outcome, response)


@router.post(
    "/decline",
    status_code=204,
    operation_id="decline_quote",
    response_class=Response,
    responses=problems(401, 403, 404, 409, 410, 503),
)
async def decline_quote(quote_id: str, principal: Presser, services: Served) -> Response:
    """Say no to a card. The cart stays as it is."""
    books = services.app.books
    await (books.home if is_home(quote_id) else books.gate).decline(principal, quote_id)
    services.metrics.presses.labels(outcome="not_now").inc()
    await _told_in_time(services, principal, quote_id)
    return Response(status_code=204)


async def _approve_change(quote_id: str, pressed: Pressed, principal: Principal, services: Services) -> ChangeMade:
    """Take a press on the card of a change; what takes longer than a press waits is told by the event stream."""
    changes = services.app.books.gate.changes
    try:
        outcome = await changes.approve(principal, quote_id, pressed.digest, pressed.challenge)
    except (Refused, Unavailable) as error:
        await _told_in_time(services, principal, quote_id)
        services.metrics.presses.labels(outcome=error.code if isinstance(error, Refused) else "unavailable").inc()
        raise
    if not outcome.settled:
        drive = services.background.start(services.app.books.worker.changes.drive(outcome.change_id))
        await asyncio.wait({drive}, timeout=PRESS_WAIT_S)
        if drive.done():
            drive.result()
        outcome = await changes.outcome(principal, outcome.change_id)
    await _told_in_time(services, principal, quote_id)
    services.metrics.presses.labels(outcome=f"{outcome.kind}_{outcome.progress}").inc()
    return ChangeMade(text=outcome.text, progress=outcome.progress, order=order_record(outcome.order))


async def _approve_home(quote_id: str, pressed: Pressed, principal: Principal, services: Services) -> AddressMade:
    """Take a press on the card of a new address for orders to come."""
    try:
        view = await services.app.books.home.approve(principal, quote_id, pressed.digest, pressed.challenge)
    except (Refused, Unavailable) as error:
        services.metrics.presses.labels(outcome=error.code if isinstance(error, Refused) else "unavailable").inc()
        raise
    services.metrics.presses.labels(outcome="address").inc()
    return AddressMade(text=view.text)


def _told(outcome: Outcome, response: Response) -> OrderPlaced | IntentAccepted:
    if outcome.state == "declined":
        raise HttpProblem(402, "declined", outcome.text)
    if outcome.order is not None:
        checked = outcome.state in ("in_review", "refused")
        return OrderPlaced(order=order_record(outcome.order), text=outcome.text if checked else None)
    response.status_code = 202
    return IntentAccepted(intent=outcome.intent_id, state=outcome.state)


async def _drive(services: Services, principal: Principal, quote_id: str, intent_id: str) -> None:
    """Take a confirmed purchase to its end, then let the conversation read how it ended."""
    await services.app.books.worker.drive(intent_id)
    await services.app.assistant.wake(principal, quote_id)


async def _told_in_time(services: Services, principal: Principal, quote_id: str) -> None:
    """Let the conversation read the outcome; a slow one goes on after the response."""
    telling = services.background.start(services.app.assistant.wake(principal, quote_id))
    await asyncio.wait({telling}, timeout=PRESS_WAIT_S)
