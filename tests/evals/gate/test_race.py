"""What the race does about its own processes."""

import pytest

from evals.gate.place import Site
from evals.gate.race import _runners


def test_a_process_that_dies_keeps_nobody_waiting() -> None:
    # Nobody has made the books of this place, which ends the process that opens it.
    with Site().place() as place, _runners(place, 1) as (runner,), pytest.raises(EOFError):
        runner.recv()
