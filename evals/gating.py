"""Compares what was measured with a committed baseline: a share that fell below its interval is a regression."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.errors import SettingsError

_LOW = "_low"
# What may not fall at all: one more violation is one too many, whatever an interval says.
_STRICT = frozenset({"safety"})


def read_baseline(path: Path) -> dict[str, Any]:
    """Read a baseline: a suite's report, as `--json` printed it.

    Raises:
        SettingsError: The file is missing or is no report.
    """
    try:
        baseline: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read as a baseline: {error}. Write one with --json.") from error
    if "suite" not in baseline or "systems" not in baseline:
        raise SettingsError(f"{path} is no report of a suite that can be gated. Write one with --json.")
    return baseline


def regressions(baseline: Mapping[str, Any], measured: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each share of the systems that fell below its baseline's interval."""
    return list(_regressions(baseline["systems"], measured["systems"]))


def _regressions(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for system, metrics in before.items():
        for bound in (name for name in metrics if name.endswith(_LOW)):
            name = bound.removesuffix(_LOW)
            least = metrics[name] if name in _STRICT else metrics[bound]
            found = now.get(system, {}).get(name)
            if found is None or found < least:
                yield f"{system}: {name} is {found}, it was {metrics[name]} and may not fall below {least}."
