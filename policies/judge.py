"""Combine the rules into one verdict: the first refusal wins, and no rule speaking for a call means no."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from policies.provenance import Heard
from policies.reach import Reach

NOTHING_HEARD = Heard("")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tool call in the policies' words, before anything ran.

    Args:
        tool: Name the planner used.
        reach: The registry's declared reach, None for a tool the registry does not know.
        arguments: Validated or raw JSON arguments; only ids and numbers are looked at.
        shown: Ids of products and orders this conversation has shown.
        tainted: Whether untrusted text entered this turn.
        drafts_this_turn: Reversible changes already made in this turn.
        heard: What the shopper said and saw; without it nothing beyond reading is asked for.
    """

    tool: str
    reach: Reach | None
    arguments: Mapping[str, object]
    shown: frozenset[str]
    tainted: bool = False
    drafts_this_turn: int = 0
    heard: Heard = NOTHING_HEARD


@dataclass(frozen=True, slots=True)
class Allow:
    """The call may run."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The call must not run; `code` and `reason` go back to the planner."""

    code: str
    reason: str


Rule = Callable[[Proposal, Mapping[str, Reach]], Refuse | None]


def judge(proposal: Proposal, entries: Mapping[str, Reach], rules: Sequence[Rule]) -> Allow | Refuse:
    """Return the verdict over one call.

    Args:
        proposal: What the planner wants.
        entries: The shop policy's list of tools and the reach each may have; absent means refused.
        rules: Tried in order; without any rule the answer is no.
    """
    if not rules:
        return Refuse("no_rules", "No policy is loaded, so nothing may run.")
    for rule in rules:
        refusal = rule(proposal, entries)
        if refusal is not None:
            return refusal
    return Allow()
