"""The demo shop keeps its promises: the same for a seed, whole, priced, linked, and true to its own facts."""

import gc
import hashlib
import itertools
import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from random import Random

import pytest

from retrieval.demo import generate
from retrieval.demo.grammar import Sentence, parse
from retrieval.demo.kinds import load
from retrieval.demo.layout import Layout
from retrieval.demo.portrait import draw
from retrieval.product import CatalogueEntry, Policy

NOT_CARRIED = ("tyre", "apron", "helmet", "laptop", "phone", "television", "food", "coffee", "toy", "bicycle")
MEASURE = re.compile(r"\d[\d.,]*(?: x \d+)?(?: to \d+)? ?(?:cm|mm|kg|g|m|l|min|ATM|inches|%|°C)\b")


@pytest.fixture(scope="module")
def entries() -> tuple[CatalogueEntry, ...]:
    return tuple(generate().entries)


def digest(shop: Iterable[CatalogueEntry]) -> str:
    whole = hashlib.sha256()
    for entry in shop:
        whole.update(entry.model_dump_json().encode())
    return whole.hexdigest()


def sentences(description: str) -> list[str]:
    return re.split(r"(?<=[.?!]) ", description)


def test_the_same_seed_gives_the_same_shop_and_another_seed_another() -> None:
    once, again, other = (generate(products=300, seed=seed) for seed in (7, 7, 8))
    assert digest(once.entries) == digest(again.entries) == digest(once.entries)
    assert digest(other.entries) != digest(once.entries)
    assert once.policies == again.policies


def test_a_shop_does_not_depend_on_the_process_that_makes_it() -> None:
    program = "from retrieval.demo import generate; [print(e.model_dump_json()) for e in generate(90, 7).entries]"
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "4242", "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert elsewhere.stdout.splitlines() == [entry.model_dump_json() for entry in generate(90, 7).entries]


def test_an_entry_is_the_same_by_index_by_slice_and_in_order() -> None:
    in_order = list(itertools.islice(generate().entries, 5))
    assert in_order == [generate().entries[index] for index in range(5)] == list(generate().entries[:5])
    with pytest.raises(IndexError):
        generate(products=3).entries[3]


def test_there_are_1200_products_over_24_types_and_two_departments(entries: tuple[CatalogueEntry, ...]) -> None:
    assert len(entries) == len(generate().entries) == 1200
    assert [entry.product.product_id for entry in entries[:2]] == ["p-00001", "p-00002"]
    types = Counter((entry.product.department, entry.product.product_type) for entry in entries)
    assert len(types) >= 40
    assert {department for department, _ in types} == {"home", "fashion"}
    assert min(types.values()) >= 10


def test_titles_and_ids_are_unique_and_titles_name_the_thing(entries: tuple[CatalogueEntry, ...]) -> None:
    assert len({entry.product.title for entry in entries}) == len(entries)
    assert len({entry.product.product_id for entry in entries}) == len(entries)
    variants = [offer.variant_id for entry in entries for offer in entry.offers]
    assert len(set(variants)) == len(variants)


@pytest.mark.parametrize("products", [1, 2, 44, 45, 100, 5000])
def test_any_size_of_shop_has_unique_titles_and_links_that_exist(products: int) -> None:
    known: dict[str, str] = {}
    linked: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    titles: set[str] = set()
    for entry in generate(products=products, seed=3).entries:
        product = entry.product
        known[product.product_id] = product.product_type
        titles.add(product.title)
        linked.append((product.product_id, product.product_type, product.related, product.complements))
    assert len(known) == len(titles) == products
    for own_id, own_type, related, complements in linked:
        assert own_id not in related
        assert all(known[other] == own_type for other in related)
        assert all(known[other] != own_type for other in complements)
        assert len(set(related + complements)) == len(related + complements)


def test_every_product_of_the_default_shop_is_linked(entries: tuple[CatalogueEntry, ...]) -> None:
    assert all(entry.product.related and len(entry.product.complements) >= 3 for entry in entries)


def test_links_lean_to_the_same_style(entries: tuple[CatalogueEntry, ...]) -> None:
    styles = {entry.product.product_id: entry.product.styles[0] for entry in entries}
    pairs = [(styles[entry.product.product_id], styles[other]) for entry in entries for other in entry.product.related]
    alike = sum(own == other for own, other in pairs) / len(pairs)
    by_chance = sum((count / len(entries)) ** 2 for count in Counter(styles.values()).values())
    assert alike > 2.5 * by_chance


