"""Palette: the one table of colour names, own tones of materials, quiet grounds, and ramps from shadow to light."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]
Ramp = NDArray[np.uint8]
STEPS = 256  # entries of a ramp; the middle one is the colour itself

COLOURS: dict[str, str] = {
    "black": "#2c2b2d",
    "white": "#efece6",
    "cream": "#eadfc8",
    "sand": "#d6c19c",
    "beige": "#c8b496",
    "natural": "#cdaa7a",
    "tan": "#b67d4a",
    "camel": "#c29556",
    "brown": "#6b4631",
    "grey": "#989a9b",
    "charcoal": "#484b50",
    "silver": "#c3c7cb",
    "gold": "#d2a94f",
    "navy": "#28385f",
    "blue": "#4d7bb0",
    "teal": "#23716f",
    "green": "#2f7048",
    "moss": "#66743b",
    "sage": "#a0b094",
    "olive": "#7a7340",
    "mustard": "#d19c2f",
    "rust": "#b4552d",
    "red": "#b9332f",
    "burgundy": "#6e2236",
    "blush": "#dfaba1",
    "lilac": "#b4a3ca",
    "clear": "#dbe7e5",
}

# What a material looks like when nobody dyed, stained or painted it.
OWN: dict[str, str] = {
    "oak": "#c9a273",
    "walnut": "#6f4a33",
    "ash": "#dbc5a1",
    "pine": "#deb87f",
    "beech": "#d3a67b",
    "bamboo": "#d4b26c",
    "rattan": "#c99c60",
    "seagrass": "#b09c62",
    "jute": "#b99667",
    "straw": "#dcc07d",
    "paper cord": "#d8bf8d",
    "paper": "#f1e8d6",
    "linen": "#d8c9ac",
    "cotton": "#e4d8c1",
    "wool": "#d9cdb8",
    "brass": "#c89e4b",
    "gold": "#d6ad51",
    "steel": "#a8adb2",
    "silver": "#c8ccd1",
    "aluminium": "#c2c6c9",
    "iron": "#454446",
    "concrete": "#a9a7a2",
    "marble": "#efece7",
    "glass": "#dbe7e5",
    "stoneware": "#c9bca6",
    "ceramic": "#e9e2d5",
    "leather": "#a56f43",
    "pearl": "#f0e8de",
    "acetate": "#6a4128",
    "rubber": "#3a3b3c",
}

GROUNDS = ("#efe8df", "#e4ebe6", "#eae5ee", "#e5eaf1", "#f3ebdf", "#f1e4de", "#e9ebe0", "#e2ebed")


def rgb(hexed: str) -> Rgb:
    """'#6b4631' as (107, 70, 49)."""
    return int(hexed[1:3], 16), int(hexed[3:5], 16), int(hexed[5:7], 16)


def named(colour: str) -> Rgb:
    """The shop colour of that name; KeyError for a name the shop does not use."""
    return rgb(COLOURS[colour])


def own(material: str) -> Rgb:
    """The tone a material has by itself, a calm beige where it has none of its own."""
    return rgb(OWN.get(material, COLOURS["beige"]))


def blend(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with `share` in [0, 1] of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)
_FROM_LAB, _FROM_LMS = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_LMS)


def to_oklab(colour: Rgb) -> NDArray[np.float64]:
    """A colour as (lightness, a, b) in OKLab, where equal steps look equal."""
    value = np.asarray(colour, np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return _TO_LAB @ np.cbrt(_TO_LMS @ linear)


@cache
def ramp(colour: Rgb, contrast: float = 1.0, shine: float = 0.0) -> Ramp:
    """A (256, 3) table from deep shade over the colour (entry 128) to its light; `shine` bends the top to white.

    Shade leans to blue and loses little chroma, light leans warm: it keeps white things drawn and black things shaped.
    """
    light, a, b = (float(value) for value in to_oklab(colour))
    step = np.linspace(-1, 1, STEPS)
    down, up = (0.11 + 0.22 * light) * contrast, min(0.2 * contrast, max(0.004, 0.99 - light))
    raised = np.where(step < 0, step * down, up * np.tanh(step * min(down, 0.22) / up))
    lifted: NDArray[np.float64] = light + raised
    lifted = lifted + shine * np.clip(step - 0.45, 0, 1) * (0.99 - lifted)
    chroma = np.where(step < 0, 1 + 0.06 * step, 1 - (0.18 + 0.5 * shine) * step)
    warm = 0.006 * step * contrast
    lab = np.stack([np.clip(lifted, 0.05, 1.0), a * chroma, b * chroma + warm])
    linear = np.clip(_FROM_LMS @ (_FROM_LAB @ lab) ** 3, 0, 1)
    value = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    table = np.clip(np.rint(value.T * 255), 0, 255).astype(np.uint8)
    table.setflags(write=False)
    return table
