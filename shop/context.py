"""What every part of the books works with: transactions, the shop's policy, the audit log and the clock."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.limits import ShopPolicy
from shop.audit import AuditLog
from shop.clock import Clock, read
from shop.db import Database
from shop.sealing import Seals

_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True)
class ShopContext:
    """Handed to every part; holds no state of its own."""

    database: Database
    policy: ShopPolicy
    audit: AuditLog
    seals: Seals
    clock: Clock

    def now(self) -> datetime:
        """Return the server's time in UTC, or raise Unavailable."""
        return read(self.clock)

    async def decided(
        self, subject: str, decide: Callable[[AsyncConnection], Awaitable[_Outcome | Refused]]
    ) -> _Outcome:
        """Return what `decide` says within one write of the shopper's; a refusal is raised after the commit.

        What a refusal wrote stays, e.g. that a card expired or an approval failed.

        Raises:
            Refused: As decided.
            Unavailable: A store, the clock or the audit log can't be asked; nothing was done.
        """
        async with self.database.writing(subject) as connection:
            outcome = await decide(connection)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome
