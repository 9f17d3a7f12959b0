"""Where a value came from; sensitive arguments need User or Shop."""

from enum import StrEnum


class Provenance(StrEnum):
    """Origin of a text or value, from most to least trusted for choosing actions."""

    USER = "user"
    SHOP = "shop"
    CATALOGUE = "catalogue"
    UNTRUSTED = "untrusted"
