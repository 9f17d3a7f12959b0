"""What models cost: reserved before a call, settled after it, and held against caps that several servers share."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.context import ShopContext
from shop.cost_tables import model_calls, model_totals, model_turns

# Whoever reserves or settles waits for whoever else does: caps hold over all shoppers and all servers.
_OWNER = "model costs"
_EVER = "-"  # the day, or the key, of totals that have none
_WHO: BindParameter[str] = bindparam("whose")
_CALL: BindParameter[str] = bindparam("which")
_NOW: BindParameter[datetime] = bindparam("now", type_=model_calls.c.expires_at.type)
_BEFORE: BindParameter[datetime] = bindparam("before", type_=model_calls.c.begun_at.type)

_HELD = select(model_calls).where(model_calls.c.state == "held", model_calls.c.expires_at > _NOW)
_TOTAL = select(model_totals.c.micros).where(
    model_totals.c.scope == bindparam("scope_"),
    model_totals.c.key == bindparam("key_"),
    model_totals.c.day == bindparam("day_"),
)
_ADD = (
    update(model_totals)
    .where(
        model_totals.c.scope == bindparam("scope_"),
        model_totals.c.key == bindparam("key_"),
        model_totals.c.day == bindparam("day_"),
    )
    .values(micros=model_totals.c.micros + bindparam("more"))
)
_FIRST = insert(model_totals)
_HOLD = insert(model_calls)
_CALLED = select(model_calls).where(model_calls.c.call_id == _CALL)
_SETTLE = (
    update(model_calls)
    .where(model_calls.c.call_id == _CALL, model_calls.c.state == "held")
    .values({name: bindparam(f"to_{name}") for name in ("state", "input_tokens", "cached_tokens", "output_tokens")})
    .values({name: bindparam(f"to_{name}") for name in ("millis", "micros")})
)
_RECORD = insert(model_turns)
_UNLINK = {"who": "", "conversation": ""}
_OF_NOBODY = (
    update(model_calls).where(model_calls.c.who == _WHO).values(_UNLINK),
    update(model_turns).where(model_turns.c.who == _WHO).values(_UNLINK),
    delete(model_totals).where(model_totals.c.who == _WHO),
)
_OLD = (
    update(model_calls).where(model_calls.c.begun_at < _BEFORE, model_calls.c.who != "").values(_UNLINK),
    update(model_turns).where(model_turns.c.at < _BEFORE, model_turns.c.who != "").values(_UNLINK),
    delete(model_totals).where(model_totals.c.day < bindparam("day_"), model_totals.c.day != _EVER),
    delete(model_totals).where(
        model_totals.c.scope == "conversation", model_totals.c.key.not_in(select(model_calls.c.conversation))
    ),
)


@dataclass(frozen=True, slots=True)
class Spender:
    """For whom and what for a model is asked.

    Args:
        subject: The shopper; only a keyed pseudonym is written.
        session_id: The conversation; as above.
        turn_id: The turn, an id of no meaning.
        tenant: The shop.
    """

    subject: str
    session_id: str
    turn_id: str
    tenant: str

    @property
    def guest(self) -> bool:
        """Whether nobody knows who it is."""
        return self.subject.startswith("guest:")


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call or turn used, in tokens and milliseconds, and cost, in micro-units of the currency."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    millis: int = 0
    micros: int = 0


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """How a turn was answered; labels of fixed lists only, never words of the shopper.

    Args:
        model: Who answered.
        route: How it came to that, e.g. "kept", "escalated", "fallback".
        reason: Why, as codes.
        intents: What the compact planner understood, as codes.
        pattern: Tools called, in order.
        confidence: The compact planner's, in thousandths; None where it was not asked.
        outcome: "done", "failed" or "cancelled".
        calls: How often a model was asked.
    """

    model: str
    route: str
    reason: str = ""
    intents: str = ""
    pattern: str = ""
    confidence: int | None = None
    outcome: str = "done"
    calls: int = 0


class Ledger:
    """Reserves, settles and records; amounts are micro-units of one currency, whichever it is."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def reserve(
        self, spender: Spender, model: str, micros: int, caps: Mapping[str, int], keep: timedelta
    ) -> str | None:
        """Hold the most a call may cost; returns its id, or None when a cap would be passed: ask `over` which.

        Args:
            spender: For whom.
            model: Name in models.toml.
            micros: The most the call may cost.
            caps: By scope: "turn", "conversation", "guest", "guests", "shopper", "tenant", "day".
            keep: How long the hold counts when nobody settles it, as after a crash.

        Raises:
            Unavailable: The books can't be written; nothing may be spent.
        """
        now = self._context.now()
        call_id = f"call_{secrets.token_urlsafe(12)}"
        async with self._context.database.writing(_OWNER) as connection:
            if await self._passed(connection, spender, micros, caps, now) is not None:
                return None
            row = self._whose(spender) | asdict(Spent(micros=micros))
            row |= {"call_id": call_id, "model": model, "state": "held", "begun_at": now, "expires_at": now + keep}
            await connection.execute(_HOLD, row)
        return call_id

    async def over(self, spender: Spender, micros: int, caps: Mapping[str, int]) -> str | None:
        """Return the first scope whose cap another call of this cost would pass, None when none."""
        async with self._context.database.reading() as connection:
            return await self._passed(connection, spender, micros, caps, self._context.now())

    async def settle(self, call_id: str, spent: Spent | None) -> int:
        """Turn a hold into what the call really used; None charges all that was held, as when nobody knows.

        Returns the micro-units charged: 0 when it was settled before.
        """
        async with self._context.database.writing(_OWNER) as connection:
            row = (await connection.execute(_CALLED, {"which": call_id})).mappings().one()
            charged = spent or Spent(millis=row["millis"], micros=row["micros"])
            values = {f"to_{name}": value for name, value in asdict(charged).items()}
            done = await connection.execute(_SETTLE, {"which": call_id, "to_state": "settled", **values})
            if not done.rowcount:
                return 0
            for scope, key, day in _scopes(row, _day(row["begun_at"])):
                who = row["who"] if scope in _PERSONAL_SCOPES else ""
                await _add(connection, {"scope": scope, "key": key, "day": day, "who": who}, charged.micros)
        return charged.micros

    async def record(self, spender: Spender, told: TurnRecord, spent: Spent) -> None:
        """Write how a turn was answered and what it cost."""
        row = self._whose(spender) | asdict(told) | asdict(spent)
        row |= {"reason": told.reason[:120], "intents": told.intents[:120], "pattern": told.pattern[:200]}
        async with self._context.database.writing(spender.turn_id) as connection:
            await connection.execute(_RECORD, row | {"at": self._context.now(), "quality": None})

    def _whose(self, spender: Spender) -> dict[str, Any]:
        pseudonym = self._context.audit.pseudonym
        return {
            "turn_id": spender.turn_id,
            "conversation": pseudonym(spender.session_id),
            "who": pseudonym(spender.subject),
            "guest": int(spender.guest),
            "tenant": spender.tenant,
        }

    async def _passed(
        self, connection: AsyncConnection, spender: Spender, micros: int, caps: Mapping[str, int], now: datetime
    ) -> str | None:
        mine = self._whose(spender)
        held = (await connection.execute(_HELD, {"now": now})).mappings().all()
        for scope, key, day in _scopes(mine, _day(now)):
            if scope not in caps:
                continue
            values = {"scope_": scope, "key_": key, "day_": day}
            settled = (await connection.execute(_TOTAL, values)).scalar_one_or_none() or 0
            waiting = sum(row["micros"] for row in held if (scope, key, day) in _scopes(row, _day(row["begun_at"])))
            if settled + waiting + micros > caps[scope]:
                return scope
        return None


