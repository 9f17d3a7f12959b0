"""`aisle policy` says what is in force and where a changed file is wrong."""

from pathlib import Path

import pytest

from policies.limits import PACKAGED, load_policy
from tests.ui.test_cli import aisle

TEXT = PACKAGED.read_text(encoding="utf-8")


def test_the_policy_in_force_is_shown_with_its_hash(tmp_path: Path) -> None:
    shown = aisle(tmp_path / "home", "policy", "show")

    assert shown.returncode == 0
    assert load_policy().digest in shown.stdout.decode()
    assert "switched off: nothing" in shown.stdout.decode()


def test_a_file_a_server_would_take_is_called_fine(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(TEXT.replace("place_order = true", "place_order = false"), encoding="utf-8")

    checked = aisle(tmp_path / "home", "policy", "check", str(file))

    assert (checked.returncode, b"is fine: version 1" in checked.stdout) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("order = 200000", 'order = "much"', "limits.order: "),
        ("price = 2400", "price = -1", "delivery.1.price: "),
        ("place_order = true", "place_ordre = true", "switches.actions.place_ordre: "),
        ("max_age_s = 300", "max_age_s = 1", "step_up.max_age_s: "),
        ("[rates]", "[rates", "line "),
    ],
)
def test_everything_wrong_is_named_by_line_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    line = next(at for at, text in enumerate(file.read_text().splitlines(), start=1) if text.startswith(new))

    checked = aisle(tmp_path / "home", "policy", "check", str(file))

    assert checked.returncode == 1
    assert said in checked.stderr.decode()
    assert f"line {line}" in checked.stderr.decode()
