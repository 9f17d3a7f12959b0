"""The rigs that attack the gate find nothing on the gate, and something where a guard is switched off."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evals.gate.mutants import known_mutants

ROOT = Path(__file__).parents[3]
SHORT = (
    ("fuzz", "--cases", "20", "--processes", "1"),
    ("crash", "--cases", "12"),
    ("race", "--cases", "5", "--ways", "16", "--processes", "2"),
    ("words", "--cases", "25"),
)


def run(*rig: str, root: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "evals.gate", *rig]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=280, check=False)


@pytest.mark.parametrize("rig", SHORT, ids=lambda rig: rig[0])
def test_a_rig_runs_all_its_cases_and_finds_nothing(rig: tuple[str, ...]) -> None:
    done = run(*rig)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rig"], told["cases"], told["violations"]) == (rig[0], int(rig[2]), 0)
    assert told["calls"] > 0


def test_the_same_seed_gives_the_same_sequences() -> None:
    first, second = (json.loads(run("fuzz", "--cases", "3", "--processes", "1", "--seed", "9").stdout) for _ in "12")

    assert first["outcomes"] == second["outcomes"]


@pytest.mark.parametrize("name", ["any challenge", "nothing compared again"])
def test_a_guard_that_is_switched_off_is_seen(name: str, tmp_path: Path) -> None:
    mutant = next(each for each in known_mutants() if each.name == name)
    for package in ("policies", "shop", "evals", "tools", "retrieval", "assistant"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / mutant.file
    path.write_text(path.read_text(encoding="utf-8").replace(mutant.find, mutant.replace), encoding="utf-8")

    done = run("fuzz", "--cases", "200", "--processes", "1", "--first", root=tmp_path)

    assert done.returncode == 1
    assert json.loads(done.stdout)["violations"] >= 1


def test_every_guard_that_can_be_switched_off_still_stands_in_the_source() -> None:
    for mutant in known_mutants():
        assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.find) == 1, mutant.name
