"""Every word of the chat's own page, over Chainlit's English ones; what binds anybody stands in `policies.words`."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from policies.words import DEFAULT_LOCALE, say

FIRST_CONTACT = f"{say(DEFAULT_LOCALE, 'assistant')} Nothing is ordered until you press the button on an order card."
_OURS: dict[str, Any] = {
    "common": {
        "status": {"error": {"serverConnection": "The shop does not answer. Trying again; what you said is kept."}}
    },
    "chat": {
        "input": {
            "placeholder": "Ask for something, or show a picture",
            "actions": {"send": "Send", "stop": "Stop waiting", "attachFiles": "Show a picture"},
        },
        "fileUpload": {"errors": {"failed": "This picture can't be used:", "cancelled": "Taken back:"}},
        "watermark": FIRST_CONTACT,
    },
    "threadHistory": {
        "sidebar": {
            "title": "Your conversations",
            "filters": {"search": "Search", "placeholder": "Search your conversations"},
            "empty": "Nothing here yet",
            "actions": {"close": "Close the list of conversations", "open": "Open the list of conversations"},
        },
        "thread": {
            "untitled": "A picture",
            "actions": {
                "delete": {
                    "title": "Delete this conversation?",
                    "description": "Its words and pictures are gone for good. Orders, cart and notes stay.",
                    "success": "Deleted.",
                    "inProgress": "Deleting",
                },
                "rename": {
                    "title": "Name this conversation",
                    "description": "Only you see it.",
                    "form": {"name": {"label": "Name", "placeholder": "Desk for the small room"}},
                    "success": "Renamed.",
                    "inProgress": "Renaming",
                },
            },
        },
    },
    "navigation": {"newChat": {"button": "New conversation", "dialog": {"tooltip": "New conversation"}}},
}


def chainlit_folder() -> Path:
    """Return where Chainlit is installed, without importing it."""
    spec = find_spec("chainlit")
    assert spec is not None, "chainlit is among the requirements"
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def translation() -> dict[str, Any]:
    """Return the words of the page: Chainlit's English ones with ours over them."""
    path = chainlit_folder() / "translations" / "en-US.json"
    return _over(json.loads(path.read_text(encoding="utf-8")), _OURS)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        merged[name] = value if isinstance(value, str) else _over(below[name], value)
    return merged
