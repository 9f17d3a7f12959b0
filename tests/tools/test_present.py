from retrieval.product import Product, Review
from retrieval.query import Filters
from shop.views import StockedOffer
from tools.matching import matching
from tools.present import Showing, availability, item
from tools.reasons import likeness, reasons

PRODUCT = Product(
    product_id="p",
    title="Fen desk",
    product_type="desk",
    colours=("walnut", "oak"),
    sizes=("110 cm", "140 cm"),
    materials=("walnut", "oak"),
    attributes={"care": "wipe clean", "height": "75 cm", "drawers": "3"},
)


def offer(colour: str, size: str, price: int, available: int, **more: object) -> StockedOffer:
    return StockedOffer(
        variant_id=f"p-{colour}-{size}".replace(" ", ""),
        product_id="p",
        product_title="Fen desk",
        options={"colour": colour, "size": size},
        price=price,
        list_price=None,
        currency="USD",
        available=available,
        on_hand=available,
        sellable=True,
        image_url=None,
        seller="Aisle",
    ).model_copy(update=more)


OFFERS = (
    offer("walnut", "110 cm", 40000, 0),
    offer("walnut", "140 cm", 60000, 2, list_price=66000),
    offer("oak", "110 cm", 50000, 8),
    offer("oak", "140 cm", 70000, 8, sellable=False),
)


def shown(filters: Filters, product: Product = PRODUCT) -> Showing:
    return Showing(product, OFFERS, tuple(matching(product, OFFERS, filters)))


def test_a_card_shows_the_lowest_price_that_can_be_had() -> None:
    card = item(shown(Filters()))

    assert card.price.amount == 50000
    assert card.price_to is not None
    assert card.price_to.amount == 60000
    assert card.availability == "in_stock"
    assert card.variant_id is None
    assert card.in_stock_options == [{"colour": "walnut", "size": "140 cm"}, {"colour": "oak", "size": "110 cm"}]


def test_a_card_speaks_of_the_variants_that_were_asked_for() -> None:
    card = item(shown(Filters(colours=("walnut",))))

    assert card.price.amount == 60000
    assert card.list_price is not None
    assert card.list_price.amount == 66000
    assert card.availability == "low_stock"


def test_a_sold_out_variant_keeps_its_price_and_says_so() -> None:
    card = item(shown(Filters(colours=("walnut",), sizes=("110 cm",))))

    assert (card.price.amount, card.availability, card.variant_id) == (40000, "out_of_stock", "p-walnut-110cm")


def test_conditions_must_be_met_by_one_and_the_same_variant() -> None:
    assert not matching(PRODUCT, OFFERS, Filters(colours=("walnut",), price_max=45000, in_stock=True))
    assert not matching(PRODUCT, OFFERS, Filters(colours=("oak",), sizes=("140 cm",)))
    assert matching(PRODUCT, OFFERS, Filters(colours=("walnut",), sizes=("140 cm",), price_max=60000, in_stock=True))


def test_leaving_a_colour_out_keeps_the_other_colours_of_a_product() -> None:
    kept = matching(PRODUCT, OFFERS, Filters(not_colours=("walnut",)))

    assert [variant.options["colour"] for variant in kept] == ["oak"]


def test_stock_has_three_words() -> None:
    assert [availability(units) for units in (0, 1, 3, 4)] == ["out_of_stock", "low_stock", "low_stock", "in_stock"]


def test_reasons_say_what_matched_then_what_distinguishes() -> None:
    lower = PRODUCT.model_copy(update={"product_id": "q", "attributes": {"height": "70 cm"}, "materials": ("pine",)})
    asked = Filters(materials=("walnut",), colours=("walnut",))
    row = [shown(asked), Showing(lower, (OFFERS[2],), (OFFERS[2],))]

    assert reasons(row, asked) == ["walnut, 75 cm high, $60 off", "70 cm high, lowest price of these"]


def test_likeness_says_what_is_shared_and_how_the_price_compares() -> None:
    anchor = Showing(PRODUCT, (OFFERS[1],), (OFFERS[1],))
    rated = PRODUCT.model_copy(update={"reviews": (Review(rating=5, title="", text="", author=""),)})

    assert likeness([Showing(rated, (OFFERS[2],), (OFFERS[2],))], anchor) == ["also walnut, $100 less, rated 5.0 of 5"]
