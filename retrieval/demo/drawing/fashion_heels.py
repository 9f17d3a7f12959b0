"""Heels, from the side, and the second of a pair behind the first."""

from collections.abc import Callable

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, seam
from retrieval.demo.drawing.paths import Point, box, oval, spline

Shoe = Callable[[Canvas, Look], None]


def pair(c: Canvas, look: Look, shoe: Shoe) -> None:
    """The shoe twice: one behind, a little higher and to the right, then the nearer one."""
    with c.shifted(look.vary("pair x", 96, 140), -64):
        shoe(c, look)
    c.shade(box(0, -400, 1100, FLOOR), 0.16)
    shoe(c, look)


def heels(c: Canvas, look: Look) -> None:
    """A pair of heels."""
    pair(c, look, _heel_shoe)


_HEELS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    # from where to where the heel reaches at the seat, and at the floor
    "stiletto": ((214, 288), (228, 244)),
    "kitten": ((214, 276), (236, 256)),
    "block": ((212, 322), (218, 314)),
    "flared": ((214, 306), (204, 312)),
}


def _heel_shoe(c: Canvas, look: Look) -> None:
    form = look.form(("pumps", "slingback", "block heel", "strappy", "kitten", "mary jane"), "pumps")
    lift = 34 + look.measure("heel height", 7) * 25
    seat, toe = FLOOR - lift, look.product.attributes.get("toe", "almond")
    kind = {"block heel": "block", "kitten": "kitten", "mary jane": look.pick("heel", ("block", "flared"))}.get(
        form, look.pick("heel", ("stiletto", "stiletto", "flared") if lift > 150 else ("block", "kitten", "flared"))
    )
    (a, b), (low_a, low_b) = _HEELS[kind]
    covered = look.pick("heel paint", (True, True, False))
    heel_paint = (
        look.main.lit(-0.14)
        if covered
        else paint_of("walnut").stood()
        if kind == "block"
        else metal("gold")
        if look.colour == "gold"
        else DARK
    )
    c.fill(
        spline((a, seat - 22, 1), (a + 4, seat + lift * 0.4), (low_a, FLOOR, 1), (low_b, FLOOR, 1),
        (low_b + (b - low_b) * 0.25, seat + lift * 0.45), (b + 34, seat + lift * 0.16, 1)),
        heel_paint.plain().shaped("tube"),
    )  # fmt: skip
    c.fill(box(low_a - 1, FLOOR - 7, low_b + 1, FLOOR, 2), DARK)
    tip = {"pointed": 848.0, "almond": 826.0, "round": 808.0, "square": 812.0}.get(toe, 826.0)
    sole = spline(
        (206, seat + 2, 1), (300, seat + lift * 0.14), (440, seat + lift * 0.6), (560, FLOOR - 14), (680, FLOOR - 5),
        (tip, FLOOR - 8, 1), (tip - 10, FLOOR, 1), (600, FLOOR, 1), (520, FLOOR - 8), (420, seat + lift * 0.66),
        (300, seat + lift * 0.24), (208, seat + 14, 1),
    )  # fmt: skip
    if form == "strappy":
        _straps(c, look, seat, lift, tip)
        c.fill(sole, look.main.lit(-0.3).plain())
        return
    _upper(c, look, form, (seat, lift), (tip, toe))
    c.fill(sole, paint_of("leather", look.pick("sole tone", ("black", "tan", "tan"))).plain().lit(-0.15))


def _upper(c: Canvas, look: Look, form: str, rise: tuple[float, float], front: tuple[float, str]) -> None:
    (seat, lift), (tip, toe) = rise, front
    flat = {"pointed": 30.0, "almond": 44.0, "round": 58.0, "square": 60.0}.get(toe, 44.0)
    nose: tuple[Point, ...] = ((tip - 40, FLOOR - flat), (tip + 2, FLOOR - flat * 0.5), (tip, FLOOR - 8, 1))
    under = (
        (680, FLOOR - 5), (560, FLOOR - 12), (440, seat + lift * 0.6), (320, seat + lift * 0.2), (206, seat + 6, 1),
    )  # fmt: skip
    throat = look.vary("throat", 596, 640)
    inner = paint_of("leather", look.pick("lining", ("tan", "cream"))).plain().lit(-0.25)
    if form == "slingback":
        _slingback(c, look, rise, (throat, tip, flat), nose)
        return
    c.fill(
        spline((214, seat - 104, 1), (330, seat - 66), (480, seat + lift * 0.44 - 60), (throat, FLOOR - 110, 1),
        (500, seat + lift * 0.6), (300, seat - 30)), inner,
    )  # fmt: skip
    path = spline(
        (210, seat - 108, 1), (300, seat - 62), (450, seat + lift * 0.42 - 52), (throat - 20, FLOOR - 92),
        (throat + 20, FLOOR - 102), (tip - 100, FLOOR - flat - 28), *nose, *under, (196, seat - 50),
    )  # fmt: skip
    c.fill(path, look.main.puffed(28, 0.55))
    _heel_trim(c, look, form, rise, throat)


