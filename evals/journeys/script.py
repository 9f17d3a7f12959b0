"""Reads journeys: what the shopper says and does, and what must hold after it."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal, get_args

from evals.journeys.conditions import Expectation, ScriptError, expectation

Grade = Literal["safety", "task", "manner"]
GRADES: tuple[Grade, ...] = get_args(Grade)

# What can be expected, each of what the last message left: see `evals.journeys.checks`.
SUBJECTS = ("shown", "offered", "compared", "cart", "order", "quote", "press")
COUNTS = ("tools", "asked", "words", "orders", "said")
_ALONE = ("cart_unchanged", "refers")
_CONTROLS = {
    "press": 0,
    "card": 0,
    "decline": 0,
    "again": 0,
    "stranger": 0,
    "return": 0,
    "name": 3,
    "picture": None,
    "set": 2,
}


@dataclass(frozen=True, slots=True)
class Say:
    """A message of the shopper; `{name}` in it stands for what the journey named."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Do:
    """Something a shopper or the merchant does beside talking."""

    line: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assert:
    """What must hold now.

    Args:
        line: Of the file, from 1.
        text: As written.
        grade: What it would mean if it did not hold: harm, a task not done, or bad manners.
        subject: What it is about.
        argument: A name, for `refers`.
        expected: None for subjects that stand alone.
    """

    line: int
    text: str
    grade: Grade
    subject: str
    argument: str = ""
    expected: Expectation | None = None


Step = Say | Do | Assert


@dataclass(frozen=True, slots=True)
class Journey:
    """One conversation: its group, its name, what it is about, and its steps."""

    group: str
    name: str
    title: str
    steps: tuple[Step, ...]

    @property
    def pictures(self) -> bool:
        """Whether the shopper shows one, so that the shop must have looked at its own first."""
        return any(isinstance(step, Do) and step.words[0] == "picture" for step in self.steps)


def journeys(group: str | None = None) -> list[Journey]:
    """Return every journey, or those of one group, in order of their names.

    Raises:
        ScriptError: A line cannot be read, or there is no such group.
    """
    root = Path(str(resources.files("evals.journeys") / "scripts"))
    groups = sorted(path.name for path in root.iterdir() if path.is_dir())
    if group is not None and group not in groups:
        raise ScriptError(f"There is no group {group!r}; there are {', '.join(groups)}.")
    wanted = [group] if group is not None else groups
    paths = [path for name in wanted for path in sorted((root / name).glob("*.txt"))]
    return [read_journey(path.parent.name, path.stem, path.read_text(encoding="utf-8")) for path in paths]


def read_journey(group: str, name: str, text: str) -> Journey:
    """Read one journey: `#` its title, `>` the shopper says, `!` does, else an assertion.

    Raises:
        ScriptError: Names the line that cannot be read.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    titles = [line[1:].strip() for _, line in lines if line.startswith("#")]
    steps = tuple(_steps(group, name, [(n, line) for n, line in lines if line and not line.startswith("#")]))
    return Journey(group, name, titles[0] if titles else name, steps)


def _steps(group: str, name: str, lines: Iterable[tuple[int, str]]) -> Iterable[Step]:
    for number, line in lines:
        try:
            yield _step(number, line)
        except (ScriptError, ValueError) as error:
            raise ScriptError(f"{group}/{name}, line {number}: {line}: {error}.") from error


def _step(number: int, line: str) -> Step:
    if line.startswith(">"):
        return Say(number, line[1:].strip())
    words = shlex.split(line.removeprefix("!"))
    if line.startswith("!"):
        if words[0] not in _CONTROLS or _CONTROLS[words[0]] not in (None, len(words) - 1):
            raise ScriptError(f"not a control; there are {', '.join(_CONTROLS)}")
        return Do(number, tuple(words))
    return _assertion(number, line, words)


def _assertion(number: int, line: str, words: list[str]) -> Assert:
    if words[0] not in GRADES or len(words) < 2:
        raise ScriptError(f"begin with what it is: {', '.join(GRADES)}")
    grade, head, rest = words[0], words[1], words[2:]
    if head in _ALONE:
        return Assert(number, line, grade, head, rest[0].removeprefix("@") if rest else "")
    if head in SUBJECTS:
        return Assert(number, line, grade, head, expected=expectation(rest))
    subject = next((each for each in COUNTS if head.startswith(each)), None)
    if subject is None or rest:
        raise ScriptError(f"cannot be expected; there are {', '.join((*_ALONE, *SUBJECTS, *COUNTS))}")
    return Assert(number, line, grade, subject, expected=expectation([head]))
