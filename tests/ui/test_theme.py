"""The shop's own colour and mark: on every page, readable, and of nobody else's making."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.settings import Settings, load_settings
from policies.errors import SettingsError
from tests.ui.conftest import running
from ui.theme import contrast, read_mark, sheet

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@given(st.integers(0, 0xFFFFFF))
def test_words_on_any_colour_can_be_read(colour: int) -> None:
    css = sheet(f"#{colour:06x}")
    pairs = re.findall(r"--accent: (#\w{6}); --accent-ink: (#\w{6});", css)
    assert len(pairs) == 2
    assert all(contrast(ground, ink) >= 4.5 for ground, ink in pairs)


def test_a_mark_that_is_no_small_picture_stops_the_start(tmp_path: Path) -> None:
    for name, content in (("mark.gif", PNG), ("mark.png", bytes(200_001))):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SettingsError, match="AISLE_MARK"):
            read_mark(tmp_path / name)
    with pytest.raises(SettingsError, match="can't be read"):
        read_mark(tmp_path / "none.png")
    with pytest.raises(SettingsError, match="AISLE_ACCENT"):
        load_settings(accent="red; } body { display: none")


@pytest.mark.asyncio(loop_scope="module")
async def test_pages_and_chat_wear_the_shops_colour_and_mark(shop_home: Path) -> None:
    mark = shop_home / "ours.png"
    mark.write_bytes(PNG)
    async with running(Settings(home=shop_home, accent="#7a1f5c", mark=mark)) as server:
        front = (await server.http.get("/", headers={"Accept": "text/html"})).text
        address = re.findall(r'href="(/static/\w+/theme.css)"', front)[0]
        assert "--accent: #7a1f5c" in (await server.http.get(address)).text
        icon = re.findall(r'<link rel="icon" href="([^"]+)"', front)[0]
        shown = await server.http.get(icon)
        assert (shown.content, shown.headers["content-type"].partition(";")[0]) == (PNG, "image/png")
        assert '"/chat/theme.css"' in (await server.http.get("/chat")).text
        assert "--primary: 320" in (await server.http.get("/chat/theme.css")).text
        for path in ("/chat/logo", "/chat/favicon", "/chat/avatars/x"):
            assert (await server.http.get(path)).content == PNG