_PERSONAL_SCOPES = ("turn", "conversation", "guest", "shopper")


def _scopes(row: Mapping[Any, Any], day: str) -> tuple[tuple[str, str, str], ...]:
    """Return (scope, key, day) of every total that a call counts in."""
    guest = bool(row["guest"])
    return (
        ("turn", row["turn_id"], day),
        ("conversation", row["conversation"], _EVER),
        ("guest" if guest else "shopper", row["who"], day),
        *((("guests", _EVER, day),) if guest else ()),
        ("tenant", row["tenant"], day),
        ("day", _EVER, day),
    )


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


async def _add(connection: AsyncConnection, total: Mapping[str, str], micros: int) -> None:
    where = {f"{name}_": total[name] for name in ("scope", "key", "day")}
    if not (await connection.execute(_ADD, {**where, "more": micros})).rowcount:
        await connection.execute(_FIRST, {**total, "micros": micros})


async def forget(connection: AsyncConnection, pseudonym: str) -> None:
    """Leave a shopper's costs to nobody, within a transaction; what the shop spent stays."""
    for statement in _OF_NOBODY:
        await connection.execute(statement, {"whose": pseudonym})


async def let_go(connection: AsyncConnection, before: datetime) -> None:
    """Leave what is older than `before` to nobody, and drop totals that no cap asks for any more."""
    unlink_calls, unlink_turns, drop_days, drop_conversations = _OLD
    await connection.execute(unlink_calls, {"before": before})
    await connection.execute(unlink_turns, {"before": before})
    await connection.execute(drop_days, {"day_": _day(before)})
    await connection.execute(drop_conversations)
