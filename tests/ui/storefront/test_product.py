"""A product's page: its variants by the books, and other people's text that stays text."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from assistant.settings import Settings
from assistant.wiring import open_app
from retrieval.product import CatalogueEntry, Offer, Policy, Product, Review
from shop.views import StockEntry
from tests.fakes import DESK, LAMP, RUNNER, SCARF, SHIRT
from tests.ui.conftest import MovedClock, Server
from tests.ui.storefront.conftest import OWN, Visitor, addresses, cards, main, said, words
from ui.auth import TokenAuthority, new_operator_token, signing_secret
from ui.server import beside, create_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
BIDI = "\u202eevil\u2066\u200b"


def hostile() -> CatalogueEntry:
    """Return a product in which every text attacks the page."""
    product = Product(
        product_id="t-hostile",
        title=f"{BIDI}{EVIL}",
        brand=EVIL,
        product_type=f"desk{EVIL}",
        department=EVIL,
        description=f"{EVIL} {'long ' * 2000}",
        colours=(EVIL,),
        sizes=(EVIL, "b"),
        materials=(EVIL,),
        styles=(EVIL,),
        attributes={EVIL: EVIL, "tail": "x" * 10_000},
        image_url="javascript:alert(1)",
        url="javascript:alert(1)",
        reviews=(Review(rating=5, title=EVIL, text=f"{EVIL} {'y' * 10_000}", author=EVIL),),
    )
    offers = tuple(
        Offer(
            variant_id=f"t-hostile-{n}", product_id="t-hostile", options={"colour": EVIL, "size": size}, price=100,
            stock=5, image_url="//evil.example/x.png",
        )
        for n, size in enumerate((EVIL, "b"))
    )  # fmt: skip
    return CatalogueEntry(product=product, offers=offers)


async def stock(server: Server, entry: CatalogueEntry) -> None:
    """Sell one more product."""
    shown = {"product_title": entry.product.title, "image_url": entry.product.image_url}
    await server.app.books.merchant.stock([StockEntry.model_validate(o.model_dump() | shown) for o in entry.offers])
    await server.app.catalog.upsert([entry])


async def test_the_page_says_what_the_books_and_the_catalogue_say(visitor: Visitor) -> None:
    html = await visitor.see(f"/p/{DESK}")
    text = words(html)

    assert "<h1>Tarn walnut desk</h1>" in html
    assert "$640" in text
    assert "In stock" in text
    assert "110 cm" in text
    assert "A plain walnut desk for a small study." in text
    assert "Stands firm." in text
    assert LAMP in cards(html)
    assert "Ask about this" in html
    assert 'data-ask="Tell me more about the Tarn walnut desk"' in html


async def test_colours_are_links_and_sizes_choices_with_what_is_gone_marked(visitor: Visitor) -> None:
    html = await visitor.see(f"/p/{SHIRT}?colour=white")

    assert f"/p/{SHIRT}?colour=navy" in addresses(html, f"/p/{SHIRT}")
    options = {part.split('"')[0]: part.split("</label>")[0] for part in html.split('name="variant_id" value="')[1:]}
    assert list(options) == ["t-shirt-white-S", "t-shirt-white-M", "t-shirt-white-L"]
    assert "disabled" in options["t-shirt-white-L"]
    assert "Out of stock" in options["t-shirt-white-L"]
    assert "Only 2 left" in options["t-shirt-white-M"]
    assert not any("checked" in option for option in options.values())


async def test_the_price_is_the_chosen_variants(visitor: Visitor) -> None:
    assert "$109 – $149" in words(await visitor.see(f"/p/{RUNNER}"))
    chosen = await visitor.see(f"/p/{RUNNER}?variant=t-runner-sand-70x300cm")
    assert "<b data-price>$149</b>" in chosen
    assert "<b data-price>$69</b>" in await visitor.see(f"/p/{SHIRT}?colour=navy")


async def test_a_colour_that_is_gone_is_passed_over_and_still_shown(visitor: Visitor) -> None:
    html = await visitor.see(f"/p/{SCARF}")
    assert "Colour: rust" in words(html)
    gone = await visitor.see(f"/p/{SCARF}?colour=grey")
    assert "Out of stock" in main(gone)
    button = gone[gone.index('class="add"') :]
    assert "disabled>Add to cart</button>" in button


@pytest.mark.parametrize("query", ["colour=pink", "size=XXXL", "variant=t-lamp-v", "view=9", "view=x", "colour=%00"])
async def test_a_choice_that_is_not_there_leaves_the_usual_page(visitor: Visitor, query: str) -> None:
    assert "<h1>Quill linen shirt</h1>" in await visitor.see(f"/p/{SHIRT}?{query}")


async def test_hostile_text_stays_text_wherever_it_is_shown(visitor: Visitor, server: Server) -> None:
    await stock(server, hostile())
    added = await visitor.press("/cart/add", product_id="t-hostile", variant_id="t-hostile-1")
    pages = [added.text]
    pages += [await visitor.see(path) for path in ("/", "/search?q=evil+desk", "/search", "/p/t-hostile", "/cart")]
    pages += [await visitor.see(path.replace("&amp;", "&")) for path in addresses(pages[1], "/c/")]

    for html in pages:
        assert "<script>" not in html
        assert "<img src=x" not in html
        assert "javascript:" not in html
        assert "//evil.example" not in html
        assert "\u202e" not in html
        assert "\u2066" not in html
        assert len(html) < 150_000
    assert "evil" in said(added.text)
    assert "alert(1)" in words(pages[4])
    assert "y" * 1300 not in pages[4]


async def test_policies_are_text_too(visitor: Visitor, server: Server) -> None:
    before = await server.app.catalog.policies()
    await server.app.catalog.set_policies([Policy(topic="a/b?c", title=EVIL, text=f"{EVIL}\n\nSecond.")])
    html = await visitor.see("/help/a/b%3Fc")
    await server.app.catalog.set_policies(before)
    assert "<script>" not in html
    assert "<p>Second.</p>" in html
    assert "/help/a/b%3Fc" in addresses(html, "/help/")


@pytest_asyncio.fixture(loop_scope="module")
async def plain(tmp_path: Path, encoder_cache: Path) -> AsyncGenerator[Server]:
    """A server whose shop is empty."""
    home = tmp_path / "aisle"
    shutil.copytree(encoder_cache, home / "models")
    clock, stopping = MovedClock(), asyncio.Event()
    async with open_app(Settings(home=home)) as app:
        authority = TokenAuthority(signing_secret(home), clock, new_operator_token())
        web = create_app(app, authority, stopping)
        path = str(tmp_path / "s")
        transport = httpx.AsyncHTTPTransport(uds=path)
        async with (
            beside(web, path, stopping),
            httpx.AsyncClient(transport=transport, base_url=OWN, timeout=20, headers={"Accept": "text/html"}) as http,
        ):
            yield Server(http, app, authority, clock, None, path)  # pyright: ignore[reportArgumentType]  # No API here.


async def test_an_empty_shop_says_how_to_fill_it(plain: Server) -> None:
    visitor = Visitor(plain.http)
    assert "aisle catalog import FILE" in words(await visitor.see("/"))
    assert "Nothing in it yet" in words(await visitor.see("/cart"))
    assert not cards(await visitor.see("/search?q=lamp"))
    assert "written nothing here yet" in words(await visitor.see("/help"))


async def test_a_shop_without_pictures_departments_or_reviews_is_whole(plain: Server) -> None:
    for number in range(3):
        offer = Offer(variant_id=f"v{number}", product_id=f"p{number}", price=1000 + number, stock=2)
        product = Product(product_id=f"p{number}", title=f"Plain bolt {number}", product_type="bolt")
        await stock(plain, CatalogueEntry(product=product, offers=(offer,)))
    visitor = Visitor(plain.http)

    home = await visitor.see("/")
    assert addresses(home, "/c/bolt")
    assert "<h1>Hearth &amp; Thread</h1>" in home
    assert cards(await visitor.see("/c/bolt?sort=price_high")) == ["p2", "p1", "p0"]
    page = await visitor.see("/p/p1")
    assert "$10.01" in words(page)
    assert "Only 2 left" in words(page)
    assert "<img" not in main(page)
    assert said((await visitor.press("/cart/add", product_id="p1", variant_id="v1")).text).startswith(
        "Added: Plain bolt 1"
    )
