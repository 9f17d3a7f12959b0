import pytest

from retrieval.query import Filters, SearchResult, Vocabulary
from tools.carried import is_carried, named_kind
from tools.wording import in_shop_words

WORDS = Vocabulary(
    product_types={"desk": 3, "desk chair": 2, "dining chair": 2, "armchair": 1, "shelf": 1, "boots": 2, "dress": 4},
    departments={"home": 9},
    colours={"grey": 2, "navy": 1},
    materials={"walnut": 2},
    sizes={"M": 3, "70 x 300 cm": 1, "10.5": 1},
    brands={"Tarnwork": 3},
    styles={"mid-century": 2},
)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("desks", ("desk",)),
        ("shelves", ("shelf",)),
        ("boot", ("boots",)),
        ("dresses", ("dress",)),
        ("chairs", ("desk chair", "dining chair")),
        ("car tyre", ("car tyre",)),
    ],
)
def test_a_kind_is_known_by_its_plural_and_by_its_last_word(asked: str, meant: tuple[str, ...]) -> None:
    assert in_shop_words(Filters(product_types=(asked,)), WORDS).product_types == meant


def test_words_are_spelled_as_the_catalogue_spells_them() -> None:
    asked = Filters(
        colours=("gray", "navy"),
        not_colours=("gray",),
        sizes=("medium", "70×300cm", "size 10.5"),
        brands=("tarnwork",),
        styles=("mid century",),
        materials=("unobtainium",),
    )

    meant = in_shop_words(asked, WORDS)

    assert meant.colours == ("grey", "navy")
    assert meant.not_colours == ("grey",)
    assert meant.sizes == ("M", "70 x 300 cm", "10.5")
    assert meant.brands == ("Tarnwork",)
    assert meant.styles == ("mid-century",)
    assert meant.materials == ("unobtainium",)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("car tyres", ["car", "tyres"]),
        ("a lamp for reading", ["lamp"]),
        ("something for summer", []),
        ("gift for my mother", []),
        ("for the beach", []),
        ("", []),
    ],
)
def test_the_words_that_name_a_kind_are_told_from_what_it_is_for(query: str, kind: list[str]) -> None:
    assert named_kind(query) == kind


def test_a_named_kind_that_no_product_speaks_of_is_not_carried() -> None:
    far = SearchResult((), best_cosine=0.34, lexical=True, unknown_words=("tyres",))

    assert not is_carried("black car tyres", far)
    assert is_carried("something for tyres", far)
    assert is_carried("couch", SearchResult((), best_cosine=0.54, unknown_words=("couch",)))