def test_prices_are_whole_dollars_and_reductions_come_down_from_a_list_price(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    offers = [offer for entry in entries for offer in entry.offers]
    assert all(offer.price > 0 and offer.price % 100 == 0 and offer.currency == "USD" for offer in offers)
    assert all(offer.list_price > offer.price for offer in offers if offer.list_price is not None)
    reduced = sum(any(offer.list_price for offer in entry.offers) for entry in entries) / len(entries)
    assert 0.15 < reduced < 0.25


def test_a_better_material_costs_more(entries: tuple[CatalogueEntry, ...]) -> None:
    def mean(product_type: str, material: str) -> float:
        prices = [
            entry.offers[0].list_price or entry.offers[0].price
            for entry in entries
            if entry.product.product_type == product_type and entry.product.materials[0] == material
        ]
        return sum(prices) / len(prices)

    assert mean("desk", "pine") < mean("desk", "walnut")
    assert mean("sofa", "cotton") < mean("sofa", "leather")
    assert mean("dress", "cotton") < mean("dress", "silk")


def test_some_variants_are_out_of_stock_and_some_low(entries: tuple[CatalogueEntry, ...]) -> None:
    stocks = [offer.stock for entry in entries for offer in entry.offers]
    assert 0.015 < stocks.count(0) / len(stocks) < 0.05
    assert 0.05 < sum(1 <= stock <= 3 for stock in stocks) / len(stocks) < 0.2


def test_some_product_has_one_colour_entirely_out_while_others_are_there(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    def colours_left(entry: CatalogueEntry) -> set[str]:
        return {offer.options["colour"] for offer in entry.offers if offer.stock}

    assert any(entry.product.sizes and 0 < len(colours_left(entry)) < len(entry.product.colours) for entry in entries)


def test_offers_are_the_products_colours_in_its_sizes(entries: tuple[CatalogueEntry, ...]) -> None:
    for entry in entries:
        product = entry.product
        expected = itertools.product(product.colours, product.sizes or ("",))
        assert [(offer.options["colour"], offer.options.get("size", "")) for offer in entry.offers] == list(expected)
        assert all(offer.product_id == product.product_id for offer in entry.offers)


def test_some_sizes_and_colours_have_a_price_of_their_own(entries: tuple[CatalogueEntry, ...]) -> None:
    rugs = [entry for entry in entries if entry.product.product_type == "rug"]
    assert all(len({offer.price for offer in entry.offers}) > 1 for entry in rugs)
    heels = [entry for entry in entries if entry.product.product_type == "heels"]
    assert any(len({offer.price for offer in entry.offers}) > 1 for entry in heels)
    assert any(len({offer.price for offer in entry.offers}) == 1 for entry in heels)


def test_the_words_are_those_of_the_shop(entries: tuple[CatalogueEntry, ...]) -> None:
    words = load().words
    assert {colour for entry in entries for colour in entry.product.colours} == set(words.colours)
    brands = {entry.product.brand for entry in entries}
    assert brands == {brand for department in words.brands.values() for brand in department}
    assert len(brands) >= 30
    kinds = {kind.name for kind in load().kinds}
    materials = {material for entry in entries for material in entry.product.materials}
    taken = {word.lower() for word in (*words.colours, *kinds, *materials, *brands)}
    names = {*words.names, *words.prefixes, *(name for kind in load().kinds for name in kind.names)}
    assert not {name.lower() for name in names} & taken


def test_some_things_are_not_carried_at_all(entries: tuple[CatalogueEntry, ...]) -> None:
    types = {entry.product.product_type for entry in entries} - {"coffee table"}
    assert not [word for word in NOT_CARRIED if any(word in product_type for product_type in types)]
    titles = [entry.product.title.lower() for entry in entries]
    assert not [title for title in titles for word in ("tyre", "apron", "helmet") if word in title]


def test_a_measure_in_a_description_is_one_of_the_products_facts(entries: tuple[CatalogueEntry, ...]) -> None:
    said = 0
    for entry in entries:
        facts = " ; ".join((*entry.product.attributes.values(), *entry.product.sizes))
        for measure in MEASURE.findall(entry.product.description):
            said += 1
            assert measure in facts, (entry.product.title, measure)
    assert said > 300


def test_descriptions_name_no_colour_or_wood_that_the_product_lacks(entries: tuple[CatalogueEntry, ...]) -> None:
    for entry in entries:
        product = entry.product
        for wood in ("walnut", "oak", "rattan", "velvet", "marble"):
            if re.search(rf"\b{wood}\b", product.description.lower()):
                assert wood in product.materials, product
        for listed in re.findall(r"(?:[Ii]n|from|comes in|Choose) ((?:\w+, )*\w+ and \w+)[.;]", product.description):
            colours = re.split(r", | and ", listed)
            assert set(colours) <= set(product.colours) or not set(colours) & set(load().words.colours), product


def test_some_facts_are_stated_and_honestly_missing_on_others(entries: tuple[CatalogueEntry, ...]) -> None:
    for product_type, attribute in (("sofa", "seat height"), ("coat", "water resistance"), ("tote", "strap drop")):
        stated = [attribute in e.product.attributes for e in entries if e.product.product_type == product_type]
        assert any(stated)
        assert not all(stated)


def test_every_product_says_how_to_care_for_it(entries: tuple[CatalogueEntry, ...]) -> None:
    assert [entry.product.title for entry in entries if "care" not in entry.product.attributes] == []


def test_descriptions_are_two_or_three_sentences_and_differ_from_their_neighbours(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    texts = [entry.product.description for entry in entries]
    assert len(set(texts)) > 0.99 * len(texts)
    counted = Counter(sentence for text in texts for sentence in sentences(text))
    assert sum(count for count in counted.values() if count > 3) < 0.08 * counted.total()
    assert max(counted.values()) <= 10
    repeated = neighbours = 0
    for kind in load().kinds:
        same_type = [e.product.description for e in entries if e.product.product_type == kind.name]
        for text, following in itertools.pairwise(same_type):
            assert 60 < len(text) < 400
            assert 2 <= len(sentences(text)) <= 5
            repeated += bool(set(sentences(text)) & set(sentences(following)))
            neighbours += 1
    assert repeated < 0.02 * neighbours


def test_descriptions_do_not_share_a_template_with_the_next_of_their_type(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    def four_grams(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[\w-]+", text.lower())
        return {tuple(words[at : at + 4]) for at in range(len(words) - 3)}

    shared = total = 0
    for kind in load().kinds:
        same_type = [four_grams(e.product.description) for e in entries if e.product.product_type == kind.name]
        for grams, following in itertools.pairwise(same_type):
            shared += len(grams & following)
            total += len(grams)
    assert shared / total < 0.03


def test_every_sentence_of_the_grammar_can_be_said() -> None:
    material = load()
    layout = Layout(material, 6000, 3)
    unsaid: dict[str, list[Sentence]] = {
        kind.name: [*kind.open, *kind.detail, *kind.close, *kind.praise, *kind.gripes] for kind in material.kinds
    }
    unsaid |= {
        f"{use} in {stuff}": list(lines) for use, told in material.uses.items() for stuff, lines in told.say.items()
    }
    for index in range(layout.products):
        place = layout.place(index)
        portrait = draw(place, layout, material, Random(index))
        for pool in (place.kind.name, f"{place.kind.use} in {portrait.materials[0]}"):
            unsaid[pool] = [line for line in unsaid.get(pool, []) if not line.holds(portrait.facts, portrait.tags)]
    assert {pool: [line.text for line in lines] for pool, lines in unsaid.items() if lines} == {}


def test_conditions_are_read_as_or_and_and_none_of() -> None:
    assert parse("@oak,ash @!wall-shelf A {form}.") == Sentence(
        "A {form}.", frozenset({"form"}), (frozenset({"oak", "ash"}),), frozenset({"wall-shelf"})
    )


def test_text_has_no_holes(entries: tuple[CatalogueEntry, ...]) -> None:
    for entry in entries:
        product = entry.product
        for text in (product.title, product.description, *(review.text for review in product.reviews)):
            assert text
            assert text[0].isupper()
            assert not re.search(r"[\[\]{}|]|  | [.,;]|\.\.|\b[Aa] [aeio]", text), text


def test_reviews_are_mostly_kind_sometimes_critical_and_at_most_six(entries: tuple[CatalogueEntry, ...]) -> None:
    counts = {len(entry.product.reviews) for entry in entries}
    assert counts == set(range(7))
    ratings = Counter(review.rating for entry in entries for review in entry.product.reviews)
    assert 0.6 < (ratings[4] + ratings[5]) / ratings.total() < 0.9
    assert ratings[1] + ratings[2] > 50


def test_a_million_products_are_made_only_as_they_are_read() -> None:
    shop = generate(products=1_000_000, seed=7)
    first = list(itertools.islice(shop.entries, 10))
    assert len(first) == 10
    last = shop.entries[-1].product
    assert last.product_id == "p-1000000"
    assert all(1 <= int(other.removeprefix("p-")) <= 1_000_000 for other in (*last.related, *last.complements))


def test_reading_a_long_shop_keeps_none_of_it_in_memory() -> None:
    reading = iter(generate(products=1_000_000, seed=7).entries)
    consumed = sum(1 for _ in itertools.islice(reading, 200))
    gc.collect()
    tracemalloc.start()
    try:
        consumed += sum(1 for _ in itertools.islice(reading, 1000))
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert consumed == 1200
    assert kept < 300 * 1024


@pytest.mark.parametrize("products", [0, -1, 1_000_001])
def test_a_size_out_of_range_is_refused(products: int) -> None:
    with pytest.raises(ValueError, match="can have 1 to"):
        generate(products=products)


@pytest.mark.parametrize(
    ("topic", "facts"),
    [
        ("delivery", ("3-5 working days", "$9", "$150", "next working day", "$24")),
        ("returns", ("30 days",)),
        ("warranty", ("2 years",)),
    ],
)
def test_policies_state_the_shops_own_figures(topic: str, facts: tuple[str, ...]) -> None:
    policies: dict[str, Policy] = {policy.topic: policy for policy in generate(products=1).policies}
    assert len(policies) == len(generate(products=1).policies)
    assert all(fact in policies[topic].text for fact in facts)
