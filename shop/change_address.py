"""A new address that waits for the approval of the change it came with, and joins the shopper's own by that."""

import secrets
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.order_address import NewAddress
from policies.words import plain
from shop.change_tables import change_addresses
from shop.context import ShopContext
from shop.shoppers import Address
from shop.tables import addresses

_PROPOSED = select(change_addresses).where(change_addresses.c.quote_id == bindparam("change"))
_KEEP, _JOIN = insert(change_addresses), insert(addresses)


async def draft(connection: AsyncConnection, context: ShopContext, subject: str, new: NewAddress) -> Address:
    """Return an address as the books will have it, named and sealed, within a write that names the shopper."""
    seal = await context.seals.made(connection, subject)
    return Address(f"addr-{secrets.token_hex(6)}", plain(new.label), new.region, seal.close(new.content))


async def keep_draft(connection: AsyncConnection, quote_id: str, new: Address) -> None:
    """Write what a change proposes, within the transaction that prepares it."""
    values = {"handle": new.handle, "label": new.label, "region": new.region, "content": dict(new.content)}
    await connection.execute(_KEEP, {"quote_id": quote_id, **values})


async def proposed(connection: AsyncConnection, quote_id: str) -> Address | None:
    """Read what a change proposes, None when it goes to an address the shopper has."""
    row = await _row(connection, quote_id)
    return None if row is None else Address(row["handle"], row["label"], row["region"], row["content"])


async def given(connection: AsyncConnection, context: ShopContext, subject: str, quote_id: str) -> NewAddress | None:
    """Read a proposed address as the shopper gave it."""
    row = await _row(connection, quote_id)
    if row is None:
        return None
    opened = await context.seals.opened(connection, subject, row["content"])
    opened.pop("salt", None)
    return NewAddress(region=row["region"], **opened)


async def join_addresses(connection: AsyncConnection, subject: str, quote_id: str, at: datetime) -> None:
    """Make what an approved change proposes one of the shopper's addresses."""
    row = await _row(connection, quote_id)
    if row is not None:
        values = {name: row[name] for name in ("handle", "label", "region", "content")}
        await connection.execute(_JOIN, {"subject": subject, "joined_at": at, **values})


async def _row(connection: AsyncConnection, quote_id: str) -> RowMapping | None:
    return (await connection.execute(_PROPOSED, {"change": quote_id})).mappings().one_or_none()
