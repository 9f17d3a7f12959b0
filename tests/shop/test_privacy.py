"""A shopper who is forgotten leaves nothing to be found by; what was bought, and the log, stay whole."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from policies.errors import Refused, Unavailable
from policies.order_address import NewAddress
from policies.principal import Principal
from policies.told import Told
from shop.board_edits import PieceView
from shop.change_terms import ChangeWanted
from shop.ledger import Spender, Spent, TurnRecord
from shop.retention import Periods
from shop.talk_tables import metadata
from tests.places import SqlitePlace
from tests.shop.conftest import ANNA, BELA, Till

CANARY = "Wilhelmine Kanarienvogel"
PERIODS = Periods(*(timedelta(days=days) for days in (30, 30, 30, 3650)))


def folder(subject: str, session_id: str) -> str:
    return f"pictures-of-{len(subject)}-{len(session_id)}"


async def talk(till: Till, who: Principal, text: str = CANARY) -> str:
    conversations = till.books.conversations
    await conversations.create_session(who.subject, "terminal", till.clock.now + timedelta(hours=8), who.session_id)
    turn = await conversations.begin_turn(who.session_id, f"turn-{text}", text, ["img_1"])
    await conversations.append_events(who.session_id, turn.turn_id, [("text", {"delta": f"You said {text}"})])
    await conversations.finish_turn(turn.turn_id, "done")
    return turn.turn_id


async def dump(till: Till) -> str:
    return json.dumps(await till.everything(), default=str, ensure_ascii=False)


async def exported(till: Till, who: Principal) -> dict[str, list[dict]]:
    return {name: [one async for one in records] async for name, records in till.books.exports.parts(who)}


async def a_full_life(till: Till, who: Principal = ANNA) -> None:
    """Talk, look, buy, change the order, fill the cart again and leave a card unpressed."""
    await talk(till, who)
    await till.books.behaviour.viewed(who, ["fen"])
    await till.books.learning.allow(who)
    for table in ("addresses", "payment_handles"):
        await till.rows(f"UPDATE {table} SET label = :l WHERE subject = :s", l=f"of {CANARY}", s=who.subject)
    outcome = await till.buy(who)
    assert outcome.order is not None
    assert outcome.order.ship_to == f"of {CANARY}"
    await till.quote(who, "harbour", 2)
    new = NewAddress(street=f"At {CANARY}", postcode="1010", city="Wien", region="AT")
    elsewhere = await till.books.changes.prepare(who, outcome.order.order_id, ChangeWanted("address", new_address=new))
    change = await till.books.gate.changes.render(who, elsewhere.quote_id)
    await till.books.gate.changes.approve(who, change.quote_id, change.digest, change.challenge)
    await till.books.worker.changes.drive()
    moved = await till.books.home.prepare(who, new)
    card = await till.books.home.render(who, moved.quote_id)
    await till.books.home.approve(who, moved.quote_id, card.digest, card.challenge)
    await till.books.home.prepare(who, new)
    reviewed = {"order": outcome.order.order_id, "at": "2026-03-02T09:00:00.000000Z"}
    await till.rows("INSERT INTO order_reviews VALUES (:order, '[\"amount\"]', :at, :at)", **reviewed)
    case = {"id": f"case_{who.session_id}", "who": who.subject, "said": CANARY, "at": "2026-03-02T09:00:00.000000Z"}
    await till.rows("INSERT INTO cases VALUES (:id, :who, 'ses', 'other', 'open', '{}', :said, :at, :at)", **case)
    await till.rows("INSERT INTO case_words VALUES (:id, 1, :said, :at)", **case)
    await till.books.memory.keep(who, [Told(kind="size", of="shoes", value="39")], f"I am {CANARY} and wear 39")
    kept = await till.books.boards.create(who, f"for {CANARY}")
    await till.books.boards.add(who, kept.board_id, [PieceView(product_id="reed", note=f"says {CANARY}")])
    spender = Spender(who.subject, who.session_id, f"turn_{who.session_id[4:]}", "main")
    await till.books.ledger.record(spender, TurnRecord("compact", "kept"), Spent())


async def test_a_forgotten_shopper_is_in_no_table_any_more(till):
    await a_full_life(till)
    assert ANNA.subject in await dump(till)

    erased = await till.books.privacy.erase(ANNA.subject, folder)

    left = await dump(till)
    assert [word for word in (ANNA.subject, ANNA.session_id, CANARY) if word in left] == [ANNA.session_id]
    assert [trace.session_id for trace in erased.traces] == [ANNA.session_id]
    await till.books.privacy.finished(erased.pseudonym)
    assert ANNA.session_id not in await dump(till)


async def test_what_was_bought_stays_with_goods_and_sums_and_without_a_person(till):
    await a_full_life(till)
    (before,) = await till.books.orders.mine(ANNA)

    await till.books.privacy.erase(ANNA.subject, folder)

    assert await till.books.orders.mine(ANNA) == []
    after = await till.books.fulfilment.read(before.order_id)
    assert (after.lines, after.totals, after.state) == (before.lines, before.totals, before.state)
    assert {after.ship_to, after.pay_with} == {"deleted"}
    shipped = await till.books.fulfilment.ship(before.order_id)
    assert shipped.state == "shipped"


async def test_the_audit_log_is_whole_after_an_erasure_and_names_it(till):
    await a_full_life(till)
    pseudonym = (await till.books.privacy.erase(ANNA.subject, folder)).pseudonym

    assert (await till.books.audit.verify()).ok
    rows = [row async for row in till.books.audit.export()]
    assert (rows[-1]["action"], rows[-1]["subject"]) == ("shopper.erased", pseudonym)
    assert {"quote.confirmed", "order.placed"} <= {row["action"] for row in rows if row["subject"] == pseudonym}


async def test_nobody_else_is_touched(till):
    await a_full_life(till)
    await a_full_life(till, BELA)
    before = await exported(till, BELA)

    await till.books.privacy.erase(ANNA.subject, folder)

    assert await exported(till, BELA) == before


async def test_nobody_is_forgotten_while_their_payment_is_under_way(till):
    await talk(till, ANNA)
    outcome = await till.press(await till.card())
    before = await till.everything()

    with pytest.raises(Refused, match="still being settled") as refused:
        await till.books.privacy.erase(ANNA.subject, folder)

    assert refused.value.code == "money_moving"
    assert await till.everything() == before
    await till.books.worker.drive(outcome.intent_id)
    await till.books.privacy.erase(ANNA.subject, folder)


async def test_nobody_is_forgotten_while_an_answer_is_being_written(till):
    await talk(till, ANNA)
    await till.books.conversations.begin_turn(ANNA.session_id, "open", "still asking")

    with pytest.raises(Refused) as refused:
        await till.books.privacy.erase(ANNA.subject, folder)

    assert refused.value.code == "turn_running"


async def test_erasing_twice_keeps_the_first_time_and_finds_nothing(till):
    await talk(till, ANNA)
    first = await till.books.privacy.erase(ANNA.subject, folder)
    till.clock.move(60)
    again = await till.books.privacy.erase(ANNA.subject, folder)

    assert again.traces == ()
    assert await till.books.privacy.all() == {first.pseudonym: first.at}
    assert await till.books.privacy.erased(ANNA.subject)
    assert not await till.books.privacy.erased(BELA.subject)


async def test_an_erasure_that_older_books_do_not_know_names_who_is_back(till):
    await a_full_life(till)
    erased = await till.books.privacy.erase(BELA.subject, folder)
    forgotten = await till.books.privacy.erase(ANNA.subject, folder)
    await till.rows("DELETE FROM erasures")
    await till.books.shoppers.ensure_guest(ANNA)

    await till.books.privacy.remember([erased, forgotten])

    assert await till.books.privacy.returned() == [ANNA.subject]
    assert set(await till.books.privacy.all()) == {erased.pseudonym, forgotten.pseudonym}


async def test_the_file_itself_forgets_too(till):
    await a_full_life(till)
    await till.books.privacy.erase(ANNA.subject, folder)
    await till.books.privacy.finished((await till.books.privacy.unfinished())[0].pseudonym)

    await till.books.scrub()

    kept = {path.name: path.read_bytes() for path in till.home.iterdir() if path.is_file()}
    words = (CANARY.encode(), ANNA.subject.encode(), ANNA.session_id.encode())
    assert [(name, word) for name, data in kept.items() for word in words if word in data] == []


async def test_an_export_holds_every_part_of_the_shopper_and_no_lock_of_the_shop(till):
    await a_full_life(till)
    parts = await exported(till, ANNA)

    assert [name for name, records in parts.items() if not records] == []
    (talked,) = parts["conversations"]
    assert talked["turns"][0]["text"] == CANARY
    assert CANARY in str(talked["events"])
    assert {row["action"] for row in parts["audit"]} >= {"quote.quoted", "quote.confirmed", "order.placed"}
    assert "street" in str(parts["addresses"])
    assert "salt" not in str(parts["addresses"])
    locks = await till.rows("SELECT challenge_hash FROM challenges")
    assert locks
    assert [lock for lock in locks if lock["challenge_hash"] in json.dumps(parts, default=str)] == []


async def test_an_export_is_the_shoppers_own(till):
    await a_full_life(till)
    assert CANARY not in json.dumps(await exported(till, BELA), default=str)


async def test_old_chats_go_and_fresh_ones_stay(till):
    await talk(till, ANNA)
    till.clock.move(timedelta(days=29).total_seconds())
    await talk(till, BELA)
    till.clock.move(timedelta(days=2).total_seconds())

    gone = await till.books.retention.purge(PERIODS)

    assert gone["chats"] == 1
    assert await till.books.conversations.session(ANNA.session_id) is None
    assert await till.books.conversations.transcript(BELA.session_id)


async def test_a_chat_stays_while_its_payment_is_not_over(till):
    await talk(till, ANNA)
    outcome = await till.press(await till.card())
    till.clock.move(timedelta(days=40).total_seconds())

    assert (await till.books.retention.purge(PERIODS))["chats"] == 0

    await till.books.worker.drive(outcome.intent_id)
    assert (await till.books.retention.purge(PERIODS))["chats"] == 1


async def test_cards_that_were_never_pressed_go_and_bought_ones_stay(till):
    await till.buy()
    await till.card(ANNA, "harbour")
    till.clock.move(timedelta(days=31).total_seconds())

    assert (await till.books.retention.purge(PERIODS))["quotes"] == 1

    assert [row["state"] for row in await till.rows("SELECT state FROM quotes")] == ["confirmed"]
    assert (await till.books.audit.verify()).ok
    assert len(await till.books.orders.mine(ANNA)) == 1


async def test_a_guest_who_never_came_back_goes_and_a_buyer_stays(till):
    await till.buy(ANNA)
    await till.books.carts.add(BELA, "harbour", 1)
    till.clock.move(timedelta(days=31).total_seconds())

    assert (await till.books.retention.purge(PERIODS))["profiles"] == 1

    assert [row["subject"] for row in await till.rows("SELECT subject FROM shoppers")] == [ANNA.subject]
    assert [row["subject"] for row in await till.rows("SELECT subject FROM carts")] == [ANNA.subject]


async def test_a_cart_that_was_touched_keeps_its_guest(till):
    till.clock.move(timedelta(days=25).total_seconds())
    await till.books.carts.add(BELA, "harbour", 1)
    till.clock.move(timedelta(days=6).total_seconds())

    await till.books.retention.purge(PERIODS)

    assert [row["subject"] for row in await till.rows("SELECT subject FROM shoppers")] == [BELA.subject]


async def test_purchases_lose_their_owner_when_the_law_no_longer_asks(till):
    await till.buy()
    assert await till.books.retention.outlived(PERIODS) == []
    till.clock.move(timedelta(days=3651).total_seconds())
    assert await till.books.retention.outlived(PERIODS) == [ANNA.subject]


async def test_resting_conversations_are_those_long_unused_and_those_that_are_gone(till):
    await talk(till, ANNA)
    till.clock.move(timedelta(days=8).total_seconds())
    await talk(till, BELA)

    resting = await till.books.retention.resting([ANNA.session_id, BELA.session_id, "ses_gone"], timedelta(days=7))

    assert resting == [ANNA.session_id, "ses_gone"]


async def test_the_audit_log_outlives_every_period(till):
    await till.card()
    before = [row async for row in till.books.audit.export()]
    till.clock.move(timedelta(days=720).total_seconds())

    await till.books.retention.purge(PERIODS)

    assert [row async for row in till.books.audit.export()] == before


def test_every_table_is_on_the_data_map():
    told = Path("docs/privacy.md").read_text(encoding="utf-8")
    assert [name for name in sorted(metadata.tables) if f"`{name}`" not in told] == []


async def test_an_address_lies_sealed_in_the_books_and_opens_for_its_shopper(till):
    assert "Beispielstraße" not in await dump(till)
    await till.buy()
    (home, _) = (await exported(till, ANNA))["addresses"]
    assert home["content"] == {"street": "Beispielstraße 1", "postcode": "10115", "city": "Berlin"}


async def test_a_sealed_address_is_noise_without_its_key_and_no_other_shoppers(till):
    sealed = await till.rows("SELECT subject, handle, content FROM addresses ORDER BY subject, handle")
    assert len({str(row["content"]) for row in sealed}) == len(sealed)
    await till.rows("UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys WHERE subject = 'guest:bela')")
    with pytest.raises(Unavailable, match="can't be opened"):
        await exported(till, ANNA)
    assert (await exported(till, BELA))["addresses"]


async def test_addresses_from_before_are_sealed_when_the_books_are_opened(till, reopen):
    plain = '{"street": "Zeisigstrasse 77", "salt": "00"}'
    await till.rows("UPDATE addresses SET content = :c WHERE subject = :s", c=plain, s=ANNA.subject)
    again = await reopen()
    await again.books.recover()
    assert "Zeisigstrasse" not in await dump(till)
    assert (await exported(again, ANNA))["addresses"][0]["content"] == {"street": "Zeisigstrasse 77"}
    assert "Beispielstraße" in str((await exported(again, BELA))["addresses"])


async def test_closed_cases_go_and_open_ones_stay(till):
    for number, state in enumerate(("open", "closed")):
        row = "'ses_anna', 'other', :s, '{}', '', :at, :at"
        at = {"at": "2026-03-02T09:00:00.000000Z", "s": state, "id": f"case_{number}"}
        await till.rows(f"INSERT INTO cases VALUES (:id, 'guest:anna', {row})", **at)
    till.clock.move(timedelta(days=31).total_seconds())
    assert (await till.books.retention.purge(PERIODS))["cases"] == 1
    assert [row["state"] for row in await till.rows("SELECT state FROM cases")] == ["open"]
    assert ANNA.subject in [row["subject"] for row in await till.rows("SELECT subject FROM shoppers")]


async def test_a_file_that_somebody_reads_is_not_said_to_be_clean(till):
    if not isinstance(till.place, SqlitePlace):
        return
    await till.books.privacy.erase(ANNA.subject, folder)
    reader = sqlite3.connect(till.place.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM offers").fetchone()
    with pytest.raises(Unavailable, match="can't be emptied now"):
        await till.books.scrub()
    reader.close()
    await till.books.scrub()


async def test_one_conversation_goes_with_its_card_and_nothing_else(till: Till) -> None:
    await talk(till, ANNA)
    await talk(till, BELA, "hello")
    quote = await till.quote(ANNA)
    await till.books.conversations.rename(ANNA.subject, ANNA.session_id, "The desk")
    foreign = replace(BELA, session_id=ANNA.session_id)
    await till.books.privacy.erase_conversation(foreign)
    await till.books.conversations.rename(BELA.subject, ANNA.session_id, "Mine")
    (kept,) = await till.books.conversations.of_subject(ANNA.subject, 5, containing="the desk")
    assert (kept.title, kept.first_words) == ("The desk", CANARY)

    await till.books.privacy.erase_conversation(ANNA)

    assert await till.books.conversations.session(ANNA.session_id) is None
    assert CANARY not in json.dumps(await till.rows("SELECT * FROM events"), default=str)
    assert [line.quantity for line in (await till.books.carts.view(ANNA)).lines] == [1]
    view = await till.books.quotes.get(ANNA, quote.quote_id)
    assert view is not None
    assert view.state == "superseded"
    assert await till.books.conversations.session(BELA.session_id) is not None


async def test_a_conversation_stays_while_money_of_its_shopper_moves(till: Till) -> None:
    await talk(till, ANNA)
    quote = await till.quote(ANNA)
    rendered = await till.books.gate.render(ANNA, quote.quote_id)
    await till.books.gate.approve(ANNA, quote.quote_id, rendered.digest, rendered.challenge)
    with pytest.raises(Refused, match="payment"):
        await till.books.privacy.erase_conversation(ANNA)
    assert await till.books.conversations.session(ANNA.session_id) is not None
