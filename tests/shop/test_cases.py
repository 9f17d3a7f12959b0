"""A case is its shopper's own, opened once with their words, bounded, and truthful about whether anybody was told."""

import asyncio
import json
from datetime import timedelta

import pytest

from policies.errors import Refused
from policies.principal import Principal
from tests.shop.conftest import ANNA, BELA, Till

WORDS = "The lamp came broken and nobody answers, says Wilhelmine"
AROUND = {"conversation": "ses_anna", "cart": [{"title": "Fen desk", "quantity": 1}], "orders": []}


async def opened(till: Till, who: Principal = ANNA, words: str = WORDS):
    return await till.books.cases.open(who, "complaint", words, AROUND)


async def test_a_case_holds_the_shoppers_words_and_what_was_around_them(till):
    case = await opened(till)

    assert case.case_id.startswith("C-")
    assert len(case.case_id) == 8
    assert (case.state, case.reason, case.session_id) == ("open", "complaint", ANNA.session_id)
    assert [(each.words, each.said_at) for each in case.said] == [(WORDS, till.clock.now)]
    assert case.context == AROUND
    assert case.told.state == "nobody"
    assert await till.books.cases.mine(ANNA) == [case]


async def test_nobody_sees_adds_to_or_withdraws_anothers_case(till):
    case = await opened(till)

    assert await till.books.cases.mine(BELA) == []
    for step in (till.books.cases.add(BELA, case.case_id, "me too"), till.books.cases.withdraw(BELA, case.case_id)):
        with pytest.raises(Refused) as refused:
            await step
        assert refused.value.code == "unknown_case"
    assert await till.books.cases.mine(ANNA) == [case]


async def test_the_same_words_in_the_same_conversation_are_the_same_case(till):
    ids = {(await opened(till)).case_id for _ in range(3)}
    together = await asyncio.gather(*(opened(till) for _ in range(4)))

    assert ids == {case.case_id for case in together}
    assert len(await till.rows("SELECT * FROM cases")) == 1
    assert len(await till.rows("SELECT * FROM case_deliveries")) == 1


async def test_words_are_added_in_order_and_once(till):
    case = await opened(till)
    for words in ("And the box was open.", "And the box was open.", "Please call."):
        till.clock.move(60)
        case = await till.books.cases.add(ANNA, case.case_id.lower(), words)

    assert [each.words for each in case.said] == [WORDS, "And the box was open.", "Please call."]
    assert case.changed_at > case.opened_at


async def test_three_cases_may_be_open_and_a_withdrawn_one_makes_room(till):
    cases = [await opened(till, words=f"{WORDS} {n}") for n in range(3)]
    with pytest.raises(Refused) as refused:
        await opened(till, words="one more")
    assert refused.value.code == "too_many_cases"
    assert cases[0].case_id in refused.value.text

    withdrawn = await till.books.cases.withdraw(ANNA, cases[0].case_id)
    assert withdrawn.state == "withdrawn"
    assert (await opened(till, words="one more")).state == "open"
    assert (await opened(till, BELA)).state == "open"


async def test_ten_cases_a_day_are_enough(till):
    for n in range(10):
        case = await opened(till, words=f"number {n}")
        await till.books.cases.withdraw(ANNA, case.case_id)
    with pytest.raises(Refused) as refused:
        await opened(till, words="number 11")
    assert refused.value.code == "too_many_cases"
    till.clock.move(timedelta(days=1).total_seconds() + 1)
    assert (await opened(till, words="number 11")).state == "open"


async def test_a_closed_case_takes_no_more_words_and_tells_what_the_shop_wrote(till):
    case = await opened(till)
    await till.books.case_desk.close(case.case_id, "A new lamp goes out today.")

    (closed,) = await till.books.cases.mine(ANNA)
    assert (closed.state, closed.note) == ("closed", "A new lamp goes out today.")
    for step in (till.books.cases.add(ANNA, case.case_id, "Thanks"), till.books.case_desk.close(case.case_id, "again")):
        with pytest.raises(Refused) as refused:
            await step
        assert refused.value.code == "case_closed"
    with pytest.raises(Refused) as refused:
        await till.books.case_desk.close("C-NOSUCH", "")
    assert refused.value.code == "unknown_case"


async def test_the_operator_sees_all_open_cases_oldest_first_with_their_messages(till):
    first = await opened(till)
    till.clock.move(5)
    second = await opened(till, BELA, "My card was charged twice")
    await till.books.cases.withdraw(ANNA, first.case_id)

    assert [case.case_id for case in await till.books.case_desk.list()] == [second.case_id]
    assert [case.case_id for case in await till.books.case_desk.list(None)] == [first.case_id, second.case_id]
    file = await till.books.case_desk.read(first.case_id)
    assert file is not None
    assert [(each.event, each.state) for each in file.deliveries] == [("opened", "waiting"), ("withdrawn", "waiting")]
    assert await till.books.case_desk.read("C-NOSUCH") is None


async def test_the_planners_side_can_neither_close_a_case_nor_say_that_it_was_delivered(till):
    planner = till.books.for_planner()
    assert not hasattr(planner, "case_desk")
    assert not hasattr(planner, "telling")
    await planner.cases.open(ANNA, "other", WORDS, AROUND)
    assert len(await till.rows("SELECT * FROM case_deliveries")) == 1


async def test_a_forgotten_shoppers_cases_are_exported_before_and_gone_after(till):
    await opened(till)
    parts = {name: [one async for one in records] async for name, records in till.books.exports.parts(ANNA)}
    assert [each["words"] for each in parts["case_words"]] == [WORDS]
    assert parts["cases"][0]["context"] == AROUND

    await till.books.privacy.erase(ANNA.subject, lambda subject, session_id: "folder")

    left = json.dumps(await till.everything(), default=str)
    assert "Wilhelmine" not in left
