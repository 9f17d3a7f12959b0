"""From the books' views to what the API tells: the same records the conversation draws."""

from collections.abc import Iterable

from policies.principal import Principal
from retrieval.catalog import Catalog
from shop.books import GateBooks
from shop.views import EventRow, Handle, Profile
from tools.bookkeeping import cart_record, change_record, quote_record
from ui.bodies import CheckoutChoices, Choice
from ui.bodies_talk import SessionTold, Starter, StreamEvent, TurnTold
from ui.operator_detail import told
from ui.starters import starters


def _choices(handles: Iterable[Handle], chosen: str | None) -> list[Choice]:
    return [Choice(handle=each.handle, label=each.label, chosen=each.handle == chosen) for each in handles]


def checkout_told(profile: Profile) -> CheckoutChoices:
    """Tell what the shopper can choose for an order and what is chosen."""
    return CheckoutChoices(
        addresses=_choices(profile.addresses, profile.address),
        deliveries=_choices(profile.deliveries, profile.delivery),
        payments=_choices(profile.payments, profile.payment),
    )


async def session_told(books: GateBooks, principal: Principal, catalog: Catalog) -> SessionTold:
    """Tell a whole conversation: turns in order, what happened between them, cart and pending quote."""
    events = await _events(books, principal.session_id)
    turns = await books.conversations.transcript(principal.session_id)
    pending = await books.quotes.pending(principal)
    changing = await books.changes.pending(principal)
    outside = [_event(row) for row in events if row.turn_id is None]
    return SessionTold(
        session_id=principal.session_id,
        turns=[
            TurnTold(
                turn_id=turn.turn_id,
                client_turn_id=turn.client_turn_id,
                text=turn.text,
                image_ids=list(turn.image_ids),
                state=turn.state,
                events=[_event(row) for row in turn.events],
            )
            for turn in turns
        ],
        events=outside,
        last_event_id=events[-1].seq if events else 0,
        cart=cart_record(await books.carts.view(principal)),
        quote=quote_record(pending) if pending else change_record(changing) if changing else None,
        checkout=checkout_told(await books.shoppers.profile(principal)),
        starters=[Starter(label=label, says=says) for label, says in await starters(catalog)],
    )


def _event(row: EventRow) -> StreamEvent:
    return StreamEvent(seq=row.seq, event=row.event, data=told(row.event, row.data))


async def _events(books: GateBooks, session_id: str) -> list[EventRow]:
    """Return all events of a session; the books hand them out in pages."""
    rows: list[EventRow] = []
    while page := await books.conversations.events_after(session_id, rows[-1].seq if rows else 0):
        rows += page
    return rows
