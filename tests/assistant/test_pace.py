"""How often shoppers may ask, and what is switched off, before any work is done."""

import pytest

from assistant.pace import Pace
from policies.errors import Refused
from policies.limits import ShopPolicy, load_policy
from policies.permits import Rates, Switches
from policies.principal import Principal

GUEST, KNOWN = Principal("guest:ada", "s1"), Principal("shopper:42", "s2")


class Seconds:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def policy(**changes: object) -> ShopPolicy:
    return load_policy().model_copy(update=changes)


def paced(**rates: int) -> tuple[Pace, Seconds]:
    seconds = Seconds()
    return Pace(policy(rates=Rates(**rates)), seconds), seconds


def test_one_message_too_many_waits_as_long_as_it_is_told() -> None:
    pace, seconds = paced(guest_turns_per_min=5)
    for _ in range(5):
        pace.message(GUEST)

    with pytest.raises(Refused, match="wait 12 seconds") as refused:
        pace.message(GUEST)

    assert (refused.value.code, refused.value.facts) == ("rate_limited", {"retry_after_s": 12})
    seconds.now += 12
    pace.message(GUEST)
    with pytest.raises(Refused):
        pace.message(GUEST)


def test_one_shoppers_haste_is_nobody_elses_and_a_known_one_may_ask_more() -> None:
    pace, _ = paced(guest_turns_per_min=1, turns_per_min=3)
    pace.message(GUEST)
    for _ in range(3):
        pace.message(KNOWN)

    for hasty in (GUEST, KNOWN):
        with pytest.raises(Refused):
            pace.message(hasty)
    pace.message(Principal("guest:eve", "s3"))


def test_a_full_window_is_allowed_after_any_rest() -> None:
    pace, seconds = paced(guest_turns_per_min=7)
    for _ in range(50):
        for _ in range(7):
            pace.message(GUEST)
        with pytest.raises(Refused):
            pace.message(GUEST)
        seconds.now += 60


def test_pictures_and_messages_are_counted_apart() -> None:
    pace, seconds = paced(guest_pictures_per_hour=1)
    pace.picture(GUEST)
    pace.message(GUEST)

    with pytest.raises(Refused) as refused:
        pace.picture(GUEST)
    assert refused.value.facts == {"retry_after_s": 3600}
    seconds.now += 3600
    pace.picture(GUEST)


def test_new_guests_of_one_address_are_counted_together() -> None:
    pace, _ = paced(new_guests_per_min=2)
    pace.new_guest("203.0.113.7")
    pace.new_guest("203.0.113.7")

    with pytest.raises(Refused):
        pace.new_guest("203.0.113.7")
    pace.new_guest("203.0.113.8")


def test_what_is_switched_off_is_refused_in_plain_words() -> None:
    off = policy(switches=Switches(actions={"talk": False, "send_picture": True}))
    pace = Pace(off)

    with pytest.raises(Refused, match="taking a break") as refused:
        pace.message(GUEST)
    assert (refused.value.code, refused.value.facts) == ("switched_off", {"action": "talk"})
    pace.picture(GUEST)


def test_askers_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.pace._MOST_ASKERS", 10)
    pace, _ = paced(guest_turns_per_min=1)
    for number in range(100):
        pace.message(Principal(f"guest:{number}", "s"))

    assert len(pace._askers) == 10
