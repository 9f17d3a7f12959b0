"""Switches guards off in a copy of the source and lets one rig after the other look for what they kept out."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from evals.gate.trials import PACKAGES, Cases, seen

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_SWITCHED = ("policies", "shop")
_CHANGED = ("cancellation", "another variant on a declined card", "return", "another way to pay")
# Cheap first: most guards are missed within a few sequences. A mutant may name the one that is tried before the others.
ATTEMPTS: Mapping[str, Cases | tuple[str, ...]] = {
    "purchases": Cases("purchases", 200),
    "changes": Cases("changes", 200),
    "homes": Cases("homes", 200),
    "race": ("race", "--cases", "22", "--processes", "2", "--first"),
    "crash": ("crash", "--cases", "120", "--processes", "1", "--first"),
    "crash of changes": ("crash", "--cases", "80", "--processes", "1", "--first", "--scenes", *_CHANGED),
    "more purchases": Cases("purchases", 1_500, seed=2),
    "more changes": Cases("changes", 600, seed=2),
}
_LONGEST_S = 1800
_NAMED: Mapping[str, str] = {"with": "together"}
_CASE = re.compile(r"seed (\d+), case (\d+):")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard and how to switch it off.

    Args:
        name: What the shop does without it.
        guards: The invariant it serves.
        file: Where it stands.
        find: Its source, once in the file.
        replace: What stands there instead.
        needs: The rig that is tried first.
        redundant: What else holds while only this one is off; then no rig has to see it.
        together: Name of a guard whose absence, too, must be seen together with this one's.
    """

    name: str
    guards: str
    file: str
    find: str
    replace: str
    needs: str = "purchases"
    redundant: str = ""
    together: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of switching one or two guards off.

    Args:
        names: Of the guards.
        seen_by: The attempt that was red, "" for none.
        why: What it said.
        seconds: How long it all took.
        case: The fuzz case that shows it, where one does.
    """

    names: tuple[str, ...]
    seen_by: str
    why: str
    seconds: float
    case: Cases | None = None


def known_mutants() -> list[Mutant]:
    """Return every guard that can be switched off."""
    entries: list[dict[str, str]] = tomllib.loads(
        files("evals.gate").joinpath("mutants.toml").read_text(encoding="utf-8")
    )["mutant"]
    return [Mutant(**{_NAMED.get(key, key): value for key, value in entry.items()}) for entry in entries]


def copy(source: Path, folder: Path) -> None:
    """Copy the source, with what is compiled: it still fits the files that stay as they are."""
    for package in PACKAGES:
        shutil.copytree(source / package, folder / package)


def attempt(base: Path, trial: Sequence[Mutant], first: Sequence[Cases] = ()) -> Tried:
    """Switch the guards of a trial off and have the rigs look, until one is red.

    Args:
        base: A copy of the source.
        trial: The guards.
        first: Cases that saw one of them alone. A guard alone that others cover is looked for with its first rig only.
    """
    begun = perf_counter()
    names = tuple(mutant.name for mutant in trial)
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        _switched_off(base, folder, trial)
        for cases in first:
            if why := seen(folder, cases, _LONGEST_S):
                return Tried(names, cases.kind, why, perf_counter() - begun, cases)
        needed = {mutant.needs for mutant in trial}
        covered = len(trial) == 1 and bool(trial[0].redundant)
        wanted = [rig for rig in ATTEMPTS if rig in needed] + [rig for rig in ATTEMPTS if rig not in needed]
        for rig in wanted[:1] if covered else wanted:
            if why := red(folder, rig):
                return Tried(names, rig, why, perf_counter() - begun, _case(rig, why))
    return Tried(names, "", "", perf_counter() - begun)


def red(folder: Path, rig: str) -> str:
    """Let an attempt look at a copy; returns what it says when it finds something or breaks, "" otherwise."""
    how = ATTEMPTS[rig]
    if isinstance(how, Cases):
        return seen(folder, how, _LONGEST_S)
    command = [sys.executable, "-m", "evals.gate", *how]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"does not end within {_LONGEST_S} s"
    if done.returncode < 0:
        raise InterruptedError(f"a rig was killed by signal {-done.returncode}: that says nothing about the guard")
    if not done.returncode:
        return ""
    said = [line for line in done.stderr.splitlines() if not line.startswith(("begun", " "))]
    return said[-1] if said else "breaks"


def _switched_off(base: Path, folder: Path, trial: Sequence[Mutant]) -> None:
    for package in PACKAGES:
        if package in _SWITCHED:
            shutil.copytree(base / package, folder / package)
        else:
            (folder / package).symlink_to(base / package)
    for mutant in trial:
        path = folder / mutant.file
        source = path.read_text(encoding="utf-8")
        if source.count(mutant.find) != 1:
            raise LookupError(f"{mutant.name}: its guard stands {source.count(mutant.find)} times in {mutant.file}")
        path.write_text(source.replace(mutant.find, mutant.replace), encoding="utf-8")


def _case(rig: str, why: str) -> Cases | None:
    how, named = ATTEMPTS[rig], _CASE.match(why)
    if not isinstance(how, Cases) or named is None:
        return None
    return Cases(how.kind, 1, seed=int(named[1]), start=int(named[2]))
