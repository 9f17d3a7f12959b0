"""Tokens stand for one principal, for a while, in one home."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.errors import SettingsError
from policies.principal import Principal, Scope
from ui.auth import TokenAuthority, Unauthorised, new_operator_token, signing_secret

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ADA = Principal("guest:ada", "ses_1", frozenset({Scope.CHAT, Scope.APPROVE}))


def authority(secret: bytes = b"s" * 32, at: datetime = NOW) -> TokenAuthority:
    return TokenAuthority(secret, lambda: at, "operator-token")


def test_a_token_stands_for_the_principal_it_was_issued_to() -> None:
    token, expires = authority().issue(ADA, timedelta(hours=8))

    assert authority().read(token) == ADA
    assert expires == NOW + timedelta(hours=8)


def test_a_token_ends_on_time() -> None:
    token, expires = authority().issue(ADA, timedelta(hours=8))

    assert authority(at=expires - timedelta(seconds=1)).read(token) == ADA
    with pytest.raises(Unauthorised):
        authority(at=expires).read(token)


def test_a_token_of_another_home_proves_nothing() -> None:
    token, _ = authority().issue(ADA, timedelta(hours=8))

    with pytest.raises(Unauthorised):
        authority(secret=b"t" * 32).read(token)


def test_the_operators_token_is_no_shoppers() -> None:
    operator = authority().read("operator-token")

    assert operator.scopes == {Scope.OPERATOR}
    assert new_operator_token() != new_operator_token()


def test_secrets_are_not_shown_when_an_authority_is_printed() -> None:
    assert "operator-token" not in repr(authority())
    assert "ssss" not in repr(authority())


def test_the_signing_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"

    secret = signing_secret(home)

    assert len(secret) == 32
    assert signing_secret(home) == secret
    assert stat.S_IMODE((home / "token.key").stat().st_mode) == 0o600
    assert signing_secret(tmp_path / "other") != secret


def test_a_damaged_secret_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "token.key").write_text("abc")

    with pytest.raises(SettingsError):
        signing_secret(tmp_path)


def test_a_token_says_when_its_shopper_last_proved_who_they_are() -> None:
    proved = Principal("shopper:42", "s1", frozenset({Scope.CHAT}), NOW - timedelta(minutes=2))
    guest = Principal("guest:ada", "s2", frozenset({Scope.CHAT}))

    for principal in (proved, guest):
        token, _ = authority().issue(principal, timedelta(minutes=5))
        assert authority().read(token) == principal
