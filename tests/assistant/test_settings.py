"""Settings come from the environment or from files it names, and a wrong one says what to do."""

from pathlib import Path

import pytest

from assistant.settings import load_settings
from policies.errors import SettingsError


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://aisle:secret@db/aisle\n")
    monkeypatch.setenv("AISLE_DATABASE_URL_FILE", str(tmp_path / "url"))

    assert load_settings(home=tmp_path).database_url == "postgresql://aisle:secret@db/aisle"


def test_a_value_and_a_file_for_it_are_one_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_QDRANT_API_KEY", "one")
    monkeypatch.setenv("AISLE_QDRANT_API_KEY_FILE", str(tmp_path / "two"))

    with pytest.raises(SettingsError, match="AISLE_QDRANT_API_KEY and AISLE_QDRANT_API_KEY_FILE are both set"):
        load_settings(home=tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_POLICY_FILE", str(tmp_path / "none"))

    with pytest.raises(SettingsError, match=r"AISLE_POLICY_FILE names .*none"):
        load_settings(home=tmp_path)


def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_PORT", "many")

    with pytest.raises(SettingsError, match="AISLE_PORT is wrong"):
        load_settings()
