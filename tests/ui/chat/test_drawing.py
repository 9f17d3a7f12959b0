"""What the chat draws of recorded events: one message for each turn, plain words, nothing left half said."""

import re
from datetime import UTC, datetime

from ui.chat.drawing import Drawing, as_markdown

AT = datetime(2026, 11, 1, tzinfo=UTC)


def drawing(*events: tuple[str | None, str, dict[str, object]]) -> Drawing:
    drawn = Drawing("t", "Shop")
    for seq, (turn, name, data) in enumerate(events, start=1):
        drawn.take(turn, seq, name, data, AT)
    return drawn


def test_words_of_a_model_are_shown_and_never_followed():
    text = "See [here](https://evil.example) ![x](//evil.example/x.png) <b>now</b> # *free*"
    shown = as_markdown(text)
    assert "\\[here\\]\\(" in shown
    assert "\\!\\[x\\]" in shown
    assert shown.replace("\\", "").replace("\u2060", "") == text
    # What Chainlit makes links of, it looks for in the words that come out.
    for bare in ("https://evil.example", "www.evil.example", "me@evil.example", "HTTPS://EVIL.EXAMPLE"):
        read = as_markdown(bare).replace("\\", "")
        assert not re.search(r"https?://|www\.|[-.\w+]@[-\w]+\.", read, re.I)
    assert as_markdown("one\ntwo") == "one  \ntwo"


def test_a_turn_is_one_message_with_what_it_showed():
    drawn = drawing(
        ("t1", "status", {"step": "Looking"}),
        ("t1", "text", {"delta": "Two "}),
        ("t1", "text", {"delta": "desks"}),
        ("t1", "products", {"items": []}),
        ("t1", "done", {"turn_id": "t1", "seconds": 0.1}),
    )
    (step,) = drawn.steps
    assert (step["output"], step["streaming"], step["isError"]) == ("Two desks", False, False)
    assert [element["forId"] for element in drawn.elements] == ["t1"]


def test_waiting_is_said_until_there_are_words():
    drawn = Drawing("t", "Shop")
    first = drawn.take("t1", 1, "status", {"step": "Looking"}, AT)
    assert [change.name for change in first] == ["new_message", "stream_token"]
    assert first[1].data == {"id": "t1", "token": "Looking…", "isSequence": True, "isInput": False}
    (words,) = drawn.take("t1", 2, "text", {"delta": "Two"}, AT)
    assert (words.data["token"], words.data["isSequence"]) == ("Two", True)
    assert drawn.take("t1", 3, "status", {"step": "Comparing"}, AT) == []


def test_an_answer_that_failed_says_so():
    drawn = drawing(("t1", "error", {"detail": "That took too long."}))
    assert (drawn.steps[0]["output"], drawn.steps[0]["isError"]) == ("That took too long\\.", True)
    late = drawing(("t1", "text", {"delta": "Two"}), ("t1", "error", {"detail": "Stopped"}))
    assert (late.steps[0]["output"], late.steps[0]["isError"]) == ("Two\n\nStopped", False)


def test_what_happens_between_turns_is_a_message_of_its_own():
    drawn = drawing(
        (None, "text", {"delta": "Ordered"}),
        (None, "order", {"order_id": "o"}),
        ("t1", "text", {"delta": "Hello"}),
        (None, "text", {"delta": "Paid"}),
    )
    assert [step["output"] for step in drawn.steps] == ["Ordered", "Hello", "Paid"]
    assert drawn.elements[0]["forId"] == drawn.steps[0]["id"]


def test_a_turn_that_said_nothing_leaves_no_message():
    drawn = drawing(("t1", "status", {"step": "Looking"}), ("t1", "done", {}))
    assert drawn.steps == []


def test_the_order_card_is_handed_an_id_and_no_words():
    drawn = drawing(("t1", "quote", {"quote_id": "q", "lines": [{"title": "Desk"}], "totals": []}))
    assert drawn.elements[0]["props"] == {"session_id": "ses_t", "quote_id": "q"}


def test_a_row_is_handed_the_name_that_its_showing_is_noted_under_and_what_was_asked_for_none():
    row: dict[str, object] = {"items": [], "relation": "found"}
    drawn = drawing(("t1", "products", row), ("t1", "products", {**row, "relation": "details"}))
    assert drawn.elements[0]["props"]["row"] == {"session_id": "ses_t", "slate": "t1"}
    assert "row" not in drawn.elements[1]["props"]
