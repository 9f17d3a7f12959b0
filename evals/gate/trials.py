"""Runs fuzz cases on a copy of the source in a child, which inherits what is not ours and loads only the copy anew."""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

PACKAGES = ("policies", "shop", "evals", "tools", "retrieval", "assistant")
_SAID = "said"
_SEEN = 1


@dataclass(frozen=True, slots=True)
class Cases:
    """Fuzz cases to run one after the other on one shop, until one breaks something.

    Args:
        kind: What they are about.
        cases: How many.
        seed: Of all of them.
        start: Number of the first.
    """

    kind: str
    cases: int
    seed: int = 1
    start: int = 0


def seen(folder: Path, cases: Cases, longest_s: int) -> str:
    """Return what the cases find in the source at `folder`, "" for nothing; a copy that breaks is seen, too.

    Raises:
        InterruptedError: The child was killed from outside: that says nothing about the source.
    """
    child = os.fork()
    if child == 0:
        _run(folder, cases, longest_s)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGALRM:
        return f"does not end within {longest_s} s"
    if status < 0:
        raise InterruptedError(f"a trial was killed by signal {-status}: that says nothing about the guard")
    said = (folder / _SAID).read_text(encoding="utf-8").strip().replace(f"{folder}/", "") if status else ""
    return said or ("breaks" if status else "")


def _run(folder: Path, cases: Cases, longest_s: int) -> None:
    status = _SEEN
    try:
        signal.alarm(longest_s)
        found = _found(folder, cases)
        (folder / _SAID).write_text(found, encoding="utf-8")
        status = _SEEN if found else 0
    finally:
        if status and not (folder / _SAID).exists():
            (folder / _SAID).write_text(f"breaks: {traceback.format_exc().splitlines()[-1]}", encoding="utf-8")
        os._exit(status)


def _found(folder: Path, cases: Cases) -> str:
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]
    rig = import_module("evals.gate.fuzz")
    plan = rig.FuzzPlan(cases.cases, seed=cases.seed, start=cases.start, kind=cases.kind)
    problems: Sequence[str] = rig.here(plan)
    return problems[0] if problems else ""
