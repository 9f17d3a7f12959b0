"""Pictures over HTTP: sent in, cleaned, seen by their owner only, looked for in a turn."""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.product import Product
from tests.ui.conftest import Server, Shopper
from tests.unsuitable import unsuitable_jpeg
from ui.client import Heard, heard

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANARY = b"CANARY-51.5007"


def product() -> Product:
    return next(e.product for e in generate(products=60, seed=7).entries if len(e.product.colours) > 1)


def photo(degrees: float = 9) -> bytes:
    """A bad photo of a product, with the place it was taken in it."""
    picture = Image.open(io.BytesIO(draw_product(product(), None, 0, 320))).convert("RGB").rotate(degrees)
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = CANARY.decode()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60, exif=exif)
    assert CANARY in out.getvalue()
    return out.getvalue()


async def send(shopper: Shopper, data: bytes, name: str = "photo.jpg") -> httpx.Response:
    return await shopper.http.post(shopper.here("/images"), files={"image": (name, data)}, headers=shopper.headers)


async def say(shopper: Shopper, text: str, *image_ids: str) -> list[Heard]:
    body: dict[str, Any] = {"text": text, "image_ids": list(image_ids)}
    async with shopper.http.stream("POST", shopper.here("/turns"), json=body, headers=shopper.headers) as response:
        assert response.status_code == 200, await response.aread()
        return [event async for event in heard(response.aiter_lines())]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def looked(server: Server) -> Server:
    """A server that has looked at all its products' pictures."""
    await server.app.looking.catch_up(asyncio.Event())
    return server


async def test_a_picture_is_cleaned_and_kept_for_its_owner_only(ada: Shopper, bob: Shopper) -> None:
    answer = await send(ada, photo(), "../../etc/passwd\0.exe")
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["width"], kept["height"]) == (320, 320)
    assert kept["notices"] == ["The place stored in the photo was removed."]
    seen = await ada.get(ada.here(f"/images/{kept['image_id']}"))
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert CANARY not in seen.content
    assert Image.open(io.BytesIO(seen.content)).size == (320, 320)
    for stranger in (
        await bob.get(bob.here(f"/images/{kept['image_id']}")),
        await bob.get(ada.here(f"/images/{kept['image_id']}")),
        await ada.get(ada.here("/images/img_0123456789abcdefghijkl")),
    ):
        assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
    foreign = await ada.http.post(ada.here("/images"), files={"image": ("a.jpg", photo())}, headers=bob.headers)
    assert foreign.status_code == 404
    assert (await ada.http.post(ada.here("/images"), files={"image": ("a.jpg", photo())})).status_code == 401


async def test_where_several_things_stand_out_is_told_and_each_can_be_cut_out(ada: Shopper) -> None:
    picture = Image.new("RGB", (400, 300), (225, 220, 210))
    picture.paste((150, 30, 40), (40, 80, 140, 200))
    picture.paste((20, 60, 110), (250, 60, 350, 240))
    out = io.BytesIO()
    picture.save(out, "PNG")
    kept = (await send(ada, out.getvalue())).json()
    left, right = kept["regions"]
    assert left["left"] + left["width"] < 0.5 < right["left"]
    part = await ada.http.post(ada.here(f"/images/{kept['image_id']}/part"), json=right, headers=ada.headers)
    assert part.status_code == 201, part.text
    assert part.json()["regions"] == []


def bad_pictures() -> dict[str, tuple[bytes, int, str]]:
    out = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), tint) for tint in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=80)
    bomb = io.BytesIO()
    Image.new("L", (8000, 8000)).save(bomb, "PNG")
    header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xc3\x50\0\0\xc3\x50\x08\0\0\0\0\0\0\0\0"
    return {
        "large": (b"\xff\xd8\xff" + bytes(20_000_000), 413, "too_large"),
        "fake": (b"MZ this is no picture", 422, "not_a_picture"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "svg"),
        "animated": (out.getvalue(), 422, "animated"),
        "truncated": (photo()[:2000], 422, "broken_picture"),
        "bomb": (bomb.getvalue(), 422, "too_many_pixels"),
        "wide": (header, 422, "broken_picture"),
        "empty": (b"", 422, "empty_picture"),
        "indecent": (unsuitable_jpeg(), 422, "unsuitable_picture"),
    }


