"""The waiting node: one interrupt and nothing else."""

from typing import Any

from langgraph.types import interrupt

from assistant.state import ConversationState


async def await_press(state: ConversationState) -> dict[str, Any]:
    """Pause until the trusted surface settled the quote.

    The resume value is a wake-up and is not read: what happened is read from the books by the next node.
    """
    interrupt({"quote_id": state["quote_id"]})
    return {}
