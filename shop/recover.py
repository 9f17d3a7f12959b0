"""Sets the books right after a crash: purchases and changes that were under way go on, nothing is paid twice."""

from sqlalchemy import func, select

from shop.change_quotes import expire_due_changes
from shop.context import ShopContext
from shop.tables import intents
from shop.transitions import UNFINISHED_INTENT
from shop.voids import expire_due
from shop.worker import Worker

_UNFINISHED = select(intents.c.intent_id).where(intents.c.state.in_(UNFINISHED_INTENT)).order_by(intents.c.created_at)
_STATES = select(intents.c.state, func.count()).group_by(intents.c.state)


async def recover(context: ShopContext, worker: Worker) -> dict[str, int]:
    """End late quotes and drive what was left unfinished, due or not; returns how many intents are in each state.

    Raises:
        Unavailable: The books can't be asked.
    """
    await expire_due(context)
    async with context.database.reading() as connection:
        left = list((await connection.execute(_UNFINISHED)).scalars())
    for intent_id in left:
        await worker.drive(intent_id)
    await expire_due_changes(context)
    await worker.changes.recover()
    async with context.database.reading() as connection:
        return {str(state): int(count) for state, count in await connection.execute(_STATES)}
