"""Pictures that shoppers send: whatever comes in, a clean JPEG comes out, or a plain sentence."""

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from policies.errors import Refused
from retrieval.picture import MAX_BYTES, CleanedPicture, PictureCleaner

CANARY = b"CANARY-51.5007-0.1246"


@pytest.fixture
async def cleaner() -> AsyncIterator[PictureCleaner]:
    cleaner = PictureCleaner()
    yield cleaner
    await cleaner.aclose()


def opened(picture: CleanedPicture) -> Image.Image:
    return Image.open(io.BytesIO(picture.jpeg))


def pixel(picture: Image.Image, x: int, y: int) -> list[int]:
    return [int(channel) for channel in np.asarray(picture)[y, x]]


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def half_red_half_blue(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, (220, 20, 20))
    picture.paste((20, 20, 220), (size[0] // 2, 0, size[0], size[1]))
    return picture


def png(width: int, height: int, *, chunks: bytes = b"", data: bytes = b"") -> bytes:
    """A PNG with this header, grey, and whatever else is asked for."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunks
        + chunk(b"IDAT", data or zlib.compress(b"\0" * (width + 1) * min(height, 4)))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


async def refusal(cleaner: PictureCleaner, data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        await cleaner.clean(data)
    assert caught.value.text.endswith(".")
    assert caught.value.text[0].isupper()
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_still_picture_comes_out_as_an_rgb_jpeg_of_its_size(cleaner: PictureCleaner, kind: str) -> None:
    picture = await cleaner.clean(encoded(half_red_half_blue(), kind))
    assert (picture.width, picture.height, picture.notices) == (120, 80, ())
    out = opened(picture)
    assert (out.format, out.mode, out.size) == ("JPEG", "RGB", (120, 80))
    red, _, blue = pixel(out, 20, 40)
    assert red > 180
    assert blue < 60


async def test_the_same_bytes_give_the_same_picture(cleaner: PictureCleaner) -> None:
    data = encoded(half_red_half_blue(), "PNG")
    assert await cleaner.clean(data) == await cleaner.clean(data)


async def test_what_is_not_a_picture_is_refused_whatever_it_is_called(cleaner: PictureCleaner) -> None:
    assert await refusal(cleaner, b"") == "empty_picture"
    assert await refusal(cleaner, b"#!/bin/sh\necho hello.jpg\n") == "not_a_picture"
    assert await refusal(cleaner, b"PK\x03\x04" + b"\0" * 100) == "not_a_picture"
    assert await refusal(cleaner, b"%PDF-1.7 picture") == "not_a_picture"
    assert await refusal(cleaner, b"<html><img src=x.jpg></html>") == "not_a_picture"
    assert await refusal(cleaner, b"../../etc/passwd\0.jpg") == "not_a_picture"


async def test_an_svg_is_refused_by_its_content(cleaner: PictureCleaner) -> None:
    plain = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    assert await refusal(cleaner, plain) == "svg"
    assert await refusal(cleaner, b'<?xml version="1.0"?>\n<!-- x.png -->' + plain) == "svg"


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "ICO"])
async def test_other_kinds_of_picture_are_refused_with_the_kinds_that_work(cleaner: PictureCleaner, kind: str) -> None:
    assert await refusal(cleaner, encoded(half_red_half_blue(), kind)) == "unsupported_picture"


async def test_a_heic_photo_is_refused_as_a_picture_of_another_kind(cleaner: PictureCleaner) -> None:
    assert await refusal(cleaner, b"\0\0\0\x18ftypheic" + b"\0" * 64) == "unsupported_picture"


async def test_a_picture_of_twenty_megabytes_is_refused_unread(cleaner: PictureCleaner) -> None:
    assert await refusal(cleaner, b"\xff\xd8\xff" + b"\0" * 20_000_000) == "too_large"
    assert await refusal(cleaner, b"\xff\xd8\xff" + b"\0" * (MAX_BYTES - 2)) == "too_large"


async def test_a_picture_50000_pixels_wide_is_refused_by_its_header(cleaner: PictureCleaner) -> None:
    assert await refusal(cleaner, png(50_000, 50_000)) == "too_many_pixels"
    assert await refusal(cleaner, png(60_000, 1)) == "too_wide"
    assert await refusal(cleaner, png(1, 60_000)) == "too_wide"


async def test_moving_pictures_are_refused(cleaner: PictureCleaner) -> None:
    frames = [half_red_half_blue(), half_red_half_blue().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    for kind in ("PNG", "WEBP"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert await refusal(cleaner, data) == "animated"


async def test_a_telephones_photo_with_a_second_picture_inside_is_taken_as_the_photo(cleaner: PictureCleaner) -> None:
    data = encoded(half_red_half_blue(), "MPO", save_all=True, append_images=[Image.new("RGB", (40, 40))])
    picture = await cleaner.clean(data)
    assert (picture.width, picture.height) == (120, 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
async def test_a_truncated_picture_is_refused(cleaner: PictureCleaner, kind: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (200, 300, 3), dtype=np.uint8))
    data = encoded(noise, kind)
    assert await refusal(cleaner, data[: int(len(data) * share)]) == "broken_picture"


async def test_damaged_pictures_are_cleaned_or_refused_and_never_crash(cleaner: PictureCleaner) -> None:
    rng = np.random.default_rng(11)
    for kind in ("JPEG", "PNG", "WEBP"):
        good = np.frombuffer(encoded(half_red_half_blue(), kind), dtype=np.uint8)
        for _ in range(6):
            bad = good.copy()
            bad[rng.integers(12, len(bad), 12)] = rng.integers(0, 256, 12)
            picture = None
            with suppress(Refused):
                picture = await cleaner.clean(bad.tobytes())
            assert picture is None or opened(picture).size == (picture.width, picture.height)


async def test_compressed_bombs_in_metadata_never_unfold(cleaner: PictureCleaner) -> None:
    bomb = zlib.compress(b"\0" * 300_000_000, 9)
    texts = {
        b"zTXt": b"Comment\0\0" + bomb,
        b"iTXt": b"Comment\0\1\0\0\0" + bomb,
        b"iCCP": b"profile\0\0" + bomb,
    }
    for kind, data in texts.items():
        assert await refusal(cleaner, png(4, 4, chunks=chunk(kind, data))) == "broken_picture", kind


async def test_a_bomb_in_the_pixels_is_bounded_by_the_header(cleaner: PictureCleaner) -> None:
    bomb = zlib.compress(b"\0" * 300_000_000, 9)
    picture = await cleaner.clean(png(4, 4, data=bomb))
    assert (picture.width, picture.height) == (4, 4)


async def test_ten_thousand_chunks_do_no_harm(cleaner: PictureCleaner) -> None:
    many = chunk(b"tEXt", b"k\0v") * 10_001
    picture = await cleaner.clean(png(4, 4, chunks=many))
    assert len(picture.jpeg) < 2000


async def test_nothing_but_the_pixels_survives(cleaner: PictureCleaner) -> None:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 2.5)
    exif.get_ifd(0x8825)[1] = "N"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(half_red_half_blue(), "JPEG", exif=exif, comment=CANARY, icc_profile=icc, xmp=CANARY)
    assert CANARY in data
    picture = await cleaner.clean(data + b"<script>" + CANARY + b"</script>PK\x05\x06")
    assert CANARY not in picture.jpeg
    for forbidden in (b"Exif", b"ICC_PROFILE", b"adobe", b"script", b"PK\x05\x06"):
        assert forbidden not in picture.jpeg
    assert picture.jpeg.endswith(b"\xff\xd9")
    assert set(opened(picture).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert picture.notices == ("The place stored in the photo was removed.",)


async def test_a_picture_that_is_also_a_page_comes_out_as_a_picture_only(cleaner: PictureCleaner) -> None:
    page = b"<html><script>alert(1)</script></html>"
    data = encoded(half_red_half_blue(), "JPEG", comment=page) + page
    assert b"<script>" not in (await cleaner.clean(data)).jpeg


@pytest.mark.parametrize(("orientation", "size", "corner"), [(1, (120, 80), 0), (3, (120, 80), 2), (6, (80, 120), 0)])
async def test_a_photo_is_turned_upright(
    cleaner: PictureCleaner, orientation: int, size: tuple[int, int], corner: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = await cleaner.clean(encoded(half_red_half_blue(), "JPEG", exif=exif))
    first = pixel(opened(picture), 5, 5)
    assert opened(picture).size == size
    assert first[corner] == max(first)
    assert ("The picture was turned upright." in picture.notices) == (orientation != 1)


async def test_a_large_photo_is_made_smaller_once(cleaner: PictureCleaner) -> None:
    picture = await cleaner.clean(encoded(half_red_half_blue((4000, 2000)), "JPEG"))
    assert (picture.width, picture.height) == (1536, 768)
    assert picture.notices == ("The picture was made smaller.",)


async def test_a_picture_made_to_change_when_scaled_comes_out_as_it_looks(cleaner: PictureCleaner) -> None:
    # Every tenth pixel black on white: scaling by leaving pixels out would show black.
    grid = np.full((3840, 3840), 255, dtype=np.uint8)
    grid[::10, ::10] = 0
    picture = await cleaner.clean(encoded(Image.fromarray(grid), "PNG"))
    assert np.asarray(opened(picture).convert("L")).mean() > 245


async def test_transparent_ground_becomes_white(cleaner: PictureCleaner) -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (10, 10, 30, 30))
    for kind in ("PNG", "WEBP"):
        out = opened(await cleaner.clean(encoded(picture, kind)))
        assert min(pixel(out, 2, 2)) > 245
        assert pixel(out, 20, 20)[0] > 180
    indexed = await cleaner.clean(encoded(picture.quantize(), "PNG"))
    assert min(pixel(opened(indexed), 2, 2)) > 245


async def test_print_colours_and_deep_grey_come_out_as_they_look(cleaner: PictureCleaner) -> None:
    cmyk = await cleaner.clean(encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = pixel(opened(cmyk), 20, 20)
    assert red > 200
    assert max(green, blue) < 90
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    grey = await cleaner.clean(encoded(Image.fromarray(ramp), "PNG"))
    pixels = np.asarray(opened(grey).convert("L"), dtype=float)
    assert abs(pixels.mean() - 127.5) < 4
    assert pixels[0, 0] < 10
    assert pixels[-1, -1] > 245


async def test_a_colour_profile_is_applied(cleaner: PictureCleaner) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    picture = await cleaner.clean(encoded(half_red_half_blue(), "JPEG", icc_profile=lab.tobytes()))
    assert pixel(opened(picture), 20, 40)[0] > 180
    broken = await cleaner.clean(encoded(half_red_half_blue(), "JPEG", icc_profile=b"no profile at all"))
    assert pixel(opened(broken), 20, 40)[0] > 180


async def test_the_next_picture_is_cleaned_after_the_waiting_process_died(cleaner: PictureCleaner) -> None:
    data = encoded(half_red_half_blue(), "PNG")
    first = await cleaner.clean(data)
    assert cleaner._spare is not None
    process = await cleaner._spare
    process.kill()
    await process.wait()
    assert await cleaner.clean(data) == first


async def test_nothing_is_left_on_disk(
    cleaner: PictureCleaner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    await cleaner.clean(encoded(half_red_half_blue(), "PNG"))
    await refusal(cleaner, encoded(half_red_half_blue(), "PNG")[:60])
    assert os.listdir(tmp_path) == []


_CLEANING = """
import asyncio, resource, sys
from policies.errors import Refused
from retrieval.picture import PictureCleaner

async def clean():
    cleaner = PictureCleaner()
    try:
        picture = await cleaner.clean(sys.stdin.buffer.read())
        print(picture.width, picture.height)
    except Refused as error:
        print(error.code)
    await cleaner.aclose()
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)

asyncio.run(clean())
"""


def cleaned_apart(data: bytes) -> tuple[str, int]:
    """Clean in a process that has no other children; returns the outcome and the cleaner's highest memory in MiB."""
    command = [sys.executable, "-c", _CLEANING]
    done = subprocess.run(command, input=data, capture_output=True, cwd=Path(__file__).parents[2], check=True)
    outcome, megabytes = done.stdout.decode().splitlines()
    return outcome, int(megabytes)


def test_the_largest_picture_and_a_bomb_stay_within_bounded_memory() -> None:
    largest = encoded(Image.effect_noise((5000, 5000), 40), "JPEG", quality=30)
    assert len(largest) < MAX_BYTES
    outcome, megabytes = cleaned_apart(largest)
    assert outcome == "1536 1536"
    assert megabytes < 400
    bomb = encoded(Image.new("L", (8000, 8000)), "PNG")
    outcome, megabytes = cleaned_apart(bomb)
    assert outcome == "too_many_pixels"
    assert megabytes < 120
