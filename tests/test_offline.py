"""A whole conversation, from an empty home to an order, with every door to other hosts shut."""

import json
import os
import subprocess
import sys
from pathlib import Path

# An audit hook sees every socket of the process, whichever library opens it, and cannot be taken off again.
_GUARDED = """
import sys

def guard(event, args):
    if event == "socket.getaddrinfo" and args[0] not in (None, "localhost", "127.0.0.1", "::1"):
        raise PermissionError(f"looked up {args[0]}")
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
            raise PermissionError(f"reached for {address}")

sys.addaudithook(guard)
from ui.cli import main
sys.argv = ["aisle", *sys.argv[1:]]
main()
"""

_SCRIPT = """
hello
a desk lamp under $200
the first one
add it in the first colour
the first
what's in my cart
buy it
!press
where is my order?
!expect orders=1
"""


def test_a_whole_conversation_reaches_for_no_other_host(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text(_SCRIPT, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AISLE_HOME": str(tmp_path / "home")}
    aisle = [sys.executable, "-c", _GUARDED]
    made = [*aisle, "catalog", "demo", "--products", "120"]
    subprocess.run(made, env=environment, check=True, capture_output=True, text=True)

    told = subprocess.run(
        [*aisle, "chat", "--script", str(script), "--json"], env=environment, capture_output=True, text=True
    )

    assert told.returncode == 0, told.stdout + told.stderr
    events = [json.loads(line)["event"] for line in told.stdout.splitlines()]
    assert {"products", "cart", "quote", "order"} <= set(events)
    assert "error" not in events
