"""Cut: the outline of a garment for the upper body, its sleeves, neck, collar, closing and folds."""

from dataclasses import dataclass, replace

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.parts import DARK, seam
from retrieval.demo.drawing.paths import Path, Point, arc, box, flip, mirrored, oval, poly, spline


@dataclass(frozen=True, slots=True)
class Cut:
    """Half widths and heights in units about the middle of the picture; `sleeve` is how much of the arm it covers."""

    neck: float = 62
    shoulder: float = 150
    chest: float = 146
    waist: float = 138
    hem: float = 148
    top: float = 200
    length: float = 430
    waist_at: float = 0.55
    dip: float = 44
    sleeve: float = 1.0
    sleeve_width: float = 46
    spread: float = 92
    wave: float = 4

    @property
    def low(self) -> float:
        """Where the hem is."""
        return self.top + self.length

    @property
    def pit(self) -> float:
        """Where the armpit is."""
        return self.top + 148

    def but(self, *, neck: float | None = None, dip: float | None = None) -> "Cut":
        """The same cut with another neck."""
        return replace(self, neck=neck or self.neck, dip=dip if dip is not None else self.dip)


def body(cut: Cut, neckline: str = "round") -> Path:
    """The front of a garment from neck to hem."""
    x, top = 500.0, cut.top
    mouth: dict[str, tuple[Point, ...]] = {
        "round": ((x, top + cut.dip), (x + cut.neck * 0.66, top + cut.dip * 0.72)),
        "v": ((x, top + cut.dip, 1),),
        "square": ((x, top + cut.dip, 1), (x + cut.neck * 0.94, top + cut.dip, 1)),
        "boat": ((x, top + 18), (x + cut.neck * 0.7, top + 13)),
        "none": ((x, top - 4),),
    }
    waist = top + cut.length * cut.waist_at
    side: tuple[Point, ...] = (
        (x + cut.neck, top, 1), (x + cut.shoulder, top + 38, 1), (x + cut.shoulder * 0.5 + cut.chest * 0.5, top + 90),
        (x + cut.chest, cut.pit, 1), (x + cut.waist, waist), (x + cut.hem, cut.low, 1),
        (x + cut.hem * 0.62, cut.low + cut.wave), (x + cut.hem * 0.3, cut.low + cut.wave * 2.6),
        (x, cut.low + cut.wave * 2),
    )  # fmt: skip
    return spline(*mirrored(*mouth[neckline], *side))


def inside(c: Canvas, paint: Paint, cut: Cut) -> None:
    """The inside of the back, seen through the neck."""
    c.fill(
        spline(*mirrored((500, cut.top - 12), (500 + cut.neck, cut.top - 2, 1),
        (500 + cut.neck * 0.7, cut.top + cut.dip + 14), (500, cut.top + cut.dip + 22))), paint.lit(-0.55).plain(),
    )  # fmt: skip


def sleeves(
    c: Canvas, paint: Paint, cut: Cut, *, cuff: float = 0.0, cuff_paint: Paint | None = None, puffed: bool = False
) -> None:
    """Both sleeves hanging a little outwards, with cuffs `cuff` units high."""
    if cut.sleeve <= 0:
        return
    shoulder, pit = np.array([500 + cut.shoulder, cut.top + 38.0]), np.array([500 + cut.chest, cut.pit])
    along = np.array([cut.spread / 330, 1.0])
    along /= np.hypot(*along)
    out = np.array([along[1], -along[0]])
    reach, half = 22 + 330 * cut.sleeve, cut.sleeve_width * (0.66 if cut.sleeve > 0.7 else 0.84)
    start = (shoulder + pit) / 2 - out * 10
    end, middle = start + along * reach, start + along * reach * 0.5
    swell = half + (26 if puffed else 8 if cut.sleeve > 0.5 else -4)
    path = spline(
        (shoulder[0] - 32, shoulder[1] - 13, 1), (shoulder[0] + 2, shoulder[1] + 8), _at(middle + out * swell),
        (*_at(end + out * half), 1), (*_at(end - out * half), 1), _at(middle - out * (half + 4)),
        (pit[0] - 6, pit[1], 1), (pit[0] - 42, shoulder[1] + 50),
    )  # fmt: skip
    edge = (half + 4) * out
    band = poly(
        *(_at(spot) for spot in (end - along * cuff + edge, end + along * 7 + edge, end + along * 7 - edge,
        end - along * cuff - edge)), r=5,
    )  # fmt: skip
    for mirror in (False, True):
        c.fill(flip(path) if mirror else path, paint.stood().lit(-0.1).puffed(22, 0.4))
        if cuff:
            c.fill(flip(band) if mirror else band, (cuff_paint or paint).lit(-0.04), cast=0.2)


