"""A payment service for the demo and for tests: no money moves, but it keeps records and has a real one's manners.

Instruments: "card-4242" pays, "card-declined" is declined, "card-lost-answer" pays but the first answer never arrives,
"card-unreachable" never answers, "card-capture-refused" authorises and then refuses the capture, "card-refund-refused"
pays and then refuses to take money back.
"""

import asyncio
import secrets
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, MetaData, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateSchema

from policies.errors import Unavailable
from shop.db import Database, DatabaseSettings
from shop.payments import Charge, PaymentInFlight, PaymentResult, PaymentUnknown

metadata = MetaData()

calls = Table(
    "calls",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("instrument", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("authorisation_id", String(64), nullable=False),
)

authorisations = Table(
    "authorisations",
    metadata,
    Column("authorisation_id", String(64), primary_key=True),
    Column("instrument", String(128), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("voided", BigInteger, nullable=False),
    CheckConstraint("captured >= 0 AND voided >= 0 AND captured + voided <= amount", name="authorisations_bounds"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("authorisation_id", String(64), primary_key=True),
    Column("captured", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    CheckConstraint("0 <= refunded AND refunded <= captured", name="refunds_bounds"),
)


class SandboxPayments:
    """Keeps what it was asked and what it answered in a file or schema of its own, apart from the books."""

    def __init__(self, database: Database, delay_s: float) -> None:
        self._database = database
        self._delay_s = delay_s
        self._in_flight: set[str] = set()

    async def charge(self, charge: Charge) -> PaymentResult:
        """Answer one call; see `PaymentService.charge`."""
        if charge.key in self._in_flight:
            raise PaymentInFlight(charge.key)
        self._in_flight.add(charge.key)
        try:
            await asyncio.sleep(self._delay_s)
            return await self._charge(charge)
        except Unavailable as error:
            raise PaymentUnknown("the sandbox's records can't be reached") from error
        finally:
            self._in_flight.discard(charge.key)

    async def lookup(self, key: str) -> PaymentResult | None:
        """Return an earlier answer; see `PaymentService.lookup`."""
        try:
            async with self._database.reading() as connection:
                return await _answer(connection, key)
        except Unavailable as error:
            raise PaymentUnknown("the sandbox's records can't be reached") from error

    async def aclose(self) -> None:
        """Close its connections."""
        await self._database.aclose()

    async def _charge(self, charge: Charge) -> PaymentResult:
        if charge.instrument == "card-unreachable":
            raise PaymentUnknown("the sandbox did not answer")
        async with self._database.writing(charge.key) as connection:
            known = await _recorded(connection, charge)
            if known is not None:
                return known
            result = await _perform(connection, charge)
            row = {"key": charge.key, "kind": charge.kind, "amount": charge.amount, "currency": charge.currency}
            row |= {"instrument": charge.instrument, "state": result.state, "authorisation_id": result.authorisation_id}
            await connection.execute(insert(calls).values(**row))
        if charge.instrument == "card-lost-answer":
            raise PaymentUnknown("the sandbox's answer was lost")
        return result


async def open_sandbox(settings: DatabaseSettings, delay_s: float = 0.0) -> SandboxPayments:
    """Open the service on its records, made on first use; `delay_s` is how long each call takes.

    Raises:
        Unavailable: The records can't be opened or written.
    """
    database = Database(settings, asyncio.Lock())
    try:
        async with database.writing() as connection:
            if settings.schema is not None:
                await connection.execute(CreateSchema(settings.schema, if_not_exists=True))
            await connection.run_sync(metadata.create_all)
    except Unavailable:
        await database.aclose()
        raise
    return SandboxPayments(database, delay_s)


async def _recorded(connection: AsyncConnection, charge: Charge) -> PaymentResult | None:
    row = (await connection.execute(select(calls).where(calls.c.key == charge.key))).mappings().one_or_none()
    if row is None:
        return None
    asked = (charge.kind, charge.amount, charge.currency, charge.instrument)
    if asked != (row["kind"], row["amount"], row["currency"], row["instrument"]):
        raise ValueError("one idempotency key was used for two different calls")
    return await _answer(connection, charge.key)


async def _answer(connection: AsyncConnection, key: str) -> PaymentResult | None:
    row = (await connection.execute(select(calls).where(calls.c.key == key))).mappings().one_or_none()
    if row is None:
        return None
    done = row["state"] == "done"
    return PaymentResult(row["state"], row["authorisation_id"], row["amount"] if done else 0)


async def _perform(connection: AsyncConnection, charge: Charge) -> PaymentResult:
    if charge.kind == "authorise":
        return await _authorise(connection, charge)
    if charge.kind == "credit":
        refused = charge.instrument in ("card-declined", "card-refund-refused")
        return PaymentResult("declined", "", 0) if refused else PaymentResult("done", "", charge.amount)
    query = select(authorisations).where(authorisations.c.authorisation_id == charge.instrument)
    query = query.with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None or row["currency"] != charge.currency or _refuses(charge, row):
        return PaymentResult("declined", "", 0)
    if charge.kind == "refund":
        return await _refund(connection, charge, row)
    name = "captured" if charge.kind == "capture" else "voided"
    values: dict[str, Any] = {name: row[name] + charge.amount}
    await connection.execute(
        update(authorisations).where(authorisations.c.authorisation_id == charge.instrument).values(**values)
    )
    return PaymentResult("done", charge.instrument, charge.amount)


def _refuses(charge: Charge, row: Any) -> bool:
    if charge.kind == "refund":
        return row["instrument"] == "card-refund-refused"
    if row["captured"] + row["voided"] + charge.amount > row["amount"]:
        return True
    return charge.kind == "capture" and row["instrument"] == "card-capture-refused"


async def _refund(connection: AsyncConnection, charge: Charge, row: Any) -> PaymentResult:
    same = refunds.c.authorisation_id == charge.instrument
    done = (await connection.execute(select(refunds.c.refunded).where(same))).scalar_one_or_none()
    if (done or 0) + charge.amount > row["captured"]:
        return PaymentResult("declined", "", 0)
    if done is None:
        first = {"authorisation_id": charge.instrument, "captured": row["captured"], "refunded": charge.amount}
        await connection.execute(insert(refunds).values(**first))
    else:
        await connection.execute(update(refunds).where(same).values(refunded=done + charge.amount))
    return PaymentResult("done", charge.instrument, charge.amount)


async def _authorise(connection: AsyncConnection, charge: Charge) -> PaymentResult:
    if charge.instrument == "card-declined":
        return PaymentResult("declined", "", 0)
    authorisation_id = f"auth_{secrets.token_urlsafe(12)}"
    row = {"authorisation_id": authorisation_id, "instrument": charge.instrument, "currency": charge.currency}
    await connection.execute(insert(authorisations).values(**row, amount=charge.amount, captured=0, voided=0))
    return PaymentResult("done", authorisation_id, charge.amount)
