"""Tampers with the audit log in every way, in the books and in an export, and counts what a verification finds."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from evals.gate.change_sequences import ChangeSequence
from evals.gate.ground import KEY, open_ground
from evals.gate.place import Outside, Place, Site, outside
from evals.gate.report import RigReport
from evals.gate.tricks import COLUMNS, HEAD, Log, Trick, anchor_of, tricks
from shop.audit import AuditLog, AuditReader
from shop.audit_export import FORMAT, verify_export
from shop.db import Database, DatabaseSettings
from shop.views import AuditReport

_ROWS = f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq"
_HEADS = "SELECT head_id, seq, hash, seal FROM audit_head"
_STEPS = 20


@dataclass(frozen=True, slots=True)
class TamperPlan:
    """What to try.

    Args:
        cases: Tricks drawn by the seed; 0 is every one there is, in the books and in an export.
        seed: Of the draw, and of the history that is tampered with.
        table: A file for the results as Markdown.
        site: Where the shop is.
    """

    cases: int
    seed: int = 1
    table: Path | None = None
    site: Site = field(default_factory=Site)


@dataclass(slots=True)
class _Counted:
    tried: int = 0
    found: int = 0
    named: int = 0


async def tamper(plan: TamperPlan) -> RigReport:
    """Try the plan's tricks; each has to be found, and its first bad row named."""
    report = RigReport("audit", plan.cases, plan.seed)
    counts: dict[str, _Counted] = {}
    with plan.site.place() as place:
        async with _history(place, plan.seed) as (beside, reader, sealer):
            log = _read(beside)
            every = [(where, trick) for trick in tricks(log, sealer) for where in ("books", "export")]
            chosen = random.Random(plan.seed).sample(every, plan.cases) if 0 < plan.cases < len(every) else every
            report.wanted = len(chosen)
            for where, trick in chosen:
                known = anchor_of(log) if trick.anchored else None
                if where == "books":
                    _write(beside, trick.log)
                    said = await reader.verify(known)
                else:
                    said = verify_export(_lines(trick.log), sealer, known)
                report.violations += _judged(f"{where}: {trick.kind}", trick, said, counts)
                report.cases += 1
            _write(beside, log)
            whole = await reader.verify(anchor_of(log))
            report.violations += [] if whole.ok else [f"an untouched log is not whole: {whole.problem}"]
    report.calls = report.cases
    report.facts = {"database": plan.site.database, "rows": len(log.rows), "tricks_in_all": len(every)}
    report.facts["found"] = {kind: f"{one.found}/{one.tried}" for kind, one in sorted(counts.items())}
    if plan.table is not None:
        await asyncio.to_thread(plan.table.write_text, _markdown(counts), encoding="utf-8")
    return report


@asynccontextmanager
async def _history(place: Place, seed: int) -> AsyncGenerator[tuple[Outside, AuditReader, AuditLog]]:
    """Let a shop have a past, and open its log as an auditor does."""
    async with open_ground(place) as ground:
        await ChangeSequence(ground, f"{seed}:history").run(_STEPS)
        sealer = AuditLog(KEY, ground.policy.digest)
    database = Database(DatabaseSettings(place.url), asyncio.Lock())
    try:
        with outside(place) as beside:
            yield beside, AuditReader(database, sealer), sealer
    finally:
        await database.aclose()


def _read(beside: Outside) -> Log:
    (head,) = beside.rows(_HEADS)
    return Log(tuple(beside.rows(_ROWS)), head)


def _write(beside: Outside, log: Log) -> None:
    beside.rows("DELETE FROM audit")
    marks = f"({', '.join('?' * len(COLUMNS))})"
    for start in range(0, len(log.rows), 50):
        some = log.rows[start : start + 50]
        values = [row[name] for row in some for name in COLUMNS]
        beside.rows(f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES {', '.join([marks] * len(some))}", values)
    beside.rows("UPDATE audit_head SET seq = ?, hash = ?, seal = ?", [log.head[name] for name in HEAD])


def _lines(log: Log) -> Iterator[str]:
    yield json.dumps({"format": FORMAT, "after": 0, "previous": "0" * 64})
    yield from (json.dumps(row) for row in log.rows)
    yield json.dumps({"end": {name: log.head[name] for name in HEAD}})


def _judged(what: str, trick: Trick, said: AuditReport, counts: dict[str, _Counted]) -> Sequence[str]:
    count = counts.setdefault(what, _Counted())
    count.tried += 1
    count.found += not said.ok
    count.named += not said.ok and said.first_bad == trick.first_bad
    if said.ok:
        return [f"{what}, row {trick.first_bad}: not found"]
    if said.first_bad != trick.first_bad:
        return [f"{what}: named row {said.first_bad}, not {trick.first_bad}"]
    return []


def _markdown(counts: Mapping[str, _Counted]) -> str:
    lines = ["| what was done to the log | tried | found | first bad row named |", "|---|---|---|---|"]
    lines += [f"| {kind} | {one.tried} | {one.found} | {one.named} |" for kind, one in sorted(counts.items())]
    whole = [sum(getattr(one, name) for one in counts.values()) for name in ("tried", "found", "named")]
    return "\n".join([*lines, f"| **all** | {whole[0]} | {whole[1]} | {whole[2]} |"]) + "\n"
