"""The report of played journeys as a page a person can read: figures by group, then what failed, with transcripts."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from evals.journeys.play import Played
from evals.journeys.script import GRADES

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Journeys</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:64rem;padding:0 1rem}}
table{{border-collapse:collapse}}th,td{{padding:.3rem .9rem;border-bottom:1px solid #ddd;text-align:right}}
th:first-child,td:first-child{{text-align:left}}section{{margin:2rem 0;border-top:1px solid #ddd}}
p{{margin:.3rem 0}}.assistant{{padding-left:1.5rem}}.does{{color:#666}}.failed{{color:#a01010;padding-left:1.5rem}}
.shopper::before{{content:"> "}}.does::before{{content:"! "}}.failed::before{{content:"✗ "}}</style>
<h1>Journeys, planned by {model}</h1>
<table><thead><tr><th>group</th><th>journeys</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
<h2>{count} with something that did not hold</h2>{sections}</html>
"""


def write_journeys(folder: Path, report: Mapping[str, Any], played: Sequence[Played]) -> None:
    """Write `report.json` and `report.html` into `folder`, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    failed = [each for each in played if each.failed]
    groups = [*report["groups"].items(), ("all", report["systems"]["served"])]
    page = _PAGE.format(
        model=escape(str(report["model"])),
        heads="".join(f"<th>{name}</th>" for name in ("all", *GRADES)),
        rows="".join(_row(name, figures) for name, figures in groups),
        count=len(failed),
        sections="".join(_section(each) for each in failed),
    )
    (folder / "report.html").write_text(page, encoding="utf-8")


def held_of(figures: Mapping[str, Any], name: str) -> str:
    """Return a share as people read it: `41/42 (0.88-1.00)`."""
    if f"{name}_count" not in figures:
        return ""
    interval = f"{figures[f'{name}_low']:.2f}-{figures[f'{name}_high']:.2f}"
    return f"{figures[f'{name}_held']}/{figures[f'{name}_count']} ({interval})"


def _row(name: str, figures: Mapping[str, Any]) -> str:
    cells = "".join(f"<td>{held_of(figures, each)}</td>" for each in ("all", *GRADES))
    return f"<tr><td>{escape(name)}</td><td>{figures['journeys_whole']}/{figures['journeys']}</td>{cells}</tr>"


def _section(played: Played) -> str:
    journey = played.journey
    lines = [f'<p class="{who}">{escape(text)}</p>' for who, text in played.transcript]
    # The rules of every turn have no line of their own.
    lines += [f'<p class="failed">{escape(f"{f.text}: {f.why}")}</p>' for f in played.failed if not f.line]
    head = f"<h3>{escape(journey.group)}/{escape(journey.name)}</h3><p>{escape(journey.title)}</p>"
    return f"<section>{head}{''.join(lines)}</section>"