def _at(spot: Path) -> tuple[float, float]:
    return float(spot[0]), float(spot[1])


def folds(c: Canvas, look: Look, cut: Cut, depth: float = 0.13) -> None:
    """Soft folds falling to the hem, where the product's cloth has them."""
    for i in range(look.pick("folds", (3, 4, 5))):
        at = look.vary(f"fold {i}", -0.82, 0.82)
        x0, x1 = 500 + at * cut.waist * 0.7, 500 + at * cut.hem * 0.96
        start = cut.top + cut.length * (cut.waist_at + look.vary(f"fold top {i}", 0.02, 0.22))
        c.shade(poly((x0 - 2, start), (x0 + 4, start), (x1 + 15, cut.low + 6), (x1 - 9, cut.low + 6)), depth, 13)


def placket(
    c: Canvas, paint: Paint, rise: tuple[float, float], *, count: int, button: Paint | None = None, width: float = 17.0
) -> None:
    """A buttoned front: a strip with its seam and `count` buttons."""
    c.fill(box(500 - width, rise[0], 500 + width, rise[1], 2), paint.stood().lit(0.07))
    seam(c, np.array([[500 + width, rise[0]], [500 + width, rise[1]]]), 2.4, 0.4)
    dots(c, button or paint.plain().lit(0.45), 500, rise, count=count)


def dots(c: Canvas, paint: Paint, x: float, rise: tuple[float, float], *, count: int, radius: float = 7.0) -> None:
    """A column of buttons."""
    for i in range(count):
        y = rise[0] + (rise[1] - rise[0]) * (i + 0.4) / count
        c.fill(oval(x, y, radius, radius), paint, cast=0.35)
        c.fill(oval(x, y, radius * 0.3, radius * 0.3), DARK.thinned(0.5))


def collar(c: Canvas, paint: Paint, cut: Cut, style: str = "shirt") -> None:
    """A turned-down shirt collar, an open camp collar, or a standing band."""
    top, neck = cut.top, cut.neck
    if style == "band":
        c.fill(
            spline(*mirrored((500, top + 20), (500 + neck * 0.8, top + 4), (500 + neck * 0.9, top - 22, 1),
            (500, top - 6))), paint.lit(0.06), cast=0.25,
        )  # fmt: skip
        return
    c.fill(
        spline(*mirrored((500, top - 26), (500 + neck * 0.86, top - 20), (500 + neck, top + 6, 1), (500, top + 26))),
        paint.lit(-0.4),
    )
    drop, out = (74, 1.16) if style == "shirt" else (108, 1.5)
    inner = 8 if style == "shirt" else 2
    wing = spline(
        (500 + neck * 0.86, top - 22, 1), (500 + neck * 1.05, top + 8), (500 + neck * out, top + drop * 0.62, 1),
        (500 + neck * 0.62, top + drop, 1), (500 + inner, top + (30 if style == "shirt" else 78), 1),
        (500 + neck * 0.5, top + 6),
    )  # fmt: skip
    for path in (wing, flip(wing)):
        c.fill(path, paint.lit(0.1), cast=0.28)


def lapels(c: Canvas, paint: Paint, cut: Cut, low: float, *, notch: bool = True, wide: float = 1.0) -> None:
    """Lapels folding out from the neck to a low closing, over a dark opening."""
    top, neck = cut.top, cut.neck
    c.fill(poly((500 - neck, top - 4), (500 + neck, top - 4), (500 + 4, low), (500 - 4, low)), paint.lit(-0.7).plain())
    reach = neck + 62 * wide
    edge = (
        ((500 + reach, top + 116, 1), (500 + reach * 0.74, top + 92, 1), (500 + reach * 0.86, top + 66, 1))
        if notch
        else ((500 + reach * 0.98, top + 86),)
    )
    for mirror in (False, True):
        wing = spline(
            (500 + neck * 0.92, top - 14, 1), (500 + neck * 0.5, (top + low) / 2 - 20), (500, low, 1),
            (500 + reach * 0.8, (top + low) / 2 + 24), *edge, (500 + neck * 1.2, top + 12),
        )  # fmt: skip
        c.fill(flip(wing) if mirror else wing, paint.lit(0.1), cast=0.3)


