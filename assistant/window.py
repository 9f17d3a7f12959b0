"""Lets a model's words through to the shopper sentence by sentence, each as soon as it is finished and checked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from langchain_core.runnables import RunnableConfig

from assistant.ground import Grounding, finished
from assistant.plain import unhidden
from assistant.screen import RawCall, Screen

_BRIEF = "brief"


class Window:
    """What was said so far in one step, and the sentence that is still being written.

    Args:
        grounding: Checks a sentence; asked for when the first one is there.
        say: Tells the shopper a piece; pieces are joined without separators.
        follows: Whether the turn already said something before this step.
    """

    def __init__(self, grounding: Callable[[], Grounding], say: Callable[[str], None], *, follows: bool) -> None:
        self._grounding = grounding
        self._tell = say
        self._checked: Grounding | None = None
        self._screen = Screen(self._drop)
        self._pending = ""
        self._gap = " " if follows else ""
        self._said: list[str] = []
        self.heard = False
        self.closed = False
        self.cut: list[str] = []

    @property
    def said(self) -> str:
        """The words of this step that the shopper was told."""
        return "".join(self._said).strip()

    def hear(self, delta: str) -> None:
        """Take the next piece of a model's words and say the sentences that it finishes.

        Raises:
            RawCall: The words are the text of a tool call; nothing of it was said.
        """
        self._take(self._screen.let(delta))
        whole, self._pending = finished(self._pending)
        self._speak(whole)

    def close(self) -> None:
        """Say what is left: the model has finished.

        Raises:
            RawCall: What is left is the text of a tool call.
        """
        self._take(self._screen.rest())
        rest, self._pending = self._pending, ""
        self._speak([rest])
        self.closed = True

    def restart(self) -> None:
        """Forget the unfinished sentence: another answer begins."""
        self._screen = Screen(self._drop)
        self._drop()
        self.heard = self.closed = False

    def settle(self) -> None:
        """Leave it at what was said: nothing more of this answer is wanted."""
        self._drop()
        self.heard = self.closed = True

    def finish(self, whole: str) -> None:
        """Say the words of a planner that hands them over in one piece, unless they were heard already."""
        if self.closed:
            return
        try:
            self.hear(whole)
            self.close()
        except RawCall as error:
            self.cut.append(str(error))

    def tell(self, text: str) -> None:
        """Say a sentence of our own, unchecked."""
        self._say(text)

    def _take(self, words: str) -> None:
        self.heard = self.heard or bool(words.strip())
        self._pending += unhidden(words)

    def _drop(self) -> None:
        self._pending = ""

    def _speak(self, sentences: list[str]) -> None:
        kept = ""
        for sentence in sentences:
            if sentence.strip() and self._backed(sentence):
                kept += sentence
            elif sentence.strip():
                self.cut.append(sentence)
        if kept:
            self._say(kept)

    def _backed(self, sentence: str) -> bool:
        if self._checked is None:
            self._checked = self._grounding()
        return self._checked.backs(sentence)

    def _say(self, text: str) -> None:
        """Say a piece; the gap after it waits for the next one, so that an answer ends without one."""
        words = text.strip()
        self._said.append(self._gap + words)
        self._tell(self._gap + words)
        self._gap = text[len(text.rstrip()) :] or " "


@dataclass(frozen=True, slots=True)
class Brief:
    """What one step's planner may use beside the messages.

    Args:
        window: Speaks as the words come in.
        shown: Ids of products and orders that this conversation has shown.
        picture: Returns a shopper's picture as JPEG by its id, None when it is gone.
    """

    window: Window
    shown: frozenset[str]
    picture: Callable[[str], Awaitable[bytes | None]]

    def config(self) -> RunnableConfig:
        """Return the run configuration that carries this brief to a planner."""
        return {"configurable": {_BRIEF: self}}


def brief_of(config: RunnableConfig | None) -> Brief:
    """Return the brief that `Brief.config` put into a run's configuration."""
    found = (config or {}).get("configurable", {}).get(_BRIEF)
    assert isinstance(found, Brief)  # Endpoints are asked by the loop only, which always hands one over.
    return found
