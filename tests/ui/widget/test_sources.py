"""The widget's sources keep to what a strict Content-Security-Policy and hostile product texts demand."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("ui").joinpath("widget", "src")))
BUILT = FOLDER.parent / "dist"
SCRIPTS = sorted(FOLDER.glob("*.ts"))
STYLES = sorted(FOLDER.glob("*.css"))
# Ways to turn text into markup or code; data goes in as text nodes and attributes only.
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|"
    r"\beval\b|new Function|javascript:|set(Timeout|Interval)\(\s*[\"'`]|setAttribute\(\s*[\"'](on|style)"
)
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.I)


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


@pytest.mark.parametrize("path", SCRIPTS, ids=names(SCRIPTS))
def test_a_script_makes_no_markup_and_no_code_of_text(path: Path) -> None:
    assert MARKUP.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=names(SCRIPTS))
def test_a_script_fits_on_a_few_screens_and_says_what_it_is(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert lines[0].startswith("// ")


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES], ids=names([*SCRIPTS, *STYLES]))
def test_nothing_is_asked_of_other_hosts(path: Path) -> None:
    known = {"http://www.w3.org"}  # A name space, never asked for.
    assert set(ADDRESS.findall(path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", STYLES, ids=names(STYLES))
def test_styles_turn_around_with_the_language(path: Path) -> None:
    physical = (
        r"(?:^|[;{\s])(?:(?:margin|padding|border)-(?:left|right)|left|right|text-align:\s*(?:left|right)|float)\b"
    )
    assert re.findall(physical, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(BUILT.glob("*.[cj]s*")), ids=lambda path: path.name.split("-")[0])
def test_what_is_built_asks_no_other_host_and_makes_no_code_of_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(ADDRESS.findall(text)) <= {"http://www.w3.org"}
    assert "@import" not in text
    assert MARKUP.findall(text) == []
