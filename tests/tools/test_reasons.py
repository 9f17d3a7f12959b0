"""Facts of a product as phrases on its card."""

import pytest

from tools.reasons import measure


@pytest.mark.parametrize(
    ("name", "value", "phrase"),
    [
        ("width", "110 cm", "110 cm wide"),
        ("stackable", "yes", "stackable"),
        ("weight", "800 g", "800 g"),
        ("water resistance", "showerproof", "showerproof"),
        ("sleeves", "long sleeves", "long sleeves"),
        ("seats", "four to six", "seats four to six"),
        ("sole", "recycled rubber", "recycled rubber sole"),
        ("sole", "leather with rubber grip", "sole: leather with rubber grip"),
    ],
)
def test_a_fact_reads_as_a_person_would_say_it(name: str, value: str, phrase: str) -> None:
    assert measure(name, value) == phrase
