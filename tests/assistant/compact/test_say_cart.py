"""What the books say of a cart is repeated as a sentence, in whatever language it is written."""

import pytest

from assistant.compact.say_cart import changed
from tools.records import Cart


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("removed Fen desk", "Removed Fen desk. Your cart is empty now."),
        ("Entfernt: Fen desk.", "Entfernt: Fen desk. Your cart is empty now."),
        ("Fen deskを削除しました。", "Fen deskを削除しました。 Your cart is empty now."),
        ("", "Changed. Your cart is empty now."),
    ],
)
def test_a_change_is_told_with_one_stop(told: str, said: str) -> None:
    assert changed(Cart(version=2, lines=[], totals=[], changed=told)) == said
