"""The address that a shopper's orders go to, changed behind the gate: prepared, shown on a card, pressed, done."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from policies.order_address import HomeTerms, NewAddress, parse
from policies.principal import Principal, Scope
from policies.quote import canonical, digest
from policies.words import say
from shop.audit import Entry
from shop.change_address import draft
from shop.confirm import Press, challenge_hash
from shop.context import ShopContext
from shop.cooling import MAX_FAILURES, cooling_refusal
from shop.home_tables import home_challenges, home_quotes
from shop.home_terms import HomeView, card, draw_home, home_view
from shop.shoppers import Address, choose, load_checkout
from shop.tables import addresses
from shop.terms import Frame
from shop.transitions import ACTIVE_QUOTE, QUOTE, Machine, Move, move
from shop.views import Card
from shop.voids import supersede_active

PREFIX = "home_"
_CHALLENGE_BYTES = 32
_MAX_CHALLENGES = 50

HOME_QUOTE = Machine(
    "quote",
    home_quotes,
    home_quotes.c.quote_id,
    MappingProxyType(dict(QUOTE.steps) | {("awaiting_approval", "confirmed"): "address.confirmed"}),
)

_MINE = select(home_quotes).where(
    home_quotes.c.quote_id == bindparam("quote"),
    home_quotes.c.subject == bindparam("whose"),
    home_quotes.c.session_id == bindparam("session"),
)
_OPEN = select(home_quotes).where(home_quotes.c.subject == bindparam("whose"), home_quotes.c.state.in_(ACTIVE_QUOTE))
_LATE = select(home_quotes).where(home_quotes.c.state.in_(ACTIVE_QUOTE), home_quotes.c.expires_at <= bindparam("now"))
_MINTED = select(home_challenges.c.challenge_hash).where(home_challenges.c.quote_id == bindparam("quote"))
_LIVE = select(func.count()).select_from(home_challenges).where(home_challenges.c.quote_id == bindparam("quote"))
_OLDEST = _MINTED.order_by(home_challenges.c.minted_at).limit(1).scalar_subquery()
_FORGET = delete(home_challenges).where(home_challenges.c.challenge_hash == _OLDEST)
_THIS = update(home_quotes).where(home_quotes.c.quote_id == bindparam("quote"))
_FAIL = _THIS.values(failures=bindparam("count"), failed_at=bindparam("then"))
_ISSUE, _MINT, _JOIN = insert(home_quotes), insert(home_challenges), insert(addresses)


def is_home(quote_id: str) -> bool:
    """Say whether an id names a prepared change of the address that orders go to."""
    return quote_id.startswith(PREFIX)


class HomeGate:
    """Prepares, renders and takes presses, as strictly as for orders. The planner's books have no such door."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def prepare(self, p: Principal, new: NewAddress) -> HomeView:
        """Draw up a new address for orders to come; an older open one is superseded, nothing else changes.

        Raises:
            Refused: "step_up" without scope approve, "switched_off", or "no_delivery_there".
        """
        self._require_approve(p)
        now = self._context.now()
        ends = now + timedelta(seconds=self._context.policy.quote.ttl_s)
        frame = Frame(f"{PREFIX}{secrets.token_urlsafe(16)}", p, now, ends)
        async with self._context.database.writing(p.subject) as connection:
            address = await draft(connection, self._context, p.subject, new)
            terms = await self._drawn(connection, frame, address)
            await self._supersede(connection, p.subject, now)
            row: dict[str, Any] = {"quote_id": frame.quote_id, "subject": p.subject, "session_id": p.session_id}
            row |= {"state": "quoted", "digest": digest(terms), "terms": canonical(terms).decode(), "failures": 0}
            row |= {"content": dict(address.content), "issued_at": now, "expires_at": ends}
            await connection.execute(_ISSUE, row)
            facts = {"to": "quoted", "digest": row["digest"], "kind": "home"}
            entry = Entry(p.subject, "quote.quoted", "quote", frame.quote_id, facts)
            await self._context.audit.append(connection, entry, now)
        return home_view(terms, "quoted")

    async def get(self, p: Principal, quote_id: str) -> HomeView | None:
        """Return the principal's prepared address of this session; None for unknown and foreign alike."""
        async with self._context.database.reading() as connection:
            row = await _owned(connection, p, quote_id)
        return None if row is None else home_view(parse(row["terms"]), row["state"])

    async def render(self, p: Principal, quote_id: str) -> Card:
        """Mint a challenge and return the card, which shows the whole address to its owner.

        Raises:
            Refused: "step_up" without scope approve, "unknown_quote", "quote_expired" or "quote_superseded".
        """
        self._require_approve(p)
        challenge = secrets.token_urlsafe(_CHALLENGE_BYTES)
        return await self._context.decided(
            p.subject, lambda connection: self._render(connection, p, quote_id, challenge)
        )

    async def approve(self, p: Principal, quote_id: str, digest: str, challenge: str) -> HomeView:
        """Take the shopper's press: one transaction checks it again and makes the address the one orders go to.

        Raises:
            Refused: "step_up", "unknown_quote", "wrong_digest", "wrong_challenge", "quote_expired" or
                "quote_superseded".
            Unavailable: A store, the clock or the audit log can't be asked; nothing was done.
        """
        self._require_approve(p)
        press = Press(p, quote_id, digest, challenge)
        return await self._context.decided(p.subject, lambda connection: self._confirm(connection, press))

    async def decline(self, p: Principal, quote_id: str) -> None:
        """Set the card aside; once is enough.

        Raises:
            Refused: "unknown_quote", or "quote_superseded" when it was already approved.
        """
        async with self._context.database.writing(p.subject) as connection:
            row = await _owned(connection, p, quote_id)
            if row is None:
                raise self._unknown()
            if row["state"] == "confirmed":
                raise _ended(row, _stored(row))
            if row["state"] in ACTIVE_QUOTE:
                await self._move(connection, row, "declined", {})

    async def expire_due(self) -> int:
        """End all prepared addresses whose time has run out; returns how many."""
        now = self._context.now()
        async with self._context.database.reading() as connection:
            due = (await connection.execute(_LATE, {"now": now})).mappings().all()
        for row in due:
            async with self._context.database.writing(row["subject"]) as connection:
                await self._move(connection, row, "expired", {"reason": "time"})
        return len(due)

    async def _render(self, connection: AsyncConnection, p: Principal, quote_id: str, challenge: str) -> Card | Refused:
        row = await _owned(connection, p, quote_id)
        if row is None:
            return self._unknown()
        terms = _stored(row)
        if row["state"] not in ACTIVE_QUOTE:
            return _ended(row, terms)
        if self._context.now() >= row["expires_at"]:
            await self._move(connection, row, "expired", {"reason": "time"})
            return Refused("quote_expired", say(terms.locale, "change_expired"))
        if row["state"] == "quoted":
            await self._move(connection, row, "awaiting_approval", {})
        if (await connection.execute(_LIVE, {"quote": quote_id})).scalar_one() >= _MAX_CHALLENGES:
            await connection.execute(_FORGET, {"quote": quote_id})
        minted = {"challenge_hash": challenge_hash(challenge), "quote_id": quote_id, "minted_at": self._context.now()}
        await connection.execute(_MINT, minted)
        shown = await self._context.seals.opened(connection, p.subject, row["content"])
        drawn = card(terms, row["digest"], shown)
        return Card(quote_id=quote_id, digest=row["digest"], challenge=challenge, card=drawn)

    async def _confirm(self, connection: AsyncConnection, press: Press) -> HomeView | Refused:
        row = await _owned(connection, press.owner, press.quote_id)
        if row is None:
            return self._unknown()
        terms, now = _stored(row), self._context.now()
        if row["state"] not in (*ACTIVE_QUOTE, "confirmed"):
            return _ended(row, terms)
        mismatch = await _mismatch(connection, press, row)
        if row["state"] == "confirmed":
            return (
                Refused(mismatch, say(terms.locale, f"change_{mismatch}"))
                if mismatch
                else home_view(terms, "confirmed")
            )
        if now < row["issued_at"]:
            raise Unavailable("The clock went back behind the card; it can't be said whether it still counts.")
        if now >= row["expires_at"]:
            await self._move(connection, row, "expired", {"reason": "late_press"})
            return Refused("quote_expired", say(terms.locale, "change_expired"))
        if mismatch:
            return await self._failed(connection, row, terms, mismatch)
        return await self._decide(connection, press, row, terms)

    async def _decide(
        self, connection: AsyncConnection, press: Press, row: RowMapping, terms: HomeTerms
    ) -> HomeView | Refused:
        address = Address(terms.ship_to.handle, terms.ship_to.label, terms.region, row["content"])
        frame = Frame(row["quote_id"], press.owner, row["issued_at"], row["expires_at"])
        try:
            same = hmac.compare_digest(digest(await self._drawn(connection, frame, address)), row["digest"])
        except Refused:
            same = False
        if not same:
            await self._move(connection, row, "superseded", {"reason": "terms_changed"})
            return Refused("quote_superseded", say(terms.locale, "change_superseded"), {"state": "superseded"})
        cooling = await cooling_refusal(connection, self._context, row["subject"], terms.locale, "change_cool_down")
        if cooling is not None:
            await self._refused(connection, row, cooling.code)
            return cooling
        values = {"handle": address.handle, "label": address.label, "region": address.region}
        values |= {"subject": row["subject"], "joined_at": self._context.now()}
        await connection.execute(_JOIN, {"content": dict(row["content"]), **values})
        await choose(connection, row["subject"], {"address": address.handle})
        await supersede_active(connection, self._context, row["subject"], "checkout_changed", self._context.now())
        if not await self._move(connection, row, "confirmed", {"digest": row["digest"]}):
            raise Unavailable("The card moved while it was being confirmed.")
        return home_view(terms, "confirmed")

    async def _drawn(self, connection: AsyncConnection, frame: Frame, address: Address) -> HomeTerms:
        checkout = await load_checkout(connection, self._context.policy, frame.owner.subject)
        return draw_home(self._context, frame, checkout, address)

    async def _supersede(self, connection: AsyncConnection, subject: str, at: datetime) -> None:
        for row in (await connection.execute(_OPEN, {"whose": subject})).mappings().all():
            after = "expired" if at >= row["expires_at"] else "superseded"
            await self._move(connection, row, after, {"reason": "newer_quote"})

    async def _failed(self, connection: AsyncConnection, row: RowMapping, terms: HomeTerms, code: str) -> Refused:
        failures = row["failures"] + 1
        await connection.execute(_FAIL, {"quote": row["quote_id"], "count": failures, "then": self._context.now()})
        await self._refused(connection, row, code)
        if failures >= MAX_FAILURES:
            await self._move(connection, row, "superseded", {"reason": "failed_approvals"})
        return Refused(code, say(terms.locale, f"change_{code}"))

    async def _refused(self, connection: AsyncConnection, row: RowMapping, code: str) -> None:
        entry = Entry(row["subject"], "quote.approval_refused", "quote", row["quote_id"], {"code": code})
        await self._context.audit.append(connection, entry, self._context.now())

    async def _move(self, connection: AsyncConnection, row: RowMapping, after: str, facts: Mapping[str, Any]) -> bool:
        wanted = Move(HOME_QUOTE, row["quote_id"], row["subject"], row["state"], after, facts)
        return await move(connection, self._context.audit, wanted, self._context.now())

    def _unknown(self) -> Refused:
        return Refused("unknown_quote", say(self._context.policy.locale, "unknown_quote"))

    def _require_approve(self, p: Principal) -> None:
        if not p.may(Scope.APPROVE):
            raise Refused("step_up", say(self._context.policy.locale, "step_up"))


