"""The pages' scripts and styles keep to the Content-Security-Policy and stay small."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "ui" / "storefront" / "static"
TEMPLATES = STATIC.parent / "templates"
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setTimeout\(\s*[\"'`]|\.style\b"
)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_never_turn_text_into_markup_or_code(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert FORBIDDEN.findall(source) == []
    assert source.count("\n") <= 300


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_styles_load_nothing_from_elsewhere(path: Path) -> None:
    assert re.findall(r"url\(|@import|expression\(", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_escape_everything_and_hold_nothing_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"\|\s*safe|autoescape|\sstyle=|\son[a-z]+=|<style", source) == []
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_pictures_hold_their_place_before_they_arrive(path: Path) -> None:
    for tag in re.findall(r"<img[^>]*>", path.read_text(encoding="utf-8")):
        assert "width=" in tag, tag
        assert "height=" in tag, tag
        assert "alt=" in tag, tag
