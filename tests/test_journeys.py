"""Recorded conversations: what is said, shown and left in the books, line by line, through `aisle chat --script`."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copied_home

HERE = Path(__file__).parent / "journeys"
_ORDER_ID = re.compile(r"\border_[\w-]+")
_CASE_ID = re.compile(r"\bC-[2-9B-Z]{6}\b")
SCRIPTS = sorted((HERE / "scripts").glob("*.txt"))


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop as a newcomer gets it, made once; journeys work on copies."""
    home = tmp_path_factory.mktemp("demo") / "home"
    aisle(home, "catalog", "demo")
    return home


@pytest.fixture(scope="session")
def looked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smaller demo shop that has looked at all its pictures; journeys that begin `picture_` work on copies."""
    home = tmp_path_factory.mktemp("looked") / "home"
    aisle(home, "catalog", "demo", "--products", "240")
    ready = home.with_name("ready.txt")
    ready.write_text("!picture bicycle\n", encoding="utf-8")
    aisle(home, "chat", "--script", str(ready))
    return home


def aisle(home: Path, *arguments: str) -> str:
    """Run the command line against one home and return what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "AISLE_HOME": str(home)}
    command = [sys.executable, "-m", "ui.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def trace(line: str) -> str | None:
    """Return what a shopper would see of one event, without ids and times; None for what is not seen."""
    told = json.loads(line)
    data: dict[str, Any] = told["data"]
    match told["event"]:
        case "text":
            seen: object = _CASE_ID.sub("C-…", _ORDER_ID.sub("order_…", data["delta"]))
        case "products":
            seen = [_priced(item) for item in data["items"]] + [f"nothing for {b['value']}" for b in data["blocked_by"]]
        case "comparison":
            seen = [item["title"] for item in data["items"]] + [row["name"] for row in data["rows"] if row["differs"]]
        case "cart" | "quote" | "order":
            lines = [
                f"{each['quantity']} × {each['title']} {sorted(each['options'].values())}" for each in data["lines"]
            ]
            seen = [*lines, *(f"{each['name']} {each['amount']['amount']}" for each in data["totals"])]
        case "orders":
            seen = [order["state_text"] for order in data["orders"]]
        case "error" | "notice":
            seen = data["code"]
        case _:
            return None
    return json.dumps({told["event"]: seen}, ensure_ascii=False)


def _priced(item: dict[str, Any]) -> str:
    return f"{item['title']} {item['price']['amount']} {item['availability']}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_journey_goes_as_recorded(script: Path, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    shop: Path = request.getfixturevalue("looked_home" if script.stem.startswith("picture_") else "demo_home")
    home = copied_home(shop, tmp_path / "home")

    printed = aisle(home, "chat", "--script", str(script), "--json")

    seen = [line for line in map(trace, printed.splitlines()) if line is not None]
    golden = HERE / "golden" / f"{script.stem}.jsonl"
    if os.environ.get("AISLE_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text("\n".join(seen) + "\n", encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8").splitlines()


def test_there_are_journeys_enough_to_mean_something() -> None:
    turns = [
        sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#!")
        for path in SCRIPTS
    ]
    assert len(turns) >= 14
    assert min(turns) >= 5
