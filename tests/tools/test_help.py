import pytest

from retrieval.product import Policy
from tools.help import policy_on

POLICIES = [
    Policy(topic="delivery", title="Delivery", text="."),
    Policy(topic="returns", title="Returns", text="."),
    Policy(topic="exchanges", title="Exchanges", text="."),
    Policy(topic="cancellation", title="Cancelling an order", text="."),
    Policy(topic="privacy", title="Privacy policy", text="."),
]


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("returns", "returns"),
        ("return policy", "returns"),
        ("Refunds?", "returns"),
        ("shipping", "delivery"),
        ("your delivery", "delivery"),
        ("exchange", "exchanges"),
        ("cancelling an order", "cancellation"),
        ("the shop's policy", None),
        ("astrology", None),
    ],
)
def test_a_topic_is_found_by_what_shoppers_call_it(asked: str, topic: str | None) -> None:
    found = policy_on(asked, POLICIES)

    assert (found.topic if found else None) == topic


def test_an_exchange_is_a_return_where_the_shop_has_no_page_on_exchanges() -> None:
    found = policy_on("exchange", POLICIES[:2])

    assert found is not None
    assert found.topic == "returns"
