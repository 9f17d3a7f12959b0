import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.analyse import is_code, pieces, terms


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Brother TN-2110 toner", "tn2110"),
        ("Brother TN2110 toner", "tn-2110"),
        ("3/4 in. x 10 ft. pipe", '3/4" pipe'),
        ("3/4-inch elbow", "3/4 in elbow"),
        ("4 in. x 4 in. x 8 ft. post", "4x4"),
        ("16 GB stick", "16gb"),
        ("5 gal. bucket", "5-gallon"),
        ("Café crème", "cafe creme"),
        ("Men's T-Shirt", "tshirt men"),
        ("Intel® Core™2", "intel core"),
    ],
)
def test_the_same_thing_is_found_however_it_is_written(written: str, asked: str) -> None:
    assert set(terms(asked)) & set(terms(written)) - set("34x8")


def test_a_unit_is_one_only_after_a_number() -> None:
    assert terms("what is in a box") == ["what", "is", "in", "a", "box"]
    assert terms("3 in") == ["3", "3inch"]


def test_other_dimensions_share_no_dimension_term() -> None:
    assert "4x4" not in terms("2 x 4 in. lumber")
    assert "3f4inch" not in terms("3/8 in. bit")


def test_codes_are_told_from_words_numbers_and_measures() -> None:
    assert [piece for piece in pieces("Xerox 006R90321 toner 16gb 1200 TN-2110 78503000 usb") if is_code(piece)] == [
        "006r90321",
        "tn-2110",
        "78503000",
    ]


@given(st.text(max_size=80))
def test_any_text_gives_terms_without_spaces(text: str) -> None:
    assert all(term and " " not in term for term in terms(text))
