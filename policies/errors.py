"""Errors sorted by who must act: the shopper, the operator; anything else is a bug and surfaces."""


class Refused(Exception):
    """Something a shopper asked for cannot happen; the text is written for the shopper.

    Args:
        code: Stable machine reason in snake_case, e.g. "out_of_stock", "quote_expired".
        text: One or two plain sentences that say what can be done instead.
        facts: JSON-plain details a page may draw, e.g. {"old": ..., "new": ...}.
    """

    def __init__(self, code: str, text: str, facts: dict[str, object] | None = None) -> None:
        self.code = code
        self.text = text
        self.facts = facts or {}
        super().__init__(f"{code}: {text}")


class SettingsError(Exception):
    """The operator must change a setting, a file or a running process; the text says which."""


class Unavailable(Exception):
    """A store, clock or policy could not be asked; whatever needed it is refused (HTTP 503)."""
