"""Uploads are kept for their owner, for a day, and for nobody else."""

import io
import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from policies.errors import Refused
from policies.principal import Principal
from retrieval.picture import CleanedPicture
from retrieval.vision.decency import open_decency
from tests.unsuitable import unsuitable_jpeg
from tools.uploads import KEPT_S, MOST, Uploads

ADA = Principal("guest:ada", "session-ada")


class Clock:
    now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uploads(tmp_path: Path, clock: Clock) -> Uploads:
    return Uploads(tmp_path / "uploads", clock)


def picture() -> CleanedPicture:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (200, 40, 40)).save(out, "JPEG")
    return CleanedPicture(out.getvalue(), 30, 20, sha256(out.getvalue()).hexdigest())


async def test_a_picture_comes_back_as_it_was_kept(uploads: Uploads) -> None:
    image_id = await uploads.keep(ADA, picture())
    assert await uploads.load(ADA, image_id) == picture()
    assert image_id != await uploads.keep(ADA, picture())


async def test_nobody_else_gets_it(uploads: Uploads) -> None:
    image_id = await uploads.keep(ADA, picture())
    assert await uploads.load(replace(ADA, subject="guest:bob"), image_id) is None
    assert await uploads.load(replace(ADA, session_id="session-two"), image_id) is None


@pytest.mark.parametrize("image_id", ["", "img_", "../../etc/passwd", "img_../../../../etc/passw", "img_\0", "x" * 999])
async def test_an_id_is_never_a_path(uploads: Uploads, image_id: str) -> None:
    assert await uploads.load(ADA, image_id) is None


async def test_after_a_day_it_is_gone_from_answers_and_then_from_disk(
    uploads: Uploads, clock: Clock, tmp_path: Path
) -> None:
    image_id = await uploads.keep(ADA, picture())
    clock.now += KEPT_S - 60
    later = await uploads.keep(replace(ADA, session_id="other"), picture())
    await uploads.sweep()
    assert await uploads.load(ADA, image_id) is not None
    clock.now += 120
    assert await uploads.load(ADA, image_id) is None
    await uploads.sweep()
    left = [name for _, _, names in os.walk(tmp_path) for name in names]
    assert left == [f"{later}.jpg"]
    assert len(list((tmp_path / "uploads").iterdir())) == 1


async def test_a_picture_taken_back_leaves_nothing_on_disk_and_is_gone_once(uploads: Uploads, tmp_path: Path) -> None:
    image_id, other = await uploads.keep(ADA, picture()), await uploads.keep(ADA, picture())
    assert await uploads.take_back(ADA, image_id)
    assert not await uploads.take_back(ADA, image_id)
    assert await uploads.load(ADA, image_id) is None
    assert await uploads.load(ADA, other) is not None
    assert await uploads.take_back(ADA, other)
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_only_the_owner_takes_a_picture_back(uploads: Uploads) -> None:
    image_id = await uploads.keep(ADA, picture())
    assert not await uploads.take_back(replace(ADA, subject="guest:bob"), image_id)
    assert not await uploads.take_back(replace(ADA, session_id="session-two"), image_id)
    assert not await uploads.take_back(ADA, f"../{image_id}")
    assert await uploads.load(ADA, image_id) is not None


async def test_a_picture_past_its_day_cannot_be_taken_back_as_if_it_were_there(uploads: Uploads, clock: Clock) -> None:
    image_id = await uploads.keep(ADA, picture())
    clock.now += KEPT_S + 1
    assert not await uploads.take_back(ADA, image_id)


async def test_a_conversation_holds_only_so_many(uploads: Uploads) -> None:
    for _ in range(MOST):
        await uploads.keep(ADA, picture())
    with pytest.raises(Refused, match="too_many_pictures"):
        await uploads.keep(ADA, picture())
    await uploads.keep(replace(ADA, session_id="other"), picture())


async def test_files_belong_to_the_shop_alone(uploads: Uploads, tmp_path: Path) -> None:
    await uploads.keep(ADA, picture())
    (folder,) = (tmp_path / "uploads").iterdir()
    (file,) = folder.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0
    assert "ada" not in str(file.relative_to(tmp_path))


async def test_nothing_is_kept_of_a_picture_that_is_probably_indecent(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", decency=open_decency())
    jpeg = unsuitable_jpeg()
    with pytest.raises(Refused, match="unsuitable_picture"):
        await uploads.keep(ADA, CleanedPicture(jpeg, 256, 256, sha256(jpeg).hexdigest()))
    assert not os.listdir(tmp_path)
    assert await uploads.load(ADA, await uploads.keep(ADA, picture())) == picture()
