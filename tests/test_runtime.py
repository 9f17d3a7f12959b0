"""The product runs with what its own lock installs: tools of tests and of training are not there for a shop."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Each as a module that is not there: looked for it is not found, and importing it fails.
START = "import sys; sys.modules.update(dict.fromkeys(sys.argv[1:])); import ui.cli, ui.server, ui.chat.mount; print(1)"


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_product_starts_with_what_its_own_lock_installs() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    ours = {plain(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)} | {"aisle"}
    others = sorted(
        module for module, sources in packages_distributions().items() if not ours & {plain(each) for each in sources}
    )
    assert {"lightgbm", "pytest"} <= set(others)
    started = subprocess.run(
        [sys.executable, "-c", START, *others], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert started.stdout == "1\n", started.stderr[-2000:]
