"""Pictures of the demo shop: drawn on first view, the same bytes ever after, and nothing else is served there."""

import io
from pathlib import Path

import pytest
from PIL import Image

from retrieval.demo import generate
from retrieval.product import Product
from tests.ui.conftest import Server
from ui.picture_shelf import PictureShelf

pytestmark = pytest.mark.asyncio(loop_scope="module")


def sample() -> Product:
    return generate(products=60, seed=7).entries[0].product


async def test_a_products_picture_is_a_small_webp_of_the_asked_size(server: Server) -> None:
    products = await server.app.catalog.get([sample().product_id])
    product = products[sample().product_id]

    answer = await server.http.get(f"/pictures/{product.product_id}.webp", params={"size": 256})
    again = await server.http.get(f"/pictures/{product.product_id}.webp", params={"size": 256})

    assert answer.status_code == 200, answer.text
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("WEBP", (256, 256))
    assert again.content == answer.content
    assert "max-age" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/pictures/nothing.webp", 404),
        ("/pictures/{id}.webp?colour=octarine", 404),
        ("/pictures/{id}.webp?size=100000", 422),
        ("/pictures/{id}.webp?view=99", 422),
        ("/pictures/..%2F..%2Fbooks.sqlite", 404),
        ("/pictures/%2e%2e%2fbooks.webp", 404),
    ],
)
async def test_nothing_else_is_drawn_or_read(server: Server, address: str, status: int) -> None:
    answer = await server.http.get(address.replace("{id}", sample().product_id))
    assert answer.status_code == status


async def test_a_kept_picture_is_not_drawn_again_and_a_changed_product_is(tmp_path: Path) -> None:
    shelf = PictureShelf(tmp_path / "pictures")
    product = sample()
    first = await shelf.picture(product, None, 0, 64)
    (kept,) = (tmp_path / "pictures").iterdir()
    kept.write_bytes(b"as it was kept")

    assert await shelf.picture(product, None, 0, 64) == b"as it was kept"
    changed = product.model_copy(update={"title": "Another " + product.title})
    assert await shelf.picture(changed, None, 0, 64) != b"as it was kept"
    assert first[:4] == b"RIFF"


async def test_a_picture_that_cannot_be_kept_is_served_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "pictures"
    blocked.write_text("a file where the folder should be")

    assert (await PictureShelf(blocked).picture(sample(), None, 0, 64))[:4] == b"RIFF"
