"""Materials: the paint of a material in a colour; wood stained or bare, metal bare or coated, cloth dyed."""

from dataclasses import dataclass, replace

from retrieval.demo.drawing.canvas import Paint
from retrieval.demo.drawing.palette import COLOURS, Rgb, blend, named, own, ramp

WOODS = frozenset({"oak", "walnut", "ash", "pine", "beech", "bamboo"})
METALS = frozenset({"brass", "steel", "iron", "aluminium", "gold", "silver"})
CANES = frozenset({"rattan", "seagrass", "jute", "straw", "paper cord"})


@dataclass(frozen=True, slots=True)
class _Finish:
    """A material's texture, the contrast of its ramp, how far its highlights go white, its fall of light."""

    texture: str
    contrast: float = 1.0
    shine: float = 0.0
    sheen: float = 0.0
    fall: float = 0.22


_FINISHES: dict[str, _Finish] = {
    "oak": _Finish("oak", 1.05),
    "walnut": _Finish("walnut", 1.05),
    "ash": _Finish("ash"),
    "pine": _Finish("pine"),
    "beech": _Finish("oak", 0.7),
    "bamboo": _Finish("bamboo"),
    "linen": _Finish("linen"),
    "cotton": _Finish("cotton"),
    "canvas": _Finish("canvas"),
    "denim": _Finish("denim", 1.05),
    "wool": _Finish("wool"),
    "cashmere": _Finish("wool", 0.85),
    "bouclé": _Finish("boucle", 0.95),
    "velvet": _Finish("velvet", 1.45, sheen=0.45, fall=0.26),
    "leather": _Finish("leather", 1.35, 0.25, sheen=0.22, fall=0.3),
    "suede": _Finish("suede"),
    "silk": _Finish("silk", 1.25, 0.1, sheen=0.15),
    "satin": _Finish("satin", 1.4, 0.3, sheen=0.3),
    "viscose": _Finish("silk", 0.95),
    "nylon": _Finish("coated", 1.15, 0.1, sheen=0.12),
    "mesh": _Finish("mesh"),
    "rubber": _Finish("coated", 1.2, 0.15, sheen=0.2),
    "rattan": _Finish("rattan", 1.2),
    "seagrass": _Finish("seagrass", 1.15),
    "jute": _Finish("jute", 1.15),
    "straw": _Finish("straw", 1.05),
    "paper cord": _Finish("jute", 0.8),
    "paper": _Finish("pleats", 0.7),
    "marble": _Finish("marble", 1.1, 0.15),
    "glass": _Finish("plain", 1.2, 0.5, sheen=0.5),
    "ceramic": _Finish("glaze", 1.15, 0.45, sheen=0.42),
    "stoneware": _Finish("stoneware", 1.05, sheen=0.1),
    "concrete": _Finish("concrete", 0.9),
    "acetate": _Finish("tortoise", 1.2, 0.35, sheen=0.3),
    "pearl": _Finish("plain", 1.3, 0.6, sheen=0.6),
}
_BARE_METAL = _Finish("metal", 1.75, 0.6, sheen=0.62, fall=0.5)
_COATED = _Finish("coated", 1.15, 0.08, sheen=0.14, fall=0.2)


def paint_of(material: str, colour: str | None = None) -> Paint:
    """The paint of a material in a shop colour, or in its own tone for None; KeyError for an unknown colour name."""
    tone = _tone(material, colour)
    finish = _finish(material, colour)
    base = Paint(
        ramp(tone, finish.contrast, finish.shine), texture=finish.texture, fall=finish.fall, sheen=finish.sheen
    )
    if material == "acetate":
        return replace(base, strength=0.25 if sum(tone) < 200 or sum(tone) > 560 else 1.0)
    if _painted(material, colour) or (sum(tone) > 690 and material != "marble"):
        return replace(base, strength=0.6)  # a pale tone has little room above it: full texture would look like dirt
    return base


def solid(tone: Rgb, contrast: float = 1.0) -> Paint:
    """Plain matt paint of any tone, for what has no material: soles, screws, settings."""
    return Paint(ramp(tone, contrast))


def knitted(paint: Paint, ribbed: bool = False) -> Paint:
    """The same yarn with visible stitches, or in rib."""
    return replace(paint, texture="rib" if ribbed else "knit", strength=1.0)


def metal(name: str) -> Paint:
    """Bare metal by name, or black coated steel for 'black'."""
    return paint_of("steel", "black") if name == "black" else paint_of(name)


def _painted(material: str, colour: str | None) -> bool:
    return material in WOODS and colour not in (None, "natural", "brown")


def _finish(material: str, colour: str | None) -> _Finish:
    if material in METALS:
        return _BARE_METAL if colour in (None, "natural", "gold", "silver", material) else _COATED
    return _FINISHES.get(material, _COATED)


def _tone(material: str, colour: str | None) -> Rgb:
    if colour is None:
        return own(material)
    dyed = named(colour)
    if material in WOODS:
        return _wood_tone(material, colour)
    if colour == "natural" and material in CANES | {"linen", "cotton", "wool", "paper", "leather"}:
        return own(material)
    if material in METALS and colour in ("natural", "silver", "gold"):
        return own(material) if colour == "natural" else dyed
    return dyed


def _wood_tone(material: str, colour: str) -> Rgb:
    if colour == "natural" or (colour == "brown" and material == "walnut"):
        return own(material)
    if colour == "brown":
        return blend(own(material), named("brown"), 0.72)
    return blend(named(colour), own(material), 0.06)


def known_colours() -> frozenset[str]:
    """Every colour name that can be drawn."""
    return frozenset(COLOURS)