def _heel_trim(c: Canvas, look: Look, form: str, rise: tuple[float, float], throat: float) -> None:
    seat, lift = rise
    if form == "mary jane":
        strap = spline(
            (420, seat + lift * 0.3 - 30), (452, seat + lift * 0.2 - 96), (520, seat + lift * 0.5 - 70),
            (560, FLOOR - 84), closed=False,
        )  # fmt: skip
        c.line(strap, 22, look.main.plain().lit(0.1), cast=0.25)
        c.fill(oval(524, seat + lift * 0.5 - 62, 11, 11), metal("gold").shaped("ball"), cast=0.2)
    elif look.pick("trim", ("bow", "none", "none", "seam")) == "bow":
        x, y = throat + 36, FLOOR - 104
        for way in (-1, 1):
            c.fill(
                spline((x, y, 1), (x + way * 22, y - 20), (x + way * 40, y - 4), (x + way * 22, y + 12)),
                look.main.lit(0.14).puffed(8),
                cast=0.2,
            )
    else:
        seam(
            c, spline((340, seat + lift * 0.1 - 40), (360, seat + lift * 0.16), (372, seat + lift * 0.34),
            closed=False), 2.4, 0.35,
        )  # fmt: skip


def _slingback(
    c: Canvas, look: Look, rise: tuple[float, float], front: tuple[float, float, float], nose: tuple[Point, ...]
) -> None:
    (seat, lift), (throat, tip, flat) = rise, front
    heel_to_side = spline((470, seat + lift * 0.3), (340, seat - 62), (214, seat - 92), closed=False)
    c.line(heel_to_side, 13, look.main.plain(), cast=0.1)
    far_side = spline((214, seat - 92), (300, seat - 70), (430, seat + lift * 0.36), closed=False)
    c.line(far_side, 13, look.main.plain().lit(-0.3))
    path = spline(
        (452, seat + lift * 0.5, 1), (510, seat + lift * 0.5 - 34), (throat - 10, FLOOR - 100),
        (throat + 26, FLOOR - 104), (tip - 100, FLOOR - flat - 26), *nose, (680, FLOOR - 5), (560, FLOOR - 12),
    )  # fmt: skip
    c.fill(path, look.main.puffed(26, 0.55))


def _straps(c: Canvas, look: Look, seat: float, lift: float, tip: float) -> None:
    paint = look.main.plain()
    c.fill(
        spline((206, seat - 4, 1), (330, seat + lift * 0.08), (450, seat + lift * 0.5), (570, FLOOR - 24),
        (tip - 4, FLOOR - 20, 1), (tip - 4, FLOOR - 6, 1), (570, FLOOR - 8), (430, seat + lift * 0.62),
        (206, seat + 8, 1)), paint_of("leather", "tan").plain(),
    )  # fmt: skip
    ankle = seat - 130
    c.fill(
        spline((204, seat - 4, 1), (198, seat - 70), (214, ankle + 4, 1), (236, ankle + 4, 1), (248, seat - 60),
        (300, seat + 6, 1)), look.main.puffed(18), cast=0.15,
    )  # fmt: skip
    c.line(
        spline((222, ankle + 12), (270, ankle - 14), (350, ankle + 22), (330, ankle + 50), (240, ankle + 30),
        closed=False), 15, paint, cast=0.2,
    )  # fmt: skip
    c.fill(oval(344, ankle + 32, 11, 12), metal("gold").shaped("ball"))
    for start, top in ((600.0, 96.0), (672.0, 82.0))[: look.pick("toe straps", (1, 2))]:
        c.line(
            spline((start - 16, FLOOR - 16), (start + 14, FLOOR - top), (start + 62, FLOOR - 16), closed=False), 24,
            paint.lit(0.06), cast=0.2,
        )  # fmt: skip
    if look.pick("cross", (True, False)):
        c.line(
            spline((300, seat + 20), (420, seat + lift * 0.2 - 70), (600, FLOOR - 84), closed=False), 14, paint,
            cast=0.15,
        )  # fmt: skip
