"""The gate's side of changes: renders their cards and takes their presses, as strictly as for purchases."""

import secrets
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.order_address import written
from policies.principal import Principal, Scope
from policies.words import say
from shop.cautions import cautions_on_card
from shop.change_address import given
from shop.change_card import draw
from shop.change_confirm import confirm_change, ended_change
from shop.change_quotes import owned_change, stored_change
from shop.change_said import change_text
from shop.change_tables import change_challenges, change_quotes, order_changes
from shop.change_views import ChangeOutcome
from shop.confirm import Press, challenge_hash
from shop.context import ShopContext
from shop.orders import order_views
from shop.tables import orders
from shop.transitions import ACTIVE_QUOTE, CHANGE_QUOTE, Move, move
from shop.views import Card

# 256 random bits; G2 asks for 128.
_CHALLENGE_BYTES = 32
_MAX_CHALLENGES = 50
_STANDS = (
    select(order_changes, change_quotes.c.terms, change_quotes.c.digest, change_quotes.c.difference)
    .join(change_quotes, change_quotes.c.quote_id == order_changes.c.quote_id)
    .where(order_changes.c.change_id == bindparam("change_id"), order_changes.c.subject == bindparam("subject"))
)
_ORDER = select(orders).where(orders.c.order_id == bindparam("order_id"))
_OF_QUOTE = change_challenges.c.quote_id == bindparam("quote_id")
_LIVE = select(func.count()).select_from(change_challenges).where(_OF_QUOTE)
_OLDEST = select(change_challenges.c.challenge_hash).where(_OF_QUOTE).order_by(change_challenges.c.minted_at).limit(1)
_FORGET = delete(change_challenges).where(change_challenges.c.challenge_hash == bindparam("gone"))
_MINT = insert(change_challenges)


class ChangeGate:
    """Renders cards of changes and takes presses. Every call needs the shopper's own token."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def render(self, p: Principal, quote_id: str) -> Card:
        """Mint a challenge and return the card; the challenge is nowhere else in clear, and several may live.

        Raises:
            Refused: "step_up" without scope approve, "unknown_quote", "quote_expired", "quote_superseded",
                "requote_required".
        """
        self._require_approve(p)
        challenge = secrets.token_urlsafe(_CHALLENGE_BYTES)
        return await self._context.decided(
            p.subject, lambda connection: self._render(connection, p, quote_id, challenge)
        )

    async def approve(self, p: Principal, quote_id: str, digest: str, challenge: str) -> ChangeOutcome:
        """Take the shopper's press: one transaction re-reads the order and approves the change.

        A repeat of a press that counted returns the same change. No money moves here: the worker does that.

        Raises:
            Refused: "step_up", "unknown_quote", "wrong_digest", "wrong_challenge", "quote_expired",
                "quote_superseded", "requote_required" (facts old, new, differences, quote_id of the fresh card) or
                "over_limit".
            Unavailable: A store, the clock or the audit log can't be asked; nothing was done.
        """
        self._require_approve(p)
        press = Press(p, quote_id, digest, challenge)
        change_id = await self._context.decided(p.subject, lambda open_: confirm_change(open_, self._context, press))
        return await self.outcome(p, change_id)

    async def outcome(self, p: Principal, change_id: str) -> ChangeOutcome:
        """Return where an approved change stands.

        Raises:
            Refused: "unknown_quote" for unknown and foreign alike.
        """
        mine = {"change_id": change_id, "subject": p.subject}
        async with self._context.database.reading() as connection:
            row = (await connection.execute(_STANDS, mine)).mappings().one_or_none()
            if row is None:
                raise Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))
            order = (await connection.execute(_ORDER, {"order_id": row["order_id"]})).mappings().one()
            (view,) = await order_views(connection, self._context, [order])
        text = change_text(stored_change(row), "confirmed", row["state"]) or view.state_text
        return ChangeOutcome(
            change_id=change_id,
            quote_id=row["quote_id"],
            kind=row["kind"],
            progress=row["state"],
            text=text,
            order=view,
        )

    async def decline(self, p: Principal, quote_id: str) -> None:
        """Set the change aside; once is enough, and one that no longer counts stays as it is.

        Raises:
            Refused: "unknown_quote", or "quote_superseded" when it was already approved.
        """
        async with self._context.database.writing(p.subject) as connection:
            row = await owned_change(connection, p, quote_id)
            if row is None:
                raise Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))
            if row["state"] == "confirmed":
                text = say(stored_change(row).locale, "change_confirmed")
                raise Refused("quote_superseded", text, {"state": "confirmed"})
            if row["state"] in ACTIVE_QUOTE:
                wanted = Move(CHANGE_QUOTE, quote_id, p.subject, row["state"], "declined")
                await move(connection, self._context.audit, wanted, self._context.now())

    async def _render(self, connection: AsyncConnection, p: Principal, quote_id: str, challenge: str) -> Card | Refused:
        row = await owned_change(connection, p, quote_id)
        if row is None:
            return Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))
        terms = stored_change(row)
        if row["state"] not in ACTIVE_QUOTE:
            return ended_change(row, terms)
        now = self._context.now()
        if now >= row["expires_at"]:
            await self._move(connection, row, "expired", {"reason": "time"})
            return Refused("quote_expired", say(terms.locale, "change_expired"))
        if row["state"] == "quoted":
            await self._move(connection, row, "awaiting_approval", {})
        await self._mint(connection, quote_id, {"challenge_hash": challenge_hash(challenge), "minted_at": now})
        new = await given(connection, self._context, p.subject, quote_id)
        drawn = draw(terms, row["digest"], written(new.content, new.region) if new is not None else "")
        drawn |= {"notes": [*await cautions_on_card(connection, self._context, p.subject, terms), *terms.notes]}
        return Card(quote_id=quote_id, digest=row["digest"], challenge=challenge, card=drawn)

    async def _move(self, connection: AsyncConnection, row: RowMapping, after: str, facts: dict[str, Any]) -> None:
        wanted = Move(CHANGE_QUOTE, row["quote_id"], row["subject"], row["state"], after, facts)
        await move(connection, self._context.audit, wanted, self._context.now())

    async def _mint(self, connection: AsyncConnection, quote_id: str, values: dict[str, Any]) -> None:
        which = {"quote_id": quote_id}
        if (await connection.execute(_LIVE, which)).scalar_one() >= _MAX_CHALLENGES:
            gone = (await connection.execute(_OLDEST, which)).scalar_one()
            await connection.execute(_FORGET, {"gone": gone})
        await connection.execute(_MINT, which | values)

    def _require_approve(self, p: Principal) -> None:
        if not p.may(Scope.APPROVE):
            raise Refused("step_up", say(self._context.policy.locale, "step_up"))
