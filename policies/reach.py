"""How far a tool's effect reaches. There is nothing above QUOTE: no tool places, pays or cancels."""

from enum import StrEnum


class Reach(StrEnum):
    """Declared by every tool; a tool without one is refused."""

    READ = "read"
    DRAFT = "draft"
    QUOTE = "quote"
