"""Says no, before any work is done, to what the policy switched off and to what is asked too often."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Literal

from policies.errors import Refused
from policies.limits import ShopPolicy
from policies.pacing import next_moment, wait_s
from policies.principal import Principal
from policies.words import say

# Askers remembered at most; of more, whoever asked longest ago is forgotten. Some 100 bytes each.
_MOST_ASKERS = 50_000
_MINUTE, _HOUR = 60.0, 3600.0


class Pace:
    """Counts what shoppers ask of this process. With several servers each counts what it sees of a shopper.

    Order cards and failed approvals are counted in the books instead, where all servers agree.
    """

    def __init__(self, policy: ShopPolicy, now: Callable[[], float] = monotonic) -> None:
        self._policy = policy
        self._now = now
        self._askers: OrderedDict[tuple[str, str], float] = OrderedDict()

    def message(self, principal: Principal) -> None:
        """Take note of a message.

        Raises:
            Refused: "switched_off", or "rate_limited" with `retry_after_s`.
        """
        rates = self._policy.rates
        guest = principal.subject.startswith("guest:")
        most = rates.guest_turns_per_min if guest else rates.turns_per_min
        self._require_on("talk")
        self._take("talk", principal.subject, most, _MINUTE)

    def picture(self, principal: Principal) -> None:
        """Take note of a picture; raises as `message` does."""
        rates = self._policy.rates
        guest = principal.subject.startswith("guest:")
        most = rates.guest_pictures_per_hour if guest else rates.pictures_per_hour
        self._require_on("send_picture")
        self._take("send_picture", principal.subject, most, _HOUR)

    def new_guest(self, address: str) -> None:
        """Take note of a new guest from a client address.

        Raises:
            Refused: "rate_limited" with `retry_after_s`.
        """
        self._take("new_guest", address, self._policy.rates.new_guests_per_min, _MINUTE)

    def _require_on(self, action: Literal["talk", "send_picture"]) -> None:
        if not self._policy.switches.on(action):
            raise Refused("switched_off", say(self._policy.locale, f"off_{action}"), {"action": action})

    def _take(self, what: str, who: str, most: int, window_s: float) -> None:
        now, key = self._now(), (what, who)
        known = self._askers.get(key, 0.0)
        moment = next_moment(known, now, per_window=most, window_s=window_s)
        if moment is None:
            seconds = wait_s(known, now, per_window=most, window_s=window_s)
            text = say(self._policy.locale, "rate_limited", seconds=seconds)
            raise Refused("rate_limited", text, {"retry_after_s": seconds})
        self._askers[key] = moment
        self._askers.move_to_end(key)
        while len(self._askers) > _MOST_ASKERS:
            self._askers.popitem(last=False)
