"""docs/safety.md names a test for each promise, and each of them is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
SAFETY = TESTS.parent / "docs" / "safety.md"


def rows() -> list[str]:
    text = SAFETY.read_text(encoding="utf-8").split("## What the product visibly does")[1].split("##")[0]
    return [line for line in text.splitlines() if line.startswith("| ")][1:]


def test_every_case_names_a_test_or_a_journey_that_is_there() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)\(", written))
    journeys = {path.stem for path in (TESTS / "journeys" / "scripts").glob("*.txt")}
    missing: list[str] = []
    for row in rows():
        held = row.rsplit("|", 2)[1]
        tests, told = set(re.findall(r"`(test_\w+)`", held)), set(re.findall(r"journey `(\w+)`", held))
        if not tests | told or tests - known or told - journeys:
            missing.append(row)

    assert missing == []


def test_there_is_a_row_for_every_case_of_the_matrix() -> None:
    assert len(rows()) >= 23
