"""The audit log shows every change that was made to it from outside, and keeps nobody's name."""

import json

import pytest

from shop.audit import AuditLog, row_hash

COLUMNS = "seq at subject action entity entity_id facts policy_digest previous hash".split()  # noqa: SIM905


async def some_history(till, anna, bela) -> int:
    await till.buy(anna)
    await till.quote(bela, "harbour")
    report = await till.books.audit.verify()
    assert report.ok
    assert report.first_bad is None
    return report.rows


async def test_an_untouched_log_verifies_and_is_gap_free(till, anna, bela):
    rows = await some_history(till, anna, bela)
    assert [row["seq"] for row in await till.rows("SELECT seq FROM audit ORDER BY seq")] == list(range(1, rows + 1))


async def test_an_empty_log_of_an_empty_shop_verifies(till):
    report = await till.books.audit.verify()
    assert (report.ok, report.rows) == (True, 0)


async def test_every_step_of_a_purchase_is_in_the_log_in_order(till, anna):
    await till.buy(anna)
    actions = [row["action"] async for row in till.books.audit.export()]
    assert actions == [
        "quote.quoted",
        "quote.rendered",
        "quote.confirmed",
        "intent.authorising",
        "intent.authorised",
        "intent.placed",
        "order.placed",
        "intent.captured",
        "order.captured",
    ]


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_flip_in_any_column_of_any_row_is_found_there(till, anna, bela, column):
    rows = await some_history(till, anna, bela)
    for seq in (1, rows // 2, rows):
        (kept,) = await till.rows(f"SELECT {column} AS v FROM audit WHERE seq = :s", s=seq)
        flipped = 1000 + seq if column == "seq" else f"{kept['v'][:-1]}~"
        await till.rows(f"UPDATE audit SET {column} = :v WHERE seq = :s", v=flipped, s=seq)
        report = await till.books.audit.verify()
        assert (report.ok, report.first_bad) == (False, seq)
        back = 1000 + seq if column == "seq" else seq
        await till.rows(f"UPDATE audit SET {column} = :v WHERE seq = :s", v=kept["v"], s=back)
    assert (await till.books.audit.verify()).ok


async def test_a_deleted_row_is_found_at_its_place(till, anna, bela):
    rows = await some_history(till, anna, bela)
    await till.rows("DELETE FROM audit WHERE seq = 3")
    assert (await till.books.audit.verify()).first_bad == 3
    assert rows > 3


async def test_rows_that_changed_places_are_found(till, anna, bela):
    await some_history(till, anna, bela)
    await till.rows("UPDATE audit SET seq = 999 WHERE seq = 2")
    await till.rows("UPDATE audit SET seq = 2 WHERE seq = 3")
    await till.rows("UPDATE audit SET seq = 3 WHERE seq = 999")
    assert (await till.books.audit.verify()).first_bad == 2


async def test_a_cut_end_is_found_by_the_head(till, anna, bela):
    rows = await some_history(till, anna, bela)
    await till.rows("DELETE FROM audit WHERE seq > :s", s=rows - 2)
    report = await till.books.audit.verify()
    assert (report.ok, report.first_bad) == (False, rows - 1)
    assert "missing at the end" in report.problem


async def test_a_cut_end_with_the_head_moved_along_is_found_by_the_seal(till, anna, bela):
    rows = await some_history(till, anna, bela)
    await till.rows("DELETE FROM audit WHERE seq > :s", s=rows - 2)
    await till.rows("UPDATE audit_head SET seq = :s, hash = (SELECT hash FROM audit WHERE seq = :s)", s=rows - 2)
    assert "seal" in (await till.books.audit.verify()).problem


async def test_an_inserted_row_with_a_right_hash_is_found(till, anna, bela):
    rows = await some_history(till, anna, bela)
    (last,) = await till.rows("SELECT * FROM audit WHERE seq = :s", s=rows)
    forged = {**last, "seq": rows + 1, "previous": last["hash"], "action": "quote.confirmed"}
    forged["hash"] = row_hash(forged)
    await till.rows(
        f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + c for c in COLUMNS)})", **forged
    )
    report = await till.books.audit.verify()
    assert (report.ok, report.first_bad) == (False, rows + 2)
    assert "added at the end" in report.problem


async def test_a_chain_rewritten_from_the_start_is_found_by_the_seal(till, anna, bela):
    rows = await some_history(till, anna, bela)
    previous = "0" * 64
    for row in await till.rows("SELECT * FROM audit ORDER BY seq"):
        row["previous"] = previous
        row["subject"] = "nobody"
        previous = row_hash(row)
        await till.rows(
            "UPDATE audit SET previous = :p, subject = 'nobody', hash = :h WHERE seq = :s",
            p=row["previous"],
            h=previous,
            s=row["seq"],
        )
    await till.rows("UPDATE audit_head SET seq = :s, hash = :h", s=rows, h=previous)
    assert "seal" in (await till.books.audit.verify()).problem


async def test_a_log_that_was_emptied_together_with_its_head_is_found(till, anna, bela):
    await some_history(till, anna, bela)
    await till.rows("DELETE FROM audit")
    await till.rows("DELETE FROM audit_head")
    assert not (await till.books.audit.verify()).ok


async def test_a_purchase_put_into_the_file_by_hand_is_found(till, anna, bela):
    card = await till.card()
    await till.rows(
        "INSERT INTO intents SELECT 'forged', quote_id, cart_id, cart_version, subject, 'captured', total, total, "
        "total, currency, 'r', null, (SELECT challenge_hash FROM challenges), 0, issued_at, issued_at FROM quotes"
    )
    assert card
    assert "differ in number" in (await till.books.audit.verify()).problem


async def test_the_log_names_shoppers_by_pseudonym_and_holds_no_challenge_or_address(till, anna, bela):
    card = await till.card()
    await till.press(card)
    exported = json.dumps([row async for row in till.books.audit.export()])
    for secret in (anna.subject, card.challenge, "Berlin", "card-4242"):
        assert secret not in exported
    log = till.books.worker._context.audit
    assert log.pseudonym(anna.subject) in exported
    assert AuditLog(b"another key, also long enough", "").pseudonym(anna.subject) not in exported


async def test_every_row_names_the_policy_it_was_made_under(till):
    await till.quote()
    (row,) = [row async for row in till.books.audit.export()]
    assert row["policy_digest"] == till.settings.policy.digest
