"""What a rig has to say: one JSON line, and an exit status that is 1 unless every case ran and none was violated."""

import json
from dataclasses import dataclass, field


@dataclass(slots=True)
class RigReport:
    """The result of a rig.

    Args:
        rig: Its name.
        wanted: Cases that were asked for.
        seed: What makes the run repeatable; 0 where nothing is random.
        cases: Cases that ran to their end.
        calls: Calls made at the gate.
        violations: What broke, one line each, with how to see it again.
        facts: Further figures, units in the keys.
    """

    rig: str
    wanted: int
    seed: int = 0
    cases: int = 0
    calls: int = 0
    violations: list[str] = field(default_factory=list[str])
    facts: dict[str, object] = field(default_factory=dict[str, object])

    @property
    def passed(self) -> bool:
        """Whether all cases ran and nothing broke."""
        return self.cases >= self.wanted and not self.violations

    def line(self) -> str:
        """Return the JSON line that a rig prints."""
        counts = {"rig": self.rig, "cases": self.cases, "calls": self.calls, "violations": len(self.violations)}
        return json.dumps({**counts, "seed": self.seed, **self.facts})
