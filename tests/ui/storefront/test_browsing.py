"""Front page, listings and search: what the shop has, by the books, with facets whose counts hold."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import DESK, LAMP, SHIRT
from tests.ui.conftest import Server
from tests.ui.storefront.conftest import Visitor, addresses, cards, main, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = re.compile(
    r'<li><a href="([^"]+)" rel="nofollow" data-swap="#listing"( aria-current="true")?[^>]*>.*?<small>(\d+)</small>',
    re.DOTALL,
)


def total(html: str) -> int:
    found = re.search(r"([\d,]+) things?</p>", html)
    return int(found[1].replace(",", "")) if found else 0


async def test_the_front_page_shows_what_the_shop_has(visitor: Visitor) -> None:
    html = await visitor.see("/")

    assert "Hearth &amp; Thread" in html
    assert {"/c/home", "/c/fashion", "/c/desk"} <= set(addresses(html, "/c/"))
    assert len(cards(html)) >= 4
    assert 'aria-label="Search the shop"' in html
    assert "Well reviewed" in words(html)


async def test_every_part_the_header_names_has_a_page_with_products(visitor: Visitor) -> None:
    for address in addresses(await visitor.see("/"), "/c/"):
        html = await visitor.see(address)
        assert cards(html), address
        assert total(html) >= len(cards(html)), address


async def test_a_listing_shows_price_and_stock_as_the_books_have_them_now(visitor: Visitor, server: Server) -> None:
    before = await visitor.see("/c/lamp")
    assert "$89" in main(before)
    assert "Only 3 left" in words(before)

    await server.set_offer("t-lamp-v", price=4321, stock=0)
    html = await visitor.see("/search?q=tarn+brass+desk+lamp")
    card = next(part for part in html.split('<li class="card">') if f"/p/{LAMP}" in part)
    assert "$43.21" in card
    assert "Out of stock" in card

    await server.set_offer("t-lamp-v", price=8900, stock=3)


async def test_a_choice_is_a_link_that_takes_itself_back(visitor: Visitor) -> None:
    html = await visitor.see("/c/desk?material=walnut")

    assert DESK in cards(html)
    assert addresses(html, "/c/desk")[0] == "/c/desk"
    assert 'aria-label="Chosen"' in html


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 60), min_size=1, max_size=4))
async def test_each_link_leads_to_as_many_products_as_it_says(visitor: Visitor, steps: list[int]) -> None:
    """Whatever is chosen on the way: where a facet has nothing chosen yet, its count is the next page's total."""
    address = "/c/fashion"
    for step in steps:
        links = [(to, int(count)) for to, chosen, count in LINK.findall(await visitor.see(address)) if not chosen]
        to, count = links[step % len(links)]
        to = to.replace("&amp;", "&")
        name = to.split("?")[-1].split("=")[0]
        html = await visitor.see(to)
        if f"{name}=" not in address and to.count(f"{name}=") == 1 and count:
            assert total(html) == count, to
        address = to


async def test_choices_combine_on_one_and_the_same_variant(visitor: Visitor) -> None:
    """The shirt comes in white L, but that one is out of stock."""
    html = await visitor.see(f"/c/shirt?{urlencode([('colour', 'white'), ('size', 'L'), ('brand', 'Quillon')])}")
    assert SHIRT in cards(html)
    html = await visitor.see("/c/shirt?colour=white&size=L&brand=Quillon&stock=1")
    assert "Nothing fits all of that" in words(html)
    assert "Nothing in stock." in words(html)
    assert "Nothing in size L." in words(html)


async def test_price_bounds_and_order_hold(visitor: Visitor) -> None:
    html = await visitor.see("/c/desk?min=300&max=600&sort=price_low")
    prices = [int(found.replace(",", "")) for found in re.findall(r'class="price">\$([\d,]+)', main(html))]

    assert prices
    assert prices == sorted(prices)
    assert all(300 <= price <= 600 for price in prices)


async def test_what_left_nothing_is_said_with_the_nearest(visitor: Visitor) -> None:
    html = await visitor.see("/c/desk?material=walnut&max=3")

    assert "Nothing up to $3." in words(html)
    assert "/c/desk?material=walnut" in addresses(html, "/c/desk")
    assert DESK in cards(html)


async def test_what_the_shop_does_not_carry_is_said(visitor: Visitor) -> None:
    html = await visitor.see("/search?q=washing+machine")
    assert "We don’t seem to carry that." in words(html)


async def test_pages_hold_every_product_once(visitor: Visitor) -> None:
    first = await visitor.see("/search?sort=price_low")
    seen = cards(first)
    for number in range(2, -(-total(first) // 24) + 1):
        seen += cards(await visitor.see(f"/search?sort=price_low&page={number}"))

    assert len(seen) == len(set(seen)) == total(first)


STRANGE = """
page=0 page=999 page=9999999999999999999 min=-1 min=1e9 max=٣ sort=evil colour= stock=maybe q=%3Cscript%3E
colour=%00&size=%F0%9F%98%80
"""


@pytest.mark.parametrize("query", [*STRANGE.split(), "q=" + "x" * 900, "brand=" + "&brand=".join("abcdefghijklmnop")])
async def test_a_strange_address_is_still_a_page(visitor: Visitor, query: str) -> None:
    html = await visitor.see(f"/search?{query}")
    assert "<script>" not in html


async def test_words_searched_for_come_back_escaped(visitor: Visitor) -> None:
    html = await visitor.see('/search?q="><img src=x onerror=alert(1)>')
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


@pytest.mark.parametrize("path", ["/c/submarine", "/p/nope", "/p/t-gone", "/nowhere", "/orders/order_x", "/help/nope"])
async def test_what_is_not_there_is_a_page_in_the_shops_look(visitor: Visitor, path: str) -> None:
    html = await visitor.see(path, 404)
    assert "There is no such page" in words(html)
    assert 'aria-label="Search the shop"' in html


async def test_a_program_still_gets_problem_documents(server: Server) -> None:
    response = await server.http.get("/nowhere", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


async def test_policies_are_pages_word_for_word(visitor: Visitor) -> None:
    assert "You can return anything within 30 days of delivery." in words(await visitor.see("/help/returns"))
    assert "/help/returns" in addresses(await visitor.see("/help"), "/help/")
    assert "30 days" in words(await visitor.see("/help/refund"))


async def test_looking_sets_no_cookie(visitor: Visitor) -> None:
    for path in ("/", "/c/desk", "/search?q=lamp", f"/p/{SHIRT}", "/cart", "/cart/count", "/orders", "/help/returns"):
        response = await visitor.http.get(path)
        assert "set-cookie" not in response.headers, path
    assert not visitor.http.cookies


async def test_files_are_kept_for_good_under_their_digest_only(visitor: Visitor) -> None:
    html = await visitor.see("/")
    (sheet,) = [found for found in addresses(html, "/static/") if found.endswith("storefront.css")]
    kept = await visitor.http.get(sheet)
    old = await visitor.http.get("/static/000000000000/storefront.css")

    assert kept.headers["cache-control"].endswith("immutable")
    assert old.headers["cache-control"] == "no-cache"
    assert (await visitor.http.get("/static/000000000000/..%2Fframe.py")).status_code == 404


async def test_pages_allow_their_own_forms_and_nothing_inline(visitor: Visitor) -> None:
    policy = (await visitor.http.get("/")).headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    for path in ("/", "/c/desk", f"/p/{SHIRT}", "/cart"):
        html = await visitor.see(path)
        assert " style=" not in html
        assert not re.search(r"<script(?![^>]*\ssrc=)", html)
        assert not re.search(r"\son\w+=", html)
