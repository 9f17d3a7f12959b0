"""The purchase gate: the trusted surface's only door. No tool, prompt or page text reaches it."""

import secrets
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.principal import Principal, Scope
from policies.quote import parse
from policies.words import say
from shop.card import draw
from shop.cautions import cautions_on_card
from shop.change_gate import ChangeGate
from shop.change_quotes import is_change
from shop.confirm import Press, challenge_hash, confirm, ended
from shop.context import ShopContext
from shop.orders import load_outcome
from shop.quotes import owned_quote, require_delivery, stored_terms
from shop.shoppers import choose, has_handle, load_checkout
from shop.tables import addresses, challenges, payment_handles
from shop.transitions import ACTIVE_QUOTE, QUOTE, Move, move
from shop.views import Card, Outcome
from shop.voids import supersede_active

# 256 random bits; G2 asks for 128.
_CHALLENGE_BYTES = 32
_MAX_CHALLENGES = 50
_OF_QUOTE = challenges.c.quote_id == bindparam("quote_id")
_LIVE = select(func.count()).select_from(challenges).where(_OF_QUOTE)
_OLDEST = select(challenges.c.challenge_hash).where(_OF_QUOTE).order_by(challenges.c.minted_at).limit(1)
_FORGET = delete(challenges).where(challenges.c.challenge_hash == bindparam("gone"))
_MINT = insert(challenges)


class Gate:
    """Renders cards, takes presses, sets what only the shopper may set. Every call needs the shopper's own token.

    Cards of changes are rendered and set aside here too; their presses go to `changes`.
    """

    def __init__(self, context: ShopContext) -> None:
        self._context = context
        self.changes = ChangeGate(context)

    async def render(self, p: Principal, quote_id: str) -> Card:
        """Mint a challenge and return the card; the challenge is nowhere else in clear, and several may live.

        Raises:
            Refused: "step_up" without scope approve, "unknown_quote", "quote_expired", "quote_superseded",
                "requote_required".
        """
        if is_change(quote_id):
            return await self.changes.render(p, quote_id)
        self._require_approve(p)
        challenge = secrets.token_urlsafe(_CHALLENGE_BYTES)
        return await self._context.decided(
            p.subject, lambda connection: self._render(connection, p, quote_id, challenge)
        )

    async def approve(self, p: Principal, quote_id: str, digest: str, challenge: str) -> Outcome:
        """Take the shopper's press: one transaction re-checks everything, reserves stock and writes the intent.

        A repeat of a press that counted returns the same purchase. Nothing is charged here: the worker does that.

        Raises:
            Refused: "step_up", "unknown_quote", "wrong_digest", "wrong_challenge", "quote_expired",
                "quote_superseded", "requote_required" (facts old, new, differences, quote_id of the fresh quote),
                "over_limit", or "declined" on the repeat of a press whose payment was declined.
            Unavailable: A store, the clock or the audit log can't be asked; nothing was done.
        """
        self._require_approve(p)
        press = Press(p, quote_id, digest, challenge)
        decided = await self._context.decided(p.subject, lambda connection: confirm(connection, self._context, press))
        if decided.state == "declined":
            raise Refused("declined", decided.text, {"intent_id": decided.intent_id})
        return decided

    async def outcome(self, p: Principal, intent_id: str) -> Outcome:
        """Return where a purchase stands; `state` "declined" is the payment's no, with nothing charged.

        Raises:
            Refused: "unknown_quote" for unknown and foreign alike.
        """
        async with self._context.database.reading() as connection:
            outcome = await load_outcome(connection, self._context, p, intent_id)
        if outcome is None:
            raise Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))
        return outcome

    async def decline(self, p: Principal, quote_id: str) -> None:
        """Set the quote aside; once is enough, and one that no longer counts stays as it is.

        Raises:
            Refused: "unknown_quote", or "quote_superseded" when it was already approved.
        """
        if is_change(quote_id):
            await self.changes.decline(p, quote_id)
            return
        async with self._context.database.writing(p.subject) as connection:
            row = await owned_quote(connection, p, quote_id, lock=True)
            if row is None:
                raise Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))
            if row["state"] == "confirmed":
                text = say(parse(row["terms"]).locale, "quote_confirmed")
                raise Refused("quote_superseded", text, {"state": "confirmed"})
            if row["state"] in ACTIVE_QUOTE:
                wanted = Move(QUOTE, quote_id, p.subject, row["state"], "declined")
                await move(connection, self._context.audit, wanted, self._context.now())

    async def set_checkout(
        self,
        p: Principal,
        address: str | None = None,
        delivery: str | None = None,
        payment_handle: str | None = None,
    ) -> None:
        """Choose address, delivery or way to pay by handle; a change voids the open quote.

        Raises:
            Refused: "step_up", "unknown_address", "unknown_delivery" or "unknown_payment".
        """
        self._require_approve(p)
        async with self._context.database.writing(p.subject) as connection:
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            choices: dict[str, str] = {}
            if delivery is not None:
                require_delivery(self._context, checkout, delivery)
                choices["delivery"] = delivery
            wanted = (("address", addresses, address), ("payment", payment_handles, payment_handle))
            for name, table, handle in wanted:
                if handle is None:
                    continue
                if not await has_handle(connection, table, p.subject, handle):
                    raise Refused(f"unknown_{name}", say(checkout.locale, f"unknown_{name}"))
                choices[name] = handle
            if choices and await choose(connection, p.subject, choices):
                now = self._context.now()
                await supersede_active(connection, self._context, p.subject, "checkout_changed", now)

    async def _render(self, connection: AsyncConnection, p: Principal, quote_id: str, challenge: str) -> Card | Refused:
        row = await owned_quote(connection, p, quote_id, lock=True)
        if row is None:
            return Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))
        terms = stored_terms(row)
        if row["state"] not in ACTIVE_QUOTE:
            return ended(row, terms)
        now = self._context.now()
        if now >= row["expires_at"]:
            wanted = Move(QUOTE, quote_id, p.subject, row["state"], "expired", {"reason": "time"})
            await move(connection, self._context.audit, wanted, now)
            return Refused("quote_expired", say(terms.locale, "quote_expired"))
        if row["state"] == "quoted":
            wanted = Move(QUOTE, quote_id, p.subject, "quoted", "awaiting_approval")
            await move(connection, self._context.audit, wanted, now)
        await self._mint(connection, quote_id, {"challenge_hash": challenge_hash(challenge), "minted_at": now})
        asked = await cautions_on_card(connection, self._context, p.subject, terms)
        drawn = draw(terms, row["digest"]) | {"notes": [*asked, *terms.disclosures]}
        return Card(quote_id=quote_id, digest=row["digest"], challenge=challenge, card=drawn)

    async def _mint(self, connection: AsyncConnection, quote_id: str, values: dict[str, Any]) -> None:
        which = {"quote_id": quote_id}
        if (await connection.execute(_LIVE, which)).scalar_one() >= _MAX_CHALLENGES:
            gone = (await connection.execute(_OLDEST, which)).scalar_one()
            await connection.execute(_FORGET, {"gone": gone})
        await connection.execute(_MINT, {**which, **values})

    def _require_approve(self, p: Principal) -> None:
        if not p.may(Scope.APPROVE):
            raise Refused("step_up", say(self._context.policy.locale, "step_up"))
