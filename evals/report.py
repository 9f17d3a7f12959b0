"""Writes what a suite measured as report.json and as a page a person can read."""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

Systems = Mapping[str, Mapping[str, Mapping[str, float | int]]]

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{suite}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem}}table{{border-collapse:collapse}}
th,td{{padding:.4rem .9rem;border-bottom:1px solid #ddd;text-align:right}}
th:first-child,td:first-child{{text-align:left}}</style>
<h1>{suite}</h1><table><thead><tr><th>system</th>{heads}</tr></thead><tbody>{rows}</tbody></table></html>
"""


def write_reports(folder: Path, suite: str, report: Systems) -> None:
    """Write `report.json` and `report.html` into `folder`, which is made when it is not there.

    Args:
        folder: Where to write.
        suite: Name of the suite, for the page's title.
        report: `{"systems": {name: {metric: value}}}`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    systems = report["systems"]
    names = list(dict.fromkeys(name for metrics in systems.values() for name in metrics))
    heads = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = "".join(_row(system, [metrics.get(name, "") for name in names]) for system, metrics in systems.items())
    (folder / "report.html").write_text(_PAGE.format(suite=escape(suite), heads=heads, rows=rows), encoding="utf-8")


def _row(system: str, values: list[float | int | str]) -> str:
    return f"<tr><td>{escape(system)}</td>{''.join(f'<td>{value}</td>' for value in values)}</tr>"
