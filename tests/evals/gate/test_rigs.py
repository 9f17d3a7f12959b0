"""The rigs that attack the gate find nothing on the gate, and something where a guard is switched off."""

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.gate.attempts import known_mutants
from tests.places import Server

ROOT = Path(__file__).parents[3]
SHORT = (
    ("fuzz", "--cases", "20", "--processes", "1", "--kind", "purchases"),
    ("fuzz", "--cases", "12", "--processes", "1", "--kind", "changes"),
    ("crash", "--cases", "10", "--scenes", "purchase with card-lost-answer", "return", "held and refused"),
    ("race", "--cases", "11", "--ways", "16", "--processes", "2"),
    ("words", "--cases", "25"),
    ("audit", "--cases", "400"),
)
ON_A_SERVER = (
    ("fuzz", "--cases", "8", "--processes", "1"),
    ("crash", "--cases", "4", "--scenes", "purchase with card-4242", "cancellation"),
    ("race", "--cases", "11", "--ways", "8", "--processes", "2"),
    ("audit", "--cases", "100"),
)


def command(*rig: str) -> list[str]:
    return [sys.executable, "-m", "evals.gate", *rig]


def run(*rig: str, root: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*rig), capture_output=True, text=True, cwd=root, timeout=280, check=False)


def counted(*rig: str) -> Counter[str]:
    return Counter(json.loads(run("fuzz", "--processes", "1", "--seed", "9", *rig).stdout)["outcomes"])


def without(name: str, folder: Path) -> Path:
    """Copy the source and switch a guard off in it."""
    mutant = next(each for each in known_mutants() if each.name == name)
    for package in ("policies", "shop", "evals", "tools", "retrieval", "assistant"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / mutant.file
    path.write_text(path.read_text(encoding="utf-8").replace(mutant.find, mutant.replace), encoding="utf-8")
    return folder


def told(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    return json.loads(done.stdout)


@pytest.mark.parametrize("rig", SHORT, ids=" ".join)
def test_a_rig_runs_all_its_cases_and_finds_nothing(rig: tuple[str, ...]) -> None:
    done = run(*rig)

    assert done.returncode == 0, done.stderr
    assert (told(done)["rig"], told(done)["cases"], told(done)["violations"]) == (rig[0], int(rig[2]), 0)
    assert told(done)["calls"] > 0


@pytest.mark.parametrize("rig", ON_A_SERVER, ids=" ".join)
def test_a_rig_finds_nothing_on_postgresql(rig: tuple[str, ...], server: Server) -> None:
    done = run(*rig, "--url", server.url())

    assert done.returncode == 0, done.stderr
    assert (told(done)["database"], told(done)["violations"]) == ("postgresql", 0)


def test_the_same_seed_gives_the_same_sequences_however_they_are_shared() -> None:
    whole = counted("--cases", "6")

    assert whole == counted("--cases", "4") + counted("--cases", "2", "--from", "4")


def test_a_run_that_is_stopped_tells_what_was_done_and_where_to_go_on() -> None:
    rig = subprocess.Popen(
        command("fuzz", "--cases", "1000000", "--processes", "1", "--kind", "purchases", "--steps", "1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert rig.stderr is not None
    assert "begun" in rig.stderr.readline()
    rig.send_signal(signal.SIGTERM)
    said = json.loads(rig.communicate(timeout=120)[0])

    assert rig.returncode == 1
    assert said["stopped"]
    assert said["cases"] == said["next"] < 1_000_000


@pytest.mark.parametrize("name", ["any challenge", "nothing compared again"])
def test_a_guard_that_is_switched_off_is_seen(name: str, tmp_path: Path) -> None:
    done = run("fuzz", "--cases", "200", "--processes", "1", "--first", root=without(name, tmp_path))

    assert done.returncode == 1
    assert told(done)["violations"] >= 1


def test_every_guard_that_can_be_switched_off_still_stands_in_the_source() -> None:
    for mutant in known_mutants():
        assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.find) == 1, mutant.name
