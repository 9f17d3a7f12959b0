"""What every part of the books works with: transactions, the shop's policy, the audit log and the clock."""

from dataclasses import dataclass
from datetime import datetime

from policies.limits import ShopPolicy
from shop.audit import AuditLog
from shop.clock import Clock, read
from shop.db import Database
from shop.sealing import Seals


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