@pytest.mark.parametrize("kind", list(bad_pictures()))
async def test_a_bad_picture_is_refused_in_plain_words_and_nothing_is_kept(
    ada: Shopper, shop_home: Path, kind: str
) -> None:
    data, status, code = bad_pictures()[kind]
    before = sorted(str(p) for p in (shop_home / "uploads").rglob("*"))
    answer = await send(ada, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"].endswith(".")
    assert sorted(str(p) for p in (shop_home / "uploads").rglob("*")) == before


async def test_an_endless_picture_is_cut_off(ada: Shopper) -> None:
    sent = 0

    async def drip() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'
        for _ in range(1000):
            sent += 65536
            yield bytes(65536)

    headers = ada.headers | {"Content-Type": "multipart/form-data; boundary=b"}
    try:
        answer = await ada.http.post(ada.here("/images"), content=drip(), headers=headers)
    except httpx.WriteError:
        # The server answered and closed while the client was still sending.
        assert sent < 60_000_000
    else:
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", b"{}", (415, "not_multipart")),
        ("multipart/form-data", b"--b--\r\n", (415, "not_multipart")),
        ("multipart/form-data; boundary=b", b"no boundary here", (400, "broken_multipart")),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n7\r\n--b--\r\n",
         (422, "one_picture")),
    ],
)  # fmt: skip
async def test_a_body_without_one_picture_is_refused(
    ada: Shopper, kind: str, body: bytes, expected: tuple[int, str]
) -> None:
    answer = await ada.http.post(ada.here("/images"), content=body, headers=ada.headers | {"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == expected


async def test_two_pictures_at_once_are_refused(ada: Shopper) -> None:
    files = [("image", ("a.jpg", photo())), ("image", ("b.jpg", photo()))]
    answer = await ada.http.post(ada.here("/images"), files=files, headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "one_picture")


async def test_a_turn_with_a_picture_shows_what_looks_like_it(looked: Server, ada: Shopper) -> None:
    image_id = (await send(ada, photo())).json()["image_id"]
    events = await say(ada, "", image_id)
    shown = next(event for event in events if event.event == "products")
    assert shown.data["items"][0]["product_id"] == product().product_id
    text = "".join(event.data["delta"] for event in events if event.event == "text")
    assert f"the {product().title} itself" in text
    assert "img_" not in text
    told = (await ada.get(ada.here())).json()
    assert told["turns"][-1]["text"] == "Like this picture."
    assert told["turns"][-1]["image_ids"] == [image_id]


async def test_a_picture_with_words_meets_their_conditions(looked: Server, bob: Shopper) -> None:
    image_id = (await send(bob, photo())).json()["image_id"]
    colour = product().colours[-1]
    events = await say(bob, f"like this but in {colour} under $2000", image_id)
    shown = next(event for event in events if event.event == "products")
    assert shown.data["items"]
    assert all(colour in item["colours"] for item in shown.data["items"])
    assert shown.data["filters"]["colours"] == [colour]
    noise = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (99, 99, 3), dtype=np.uint8)).save(noise, "PNG")
    far = await say(bob, "like this", (await send(bob, noise.getvalue())).json()["image_id"])
    assert "Nothing here looks like that picture" in "".join(e.data["delta"] for e in far if e.event == "text")


