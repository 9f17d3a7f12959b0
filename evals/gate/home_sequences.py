"""One random sequence around the address that orders go to, with purchases open beside it."""

from evals.gate.ground import Step
from evals.gate.sequences import Sequence


class HomeSequence(Sequence):
    """Two shoppers who move house, again and again, while they shop."""

    def _repertoire(self) -> list[Step]:
        homes = self.homes
        weights: dict[Step, int] = {
            homes.move: 4, homes.show_home: 4, homes.press_home: 8, homes.forge_home: 5, homes.stay: 1,
            homes.insist_home: 2,
            self._choose: 4, self.market.wait: 2, self._prepare: 2, self._render: 2, self._press: 3, self._add: 1,
        }  # fmt: skip
        return [step for step, weight in weights.items() for _ in range(weight)]
