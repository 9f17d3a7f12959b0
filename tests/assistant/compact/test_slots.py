"""What the words of a message state: facets, negations, prices, sizes, what is left over."""

import pytest

from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.wordforms import normal

D, S, A, L, R = ("desk",), ("sofa",), ("armchair",), ("lamp",), ("rug",)
SHOES = ("sneakers", "heels", "boots")
BAGS = {"tote", "crossbody bag", "clutch"}

ROWS: list[tuple[str, dict[str, object]]] = [
    ("a walnut desk under $600", {"product_types": D, "materials": ("walnut",), "price_max": 60000}),
    ("desks in oak or walnut", {"product_types": D, "materials": ("oak", "walnut")}),
    ("grey couches, not leather", {"product_types": S, "colours": ("grey",), "not_materials": ("leather",)}),
    ("a gray settee", {"product_types": S, "colours": ("grey",)}),
    ("loveseats", {"product_types": S}),
    ("a reading chair in moss velvet", {"product_types": A, "colours": ("moss",), "materials": ("velvet",)}),
    ("a lamp for my desk", {"product_types": L, "soft": ("desk",)}),
    ("a desk lamp", {"product_types": L, "soft": ("desk",)}),
    ("something for the floor under a table lamp", {"product_types": L}),
    ("sneakers or boots in size 8", {"product_types": ("sneakers", "boots"), "sizes": ("8",)}),
    ("trainers", {"product_types": ("sneakers",)}),
    ("any shoes?", {"product_types": SHOES}),
    ("stilettos in black", {"product_types": ("heels",), "colours": ("black",)}),
    ("black dresses in a 2", {"product_types": ("dress",), "colours": ("black",), "sizes": ("2",)}),
    ("a gown in size 6", {"product_types": ("dress",), "sizes": ("6",)}),
    ("shirt in a medium", {"product_types": ("shirt",), "sizes": ("M",)}),
    ("a cotton jumper, extra large", {"product_types": ("sweater",), "materials": ("cotton",)}),
    ("sweater in size XS", {"product_types": ("sweater",), "sizes": ("XS",)}),
    ("carpet in 160 x 230 cm", {"product_types": R, "sizes": ("160 x 230 cm",)}),
    ("a rug, 3 metres long", {"product_types": R, "sizes": ("70 x 300 cm",)}),
    ("a rug for a hallway, something calm", {"product_types": R, "soft": ("hallway", "calm")}),
    ("anything but black", {"not_colours": ("black",), "colours": ()}),
    ("without grey or black please", {"not_colours": ("grey", "black")}),
    ("not grey", {"not_colours": ("grey",)}),
    ("no leather", {"not_materials": ("leather",)}),
    ("I don't want velvet", {"not_materials": ("velvet",), "materials": ()}),
    ("not leather but linen", {"not_materials": ("leather",), "materials": ("linen",)}),
    ("skirts rather than dresses", {"product_types": ("skirt",), "not_product_types": ("dress",)}),
    ("wool instead of cotton", {"materials": ("wool",), "not_materials": ("cotton",)}),
    ("leather-free bags", {"not_materials": ("leather",), "materials": ()}),
    ("nothing from Northway", {"brands": (), "not_brands": ("Northway",)}),
    ("everything except blue and red", {"not_colours": ("blue", "red")}),
    ("no, the second one", {"not_colours": (), "soft": ()}),
    ("in terracotta?", {"colours": ("rust",), "near": (("terracotta", "rust"),)}),
    ("a burgundy coat", {"product_types": ("coat",), "colours": ("red",)}),
    ("turquoise vase", {"product_types": ("vase",), "colours": ("blue",)}),
    ("navy blue dress", {"product_types": ("dress",), "colours": ("navy",), "near": ()}),
    ("wooden furniture", {"departments": ("home",), "materials": ("oak", "walnut", "pine")}),
    ("metal lamps", {"product_types": L, "materials": ("steel", "brass")}),
    ("mid-century armchair", {"product_types": A, "styles": ("mid-century",)}),
    ("a mid century desk by Fen & Co", {"product_types": D, "styles": ("mid-century",), "brands": ("Fen & Co",)}),
    ("clothes", {"departments": ("fashion",)}),
    ("car tyres", {"product_types": (), "soft": ("car", "tyres")}),
    ("leather aprons", {"materials": ("leather",), "soft": ("aprons",)}),
    ("do you sell books", {"product_types": (), "soft": ("books",)}),
    ("garden gnomes", {"soft": ("garden", "gnomes")}),
    ("xyz123", {"soft": ("xyz123",)}),
    ("walnutt desk", {"product_types": D, "materials": ("walnut",)}),
    ("velvt sofa", {"product_types": S, "materials": ("velvet",)}),
    ("dinig chairs", {"product_types": ("dining chair",)}),
    ("snekers", {"product_types": ("sneakers",)}),
    ("a short one", {"product_types": ()}),
    ("book shelves", {"product_types": ("shelf",)}),
    ("chairs", {"product_types": ("dining chair", "armchair")}),
    ("a table", {"product_types": ("dining table", "coffee table")}),
    ("light summer outfit", {"product_types": (), "soft": ("light", "summer")}),
    ("a light for the hall", {"product_types": L}),
    ("lamps in stock only", {"product_types": L, "in_stock": True}),
    ("what is available now", {"in_stock": True}),
    ("cheap lamps", {"product_types": L, "sort": "price_low"}),
    ("the cheapest sofa", {"product_types": S, "sort": "price_low"}),
    ("best rated watches", {"product_types": ("watch",), "sort": "rating"}),
    ("the most expensive coat", {"product_types": ("coat",), "sort": "price_high"}),
    ("cheaper", {"relative": "cheaper", "sort": None}),
    ("something less expensive", {"relative": "cheaper", "sort": None}),
    ("not too expensive", {"relative": "cheaper"}),
    ("a bit pricier", {"relative": "dearer"}),
    ("under a hundred bucks", {"price_max": 10000}),
    ("below two hundred and fifty dollars", {"price_max": 25000}),
    ("between 50 and 100", {"price_min": 5000, "price_max": 10000}),
    ("$50-$80", {"price_min": 5000, "price_max": 8000}),
    ("from 50 to 80 dollars", {"price_min": 5000, "price_max": 8000}),
    ("not wool, I'm allergic", {"not_materials": ("wool",), "soft": ()}),
    ("around 80", {"price_min": 6000, "price_max": 10000}),
    ("at least $300", {"price_min": 30000, "price_max": None}),
    ("over $1,200", {"price_min": 120000}),
    ("400 or less", {"price_max": 40000}),
    ("700 all in", {"price_max": 70000}),
    ("my budget is 1.5k", {"price_max": 150000}),
    ("a $50 lamp", {"product_types": L, "price_max": 5000}),
    ("nothing over $49.90", {"price_max": 4990}),
    ("cheaper than 50", {"price_max": 5000, "relative": None}),
    ("under 80 cm wide", {"price_max": None}),
    ("a desk less than 120 cm", {"product_types": D, "price_max": None}),
    ("a sofa for three people", {"product_types": S, "price_max": None, "quantity": None}),
    ("delivered within 2 weeks", {"price_max": None}),
    ("more than one", {"price_min": None}),
    ("add two of the totes", {"quantity": 2, "product_types": ("tote",)}),
    ("make it three", {"quantity": 3}),
    ("I'll take 4", {"quantity": 4}),
    ("70 x 300 cm rug", {"quantity": None, "sizes": ("70 x 300 cm",)}),
    ("neutral colours", {"colours": ("beige", "grey", "white", "black")}),
    ("M", {"sizes": ("M",)}),
    ("in a large please", {"sizes": ("L",)}),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_words_become_the_slots_they_state(text: str, expected: dict[str, object], terms: Terms) -> None:
    slots, _ = read_slots(normal(text), terms, "USD")

    assert {name: getattr(slots, name) for name in expected} == expected


def test_a_wider_word_stands_for_all_its_kinds(terms: Terms) -> None:
    slots, _ = read_slots("handbags", terms, "USD")

    assert set(slots.product_types) == BAGS


def test_other_currencies_keep_their_own_minor_units(terms: Terms) -> None:
    slots, _ = read_slots("under 8000", terms, "JPY")

    assert slots.price_max == 8000
