"""What every oracle says when the gate did wrong."""


class Violation(Exception):
    """The gate did what it must never do, or refused what it must do."""


def hold(fact: bool, what: str) -> None:
    """Raise Violation, saying `what`, unless it is a fact."""
    if not fact:
        raise Violation(what)
