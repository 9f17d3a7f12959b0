"""Keeps back what a model writes but does not say: its reasoning, and tool calls that an endpoint did not read."""

from collections.abc import Callable

# Beginnings of tool calls in the formats of the common model families; no sentence to a shopper holds one.
_CALLS = (
    "<tool_call",
    "</tool_call",
    "<tool_response",
    "<tools>",
    "<function",
    "</function",
    "<parameter=",
    "<|tool",
    "<|python_tag|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|start_header_id|>",
    "[tool_calls]",
    "[tool_call]",
)
_OPENS, _CLOSES = ("<think>", "<thinking>"), ("</think>", "</thinking>")
_MARKS = (*_CALLS, *_OPENS, *_CLOSES)
_JSON = ("{", "[{", "```")


class RawCall(Exception):
    """The words are the text of a tool call that the endpoint should have read."""


class Screen:
    """Passes a stream of pieces on; holds back what may still become a mark.

    Args:
        forget: Called when what came before turns out to have been reasoning.
    """

    def __init__(self, forget: Callable[[], None]) -> None:
        self._forget = forget
        self._held = ""
        self._thinking = False
        self._passed = False

    def let(self, delta: str) -> str:
        """Return what may be said of all that came in.

        Raises:
            RawCall: A tool call begins here.
        """
        self._held += delta
        out = ""
        while (found := _first(self._held, _CLOSES if self._thinking else _MARKS)) is not None:
            at, mark = found
            out += self._marked(at, mark)
        if self._thinking:
            self._held = self._held[-_open_end(self._held) :] if _open_end(self._held) else ""
            return out
        if not self._passed and _begins_json(self._held):
            return out
        keep = len(self._held) - _open_end(self._held)
        out, self._held = out + self._held[:keep], self._held[keep:]
        self._passed = self._passed or bool(out.strip())
        return out

    def rest(self) -> str:
        """Return what was held back: nothing more comes.

        Raises:
            RawCall: It is JSON, which no answer to a shopper is.
        """
        held, self._held = self._held, ""
        if self._thinking:
            return ""
        if not self._passed and held.lstrip().startswith(_JSON):
            raise RawCall(held[:200])
        return held

    def _marked(self, at: int, mark: str) -> str:
        before, self._held = self._held[:at], self._held[at + len(mark) :]
        if mark in _CALLS:
            raise RawCall(mark)
        if mark in _OPENS:
            self._thinking = True
            return before
        if not self._thinking:
            self._forget()
        self._thinking = False
        return ""


def _begins_json(text: str) -> bool:
    begun = text.lstrip()
    return begun.startswith(_JSON) or (bool(begun) and any(mark.startswith(begun) for mark in _JSON))


def _first(text: str, marks: tuple[str, ...]) -> tuple[int, str] | None:
    low = text.lower()
    return min(((low.find(mark), mark) for mark in marks if mark in low), default=None)


def _open_end(text: str) -> int:
    """Return how many characters at the end may be the beginning of a mark."""
    low = text.lower()
    longest = max(map(len, _MARKS)) - 1
    ends = (n for n in range(min(longest, len(low)), 0, -1) if any(mark.startswith(low[-n:]) for mark in _MARKS))
    return next(ends, 0)
