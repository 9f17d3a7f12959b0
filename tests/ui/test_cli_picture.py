"""`aisle chat --image`: a photo on disk to products on the terminal."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.product import Product
from tests.conftest import copied_home

ROOT = Path(__file__).parents[2]


def aisle(home: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "AISLE_HOME": str(home)}
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, timeout=240)


def product() -> Product:
    return next(e.product for e in generate(products=60, seed=7).entries if len(e.product.colours) > 1)


@pytest.fixture(scope="module")
def picture_home(tmp_path_factory: pytest.TempPathFactory, stocked_home: Path, encoder_cache: Path) -> Path:
    """A stocked home that no server holds and whose pictures nobody has looked at."""
    home = copied_home(stocked_home, tmp_path_factory.mktemp("cli") / "aisle")
    shutil.copytree(encoder_cache, home / "models", dirs_exist_ok=True)
    return home


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    picture = Image.open(io.BytesIO(draw_product(product(), None, 0, 320))).convert("RGB")
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    picture.rotate(-8).save(path)
    return path


def test_a_photo_finds_its_product_on_the_first_run(picture_home: Path, photo: Path) -> None:
    alone = aisle(picture_home, "chat", "--image", str(photo), "--json")
    assert alone.returncode == 0, alone.stderr.decode()
    events = [json.loads(line) for line in alone.stdout.decode().splitlines()]
    shown = next(event["data"] for event in events if event["event"] == "products")
    assert shown["items"][0]["product_id"] == product().product_id
    colour = product().colours[-1]
    worded = aisle(picture_home, "chat", f"like this but in {colour}", "--image", str(photo))
    assert worded.returncode == 0, worded.stderr.decode()
    assert "Closest in shape" in worded.stdout.decode() or "closest in shape" in worded.stdout.decode()


def test_a_file_that_is_no_picture_is_told_in_a_sentence(picture_home: Path, tmp_path: Path) -> None:
    fake = tmp_path / "fake.jpg"
    fake.write_text("not a picture")
    refused = aisle(picture_home, "chat", "--image", str(fake))
    assert refused.returncode == 1
    assert "That file is not a picture." in refused.stderr.decode()
    assert "Traceback" not in refused.stderr.decode()


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    missing = aisle(tmp_path, "chat", "--image", str(tmp_path / "none.jpg"))
    assert missing.returncode == 2
    assert "cannot be read" in missing.stderr.decode()
