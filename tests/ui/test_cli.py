"""The command line answers in sentences, and talks to the shop as a page does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import copied_home
from tests.ui.conftest import Server, Shopper
from ui.version import VERSION

ROOT = Path(__file__).parents[2]


def aisle(home: Path, *arguments: str, said: bytes = b"", **more: str) -> "subprocess.CompletedProcess[bytes]":
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.parent), "AISLE_HOME": str(home), **more}
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, input=said, env=environment, cwd=ROOT, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def command_home(tmp_path_factory: pytest.TempPathFactory, stocked_home: Path, encoder_cache: Path) -> Path:
    """A stocked home that no server holds."""
    home = copied_home(stocked_home, tmp_path_factory.mktemp("cli") / "aisle")
    shutil.copytree(encoder_cache, home / "models", dirs_exist_ok=True)
    return home


def test_a_script_holds_a_conversation_up_to_the_order(command_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "purchase.txt"
    script.write_text(
        "# the price moves while the card is open\n"
        "a walnut desk\n!expect shown any id=t-desk\nadd the Tarn walnut desk\n!expect cart lines=1 subtotal=$640\n"
        "buy it\n!card\n!set last-quoted price +1500\n!press\n!expect press code=requote_required status=409\n"
        "!expect orders=0\n!press\n!expect press code=ordered\n!expect orders=1\n!expect order state=captured\n"
        "!expect cart lines=0\n!set variant:t-desk-v price $640\n"
    )

    played = aisle(command_home, "chat", "--script", str(script), "--json")

    assert played.returncode == 0, played.stderr.decode()
    events = [json.loads(line) for line in played.stdout.decode().splitlines()]
    assert all(set(event) == {"event", "data"} for event in events)
    assert {"products", "cart", "quote", "card", "order"} <= {event["event"] for event in events}
    assert "challenge" not in played.stdout.decode()


def test_an_expectation_that_fails_names_its_line(command_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "wrong.txt"
    script.write_text("hello\n!expect orders=1\n")

    played = aisle(command_home, "chat", "--script", str(script))

    assert played.returncode == 1
    assert "wrong.txt, line 2" in played.stderr.decode()
    assert "Traceback" not in played.stderr.decode()


def test_the_shoppers_press_is_given_to_the_card_and_never_to_the_assistant(command_home: Path) -> None:
    lines = b"a rust scarf\nadd the first one\nbuy it\nwhere is my order?\n"

    played = aisle(command_home, "chat", "--approve", said=lines)

    assert played.returncode == 0, played.stderr.decode()
    assert "Ordered and paid." in played.stdout.decode()


def test_broken_utf8_is_told_and_the_rest_goes_on(command_home: Path) -> None:
    played = aisle(command_home, "chat", said=b"hello\nca\xe9 desk\nthanks\n")

    assert played.returncode == 1
    assert "not UTF-8" in played.stderr.decode()
    assert len(played.stdout.decode().splitlines()) >= 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("chat", "hello", "--script", "nothing.txt"), 2),
        (("chat", "--script", "/does/not/exist"), 2),
        (("serve", "--port", "99999"), 2),
        (("catalog", "import", "/does/not/exist"), 2),
        (("catalog", "set", "t-desk-v"), 2),
        (("audit", "verify"), 1),
        (("nonsense",), 2),
    ],
)
def test_wrong_use_is_answered_in_words(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    answered = aisle(tmp_path / "empty", *arguments)

    assert answered.returncode == code
    assert answered.stderr
    assert b"Traceback" not in answered.stderr


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    answered = aisle(tmp_path, "doctor", AISLE_MAX_STEPS="many")

    assert answered.returncode == 1
    assert b"AISLE_MAX_STEPS" in answered.stderr


def test_the_doctor_looks_and_changes_nothing(tmp_path: Path) -> None:
    answered = aisle(tmp_path / "none", "doctor", "--json")

    found = {finding["part"]: finding for finding in json.loads(answered.stdout)["findings"]}
    assert {"home", "books", "product index", "server"} <= found.keys()
    assert "AISLE_PHOTOS" in found["pictures"]["advice"]
    assert not (tmp_path / "none").exists()


def test_a_folder_of_pictures_that_is_not_there_stops_the_start_in_a_sentence(tmp_path: Path) -> None:
    answered = aisle(tmp_path, "doctor", AISLE_PHOTOS=str(tmp_path / "nowhere"))

    assert answered.returncode == 1
    assert b"AISLE_PHOTOS" in answered.stderr


def test_the_version_is_the_projects() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_running_server_serves_its_imports_itself(server: Server, ada: Shopper, tmp_path: Path) -> None:
    body = {"source": "demo", "products": 40, "seed": 3}

    answer = await server.http.post("/v1/operator/catalogue", json=body, headers=server.operator)

    assert "event: done" in answer.text
    stats = (await server.http.get("/v1/operator/catalogue", headers=server.operator)).json()["stats"]
    assert stats["products"] == 40
    assert (await ada.say("something for the home"))[-1].event == "done"


def test_the_log_is_exported_and_proved_without_its_books(command_home: Path, tmp_path: Path) -> None:
    out, script = tmp_path / "audit.jsonl", tmp_path / "card.txt"
    script.write_text("a walnut desk\nadd the Tarn walnut desk\nbuy it\n")
    assert aisle(command_home, "chat", "--script", str(script)).returncode == 0

    assert aisle(command_home, "audit", "export", "--out", str(out)).returncode == 0
    assert aisle(command_home, "audit", "verify", "--file", str(out)).returncode == 0
    out.write_text(out.read_text().replace('"quote"', '"quotation"', 1))
    assert aisle(command_home, "audit", "verify", "--file", str(out)).returncode == 1
    assert aisle(command_home, "audit", "verify", "--anchor", str(tmp_path / "none")).returncode == 1
