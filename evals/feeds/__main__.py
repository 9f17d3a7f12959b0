"""`python -m evals.feeds fuzz`: prints one JSON line, exits 1 on any violation."""

import argparse
import sys

from evals.feeds.fuzz import feed_fuzz

_SHOWN = 20


def main(argv: list[str] | None = None) -> int:
    """Run the fuzz that the arguments describe and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.feeds", description=__doc__)
    rigs = parser.add_subparsers(dest="rig", required=True, metavar="RIG")
    fuzz = rigs.add_parser("fuzz", help="spoil rows of every format and look for what was lost")
    fuzz.add_argument("--cases", type=int, default=10_000, help="rows to spoil (default %(default)s)")
    fuzz.add_argument("--seed", type=int, default=1, help="the same seed spoils the same rows")
    asked = parser.parse_args(argv)
    outcome = feed_fuzz(asked.cases, asked.seed)
    for violation in outcome.violations[:_SHOWN]:
        print(violation, file=sys.stderr)  # noqa: T201
    print(outcome.line())  # noqa: T201
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
