"""Tries guards switched off, one at a time and in pairs, keeps what came of each, and demands that the rigs saw it."""

import hashlib
import itertools
import json
import random
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from evals.gate.attempts import ATTEMPTS, MEMORY, Mutant, Tried, attempt, copy, known_mutants, red
from evals.gate.pool import Progress, share
from evals.gate.report import RigReport
from evals.gate.stopping import stopping
from evals.gate.trials import Cases

_ROOT = Path(__file__).parents[2]
_SOURCES = ("policies", "shop", "evals/gate")
_LONGEST_WHY = 110
_CONTROL = "every guard in place"

Trial = tuple[Mutant, ...]


@dataclass(frozen=True, slots=True)
class MutantPlan:
    """Which guards to switch off.

    Args:
        names: Of guards; none means all.
        pairs: Also two at a time: every two that are seen alone, and a covered one with the one that covers it.
        sample: That many pairs, drawn by the seed; 0 is all.
        processes: Trials at the same time.
        table: A file for the results as Markdown.
        record: A file that keeps what was tried, to go on with after a stop; what it has of another source is left.
        seed: Of the draw.
    """

    names: Sequence[str] = ()
    pairs: bool = False
    sample: int = 0
    processes: int = 2
    table: Path | None = None
    record: Path | None = None
    seed: int = 1


class _Record:
    """What was tried of this source before, and a place for what is tried now."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._source = path, _fingerprint()
        self.tried: dict[tuple[str, ...], Tried] = {}
        lines = path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []
        for line in lines:
            kept = json.loads(line)
            if kept.pop("source") == self._source:
                case = Cases(**kept["case"]) if kept["case"] else None
                self.add(Tried(**kept | {"names": tuple(kept["names"]), "case": case}), keep=False)

    def add(self, tried: Tried, *, keep: bool = True) -> None:
        """Take a result in, and write it down unless it comes from there."""
        self.tried[tried.names] = tried
        if keep and self._path is not None:
            with self._path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"source": self._source, **asdict(tried)}) + "\n")

    def broken(self) -> list[tuple[str, str]]:
        """Return the attempts that were red with every guard in place, and what they said."""
        return [(name[1], tried.why) for name, tried in self.tried.items() if name[0] == _CONTROL and tried.why]


def mutants(plan: MutantPlan) -> RigReport:
    """Try the plan's guards: a rig has to see each that no other covers, and each pair; SIGTERM ends it early."""
    chosen = [mutant for mutant in known_mutants() if not plan.names or mutant.name in plan.names]
    singles, pairs = [(mutant,) for mutant in chosen], _pairs(chosen) if plan.pairs else []
    if 0 < plan.sample < len(pairs):
        pairs = random.Random(plan.seed).sample(pairs, plan.sample)
    report, begun = RigReport("mutants", len(singles) + len(pairs), plan.seed), perf_counter()
    record = _Record(plan.record)
    with tempfile.TemporaryDirectory(dir=MEMORY) as name, stopping() as stop:
        base = Path(name)
        copy(_ROOT, base)
        progress = Progress(report.wanted)
        for trials in (singles, pairs):
            work = (partial(attempt, base, trial, _first(record, trial)) for trial in _untried(record, trials))
            for tried in share(plan.processes, work, stop):
                record.add(tried)
                progress.tell(len(record.tried))
        rigs = {tried.seen_by for tried in record.tried.values()} & set(ATTEMPTS)
        controls = [rig for rig in sorted(rigs) if (_CONTROL, rig) not in record.tried]
        for tried in share(plan.processes, (partial(_control, base, rig) for rig in controls), stop):
            record.add(tried)
    done = [(trial, record.tried[_names(trial)]) for trial in [*singles, *pairs] if _names(trial) in record.tried]
    report.cases = report.calls = len(done)
    report.violations = [f"no rig sees: {' + '.join(_names(trial))}" for trial, tried in done if _missed(trial, tried)]
    report.violations += [f"red with every guard in place: {rig}: {why}" for rig, why in record.broken()]
    report.facts = {"seconds": round(perf_counter() - begun), "processes": plan.processes, "stopped": bool(stop)}
    report.facts |= {"guards": len(singles), "pairs": len(done) - len(singles)}
    report.facts["seen_by"] = dict(Counter(tried.seen_by or "nothing" for _, tried in done).most_common())
    if plan.table is not None:
        plan.table.write_text(_markdown(done, known=chosen), encoding="utf-8")
    return report


