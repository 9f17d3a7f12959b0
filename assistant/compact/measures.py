"""Reads measures of products as numbers that can be compared."""

import re

_LENGTH = re.compile(r"^(\d+(?:\.\d+)?)\s?(cm|mm|m)?$")


def centimetres(value: str) -> float | None:
    """Read '110 cm' or '1.1 m' as centimetres, None for anything else."""
    match = _LENGTH.match(value.strip())
    if match is None:
        return None
    return float(match[1]) * {"m": 100.0, "mm": 0.1}.get(match[2] or "cm", 1.0)
