"""`aisle widget`: what it prints is what is served, and its keys sign what the shop takes."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from typer.testing import CliRunner

from ui.commands.widget import PRIVATE, PUBLIC, app
from ui.sign_in import PublicKeys, SignInReader
from ui.widget import routes

ORIGIN = "https://www.shop.example"


def said(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_tag_names_the_server_and_the_policy_its_page_needs() -> None:
    told = said("tag", "--url", "https://aisle.example/")

    assert '<script src="https://aisle.example/widget.js" defer></script>' in told
    assert "frame-src https://aisle.example\n" in told


def test_a_pinned_tag_names_what_is_served_and_its_digest() -> None:
    told = said("tag", "--url", "https://aisle.example", "--pinned")

    part = routes.manifest()[routes.LAUNCHER]
    assert f'src="https://aisle.example/widget/{part.file}"' in told
    assert f'integrity="{part.integrity}"' in told


async def test_a_new_key_signs_what_the_shop_takes(tmp_path: Path) -> None:
    said("keys", str(tmp_path))

    key = json.loads((tmp_path / PRIVATE).read_text(encoding="utf-8"))
    now = datetime.now(UTC)
    claims = {"sub": "42", "aud": "aisle", "iat": now, "exp": now + timedelta(minutes=2), "origin": ORIGIN}
    token = jwt.encode(claims | {"jti": uuid.uuid4().hex}, jwt.PyJWK(key).key, "EdDSA", {"kid": key["kid"]})
    reader = SignInReader(PublicKeys(str(tmp_path / PUBLIC)), "aisle", None, lambda: datetime.now(UTC))
    assert (await reader.read(token, ORIGIN)).subject == "shopper:42"


@pytest.mark.parametrize("name", [PRIVATE, PUBLIC])
def test_a_key_that_is_there_is_never_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")

    assert CliRunner().invoke(app, ["keys", str(tmp_path)]).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_only_its_owner_reads_the_private_key(tmp_path: Path) -> None:
    said("keys", str(tmp_path))

    assert (tmp_path / PRIVATE).stat().st_mode & 0o077 == 0
    assert "d" not in json.loads((tmp_path / PUBLIC).read_text(encoding="utf-8"))["keys"][0]