async def test_a_turn_takes_only_pictures_of_its_own_conversation(ada: Shopper, bob: Shopper) -> None:
    theirs = (await send(bob, photo())).json()["image_id"]
    answer = await ada.post(ada.here("/turns"), {"text": "like this", "image_ids": [theirs]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_picture")
    many = await ada.post(ada.here("/turns"), {"text": "like this", "image_ids": [theirs] * 5})
    assert (many.status_code, many.json()["code"]) == (422, "invalid_request")


def files_of(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def written(path: Path) -> Iterator[bytes]:
    """Yield what was written to a file; the engine's files are nearly all holes."""
    with path.open("rb") as file:
        end = 0
        while True:
            try:
                start = os.lseek(file.fileno(), end, os.SEEK_DATA)
            except OSError:
                return
            end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            file.seek(start)
            yield file.read(end - start)


async def test_only_clean_pictures_lie_on_disk_and_where_they_were_taken_nowhere(ada: Shopper, shop_home: Path) -> None:
    image_id = (await send(ada, photo())).json()["image_id"]
    await say(ada, "like this", image_id)
    kept = [Path(folder, name) for folder, _, names in os.walk(shop_home / "uploads") for name in names]
    assert kept
    assert all(path.read_bytes().startswith(b"\xff\xd8\xff") for path in kept)
    files = files_of(shop_home)
    assert len(files) > len(kept)
    assert [path for path in files if any(CANARY in part for part in written(path))] == []


async def test_a_picture_taken_back_is_gone_for_turns_and_from_disk(
    ada: Shopper, bob: Shopper, shop_home: Path
) -> None:
    image_id = (await send(ada, photo())).json()["image_id"]
    there = ada.here(f"/images/{image_id}")
    for refused in (
        await bob.http.delete(there, headers=bob.headers),
        await bob.http.delete(bob.here(f"/images/{image_id}"), headers=bob.headers),
        await ada.http.delete(ada.here("/images/img_0123456789abcdefghijkl"), headers=ada.headers),
        await ada.http.delete(ada.here("/images/..%2f..%2fbooks.sqlite"), headers=ada.headers),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await ada.http.delete(there)).status_code == 401
    assert (await ada.get(there)).status_code == 200
    taken = await ada.http.delete(there, headers=ada.headers)
    assert (taken.status_code, taken.content) == (204, b"")
    assert (await ada.http.delete(there, headers=ada.headers)).status_code == 404
    assert (await ada.get(there)).status_code == 404
    assert not [path for path in (shop_home / "uploads").rglob("*") if image_id in path.name]
    turn = await ada.post(ada.here("/turns"), {"text": "like this", "image_ids": [image_id]})
    assert (turn.status_code, turn.json()["code"]) == (422, "unknown_picture")


async def test_a_repeated_turn_is_the_same_turn_even_when_its_picture_is_gone(looked: Server, ada: Shopper) -> None:
    image_id = (await send(ada, photo())).json()["image_id"]
    body = {"text": "like this", "image_ids": [image_id], "client_turn_id": "t1"}
    first = await ada.post(ada.here("/turns"), body)
    await ada.http.delete(ada.here(f"/images/{image_id}"), headers=ada.headers)
    again = await ada.post(ada.here("/turns"), body)
    assert again.status_code == 200
    assert again.text == first.text


async def test_a_part_of_a_picture_is_its_own_shoppers_and_can_be_looked_for(
    looked: Server, ada: Shopper, bob: Shopper
) -> None:
    kept = (await send(ada, photo())).json()
    part = {"left": 0.1, "top": 0.1, "width": 0.8, "height": 0.8}
    where = f"/images/{kept['image_id']}/part"

    cut = await ada.post(ada.here(where), part)

    assert cut.status_code == 201
    assert (cut.json()["width"], cut.json()["height"]) == (256, 256)
    assert "products" in [event.event for event in await say(ada, "like this", cut.json()["image_id"])]
    assert (await bob.post(bob.here(where), part)).status_code == 404
    assert (await ada.post(ada.here(where), part | {"width": 1e-6})).json()["code"] == "region_too_small"
    assert (await ada.post(ada.here(where), part | {"left": -1})).status_code == 422
