"""Reads measures of products as numbers that can be compared."""

import re

_LENGTH = re.compile(r"^(\d+(?:\.\d+)?)\s?(cm|mm|m|inch|ft)?$")
_CENTIMETRES = {"cm": 1.0, "m": 100.0, "mm": 0.1, "inch": 2.54, "ft": 30.48}


def centimetres(value: str) -> float | None:
    """Read '110 cm', '1.1 m' or '43 inch' as centimetres, None for anything else."""
    match = _LENGTH.match(value.strip())
    if match is None:
        return None
    return float(match[1]) * _CENTIMETRES[match[2] or "cm"]
