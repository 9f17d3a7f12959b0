"""What was wrong in a feed, and the count that must come out: rows read = rows kept + rows left out."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_KEPT_PROBLEMS = 20
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of one row. `field` is a column, or a path such as "entry.offers.0.price"; "" is the row as a whole."""

    line: int  # from 1
    field: str
    reason: str
    last: int = 0  # where the row ends when it spans lines
    item: str = ""  # the row's own id where it could be read
    kept: bool = False  # the row went in all the same, without what is named


Fault = tuple[str, str]  # field and reason
Report = Callable[[Problem], None]


class Refusal(Exception):
    """A row is left out because of `faults`."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(faults)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in its file, and the id it gives itself."""

    line: int
    last: int = 0
    item: str = ""


class Tally:
    """Counts the rows of a feed and tells of every fault.

    Args:
        report: Called for each fault, in the order found.
        kept: Called with the place of each row that is in.
    """

    def __init__(self, report: Report, kept: Callable[[Place], None] = lambda _: None) -> None:
        self.rows = 0
        self.kept = 0
        self.left_out = 0
        self.notes = 0
        self._report = report
        self._tell_kept = kept

    def keep(self, place: Place) -> None:
        """Count a row as in."""
        self.kept += 1
        self._tell_kept(place)

    def leave_out(self, place: Place, *faults: Fault) -> None:
        """Tell why a row that was counted is not in."""
        self.left_out += 1
        for field, reason in faults:
            self._tell(place, field, reason, kept=False)

    def note(self, place: Place, *faults: Fault) -> None:
        """Tell what of a row that is in was left out or doubtful."""
        for field, reason in faults:
            self.notes += 1
            self._tell(place, field, reason, kept=True)

    def _tell(self, place: Place, field: str, reason: str, *, kept: bool) -> None:
        self._report(Problem(place.line, field, reason[:_LONGEST_REASON], place.last, place.item[:80], kept))


class ProblemFile:
    """A CSV file of all problems that opens in a spreadsheet; keeps the first ones, those that cost a row first."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(["line", "last_line", "item", "field", "reason", "row"])
        self._lost: list[Problem] = []
        self._noted: list[Problem] = []

    def __call__(self, problem: Problem) -> None:
        """Write one problem."""
        texts = [_plain(text) for text in (problem.item, problem.field, problem.reason)]
        last = problem.last or problem.line
        self._rows.writerow([problem.line, last, *texts, "kept" if problem.kept else "left out"])
        shelf = self._noted if problem.kept else self._lost
        if len(shelf) < _KEPT_PROBLEMS:
            shelf.append(problem)

    @property
    def first(self) -> Sequence[Problem]:
        """The first problems, at most 20."""
        return [*self._lost, *self._noted][:_KEPT_PROBLEMS]

    def __enter__(self) -> "ProblemFile":
        """Return itself; leaving the block closes the file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()


def _plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
