"""One home has one server, and its commands find it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from policies.errors import SettingsError
from ui.home import ServerNote, held, is_held, noted, read_note


def test_a_second_server_on_a_home_is_refused_in_one_sentence_that_says_where_the_first_is(tmp_path: Path) -> None:
    note = ServerNote("http://127.0.0.1:8000", os.getpid(), "secret")

    with held(tmp_path), noted(tmp_path, note), pytest.raises(SettingsError) as refused, held(tmp_path):
        pass

    assert "http://127.0.0.1:8000" in str(refused.value)
    assert "AISLE_HOME" in str(refused.value)


def test_a_command_can_tell_whether_a_home_is_held(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with held(tmp_path):
        assert is_held(tmp_path)
    assert not is_held(tmp_path)


def test_a_home_is_free_again_after_its_server(tmp_path: Path) -> None:
    with held(tmp_path):
        pass

    with held(tmp_path):
        assert read_note(tmp_path) is None


def test_the_note_is_readable_by_its_owner_only_and_gone_when_the_server_stops(tmp_path: Path) -> None:
    note = ServerNote("http://127.0.0.1:8000", os.getpid(), "secret")

    with noted(tmp_path, note):
        assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600
        assert read_note(tmp_path) == note

    assert not (tmp_path / "server.json").exists()
    assert "secret" not in repr(note)


def test_a_note_left_by_a_killed_server_counts_as_none(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    content = {"url": "http://127.0.0.1:8000", "pid": int(gone.stdout), "operator_token": "secret"}
    (tmp_path / "server.json").write_text(json.dumps(content))

    assert read_note(tmp_path) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": 1}', "\x00"])
def test_a_broken_note_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "server.json").write_text(content)

    assert read_note(tmp_path) is None


def test_a_home_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match="AISLE_HOME"), held(tmp_path / "file" / "home"):
        pass
