"""An order's page prepares what can be done about it; only the card that then stands there changes anything."""

import pytest

from tests.ui.conftest import Server
from tests.ui.storefront.conftest import Visitor, main, said, words
from tests.ui.storefront.test_shopping import bought, press_card

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_order_is_cancelled_from_its_page_by_the_card_alone(visitor: Visitor) -> None:
    order_id = await bought(visitor)
    path = f"/orders/{order_id}"
    assert "Cancel it" in main(await visitor.see(path))
    assert "Send something back" not in main(await visitor.see(path))

    html = (await visitor.press(f"{path}/changes", kind="cancel")).text
    assert 'data-quote-id="change_' in html
    assert "Change this order" not in html
    assert "Ordered and paid." in words(await visitor.see(path))

    await press_card(visitor, html)
    html = await visitor.see(path)
    assert "Cancelled" in words(html)
    assert "Change this order" not in html


async def test_goods_go_back_one_by_one(visitor: Visitor, server: Server) -> None:
    order_id = await bought(visitor)
    path = f"/orders/{order_id}"
    for event in ("ship", "deliver"):
        told = await server.http.post(f"/v1/operator/orders/{order_id}/{event}", json={}, headers=server.operator)
        assert told.is_success, told.text
    html = await visitor.see(path)
    line = html.split('name="back-')[1].split('"')[0]
    assert "Say how many" in said((await visitor.press(f"{path}/changes", kind="return", **{f"back-{line}": 0})).text)
    html = (await visitor.press(f"{path}/changes", kind="return", **{f"back-{line}": 1})).text
    assert 'data-quote-id="change_' in html


async def test_an_order_of_somebody_else_cannot_be_changed(visitor: Visitor, other: Visitor) -> None:
    order_id = await bought(visitor)
    await other.press(f"/orders/{order_id}/changes", kind="cancel")
    assert 'data-quote-id=""' in await visitor.see(f"/orders/{order_id}")
    unknown = await visitor.press(f"/orders/{order_id}/changes", kind="payment")
    assert unknown.status_code == 422
