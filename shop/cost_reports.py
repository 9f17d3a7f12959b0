"""What models cost, read back: by who answered and how, and by what was asked; no row names a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, case, func, select
from sqlalchemy.sql.elements import Label

from shop.cost_tables import model_turns
from shop.db import Database

_SINCE: BindParameter[datetime] = bindparam("since", type_=model_turns.c.at.type)
_SURE: BindParameter[int] = bindparam("sure", type_=Integer)


def _sum(name: str) -> Label[int]:
    return func.coalesce(func.sum(model_turns.c[name]), 0).label(name)


_USED = tuple(_sum(name) for name in ("calls", "input_tokens", "cached_tokens", "output_tokens", "millis", "micros"))
_TURNS = func.count().label("turns")
_CONVERSATIONS = func.count(func.distinct(model_turns.c.conversation)).label("conversations")
_SINCE_THEN = model_turns.c.at >= _SINCE
_ROUTED = (
    select(model_turns.c.model, model_turns.c.route, _TURNS, _CONVERSATIONS, *_USED)
    .where(_SINCE_THEN)
    .group_by(model_turns.c.model, model_turns.c.route)
    .order_by(_TURNS.desc())
)
_ASKED = (
    select(
        model_turns.c.intents,
        model_turns.c.pattern,
        model_turns.c.model,
        _TURNS,
        _CONVERSATIONS,
        *_USED,
        func.coalesce(func.sum(case((model_turns.c.confidence >= _SURE, 1), else_=0)), 0).label("sure"),
        func.count(model_turns.c.quality).label("judged"),
        func.avg(model_turns.c.quality).label("quality"),
    )
    .where(_SINCE_THEN)
    .group_by(model_turns.c.intents, model_turns.c.pattern, model_turns.c.model)
)
_ALL_CONVERSATIONS = select(func.count(func.distinct(model_turns.c.conversation))).where(_SINCE_THEN)


@dataclass(frozen=True, slots=True)
class Routed:
    """The turns of one model by one route: tokens, milliseconds, and micro-units of the currency."""

    model: str
    route: str
    turns: int
    conversations: int
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    millis: int
    micros: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The turns of one model that asked for the same and called the same tools.

    Args:
        sure: Of these, how many the compact planner would keep.
        judged: How many have a quality.
        quality: Their mean, in thousandths; None where none was judged.
    """

    intents: str
    pattern: str
    model: str
    turns: int
    conversations: int
    micros: int
    sure: int
    judged: int
    quality: float | None


class CostReports:
    """Reads the ledger, also beside a running server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def routed(self, since: datetime) -> list[Routed]:
        """Return the turns since then by model and route, most first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_ROUTED, {"since": since})).mappings().all()
        return [Routed(**{name: _whole(row[name]) for name in Routed.__slots__}) for row in rows]

    async def conversations(self, since: datetime) -> int:
        """Return in how many conversations those turns were."""
        async with self._database.reading() as connection:
            return (await connection.execute(_ALL_CONVERSATIONS, {"since": since})).scalar_one()

    async def asked(self, since: datetime, sure: int) -> list[Asked]:
        """Return the turns since then by what was asked.

        Args:
            since: The first moment.
            sure: Confidence in thousandths from which the compact planner keeps a turn.
        """
        async with self._database.reading() as connection:
            rows = (await connection.execute(_ASKED, {"since": since, "sure": sure})).mappings().all()
        whole = [name for name in Asked.__slots__ if name != "quality"]
        return [
            Asked(
                **{name: _whole(row[name]) for name in whole},
                quality=None if row["quality"] is None else float(row["quality"]),
            )
            for row in rows
        ]


def _whole(value: Any) -> Any:
    # PostgreSQL sums 64-bit integers to decimals.
    return value if isinstance(value, str) else int(value)
