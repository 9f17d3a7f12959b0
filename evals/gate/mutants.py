"""Switches guards off, one at a time and in pairs, in a copy of the source, and demands that the rigs turn red."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from evals.gate.report import RigReport

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("policies", "shop", "evals", "tools", "retrieval", "assistant")
# Cheap first: most guards are missed within a few sequences.
_ATTEMPTS = (
    ("fuzz", "--cases", "200", "--processes", "1", "--first"),
    ("race", "--cases", "10"),
    ("crash", "--cases", "120"),
    ("fuzz", "--cases", "1500", "--first", "--seed", "2"),
)
_LONGEST_S = 900


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard and how to switch it off."""

    name: str
    guards: str
    file: str
    find: str
    replace: str
    needs: str = ""
    redundant: str = ""


def known_mutants() -> list[Mutant]:
    """Return every guard that can be switched off."""
    text = files("evals.gate").joinpath("mutants.toml").read_text(encoding="utf-8")
    return [Mutant(**entry) for entry in tomllib.loads(text)["mutant"]]


def mutants(names: Sequence[str], *, pairs: bool) -> RigReport:
    """Try the named guards, or all; with `pairs` also every two of them together.

    A guard that another covers may survive alone, never together with the one that covers it.
    """
    chosen = [mutant for mutant in known_mutants() if not names or mutant.name in names]
    trials = [(mutant,) for mutant in chosen]
    trials += list(itertools.combinations(chosen, 2)) if pairs else []
    report = RigReport("mutants", len(trials))
    table: dict[str, str] = {}
    for trial in trials:
        name = " + ".join(mutant.name for mutant in trial)
        killer = _killer(trial)
        table[name] = killer or "survives"
        report.cases += 1
        if not killer and not (len(trial) == 1 and trial[0].redundant):
            report.violations.append(f"no rig sees: {name}")
    report.facts = {"killed_by": table}
    return report


def _killer(trial: Sequence[Mutant]) -> str:
    """Return the rig that saw it, "" for none."""
    with tempfile.TemporaryDirectory() as folder:
        for package in _PACKAGES:
            shutil.copytree(_ROOT / package, Path(folder) / package, ignore=shutil.ignore_patterns("__pycache__"))
        for mutant in trial:
            _switch_off(Path(folder), mutant)
        first = {mutant.needs for mutant in trial}
        for attempt in sorted(_ATTEMPTS, key=lambda one: one[0] not in first):
            if _red(folder, attempt):
                return f"{attempt[0]} {' '.join(attempt[1:3])}"
    return ""


def _switch_off(folder: Path, mutant: Mutant) -> None:
    path = folder / mutant.file
    source = path.read_text(encoding="utf-8")
    if source.count(mutant.find) != 1:
        raise LookupError(f"{mutant.name}: its guard stands {source.count(mutant.find)} times in {mutant.file}")
    path.write_text(source.replace(mutant.find, mutant.replace), encoding="utf-8")


def _red(folder: str, attempt: Sequence[str]) -> bool:
    """Run a rig on the copy; it is red when it finds something, and when the copy breaks under it."""
    command = [sys.executable, "-m", "evals.gate", *attempt]
    environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=_LONGEST_S, check=False)
    return done.returncode != 0