def _control(base: Path, rig: str) -> Tried:
    """Run an attempt that saw something with all guards in place: red then, too, it would have said nothing."""
    begun, why = perf_counter(), red(base, rig)
    return Tried((_CONTROL, rig), rig if why else "", why, perf_counter() - begun)


def _untried(record: _Record, trials: Iterable[Trial]) -> Generator[Trial]:
    yield from (trial for trial in trials if _names(trial) not in record.tried)


def _first(record: _Record, trial: Trial) -> tuple[Cases, ...]:
    """Return the cases that saw one guard of a pair alone."""
    alone = [record.tried.get((mutant.name,)) for mutant in trial if len(trial) > 1]
    return tuple(tried.case for tried in alone if tried is not None and tried.case is not None)


def _names(trial: Trial) -> tuple[str, ...]:
    return tuple(mutant.name for mutant in trial)


def _missed(trial: Trial, tried: Tried) -> bool:
    return not tried.seen_by and not (len(trial) == 1 and trial[0].redundant)


def _pairs(chosen: Sequence[Mutant]) -> list[Trial]:
    """Return the pairs that say something: a covered guard tells nothing beside one that does not cover it."""
    alone = [mutant for mutant in chosen if not mutant.redundant]
    by_name = {mutant.name: mutant for mutant in chosen}
    covered = {frozenset((mutant.name, mutant.together)) for mutant in chosen if mutant.together in by_name}
    found = [tuple(by_name[name] for name in sorted(pair)) for pair in sorted(covered, key=sorted)]
    return [*found, *itertools.combinations(alone, 2)]


def _fingerprint() -> str:
    """Return a digest of the source that is tried and of what tries it."""
    found = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((_ROOT / folder).rglob("*.*")):
            if path.suffix in (".py", ".toml"):
                found.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _markdown(done: Sequence[tuple[Trial, Tried]], known: Sequence[Mutant]) -> str:
    alone = [(trial, tried) for trial, tried in done if len(trial) == 1]
    covered = [(trial, tried) for trial, tried in done if len(trial) == 2 and any(each.redundant for each in trial)]
    others = [tried for trial, tried in done if len(trial) == 2 and not any(each.redundant for each in trial)]
    pairs = len(covered) + len(others)
    lines = [
        "# Guards of the gate, switched off one by one",
        "",
        "Written by `make gate-mutants ARGS='--pairs --table docs/mutants.md'`: each guard is switched off in a copy",
        "of the source, and the rigs attack it until one is red. One that another guard covers is tried with that one.",
        f"Tried: {len(alone):,} of {len(known):,} guards, {pairs:,} of {len(_pairs(known)):,} pairs.",
        "",
        "| switched off | guards | seen by | what it said |",
        "|---|---|---|---|",
        *(_row(trial, tried) for trial, tried in [*alone, *covered]),
    ]
    if others:
        by = Counter(tried.seen_by or "nothing" for tried in others).most_common()
        said = ", ".join(f"{count:,} by {name}" for name, count in by)
        lines += ["", f"Pairs of guards that are seen alone: {len(others):,} tried; seen {said}."]
        lines += [f"- **Not seen:** {' + '.join(tried.names)}" for tried in others if not tried.seen_by]
    return "\n".join(lines) + "\n"


def _row(trial: Trial, tried: Tried) -> str:
    guards = ", ".join(sorted({mutant.guards for mutant in trial}))
    covered = trial[0].redundant if len(trial) == 1 else ""
    by = tried.seen_by or (f"covered: {covered}" if covered else "**nothing**")
    why = tried.why.replace("|", "/").replace("\n", " ")
    return f"| {' + '.join(tried.names)} | {guards} | {by} | {why[:_LONGEST_WHY]} |"
