"""Money as integer minor units with a currency, and how the shop writes it."""

from pydantic import BaseModel, ConfigDict, Field

# ISO 4217 exponents that differ from 2.
_EXPONENTS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class Money(BaseModel):
    """An amount in minor units (cents for USD) of one currency."""

    model_config = ConfigDict(frozen=True)

    amount: int = Field(description="Integer minor units; negative for a discount or refund.")
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")

    def __str__(self) -> str:
        """Write the amount as the shop does: `$149`, `$149.50`, `€20`, `-$5`."""
        return format_minor(self.amount, self.currency)


def exponent(currency: str) -> int:
    """Return how many decimal digits the currency's minor unit has."""
    return _EXPONENTS.get(currency, 2)


def format_minor(amount: int, currency: str) -> str:
    """Write integer minor units as money; whole amounts drop their zero cents."""
    digits = exponent(currency)
    unit = 10**digits
    whole, rest = divmod(abs(amount), unit)
    text = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:0{digits}d}"
    symbol = _SYMBOLS.get(currency)
    sign = "-" if amount < 0 else ""
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {currency}"
