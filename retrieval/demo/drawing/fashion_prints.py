"""Prints: quiet tone-on-tone patterns in a cloth, the product's own choice of kind, scale and strength."""

from collections.abc import Callable, Iterator

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.paths import Path, box, oval, spline

_WOVEN = ("windowpane", "pinstripe", "chevron", "check")
_PRINTED = ("dots", "sprigs", "pinstripe", "check", "waves", "windowpane")
_PRINTABLE: dict[str, tuple[str, ...]] = {
    "wool": _WOVEN,
    "cashmere": ("windowpane", "chevron"),
    "cotton": _PRINTED,
    "linen": ("pinstripe", "check", "windowpane", "dots"),
    "viscose": _PRINTED,
    "silk": ("dots", "sprigs", "waves", "pinstripe"),
}


def printed(c: Canvas, look: Look, outline: Path, share: float = 0.5) -> None:
    """Lay a pattern over an outline in `share` of products whose cloth takes one."""
    kinds = _PRINTABLE.get(look.material, ())
    if not kinds or look.vary("printed", 0, 1) > share:
        return
    tone = (
        look.main.plain().lit(look.pick("print tone", (-0.5, 0.55, -0.75))).thinned(look.vary("print cover", 0.3, 0.6))
    )
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    frame = (float(left), float(top), float(right), float(bottom))
    with c.within(outline):
        _PATTERNS[look.pick("print", kinds)](c, tone, frame, look.vary("print step", 36, 62))


_Frame = tuple[float, float, float, float]


def _spots(frame: _Frame, step: float) -> Iterator[tuple[float, float]]:
    left, top, right, bottom = frame
    for row, y in enumerate(np.arange(top + step * 0.4, bottom, step)):
        for x in np.arange(left + step * (0.3 + 0.5 * (row % 2)), right, step):
            yield float(x), float(y)


def _dots(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    for x, y in _spots(frame, step):
        c.fill(oval(x, y, step * 0.16, step * 0.16), tone)


def _sprigs(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    for x, y in _spots(frame, step * 1.15):
        for way in (-1, 1):
            c.fill(
                spline((x, y, 1), (x + way * step * 0.16, y - step * 0.22), (x + way * step * 0.1, y - step * 0.4, 1)),
                tone,
            )
        c.fill(oval(x, y + step * 0.08, step * 0.08, step * 0.1), tone)


def _pinstripe(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    left, top, right, bottom = frame
    for x in np.arange(left + step * 0.4, right, step * 0.7):
        c.fill(box(float(x), top, float(x) + step * 0.1, bottom), tone)


def _windowpane(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    left, top, right, bottom = frame
    for x in np.arange(left + step * 0.6, right, step * 1.7):
        c.fill(box(float(x), top, float(x) + step * 0.11, bottom), tone)
    for y in np.arange(top + step * 0.6, bottom, step * 1.7):
        c.fill(box(left, float(y), right, float(y) + step * 0.11), tone)


def _check(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    left, top, right, bottom = frame
    for x in np.arange(left, right, step):
        c.fill(box(float(x), top, float(x) + step * 0.45, bottom), tone.thinned(0.55))
    for y in np.arange(top, bottom, step):
        c.fill(box(left, float(y), right, float(y) + step * 0.45), tone.thinned(0.55))


def _chevron(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    left, top, right, bottom = frame
    across = np.arange(left, right + step, step * 0.5)
    zigzag = np.where(np.arange(len(across)) % 2 == 0, 0.0, step * 0.45)
    for y in np.arange(top - step, bottom, step * 0.5):
        c.line(np.stack([across, y + zigzag], axis=1), step * 0.1, tone)


def _waves(c: Canvas, tone: Paint, frame: _Frame, step: float) -> None:
    left, top, right, bottom = frame
    across = np.linspace(left, right, 80)
    for y in np.arange(top, bottom, step * 0.8):
        c.line(np.stack([across, y + step * 0.2 * np.sin(across / step * 2.4)], axis=1), step * 0.13, tone)


def panel(c: Canvas, look: Look, outline: Path, topic: str) -> None:
    """Sometimes a shaded yoke or hem on a garment: blocks of the same colour in another light."""
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    high = bottom - top
    kind, deep = look.pick(topic, ("none", "none", "yoke", "hem")), look.vary(f"{topic} size", 0.16, 0.34)
    paint = look.main.lit(look.pick(f"{topic} tone", (-0.4, 0.35))).thinned(0.6)
    with c.within(outline):
        if kind == "yoke":
            c.fill(box(left, top, right, top + high * deep), paint)
        elif kind == "hem":
            c.fill(box(left, bottom - high * deep * 0.6, right, bottom), paint)


_PATTERNS: dict[str, Callable[[Canvas, Paint, _Frame, float], None]] = {
    "dots": _dots,
    "sprigs": _sprigs,
    "pinstripe": _pinstripe,
    "windowpane": _windowpane,
    "check": _check,
    "chevron": _chevron,
    "waves": _waves,
}
