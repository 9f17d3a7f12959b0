"""Fitting the picture encoder to a shop does not need its server to stop."""

import asyncio

import pytest
from typer.testing import CliRunner

from retrieval.train import vision_fitting
from tests.ui.conftest import Server
from ui.cli import app
from ui.home import ServerNote, noted

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_shop_is_fitted_to_its_pictures_while_it_is_served(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vision_fitting, "_ASKED", 1)
    home = server.app.settings.home_path
    asked = ["train", "vision", "--catalog", "--products", "40"]
    with noted(home, ServerNote(f"unix:{server.path}", 1, server.authority.operator_token)):
        done = await asyncio.to_thread(CliRunner().invoke, app, asked, env={"AISLE_HOME": str(home)})
    assert done.exit_code == 0, done.output
    assert "Of 40 products held out a photo finds" in done.output
    kept = (home / "models" / "eye" / "maps.npz").is_file()
    assert kept != ("so nothing is changed" in done.output)
    assert (await server.http.get("/healthz")).is_success
