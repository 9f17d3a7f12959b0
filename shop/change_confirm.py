"""The confirm transaction of a change: checks one press against the books and approves it, once, or says why not."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from policies.order_change import ChangeTerms
from policies.quote import digest
from policies.words import money, options_text, say
from shop.audit import Entry
from shop.cautions import caution_refusal
from shop.change_address import given, join_addresses, proposed
from shop.change_quotes import Wish, drawn_now, issue_change, owned_change, stored_change
from shop.change_steps import Steps
from shop.change_tables import change_challenges, change_quotes, order_changes
from shop.change_terms import wanted_of
from shop.confirm import Press, challenge_hash
from shop.context import ShopContext
from shop.cooling import MAX_FAILURES, cooling_refusal
from shop.held import Held, load_held
from shop.spending import difference_refusal
from shop.terms import Frame
from shop.transitions import CHANGE_QUOTE, Move, move

_MAKE = insert(order_changes)
_MINTED = select(change_challenges.c.challenge_hash).where(change_challenges.c.quote_id == bindparam("quote_id"))
_MADE = select(order_changes.c.change_id).where(order_changes.c.quote_id == bindparam("quote_id"))
_THE_QUOTE = change_quotes.c.quote_id == bindparam("which")
_THIS = update(change_quotes).where(_THE_QUOTE)
_COUNT_FAILURE = _THIS.values(failures=bindparam("so_many"), failed_at=bindparam("then"))
_SAY_REQUOTE = _THIS.values(requote=bindparam("said"))


@dataclass(frozen=True, slots=True)
class _Case:
    """One press, the change it is for, and the server's time."""

    press: Press
    row: RowMapping
    terms: ChangeTerms
    now: datetime


async def confirm_change(connection: AsyncConnection, context: ShopContext, press: Press) -> str | Refused:
    """Decide one press within a transaction that the caller commits whatever is returned.

    Returns:
        The id of the approved change, now or from before: there is exactly one for it. Or the refusal to raise
        after the commit (what it changed, e.g. `expired`, must stay).

    Raises:
        Unavailable: The clock, the audit log or the change itself can't be trusted; nothing is committed.
    """
    row = await owned_change(connection, press.owner, press.quote_id)
    if row is None:
        return Refused("unknown_quote", say(context.policy.locale, "unknown_quote"))
    case = _Case(press, row, stored_change(row), context.now())
    if row["state"] not in ("quoted", "awaiting_approval", "confirmed"):
        return ended_change(row, case.terms)
    mismatch = await _mismatch(connection, case)
    if row["state"] == "confirmed":
        return _refused(mismatch, case) if mismatch else await _earlier(connection, case)
    if case.now < row["issued_at"]:
        raise Unavailable("The clock went back behind the change; it can't be said whether it still counts.")
    if case.now >= row["expires_at"]:
        await _move(connection, context, case, "expired", {"reason": "late_press"})
        return Refused("quote_expired", say(case.terms.locale, "change_expired"))
    if mismatch:
        return await _failed(connection, context, case, mismatch)
    return await _decide(connection, context, case)


def ended_change(row: RowMapping, terms: ChangeTerms) -> Refused:
    """Return the refusal for a change whose state no longer allows anything."""
    locale, state = terms.locale, str(row["state"])
    if state == "expired":
        return Refused("quote_expired", say(locale, "change_expired"))
    if state == "requote_required":
        said = dict(row["requote"])
        return Refused("requote_required", str(said.pop("text")), said)
    if state == "superseded" and row["failures"] >= MAX_FAILURES:
        return Refused("quote_superseded", say(locale, "change_locked"), {"state": state})
    return Refused("quote_superseded", say(locale, f"change_{state}"), {"state": state})


async def _decide(connection: AsyncConnection, context: ShopContext, case: _Case) -> str | Refused:
    held = await load_held(connection, case.terms.order_id, case.terms.subject)
    if held is None:
        raise LookupError("a prepared change names an order that is gone")
    frame = Frame(case.row["quote_id"], case.press.owner, case.row["issued_at"], case.row["expires_at"])
    new = await proposed(connection, case.terms.change_id)
    why = None
    try:
        current = await drawn_now(connection, context, frame, held, Wish(wanted_of(case.terms), new, lock=True))
    except Refused as refused:
        current, why = None, refused
    if current is None or not hmac.compare_digest(digest(current), case.row["digest"]):
        return await _requote(connection, context, case, current, why)
    terms = case.terms
    over = await cooling_refusal(connection, context, terms.subject, terms.locale, "change_cool_down")
    over = over or await difference_refusal(connection, context, terms)
    over = over or await caution_refusal(connection, context, case.press.owner, terms)
    if over is not None:
        await _note(connection, context, case, over.code)
        return over
    return await _commit(connection, context, case, held)


async def _commit(connection: AsyncConnection, context: ShopContext, case: _Case, held: Held) -> str:
    terms, now = case.terms, case.now
    row: dict[str, Any] = {
        "change_id": f"made_{secrets.token_urlsafe(16)}",
        "quote_id": terms.change_id,
        "order_id": terms.order_id,
        "subject": terms.subject,
        "kind": terms.action,
        "state": "confirmed",
        "order_before": held.row["state"],
        "pay": terms.charged,
        "authorised": 0,
        "captured": 0,
        "refund": terms.refund,
        "refunded": 0,
        "currency": terms.currency,
        "authorisation_id": None,
        "resellable": True,
        "challenge_hash": challenge_hash(case.press.challenge),
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
    }
    await connection.execute(_MAKE, row)
    await join_addresses(connection, terms.subject, terms.change_id, now)
    facts = {"change_id": row["change_id"], "digest": case.row["digest"], "difference": terms.difference}
    if not await _move(connection, context, case, "confirmed", facts):
        raise Unavailable("The change moved while it was being confirmed.")
    await Steps(connection, context, now).begin(row, held, terms)
    return str(row["change_id"])


