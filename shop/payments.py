"""What the worker asks of a payment service, whoever it is: the adapter's protocol and its answers."""

import hashlib
from dataclasses import dataclass
from typing import Literal, Protocol

CallKind = Literal["authorise", "capture", "void", "refund", "credit"]


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """A definite answer.

    Args:
        state: "done" or "declined".
        authorisation_id: The service's own id of the authorisation; "" when it was declined.
        amount: Minor units that were authorised, captured, voided or paid back; 0 when declined.
    """

    state: Literal["done", "declined"]
    authorisation_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Charge:
    """One call. The key makes it happen at most once, however often it is sent.

    Args:
        key: Idempotency key; always the same for the same intent and kind.
        kind: What to do.
        amount: Minor units.
        currency: ISO 4217.
        instrument: For "authorise" and "credit" the reference of the way to pay, else the authorisation id.
    """

    key: str
    kind: CallKind
    amount: int
    currency: str
    instrument: str


class PaymentUnknown(Exception):
    """No answer, or none that can be trusted: it may have happened. Ask again with the same key."""


class PaymentInFlight(Exception):
    """The same key is being worked on right now (HTTP 409 in the real protocols). Ask again later."""


class PaymentService(Protocol):
    """A payment service: authorises, captures, voids, pays back, credits, and remembers every key for good."""

    async def charge(self, charge: Charge) -> PaymentResult:
        """Do it, or return what was answered when it was done before.

        Raises:
            PaymentUnknown: The outcome is not known.
            PaymentInFlight: Another call with this key is running.
        """
        ...

    async def lookup(self, key: str) -> PaymentResult | None:
        """Return the answer that was given for `key`, None when the service has never seen it.

        Raises:
            PaymentUnknown: The service can't be asked.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


def idempotency_key(intent_id: str, kind: CallKind) -> str:
    """Return the one key of this call; it follows from the intent, so that a restart finds the same."""
    return hashlib.sha256(f"aisle:{kind}:{intent_id}".encode()).hexdigest()
