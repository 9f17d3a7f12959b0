"""Pictures of products: drawn on first view or from the shop's folder, and nothing else is served there."""

import asyncio
import io
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from assistant.settings import Settings
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.picture import PictureCleaner
from retrieval.product import Product
from tests.conftest import copied_home
from tests.retrieval.test_seeing import ids
from tests.ui.conftest import Server, running
from tests.ui.test_catalogue import imported
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
    shelf = PictureShelf(tmp_path / "pictures", PictureCleaner())
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

    assert (await PictureShelf(blocked, PictureCleaner()).picture(sample(), None, 0, 64))[:4] == b"RIFF"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pictured(
    tmp_path_factory: pytest.TempPathFactory, stocked_home: Path, encoder_cache: Path
) -> AsyncGenerator[tuple[Server, Path]]:
    """A shop with a folder of pictures of its own."""
    folder = tmp_path_factory.mktemp("photos")
    home = copied_home(stocked_home, tmp_path_factory.mktemp("home") / "aisle")
    shutil.copytree(encoder_cache, home / "models")
    async with running(Settings(home=home, photos=folder)) as server:
        yield server, folder


def photo_of(product: Product) -> bytes:
    """Return a wide JPEG of a product that tells where it was taken."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken in the owner's kitchen"
    picture = Image.new("RGB", (1200, 900), "white")
    picture.paste(Image.open(io.BytesIO(draw_product(product, None, 0, 800))), (200, 50))
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_feeds_picture_may_be_a_file_of_the_shops_folder(pictured: tuple[Server, Path], tmp_path: Path) -> None:
    server, folder = pictured
    things = {entry.product.product_type: entry.product for entry in generate(products=60, seed=7).entries}
    (folder / "new range").mkdir()
    rows = [f"g{n},{kind} {n},9.00,{kind},new range/{kind} {n}.jpg" for n, kind in enumerate(things)]
    for n, (kind, product) in enumerate(things.items()):
        (folder / "new range" / f"{kind} {n}.jpg").write_bytes(photo_of(product))
    feed = tmp_path / "feed.csv"
    feed.write_text(
        "\n".join(["id,title,price,product_type,image_link", *rows, "lost,Lost,9.00,desk,../home/books.sqlite"])
    )

    told = await imported(server, path=str(feed))

    assert (told["event"], told["products"]) == ("done", len(rows) + 1)
    assert "AISLE_PHOTOS" in told["feed"]["first_problems"][0]["reason"]
    products = await server.app.catalog.get(["g0", "g1", "lost"])
    assert products["lost"].image_url is None
    shown = await server.http.get(products["g0"].image_url or "", params={"size": 256})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    picture = Image.open(io.BytesIO(shown.content))
    assert (picture.size, dict(picture.getexif())) == ((256, 192), {})
    await server.app.looking.catch_up(asyncio.Event())
    photo = await server.app.cleaner.clean(photo_of(next(iter(things.values()))))
    assert ids(await server.app.catalog.find_by_picture(photo))[0] == "g0"

    one, other = (folder / "new range" / f"{kind} {n}.jpg" for n, kind in enumerate(list(things)[:2]))
    one.write_bytes(other.read_bytes())
    other.unlink()
    assert (await imported(server, path=str(feed), mode="sync"))["changed"] == 2
    await server.app.looking.catch_up(asyncio.Event())
    photo = await server.app.cleaner.clean(photo_of(list(things.values())[1]))
    assert ids(await server.app.catalog.find_by_picture(photo))[0] == "g0"


@pytest.mark.parametrize(
    "name", ["nothing.jpg", "", "notes.jpg", "%2e%2e/books.sqlite", "..%2Fbooks.sqlite", "link.jpg", "%00"]
)
async def test_of_that_folder_only_pictures_are_served(pictured: tuple[Server, Path], name: str) -> None:
    server, folder = pictured
    (folder / "notes.jpg").write_text("not meant for shoppers")
    link = folder / "link.jpg"
    if not link.is_symlink():
        link.symlink_to(server.app.settings.home_path / "token.key")

    assert (await server.http.get(f"/photos/{name}")).status_code == 404


async def test_without_such_a_folder_there_are_no_photos(server: Server) -> None:
    assert (await server.http.get("/photos/nothing.jpg")).status_code == 404
