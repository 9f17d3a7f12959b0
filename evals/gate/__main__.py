"""`python -m evals.gate RIG`: runs one rig, prints one JSON line, exits 1 on any violation or missing case."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from evals.gate.crash import EVERY_SCENE, CrashPlan, crash
from evals.gate.fuzz import FuzzPlan, fuzz
from evals.gate.latency import LatencyPlan, latency
from evals.gate.mutants import MutantPlan, mutants
from evals.gate.place import open_site
from evals.gate.race import RacePlan, race
from evals.gate.replay import ReplayPlan, replay
from evals.gate.report import RigReport
from evals.gate.tamper import TamperPlan, tamper
from evals.gate.words import words
from policies.errors import SettingsError


def main(argv: list[str] | None = None) -> int:
    """Run the rig that the arguments name and return the exit status."""
    asked = _parser().parse_args(argv)
    report = _RIGS[asked.rig](asked)
    for violation in report.violations:
        print(violation, file=sys.stderr)  # noqa: T201
    print(report.line())  # noqa: T201
    return 0 if report.passed else 1


def _fuzz(asked: argparse.Namespace) -> RigReport:
    with open_site(asked.database, asked.url) as site:
        plan = FuzzPlan(
            asked.cases, asked.steps, asked.seed, asked.processes, asked.first, asked.start, asked.kind, site
        )
        return fuzz(plan)


def _crash(asked: argparse.Namespace) -> RigReport:
    with open_site(asked.database, asked.url) as site:
        return crash(
            CrashPlan(asked.cases, asked.seed, tuple(asked.scenes), asked.start, asked.processes, site, asked.first)
        )


def _race(asked: argparse.Namespace) -> RigReport:
    with open_site(asked.database, asked.url) as site:
        return race(RacePlan(asked.cases, asked.ways, asked.processes, asked.seed, asked.start, site, asked.first))


def _words(asked: argparse.Namespace) -> RigReport:
    return asyncio.run(words(asked.cases, asked.seed))


def _mutants(asked: argparse.Namespace) -> RigReport:
    table, record = (Path(name) if name else None for name in (asked.table, asked.record))
    return mutants(MutantPlan(asked.only, asked.pairs, asked.sample, asked.processes, table, record))


def _audit(asked: argparse.Namespace) -> RigReport:
    with open_site(asked.database, asked.url) as site:
        table = Path(asked.table) if asked.table else None
        return asyncio.run(tamper(TamperPlan(asked.cases, asked.seed, table, site)))


def _latency(asked: argparse.Namespace) -> RigReport:
    with open_site(asked.database, asked.url, on_disk=True) as site:
        return asyncio.run(latency(LatencyPlan(asked.cases, site)))


def _replay(asked: argparse.Namespace) -> RigReport:
    try:
        return replay(ReplayPlan(Path(asked.data), asked.cases, asked.kills, asked.seed, asked.processes))
    except SettingsError as error:
        raise SystemExit(str(error)) from error


_RIGS: Mapping[str, Callable[[argparse.Namespace], RigReport]] = {
    "fuzz": _fuzz,
    "crash": _crash,
    "race": _race,
    "words": _words,
    "audit": _audit,
    "replay": _replay,
    "latency": _latency,
    "mutants": _mutants,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.gate", description=__doc__)
    rigs = parser.add_subparsers(dest="rig", required=True, metavar="RIG")
    one = rigs.add_parser("fuzz", help="random hostile and honest sequences, an oracle after every call")
    one.add_argument("--cases", type=int, default=1_500, help="sequences to run (default %(default)s)")
    one.add_argument("--steps", type=int, default=24, help="calls in each (default %(default)s)")
    one.add_argument("--seed", type=int, default=1, help="the same seed gives the same sequences")
    one.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    one.add_argument("--first", action="store_true", help="stop at the first violation")
    one.add_argument("--from", dest="start", type=int, default=0, help="number of the first case (default %(default)s)")
    one.add_argument("--kind", choices=("both", "purchases", "changes", "homes"), default="both")
    _where(one)
    one = rigs.add_parser("crash", help="SIGKILL at every point, again in recovery, then retry or set aside")
    one.add_argument("--cases", type=int, default=0, help="scenarios drawn by the seed; 0 is every one there is")
    one.add_argument("--seed", type=int, default=1)
    names = ", ".join(EVERY_SCENE)
    one.add_argument("--scenes", nargs="*", default=[], choices=EVERY_SCENE, metavar="SCENE", help=names)
    one.add_argument("--from", dest="start", type=int, default=0, help="number of the first scenario")
    one.add_argument("--first", action="store_true", help="stop at the first violation")
    one.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    _where(one)
    one = rigs.add_parser("race", help="many presses of one card at once, with changes against them")
    one.add_argument("--cases", type=int, default=50, help="races to run (default %(default)s)")
    one.add_argument("--ways", type=int, default=64, help="presses in each (default %(default)s)")
    one.add_argument("--processes", type=int, default=4, help="processes that press (default %(default)s)")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--from", dest="start", type=int, default=0, help="number of the first race")
    one.add_argument("--first", action="store_true", help="stop at the first violation")
    _where(one)
    _further(rigs.add_parser)
    return parser


def _further(add: Callable[..., argparse.ArgumentParser]) -> None:
    one = add("words", help="sentences that sound like consent, said to the assistant")
    one.add_argument("--cases", type=int, default=500, help="sentences to say (default %(default)s)")
    one.add_argument("--seed", type=int, default=1)
    one = add("replay", help="the gold write calls of tau2-bench's retail tasks, compared with its end states")
    one.add_argument("--cases", type=int, default=0, help="calls, by whole tasks drawn by the seed; 0 is all there are")
    one.add_argument("--kills", type=int, default=40, help="SIGKILLs drawn by the seed; 0 is at every point, -1 none")
    one.add_argument("--data", default=os.environ.get("AISLE_DATA_DIR", "data"), help="folder with tau2_retail in it")
    one.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    one.add_argument("--seed", type=int, default=1)
    one = add("audit", help="every change of the audit log, in the books and in an export, has to be found")
    one.add_argument("--cases", type=int, default=0, help="tricks drawn by the seed; 0 is every one there is")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--table", default="", help="a file for the results as Markdown")
    _where(one)
    one = add("latency", help="how long a press takes, without the payment service")
    one.add_argument("--cases", type=int, default=300, help="presses to time (default %(default)s)")
    _where(one)
    one = add("mutants", help="guards switched off, one by one: the other rigs must see it")
    one.add_argument("--only", nargs="*", default=[], help="names from mutants.toml; default is all")
    one.add_argument("--pairs", action="store_true", help="also every two guards together")
    one.add_argument("--sample", type=int, default=0, help="that many pairs, drawn; 0 is all")
    one.add_argument("--processes", type=int, default=2, help="trials at the same time (default %(default)s)")
    one.add_argument("--table", default="", help="a file for the results as Markdown")
    one.add_argument("--record", default="", help="a file that keeps what was tried, to go on with after a stop")


def _where(rig: argparse.ArgumentParser) -> None:
    rig.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what keeps the books")
    rig.add_argument("--url", default="", help="a PostgreSQL server whose user may make databases; else one is started")


if __name__ == "__main__":
    sys.exit(main())
