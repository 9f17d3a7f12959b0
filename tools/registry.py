"""What a tool is: a typed async function with its argument model and a declared reach; and the errors a model can act on."""


class ToolError(Exception):
    """A failure the model can act on: ask for what is missing, choose another id, explain.

    Args:
        code: Stable machine reason, e.g. "choose_option", "unknown_id", "out_of_stock".
        text: One sentence for the model.
        facts: JSON-plain details, e.g. {"missing": ["size"], "options": {"size": ["S", "M"]}}.
    """

    def __init__(self, code: str, text: str, facts: dict[str, object] | None = None) -> None:
        self.code = code
        self.text = text
        self.facts = facts or {}
        super().__init__(f"{code}: {text}")