async def _owned(connection: AsyncConnection, p: Principal, quote_id: str) -> RowMapping | None:
    mine = {"quote": quote_id, "whose": p.subject, "session": p.session_id}
    return (await connection.execute(_MINE, mine)).mappings().one_or_none()


async def _mismatch(connection: AsyncConnection, press: Press, row: RowMapping) -> str | None:
    if not hmac.compare_digest(press.digest.encode("utf-8", "surrogatepass"), row["digest"].encode()):
        return "wrong_digest"
    given = challenge_hash(press.challenge)
    minted = (await connection.execute(_MINTED, {"quote": row["quote_id"]})).scalars().all()
    # Every one is compared, so that the time taken says nothing about which came close.
    matches = [hmac.compare_digest(given, one) for one in minted]
    return None if any(matches) else "wrong_challenge"


def _stored(row: RowMapping) -> HomeTerms:
    try:
        terms = parse(row["terms"])
    except ValidationError as error:
        raise Unavailable("The stored card can't be read; it was changed from outside.") from error
    if not hmac.compare_digest(digest(terms), row["digest"]):
        raise Unavailable("The stored card does not match its digest; it was changed from outside.")
    return terms


def _ended(row: RowMapping, terms: HomeTerms) -> Refused:
    state = str(row["state"])
    if state == "expired":
        return Refused("quote_expired", say(terms.locale, "change_expired"))
    locked = state == "superseded" and row["failures"] >= MAX_FAILURES
    text = say(terms.locale, "change_locked" if locked else f"change_{state}")
    return Refused("quote_superseded", text, {"state": state})
