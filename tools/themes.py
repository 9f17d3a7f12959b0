"""Themes that a set is put together for: rooms, corners and outfits, and the kinds of things that belong to each."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from retrieval.filters import fold

Sort = Literal["room", "outfit", "board"]
Slot = tuple[str, ...]
"""Kinds of which one fills the place; kinds a shop lacks are left out."""

_LIGHT = ("floor lamp", "lamp", "table lamp")
_SEAT = ("armchair",)
_ROOMS: tuple[tuple[str, str, tuple[Slot, ...]], ...] = (
    ("Reading corner", r"(?:reading|cosy|cozy|quiet|window) (?:corner|nook|spot|seat)",
     (_SEAT, _LIGHT, ("side table",), ("throw",), ("cushion",), ("bookcase", "shelf"))),
    ("Home office", r"home office|office at home|work ?space|study|work(?:ing)? (?:corner|nook|room)|office",
     (("desk",), ("desk chair", "office chair"), ("desk lamp", "lamp"), ("shelf", "bookcase"), ("basket",), ("rug",))),
    ("Dining room", r"dining (?:room|corner|area|nook)|eating area|breakfast (?:nook|corner)",
     (("dining table",), ("dining chair",), _LIGHT, ("sideboard",), ("vase",), ("rug",))),
    ("Kitchen", r"kitchen", (("stool",), ("shelf",), _LIGHT, ("basket",), ("vase",), ("runner", "rug"))),
    ("Bedroom", r"bed ?room|guest room|sleeping (?:room|area)",
     (("bed",), _LIGHT, ("rug",), ("throw",), ("cushion",), ("mirror",))),
    ("Nursery", r"nursery|(?:children's|childrens|kids'?|kid's|child's|baby'?s?) room|play ?room",
     (("rug",), _LIGHT, ("basket",), ("shelf", "bookcase"), ("cushion",), ("throw",))),
    ("Hallway", r"hall ?way|\bhall\b|entrance|entry ?way|corridor|mud ?room",
     (("runner",), ("mirror",), ("bench",), ("basket",), _LIGHT, ("shelf",))),
    ("Bathroom", r"bath ?room|powder room", (("mirror",), ("basket",), ("stool",), ("shelf",), ("vase",))),
    ("Balcony", r"balcony|terrace|patio|porch|garden|veranda|conservatory",
     (("bench", "stool"), ("cushion",), ("throw",), ("basket",), _LIGHT, ("side table",))),
    ("Studio flat", r"(?:first|new|own|empty|whole|studio|student) (?:flat|apartment|home|place|house|room)|\bstudio\b",
     (("sofa",), ("bed",), _LIGHT, ("desk", "dining table"), ("rug",), ("mirror",))),
    ("Living room", r"living (?:room|area)|lounge|sitting room|snug|den|\bthe room\b|\bmy room\b|\ba room\b|\bloft\b",
     (("sofa",), _LIGHT, ("coffee table", "side table"), ("rug",), ("cushion",), ("throw",))),
)  # fmt: skip
_DRESSED: tuple[Slot, ...] = (
    ("dress",), ("heels", "sandals"), ("clutch", "crossbody bag"), ("necklace", "bracelet"), ("scarf",), ("sunglasses",)
)  # fmt: skip
_OUTFITS: tuple[tuple[str, str, tuple[Slot, ...]], ...] = (
    ("Wedding outfit", r"wedding", _DRESSED),
    ("Evening outfit", r"evening|party|cocktail|date|dinner|theatre|opera|gala|night out|celebration|new year",
     _DRESSED),
    ("Work outfit", r"work|office|interview|business|meeting|formal|conference",
     (("shirt", "blouse"), ("trousers", "skirt"), ("loafers", "heels"), ("tote", "crossbody bag"), ("belt",),
      ("watch",))),
    ("Beach outfit", r"beach|holiday|vacation|resort|seaside|pool|tropic\w*",
     (("dress", "t-shirt"), ("sandals",), ("sunglasses",), ("hat",), ("tote",))),
    ("Winter outfit", r"winter|snow|cold|ski|christmas|frost\w*",
     (("coat", "jacket"), ("sweater",), ("trousers", "jeans"), ("boots",), ("scarf",), ("hat",))),
    ("Autumn outfit", r"autumn|fall|rain\w*",
     (("jacket", "coat"), ("sweater",), ("jeans", "trousers"), ("boots",), ("scarf",))),
    ("Sporty outfit", r"sport\w*|gym|hik\w*|run\w*|active|train\w*|festival|camping",
     (("t-shirt",), ("trousers", "jeans"), ("sneakers",), ("jacket",), ("backpack",), ("hat",))),
    ("Summer outfit", r"summer|picnic|spring|garden party|brunch",
     (("dress", "shirt"), ("sandals", "sneakers"), ("tote", "crossbody bag"), ("sunglasses",), ("hat",))),
    ("City outfit", r"city|travel\w*|weekend|casual|everyday|school|university|shopping|stroll|museum|street",
     (("t-shirt", "shirt"), ("jeans", "trousers"), ("sneakers",), ("jacket",), ("backpack", "tote"), ("sunglasses",))),
)  # fmt: skip
_WORN = re.compile(r"\b(?:outfits?|look|wear|dress me|clothes|wardrobe|dressed|ensemble)\b")
_ANY_OUTFIT: tuple[Slot, ...] = (
    ("shirt", "t-shirt", "sweater", "blouse"), ("trousers", "jeans", "skirt"),
    ("sneakers", "loafers", "boots", "sandals"), ("jacket", "coat"), ("tote", "crossbody bag", "backpack"), ("watch",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theme:
    """What a set is for.

    Args:
        name: What it is called.
        sort: A room, an outfit, or what goes with a board.
        slots: What belongs to it, the most important first.
    """

    name: str
    sort: Sort
    slots: tuple[Slot, ...]

    def sold(self, kinds: Collection[str]) -> "Theme":
        """Return the theme with the kinds that a shop has."""
        there = (tuple(kind for kind in slot if kind in kinds) for slot in self.slots)
        return Theme(self.name, self.sort, tuple(slot for slot in there if slot))


def read_theme(text: str) -> Theme | None:
    """Return the room, corner or outfit that words name, None where they name none."""
    plain = fold(text)
    if _WORN.search(plain):
        for name, pattern, slots in _OUTFITS:
            if re.search(rf"\b(?:{pattern})\b", plain):
                return Theme(name, "outfit", slots)
        return Theme("Outfit", "outfit", _ANY_OUTFIT)
    for name, pattern, slots in _ROOMS:
        if re.search(rf"\b(?:{pattern})\b", plain):
            return Theme(name, "room", slots)
    return None