def pocket(
    c: Canvas, paint: Paint, x: float, y: float, *, size: tuple[float, float] = (64.0, 72.0), flap: bool = False
) -> None:
    """A patch pocket about x with its upper edge at y."""
    wide, high = size
    c.fill(
        poly((x - wide / 2, y, 2), (x + wide / 2, y, 2), (x + wide / 2, y + high, 14), (x - wide / 2, y + high, 14)),
        paint.lit(0.05),
        cast=0.16,
    )
    seam(c, np.array([[x - wide / 2 + 4, y + 10], [x + wide / 2 - 4, y + 10]]), 2, 0.35)
    if flap:
        c.fill(
            poly((x - wide / 2 - 4, y - 8, 3), (x + wide / 2 + 4, y - 8, 3), (x + wide / 2 + 4, y + 18, 6),
            (x, y + 28, 6), (x - wide / 2 - 4, y + 18, 6)), paint.lit(0.1), cast=0.2,
        )  # fmt: skip


def slit_pockets(c: Canvas, cut: Cut, y: float) -> None:
    """Two slanting pockets."""
    for way in (-1, 1):
        seam(c, np.array([[500 + way * cut.waist * 0.5, y], [500 + way * cut.waist * 0.78, y + 74]]), 7, 0.8)


def rib_neck(c: Canvas, paint: Paint, cut: Cut, style: str) -> None:
    """A ribbed neck: 'crew', 'roll' or 'v'."""
    top, neck = cut.top, cut.neck
    if style == "roll":
        c.fill(
            spline(*mirrored((500, top - 66), (500 + neck * 0.94, top - 60), (500 + neck * 1.06, top - 10),
            (500 + neck * 1.02, top + 26), (500, top + 42))), paint.lit(0.04).puffed(20), cast=0.25,
        )  # fmt: skip
        c.line(arc(500, top - 60, neck * 0.86, 11, (0, 360)), 5, paint.plain().lit(-0.5))
    elif style == "v":
        for way in (-1, 1):
            c.line(
                spline((500 + way * neck, top - 2), (500 + way * neck * 0.6, top + cut.dip * 0.46),
                (500, top + cut.dip + 2), closed=False), 19, paint.plain().lit(0.05), cast=0.15,
            )  # fmt: skip
    else:
        c.line(
            spline((500 - neck, top - 2), (500 - neck * 0.62, top + cut.dip * 0.76), (500, top + cut.dip + 4),
            (500 + neck * 0.62, top + cut.dip * 0.76), (500 + neck, top - 2), closed=False), 20,
            paint.plain().lit(0.06), cast=0.15,
        )  # fmt: skip


def hem_band(c: Canvas, paint: Paint, cut: Cut, height: float = 34.0) -> None:
    """A ribbed or sewn band along the hem."""
    c.fill(
        poly((500 - cut.hem - 1, cut.low - height, 4), (500 + cut.hem + 1, cut.low - height, 4),
        (500 + cut.hem * 0.96, cut.low + 8, 8), (500 - cut.hem * 0.96, cut.low + 8, 8)), paint.lit(-0.05), cast=0.12,
    )  # fmt: skip


def hanger(c: Canvas, cut: Cut, wood: Paint, steel: Paint) -> None:
    """The hanger a garment hangs from: a hook and what shows of the wooden arms."""
    top = cut.top - 16
    hook = spline((500, top), (500, top - 48), (524, top - 72), (512, top - 98), (484, top - 90), closed=False)
    c.line(hook, 7, steel)
    c.fill(
        spline(*mirrored((500, top - 20), (500 + cut.neck * 0.9, top + 6), (500 + cut.neck * 1.1, top + 34, 1),
        (500, top + 18))), wood,
    )  # fmt: skip
