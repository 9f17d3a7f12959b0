"""`aisle understand` answers line by line and loses none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import copied_home
from tests.ui.conftest import Server

ROOT = Path(__file__).parents[2]


def understand(home: Path, said: bytes) -> "subprocess.CompletedProcess[bytes]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "AISLE_HOME": str(home)}
    command = [sys.executable, "-m", "ui.cli", "understand"]
    return subprocess.run(command, input=said, env=environment, cwd=ROOT, capture_output=True, timeout=120)


@pytest.fixture
def quiet_home(stocked_home: Path, encoder_cache: Path, tmp_path: Path) -> Path:
    """A stocked home that no server holds."""
    home = copied_home(stocked_home, tmp_path / "aisle")
    copied_home(encoder_cache, home / "models")
    return home


def test_lines_that_cannot_be_read_are_told_and_the_others_answered(quiet_home: Path) -> None:
    lines = [b'{"text": "walnut desks"}', b"oops", b'{"text": "ca\xe9"}', b'{"history": []}', b"", b'{"text": "hi"}']

    answered = understand(quiet_home, b"\n".join(lines))

    told = [json.loads(line) for line in answered.stdout.splitlines()]
    assert answered.returncode == 1
    assert told[0]["intents"] == ["search"]
    assert [each["error"]["line"] for each in told[1:4]] == [2, 3, 4]
    assert told[4]["intents"] == ["greet"]
    assert "3 line(s)" in answered.stderr.decode()


@pytest.mark.asyncio(loop_scope="module")
async def test_the_operator_reads_the_vocabulary_and_a_shopper_does_not(server: Server) -> None:
    words = (await server.http.get("/v1/operator/vocabulary", headers=server.operator)).json()
    assert words["product_types"]["desk"] > 0
    assert (await server.http.get("/v1/operator/vocabulary")).status_code == 401


def test_an_empty_home_reads_words_as_the_demo_shop_does(encoder_cache: Path, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    copied_home(encoder_cache, home / "models")

    answered = understand(home, b'{"text": "a jute rug"}\n')

    assert answered.returncode == 0, answered.stderr.decode()
    assert json.loads(answered.stdout)["slots"]["materials"] == ["jute"]