async def _requote(
    connection: AsyncConnection, context: ShopContext, case: _Case, current: ChangeTerms | None, why: Refused | None
) -> Refused:
    """End a change that would now be another, say what is different, and offer a fresh one."""
    await _move(connection, context, case, "requote_required", {"reason": "terms_changed"})
    text, facts = _differences(case.terms, current, why)
    facts["quote_id"] = None
    if current is not None:
        try:
            new = await given(connection, context, case.terms.subject, case.terms.change_id)
            wanted = replace(wanted_of(case.terms), new_address=new)
            facts["quote_id"] = await issue_change(connection, context, case.press.owner, case.terms.order_id, wanted)
        except Refused:
            # Issuing refuses before it writes, so a refusal here leaves nothing half done.
            facts["quote_id"] = None
    kept = {"which": case.row["quote_id"], "said": {**facts, "text": text}}
    await connection.execute(_SAY_REQUOTE, kept)
    return Refused("requote_required", text, facts)


def _differences(old: ChangeTerms, new: ChangeTerms | None, why: Refused | None) -> tuple[str, dict[str, object]]:
    """Say what is different, in words and in numbers."""
    locale = old.locale
    said: list[str] = [why.text] if why is not None else [say(locale, "change_requote")]
    found: list[dict[str, object]] = []
    if new is not None:
        prices = {line.goes.line_id: line.comes for line in old.lines if line.comes}
        for line in new.lines:
            was = prices.get(line.goes.line_id)
            if was is not None and line.comes is not None and was.unit_price != line.comes.unit_price:
                title = options_text(was.title, was.options)
                pair = (was.unit_price, line.comes.unit_price)
                spoken = dict(zip(("old", "new"), (money(locale, each, old.currency) for each in pair), strict=True))
                said = [say(locale, "requote_item_price", what=title, **spoken)]
                base = {"kind": "price", "variant_id": was.variant_id, "title": title, "line_id": was.line_id}
                found.append({**base, "old": pair[0], "new": pair[1]})
        if new.difference != old.difference:
            key = "change_requote_back" if old.difference < 0 else "change_requote_pay"
            amounts = {"old": money(locale, abs(old.difference), old.currency), "new": _signed(new)}
            said.append(say(locale, key, **amounts))
    said.append(say(locale, "change_requote_none"))
    facts: dict[str, object] = {
        "currency": old.currency,
        "old": _summary(old),
        "new": _summary(new) if new is not None else None,
        "differences": found,
    }
    return " ".join(said), facts


def _signed(terms: ChangeTerms) -> str:
    if terms.difference < 0:
        return f"{say(terms.locale, 'change_back')} {money(terms.locale, terms.refund, terms.currency)}"
    return money(terms.locale, terms.pay, terms.currency)


def _summary(terms: ChangeTerms) -> dict[str, object]:
    return {
        "order_state": terms.order_state,
        "paid": terms.paid,
        "total": terms.difference,
        "difference": terms.difference,
        "after": terms.after[-1].amount,
        "ship_to": terms.ship_to.label,
        "totals": [{"name": line.name, "label": line.label, "amount": line.amount} for line in terms.after],
    }


async def _mismatch(connection: AsyncConnection, case: _Case) -> str | None:
    if not hmac.compare_digest(case.press.digest.encode("utf-8", "surrogatepass"), case.row["digest"].encode()):
        return "wrong_digest"
    given = challenge_hash(case.press.challenge)
    minted = (await connection.execute(_MINTED, {"quote_id": case.row["quote_id"]})).scalars().all()
    # Every one is compared, so that the time taken says nothing about which came close.
    matches = [hmac.compare_digest(given, one) for one in minted]
    return None if any(matches) else "wrong_challenge"


async def _earlier(connection: AsyncConnection, case: _Case) -> str:
    return str((await connection.execute(_MADE, {"quote_id": case.row["quote_id"]})).scalar_one())


async def _failed(connection: AsyncConnection, context: ShopContext, case: _Case, code: str) -> Refused:
    failures = case.row["failures"] + 1
    counted = {"which": case.row["quote_id"], "so_many": failures, "then": case.now}
    await connection.execute(_COUNT_FAILURE, counted)
    await _note(connection, context, case, code)
    if failures >= MAX_FAILURES:
        await _move(connection, context, case, "superseded", {"reason": "failed_approvals"})
    return _refused(code, case)


def _refused(code: str, case: _Case) -> Refused:
    return Refused(code, say(case.terms.locale, f"change_{code}"))


async def _note(connection: AsyncConnection, context: ShopContext, case: _Case, code: str) -> None:
    entry = Entry(case.row["subject"], "quote.approval_refused", "quote", case.row["quote_id"], {"code": code})
    await context.audit.append(connection, entry, case.now)


async def _move(
    connection: AsyncConnection, context: ShopContext, case: _Case, after: str, facts: Mapping[str, object]
) -> bool:
    wanted = Move(CHANGE_QUOTE, case.row["quote_id"], case.row["subject"], case.row["state"], after, facts)
    return await move(connection, context.audit, wanted, case.now)
