"""Switches guards off, one at a time and in pairs, in a copy of the source, and demands that the rigs turn red."""

import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from evals.gate.pool import Progress, share
from evals.gate.report import RigReport
from evals.gate.stopping import stopping

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("policies", "shop", "evals", "tools", "retrieval", "assistant")
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_CHANGED = ("cancellation", "another variant on a declined card", "return", "another way to pay")
# Cheap first: most guards are missed within a few sequences. A mutant may name the one that is tried before the others.
_ATTEMPTS: Mapping[str, tuple[str, ...]] = {
    "purchases": ("fuzz", "--kind", "purchases", "--cases", "200", "--processes", "1", "--first"),
    "changes": ("fuzz", "--kind", "changes", "--cases", "200", "--processes", "1", "--first"),
    "homes": ("fuzz", "--kind", "homes", "--cases", "200", "--processes", "1", "--first"),
    "race": ("race", "--cases", "22", "--processes", "2", "--first"),
    "crash": ("crash", "--cases", "120", "--processes", "1", "--first"),
    "crash of changes": ("crash", "--cases", "80", "--processes", "1", "--first", "--scenes", *_CHANGED),
    "more purchases": ("fuzz", "--kind", "purchases", "--cases", "1500", "--processes", "1", "--first", "--seed", "2"),
    "more changes": ("fuzz", "--kind", "changes", "--cases", "600", "--processes", "1", "--first", "--seed", "2"),
}
# What is tried most must be green with every guard in place, or being red says nothing.
_SOUND = ("purchases", "changes", "homes")
_LONGEST_S = 1800
_NAMED: Mapping[str, str] = {"with": "together"}


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
class MutantPlan:
    """Which guards to switch off.

    Args:
        names: Of guards; none means all.
        pairs: Also two at a time: every two that are seen alone, and a covered one with the one that covers it.
        sample: That many pairs, drawn by the seed; 0 is all.
        processes: Trials at the same time.
        table: A file for the results as Markdown.
        seed: Of the draw.
    """

    names: Sequence[str] = ()
    pairs: bool = False
    sample: int = 0
    processes: int = 2
    table: Path | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Tried:
    trial: tuple[Mutant, ...]
    killer: str
    seconds: float

    @property
    def name(self) -> str:
        return " + ".join(mutant.name for mutant in self.trial)


def known_mutants() -> list[Mutant]:
    """Return every guard that can be switched off."""
    entries: list[dict[str, str]] = tomllib.loads(
        files("evals.gate").joinpath("mutants.toml").read_text(encoding="utf-8")
    )["mutant"]
    return [Mutant(**{_NAMED.get(key, key): value for key, value in entry.items()}) for entry in entries]


def mutants(plan: MutantPlan) -> RigReport:
    """Try the plan's guards: a rig has to see each that no other covers, and each pair; SIGTERM ends it early."""
    chosen = [mutant for mutant in known_mutants() if not plan.names or mutant.name in plan.names]
    trials: list[tuple[Mutant, ...]] = [(mutant,) for mutant in chosen]
    if plan.pairs:
        pairs = _pairs(chosen)
        trials += random.Random(plan.seed).sample(pairs, plan.sample) if 0 < plan.sample < len(pairs) else pairs
    report, done, begun = RigReport("mutants", len(trials), plan.seed), list[_Tried](), perf_counter()
    with tempfile.TemporaryDirectory(dir=_MEMORY) as base, stopping() as stop:
        _copy(_ROOT, Path(base))
        if any(_red(base, _ATTEMPTS[name]) for name in _SOUND):
            raise LookupError("the rigs are red with every guard in place; mend that first")
        progress = Progress(len(trials))
        for tried in share(plan.processes, [partial(_try, trial, Path(base)) for trial in trials], stop):
            done.append(tried)
            report.cases += 1
            if not tried.killer and not (len(tried.trial) == 1 and tried.trial[0].redundant):
                report.violations.append(f"no rig sees: {tried.name}")
            progress.tell(report.cases)
    report.calls = report.cases
    report.facts = {"seconds": round(perf_counter() - begun), "processes": plan.processes, "stopped": bool(stop)}
    report.facts["killed"] = sum(bool(tried.killer) for tried in done)
    report.facts["killed_by"] = {tried.name: tried.killer or "survives" for tried in done}
    if plan.table is not None:
        plan.table.write_text(_markdown(done), encoding="utf-8")
    return report


def _pairs(chosen: Sequence[Mutant]) -> list[tuple[Mutant, ...]]:
    """Return the pairs that say something: a covered guard tells nothing beside one that does not cover it."""
    alone = [mutant for mutant in chosen if not mutant.redundant]
    by_name = {mutant.name: mutant for mutant in chosen}
    covered = {frozenset((mutant.name, mutant.together)) for mutant in chosen if mutant.together in by_name}
    found = [tuple(by_name[name] for name in sorted(pair)) for pair in sorted(covered, key=sorted)]
    return [*found, *itertools.combinations(alone, 2)]


def _copy(source: Path, folder: Path) -> None:
    for package in _PACKAGES:
        # What is compiled comes along: it still fits the files that stay as they are.
        shutil.copytree(source / package, folder / package)


def _try(trial: tuple[Mutant, ...], base: Path) -> _Tried:
    begun = perf_counter()
    killer = _killer(trial, base)
    return _Tried(trial, killer, perf_counter() - begun)


def _killer(trial: Sequence[Mutant], base: Path) -> str:
    """Return the rig that saw it, "" for none."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        _copy(base, Path(folder))
        for mutant in trial:
            _switch_off(Path(folder), mutant)
        first = {mutant.needs for mutant in trial}
        for name in sorted(_ATTEMPTS, key=lambda one: one not in first):
            if _red(folder, _ATTEMPTS[name]):
                return name
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
    if done.returncode < 0:
        raise InterruptedError(f"a rig was killed by signal {-done.returncode}: that says nothing about the guard")
    return done.returncode != 0


def _markdown(done: Sequence[_Tried]) -> str:
    lines = ["| switched off | guards | seen by | seconds |", "|---|---|---|---|"]
    for tried in done:
        guards = ", ".join(sorted({mutant.guards for mutant in tried.trial}))
        covered = tried.trial[0].redundant if len(tried.trial) == 1 else ""
        seen = tried.killer or (f"covered: {covered}" if covered else "**nothing**")
        lines.append(f"| {tried.name} | {guards} | {seen} | {tried.seconds:.0f} |")
    return "\n".join(lines) + "\n"
