"""Reads a whole conversation back from the books and draws it as it stood while it happened."""

from datetime import datetime

from assistant.pictures import WORDLESS
from policies.principal import Principal
from shop.views import TranscriptTurn
from ui.chat.drawing import Change, Drawing
from ui.chat.serving import thread_of
from ui.services import Services


async def drawn(services: Services, principal: Principal) -> tuple[Drawing, int]:
    """Return what stands on the screen of the principal's own conversation, and the number of its last event."""
    conversations = services.app.books.conversations
    events = await conversations.events_after(principal.session_id, 0)
    turns = {turn.turn_id: turn for turn in await conversations.transcript(principal.session_id)}
    drawing = Drawing(thread_of(principal.session_id), services.app.shop_name)
    begun: set[str] = set()
    at = datetime.fromtimestamp(0, services.authority.clock().tzinfo)
    for row in events:
        turn = turns.get(row.turn_id or "")
        at = turn.started_at if turn else at
        if turn is not None and turn.turn_id not in begun:
            begun.add(turn.turn_id)
            await say(services, principal, drawing, turn)
        drawing.take(row.turn_id, row.seq, row.event, row.data, at)
    for turn in turns.values():
        if turn.turn_id not in begun:
            await say(services, principal, drawing, turn)
        if turn.state != "running":
            drawing.ended(turn.turn_id)
    return drawing, events[-1].seq if events else 0


async def say(services: Services, principal: Principal, drawing: Drawing, turn: TranscriptTurn) -> list[Change]:
    """Draw what the shopper said in a turn, with the pictures that are still kept."""
    uploads = services.app.uploads
    kept = [image_id for image_id in turn.image_ids if await uploads.load(principal, image_id) is not None]
    text = "" if turn.image_ids and turn.text == WORDLESS else turn.text
    return drawing.said(turn.client_turn_id, text, kept, turn.started_at)
