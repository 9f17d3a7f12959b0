"""The bake-off as a page: a table of figures, two plots, what went wrong, and what an operator has to know."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from math import log2
from pathlib import Path
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Bake-off: {suite}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:64rem;padding:0 1rem}}
table{{border-collapse:collapse;margin:1rem 0}}
th,td{{padding:.3rem .9rem;border-bottom:1px solid #ddd;text-align:right}}
th:first-child,td:first-child{{text-align:left}}figure{{margin:2rem 0}}svg{{max-width:100%;height:auto}}
svg text{{font:12px system-ui,sans-serif;fill:#333}}</style>
<h1>Bake-off: {suite}</h1>
<p>{about}</p>
<table><thead><tr><th>figure</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
<figure>{quality}<figcaption>Share of what was checked that held, with 95 % bootstrap intervals.</figcaption></figure>
<figure>{waiting}<figcaption>Milliseconds of a whole turn by conversations at once: p50 (line), p95 (dots),
and p50 to the first word (dashes).</figcaption></figure>
<h2>What went wrong, by class</h2>
<table><thead><tr><th>class</th>{heads}</tr></thead><tbody>{modes}</tbody></table>
<h2>To be known</h2>
<table><thead><tr><th>fact</th>{heads}</tr></thead><tbody>{notes}</tbody></table></html>
"""
_COLOURS = ("#1f5fa8", "#b4511e", "#2f7d4f", "#7a3f99", "#8a6d00", "#a02050")
_WIDTH, _HEIGHT, _LEFT, _BELOW = 640, 260, 60, 40
_SHARES = ("all", "task", "safety", "manner")

Json = Mapping[str, Any]


def write_bakeoff(folder: Path, report: Json) -> None:
    """Write `report.json` and `report.html` into `folder`, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    systems: Mapping[str, Json] = report["systems"]
    page = _PAGE.format(
        suite=escape(str(report["suite"])),
        about=escape(str(report["about"])),
        heads="".join(f"<th>{escape(name)}</th>" for name in systems),
        rows=_rows(systems, systems),
        quality=_quality(systems),
        waiting=_waiting(systems, report["concurrency"]),
        modes=_rows(report["failure_modes"], systems, missing="0"),
        notes=_rows(report["notes"], systems),
    )
    (folder / "report.html").write_text(page, encoding="utf-8")


def told(value: object) -> str:
    """Return a figure or fact as people read it."""
    if value is None:
        return "not stated"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType]


def _rows(by_system: Mapping[str, Json], systems: Mapping[str, Any], missing: str = "") -> str:
    names = dict.fromkeys(name for system in systems for name in by_system.get(system, {}))
    return "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f"<td>{escape(told(by_system.get(system, {}).get(name, missing)))}</td>" for system in systems)
        + "</tr>"
        for name in names
    )


def _quality(systems: Mapping[str, Json]) -> str:
    """Draw each share of each system as a bar with its interval."""
    shares = [name for name in _SHARES if any(name in each for each in systems.values())]
    room = (_WIDTH - _LEFT) / max(1, len(shares))
    bar = room * 0.8 / max(1, len(systems))
    parts = [_scale([0, 0.25, 0.5, 0.75, 1], 1)]
    for at, name in enumerate(shares):
        parts.append(_text(_LEFT + (at + 0.4) * room, _HEIGHT - _BELOW + 18, name))
        for place, figures in enumerate(systems.values()):
            if name in figures:
                parts.append(_bar(_LEFT + at * room + place * bar, bar, figures, name, _COLOURS[place % len(_COLOURS)]))
    return _svg([*parts, _legend(list(systems))])


def _bar(x: float, width: float, figures: Json, name: str, colour: str) -> str:
    top, low, high = (_y(float(figures[key]), 1) for key in (name, f"{name}_low", f"{name}_high"))
    middle = x + width / 2
    return (
        f'<rect x="{x:.1f}" y="{top:.1f}" width="{width * 0.85:.1f}" height="{_y(0, 1) - top:.1f}" fill="{colour}"/>'
        f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="#000"/>'
    )


def _waiting(systems: Mapping[str, Json], concurrency: Sequence[int]) -> str:
    """Draw how long a turn takes over the number of conversations at once, on a scale of doublings."""
    most = max((float(each.get(f"p95_ms_at_{at}", 0)) for each in systems.values() for at in concurrency), default=0.0)
    most = most or 1.0
    last = max(1.0, log2(max(concurrency)))
    parts = [_scale([most * share / 4 for share in range(5)], most)]
    xs = [_LEFT + 20 + (_WIDTH - _LEFT - 60) * log2(at) / last for at in concurrency]
    parts += [_text(x, _HEIGHT - _BELOW + 18, str(at)) for x, at in zip(xs, concurrency, strict=True)]
    for place, figures in enumerate(systems.values()):
        colour = _COLOURS[place % len(_COLOURS)]
        for name, dashes in (("p50_ms", ""), ("first_word_p50_ms", ' stroke-dasharray="5 4"')):
            ys = [_y(float(figures.get(f"{name}_at_{at}", 0)), most) for at in concurrency]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        for x, at in zip(xs, concurrency, strict=True):
            y = _y(float(figures.get(f"p95_ms_at_{at}", 0)), most)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
    return _svg([*parts, _legend(list(systems))])


def _scale(marks: Sequence[float], most: float) -> str:
    lines = [
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{_y(mark, most):.1f}" y2="{_y(mark, most):.1f}" stroke="#ddd"/>'
        + _text(_LEFT - 30, _y(mark, most) + 4, f"{mark:.4g}")
        for mark in marks
    ]
    return "".join(lines)


def _legend(names: Sequence[str]) -> str:
    return "".join(
        f'<rect x="{_LEFT + at * 130}" y="4" width="10" height="10" fill="{_COLOURS[at % len(_COLOURS)]}"/>'
        + f'<text x="{_LEFT + 15 + at * 130}" y="13">{escape(name)}</text>'
        for at, name in enumerate(names)
    )


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BELOW - (_HEIGHT - _BELOW - 25) * min(value, most) / most


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>'


def _svg(parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>{"".join(parts)}</svg>'
