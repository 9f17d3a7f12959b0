"""The shop's own colour and mark over ours: one style sheet and one picture for the pages, the widget and the chat."""

import colorsys
from dataclasses import dataclass
from pathlib import Path

from policies.errors import SettingsError

_MARKS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
_LARGEST_MARK = 200_000
# Share of white in the colour of dark pages, and what contrast words on it need (WCAG 2.2 AA).
_LIGHTER, _CONTRAST = 0.22, 4.5
_SHEET = """:root {{ --accent: {day}; --accent-ink: {day_ink}; --aisle-accent: {day}; --aisle-accent-ink: {day_ink}; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --accent: {night}; --accent-ink: {night_ink}; --aisle-accent: {night}; --aisle-accent-ink: {night_ink}; }}
}}
html.light {{ {day_chat} }}
html.dark {{ {night_chat} }}
"""
_CHAT = ("primary", "ring", "sidebar-primary", "sidebar-ring")
_CHAT_INK = ("primary-foreground", "sidebar-primary-foreground")

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """The shop's picture of itself."""

    content: bytes
    media_type: str


def sheet(accent: str) -> str:
    """Return the style sheet of a colour, `#rrggbb`; words on it are black or white, whichever is read better."""
    day = _rgb(accent)
    night: Rgb = (_lighter(day[0]), _lighter(day[1]), _lighter(day[2]))
    return _SHEET.format(
        day=_hex(day),
        day_ink=_ink(day),
        day_chat=_chat(day),
        night=_hex(night),
        night_ink=_ink(night),
        night_chat=_chat(night),
    )


def read_mark(path: Path) -> Mark:
    """Read the shop's mark.

    Raises:
        SettingsError: It is no small SVG, PNG or WebP, or can't be read.
    """
    kind = _MARKS.get(path.suffix.lower())
    try:
        content = path.expanduser().read_bytes()
    except OSError as error:
        raise SettingsError(f"AISLE_MARK names {path}, which can't be read ({error.strerror}).") from error
    if kind is None or len(content) > _LARGEST_MARK:
        raise SettingsError(f"AISLE_MARK names {path}; it must be an SVG, PNG or WebP of up to 200 kB.")
    return Mark(content, kind)


def contrast(one: str, other: str) -> float:
    """Return how far two colours stand apart, 1 to 21, as WCAG counts it."""
    high, low = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _chat(colour: Rgb) -> str:
    """Return what Chainlit's style sheet goes by: triples of hue, saturation and lightness."""
    named = [(name, _triple(colour)) for name in _CHAT] + [(name, _triple(_rgb(_ink(colour)))) for name in _CHAT_INK]
    return " ".join(f"--{name}: {value} !important;" for name, value in named)


def _triple(colour: Rgb) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    return f"{hue * 360:.0f} {saturation * 100:.0f}% {lightness * 100:.0f}%"


def _ink(colour: Rgb) -> str:
    return "#ffffff" if contrast(_hex(colour), "#ffffff") >= _CONTRAST else "#000000"


def _lighter(value: float) -> float:
    return value + (1 - value) * _LIGHTER


def _rgb(text: str) -> Rgb:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in colour)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
