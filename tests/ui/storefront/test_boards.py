"""Boards on pages: made, filled, noted and bought without a script; shared read-only with a preview, and taken back."""

import io
import re

import pytest
from PIL import Image

from tests.ui.conftest import Server
from tests.ui.storefront.conftest import Visitor, addresses, main, said, words
from ui.board_picture import composed

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def saved(visitor: Visitor, *ids: str, name: str = "Hallway") -> str:
    for each in ids:
        await visitor.press("/boards/save", product_id=each, name=name)
    return next(each for each in addresses(await visitor.see("/boards"), "/boards/brd_"))


async def drawn_product(server: Server) -> str:
    products = await server.app.catalog.products()
    return next(each.product_id for each in products if each.product_id.startswith("p"))


async def test_a_stranger_reads_how_boards_begin(visitor: Visitor) -> None:
    assert "No boards yet" in words(await visitor.see("/boards"))
    assert dict(visitor.http.cookies) == {}
    await visitor.see("/boards/brd_nothing", 404)
    await visitor.see("/boards/shared/nothing", 404)


async def test_a_board_is_kept_noted_renamed_bought_and_deleted_by_forms(visitor: Visitor) -> None:
    page = await visitor.press("/boards/save", product_id="t-desk", name="Hallway")
    assert "Saved Tarn walnut desk to Hallway." in said(page.text)
    at = await saved(visitor, "t-scarf")
    text = words(await visitor.see(at))
    assert "Tarn walnut desk" in text
    assert "2 things, $675 together" in text

    await visitor.press(f"{at}/change", do="note", product_id="t-desk", text='by the <b>door</b> & "left"')
    assert "&lt;b&gt;door&lt;/b&gt; &amp;" in await visitor.see(at)
    await visitor.press(f"{at}/change", do="rename", text="Entrance")
    assert "<h1>Entrance</h1>" in await visitor.see(at)
    bought = await visitor.press(f"{at}/cart")
    assert "Tarn walnut desk" in main(bought.text)
    assert "Quill wool scarf" in main(bought.text)
    await visitor.press(f"{at}/change", do="remove", product_id="t-scarf")
    await visitor.press(f"{at}/change", do="undo")
    assert "2 things" in words(await visitor.see(at))
    await visitor.press(f"{at}/change", do="duplicate")
    assert "Entrance copy" in words(await visitor.see("/boards"))
    await visitor.press(f"{at}/delete")
    await visitor.see(at, 404)


async def test_a_shared_board_is_read_only_has_a_preview_and_goes_when_it_is_taken_back(
    server: Server, visitor: Visitor, other: Visitor
) -> None:
    at = await saved(visitor, "t-desk", await drawn_product(server), name="Study")
    await visitor.press(f"{at}/change", do="note", product_id="t-desk", text="for the window")
    await other.see(at, 404)
    shared = re.search(r"/boards/shared/[\w-]{32}", (await visitor.press(f"{at}/change", do="share")).text)
    assert shared is not None
    seen = await other.see(shared[0])
    assert "Study" in words(seen)
    assert "for the window" in words(seen)
    assert "<form" not in main(seen)
    assert "guest:" not in seen
    picture = re.search(r'og:image" content="([^"]+)"', seen)
    assert picture is not None
    jpeg = await other.http.get(picture[1])
    with Image.open(io.BytesIO(jpeg.content)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (1200, 630))
    answer = await other.http.get(shared[0])
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"

    await visitor.press(f"{at}/change", do="unshare")
    await other.see(shared[0], 404)
    assert (await other.http.get(picture[1])).status_code == 404


async def test_another_site_or_visitor_changes_no_board(visitor: Visitor, other: Visitor) -> None:
    at = await saved(visitor, "t-desk", name="Mine")
    foreign = await visitor.http.post(f"{at}/delete", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    for path in ("delete", "cart"):
        await other.press(f"{at}/{path}")
    await other.press(f"{at}/change", do="rename", text="Theirs")
    assert "<h1>Mine</h1>" in await visitor.see(at)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
async def test_a_preview_has_room_for_up_to_four(count: int) -> None:
    tile = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 30, 30)).save(tile, "WEBP")
    with Image.open(io.BytesIO(composed([tile.getvalue()] * count))) as sheet:
        assert sheet.size == (1200, 630)
        red, green, _ = sheet.convert("RGB").getpixel((1190, 620))  # pyright: ignore[reportGeneralTypeIssues]
        assert red > 150 > green
