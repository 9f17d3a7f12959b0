"""Who may read how a turn was answered: the operator; shoppers read that it is over."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Header

from policies.principal import Scope
from ui.auth import Unauthorised
from ui.services import Served

HEADER = "Aisle-Operator"
_FOR_ALL = ("turn_id", "seconds")


def told(event: str, data: Mapping[str, Any], *, detailed: bool = False) -> dict[str, Any]:
    """Return an event's data as it may be read: of `done` only the operator sees model, route, usage and cost."""
    if event != "done" or detailed:
        return dict(data)
    return {name: data[name] for name in _FOR_ALL if name in data}


def _detailed(
    services: Served,
    aisle_operator: Annotated[
        str, Header(description="The operator's token: `done` then says how and at what cost.")
    ] = "",
) -> bool:
    try:
        return bool(aisle_operator) and services.authority.read(aisle_operator).may(Scope.OPERATOR)
    except Unauthorised:
        return False


Detailed = Annotated[bool, Depends(_detailed)]
