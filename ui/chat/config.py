"""Chainlit's configuration, written anew at every start: what of it is on, and the folder it lives in."""

import json
from pathlib import Path

_CONFIG = """# Written by Aisle at every start; changes made here are lost.
[project]
allow_origins = []
session_timeout = 300
transports = ["websocket"]

[features]
unsafe_allow_html = false
latex = false
user_message_markdown = false
edit_message = false
allow_thread_sharing = false
favorites = false
auto_tag_thread = false

[features.spontaneous_file_upload]
enabled = true
accept = ["image/jpeg", "image/png", "image/webp"]
max_files = 4
max_size_mb = 10

[features.audio]
enabled = false

[features.mcp]
enabled = false

[UI]
name = {name}
default_theme = "light"
language = "en-US"
cot = "hidden"
confirm_new_chat = false
default_sidebar_state = "open"

[meta]
generated_by = "2.12.0"
"""


def prepare_folder(folder: Path, name: str) -> None:
    """Write the configuration that Chainlit reads while it is imported.

    Args:
        folder: Chainlit's own; made where it is missing.
        name: Of the shop, shown as the assistant's.
    """
    settings = folder / ".chainlit"
    settings.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A JSON string is a TOML string.
    (settings / "config.toml").write_text(_CONFIG.format(name=json.dumps(name)), encoding="utf-8")
    (folder / "chainlit_en-US.md").write_text("", encoding="utf-8")
