"""Chainlit comes in when it is needed, and only as far as it is ours."""

import subprocess
import sys
import tomllib
from pathlib import Path

from ui.chat.config import prepare_folder

ROOT = Path(__file__).parents[3]


def test_a_server_that_nobody_chats_with_does_not_load_chainlit():
    program = "import sys, ui.server; print('chainlit' in sys.modules, 'socketio' in sys.modules)"
    seen = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert seen.stdout.split() == ["False", "False"]


def test_the_shop_s_name_is_only_a_name_in_the_configuration(tmp_path: Path):
    name = 'Tom\'s "Tables"\n[project]\nallow_origins = ["*"]'
    prepare_folder(tmp_path, name)
    read = tomllib.loads((tmp_path / ".chainlit" / "config.toml").read_text(encoding="utf-8"))
    assert read["UI"]["name"] == name
    assert read["project"]["allow_origins"] == []


def test_what_an_operator_changed_in_chainlit_s_folder_is_written_anew(tmp_path: Path):
    prepare_folder(tmp_path, "Shop")
    path = tmp_path / ".chainlit" / "config.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("allow_origins = []", 'allow_origins = ["*"]'), encoding="utf-8")
    prepare_folder(tmp_path, "Shop")
    assert path.read_text(encoding="utf-8") == before
