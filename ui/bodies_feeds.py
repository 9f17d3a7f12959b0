"""Where an import comes from, and what it left, as the operator's commands say it over HTTP."""

from typing import Literal, Self

from pydantic import Field, model_validator

from retrieval.feeds.options import FeedOptions
from ui.bodies import Body

Mode = Literal["replace", "sync", "patch"]


class FeedSource(Body):
    """A feed on the server's own disk or at an address; prices without a currency are in the shop's own."""

    source: Literal["feed"]
    path: str = Field(default="", max_length=4096, description="Absolute path.")
    url: str = Field(default="", max_length=4096, description="https address.")
    options: FeedOptions = FeedOptions()
    mode: Mode = Field(
        default="replace",
        description="`replace` writes a whole new catalogue and swaps it in; `sync` writes only what differs, in "
        "place; `patch` takes the feed for changes only: what it does not name stays.",
    )
    if_changed: bool = Field(default=False, description="Does nothing when the shop has this very feed already.")
    allow_http: bool = False
    allow_private: bool = Field(default=False, description="Addresses of the server's own network may be asked.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.path) == bool(self.url):
            raise ValueError("give either a path or a url")
        return self
