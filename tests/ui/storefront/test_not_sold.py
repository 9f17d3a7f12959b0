"""Goods the policy sells to nobody are on no page of the shop; their own address says that they are not sold here."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from assistant.settings import Settings
from policies.limits import PACKAGED
from tests.fakes import DESK, LAMP, SCARF
from tests.ui.conftest import Server, running
from tests.ui.storefront.conftest import Visitor, addresses, cards, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULES = f"""
[[goods.blocked]]
word = "desk"
why = {{ en = "Desks are being checked." }}

[[goods.blocked]]
product_type = "rug"
why = {{ en = "No rugs." }}

[[goods.restricted]]
product_id = "{SCARF}"
minimum_age = 18
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(shop_home: Path) -> AsyncGenerator[Server]:
    """A shop that sells nothing with a desk in its title."""
    policy = shop_home / "policy.toml"
    policy.write_text(PACKAGED.read_text(encoding="utf-8") + RULES, encoding="utf-8")
    async with running(Settings(home=shop_home, policy=policy)) as server:
        yield server


async def test_listings_count_and_show_only_what_is_sold(visitor: Visitor) -> None:
    for path in ("/", "/search", "/search?q=desk", "/c/home", "/c/lamp"):
        shown = cards(await visitor.see(path))
        assert not {DESK, LAMP} & set(shown), path
    html = await visitor.see("/search?q=tarn+lamp")
    assert cards(html)
    assert "desk" not in {word for address in addresses(await visitor.see("/"), "/c/") for word in [address[3:]]}


async def test_the_address_of_a_blocked_product_says_that_it_is_not_sold_here(visitor: Visitor) -> None:
    said = words(await visitor.see(f"/p/{DESK}", 404))
    assert "Not sold here" in said
    assert "is not sold here. Desks are being checked." in said
    assert "There is no such page" in words(await visitor.see("/p/nothing", 404))


async def test_nothing_blocked_is_put_into_a_cart_by_hand(visitor: Visitor) -> None:
    page = await visitor.press("/cart/add", product_id=DESK, variant_id="t-desk-v", quantity=1)
    assert "can't be ordered here. Desks are being checked." in words(page.text)


async def test_goods_for_grown_ups_say_so_on_their_page(visitor: Visitor) -> None:
    assert "Only for 18 and over." in words(await visitor.see(f"/p/{SCARF}"))
