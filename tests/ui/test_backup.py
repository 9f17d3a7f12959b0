"""The operator's backup of a shop that is open, over HTTP and on the command line."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.ui.conftest import Server, Shopper
from ui.cli import app
from ui.home import ServerNote, noted

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def run(home: Path, *arguments: str) -> tuple[int, str]:
    environment = {"AISLE_HOME": str(home)}
    done = await asyncio.to_thread(CliRunner().invoke, app, [*arguments], env=environment)
    return done.exit_code, done.output


async def test_a_shop_that_is_open_is_copied_by_its_operator_and_comes_back(server: Server, ada: Shopper, tmp_path):
    await ada.say("show me the walnut desk")
    home, file = server.app.settings.home_path, tmp_path / "shop.tar.gz"
    asked = {"path": str(file)}
    assert (await ada.post("/v1/operator/backups", asked)).status_code == 403
    lost = {"path": str(tmp_path / "nowhere" / "shop.tar.gz")}
    refused = await server.http.post("/v1/operator/backups", json=lost, headers=server.operator)
    assert refused.json()["code"] == "backup_failed"

    told = (await server.http.post("/v1/operator/backups", json=asked, headers=server.operator)).json()

    assert told["size_bytes"] == file.stat().st_size
    assert told["books"] is True
    code, said = await run(home, "restore", str(file))
    assert (code, "is not empty" in said) == (1, True)
    code, said = await run(tmp_path / "again", "restore", str(file))
    assert code == 0, said
    assert f"{told['files']:,} files, all checked" in said
    assert "no list of erasures" in said
    code, said = await run(tmp_path / "again", "audit", "verify")
    assert code == 0, said


async def test_the_command_has_a_running_server_copy_its_home(server: Server, tmp_path):
    file = tmp_path / "shop.tar.gz"
    home = server.app.settings.home_path
    with noted(home, ServerNote(f"unix:{server.path}", 1, server.authority.operator_token)):
        code, said = await run(home, "backup", str(file))
    assert code == 0, said
    assert f"{file} holds" in said
    code, said = await run(tmp_path / "nobody", "backup", str(file))
    assert (code, "nothing to back up" in said) == (1, True)
    code, said = await run(home, "backup", str(tmp_path / "nowhere" / "b"))
    assert (code, "There is no folder" in said) == (1, True)


async def test_what_is_kept_and_for_how_long_is_said_and_let_go_of(server: Server, tmp_path):
    code, said = await run(server.app.settings.home_path, "retention", "show")
    assert code == 0
    assert "AISLE_KEEP_CHATS_DAYS=30" in said
    code, said = await run(server.app.settings.home_path, "retention", "run")
    assert code == 0, said
    assert "pictures: 0" in said
    code, said = await run(tmp_path / "nobody", "retention", "run")
    assert (code, "There is nothing in" in said) == (1, True)
