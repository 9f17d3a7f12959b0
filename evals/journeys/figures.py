"""Figures of played journeys: shares with intervals, by group, in the shape every suite reports."""

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from typing import Any

from evals.journeys.play import Finding, Played
from evals.journeys.script import GRADES

_Z = 1.96  # of a 95 % interval
_DIGITS = 4

Figures = dict[str, float | int]


def report_of(played: Sequence[Played], model: str) -> dict[str, Any]:
    """Return `{suite, model, systems: {served: {metric: value}}, groups: {name: {…}}, failed: […]}`.

    Shares are of assertions, in [0, 1]; `_low` and `_high` bound their 95 % Wilson interval.
    """
    groups: dict[str, list[Played]] = defaultdict(list)
    for each in played:
        groups[each.journey.group].append(each)
    return {
        "suite": "journeys",
        "model": model,
        "systems": {"served": _figures(played)},
        "groups": {name: _figures(of_group) for name, of_group in sorted(groups.items())},
        "failed": [_failure(each, finding) for each in played for finding in each.failed],
    }


def _figures(played: Sequence[Played]) -> Figures:
    findings = [finding for each in played for finding in each.findings]
    figures: Figures = {"journeys": len(played), "journeys_whole": sum(not each.failed for each in played)}
    figures |= share("all", findings)
    for grade in GRADES:
        figures |= share(grade, [finding for finding in findings if finding.grade == grade])
    return figures


def share(name: str, findings: Sequence[Finding]) -> Figures:
    """Return how many there are, how many held, the share and its interval; nothing for none."""
    count = len(findings)
    if not count:
        return {}
    held = sum(finding.held for finding in findings)
    low, high = wilson(held, count)
    return {f"{name}_held": held, f"{name}_count": count, name: _rounded(held / count)} | {
        f"{name}_low": _rounded(low),
        f"{name}_high": _rounded(high),
    }


def wilson(held: int, count: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share; unlike the normal one it says something of 0 and of all."""
    met = held / count
    middle = (met + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z / (1 + _Z**2 / count) * sqrt(met * (1 - met) / count + _Z**2 / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _rounded(value: float) -> float:
    return round(value, _DIGITS)


def _failure(played: Played, finding: Finding) -> dict[str, str]:
    name = f"{played.journey.group}/{played.journey.name}:{finding.line}"
    return {"journey": name, "grade": finding.grade, "assertion": finding.text, "why": finding.why}
