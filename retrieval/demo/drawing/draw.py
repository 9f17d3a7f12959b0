"""Draw: one product, in one of its colours, from one of three views, as a WebP of a few kilobytes."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from retrieval.demo.drawing import (
    fashion_backpacks,
    fashion_bags,
    fashion_boots,
    fashion_coats,
    fashion_dresses,
    fashion_hats,
    fashion_heels,
    fashion_jackets,
    fashion_jewels,
    fashion_sandals,
    fashion_scarves,
    fashion_shoes,
    fashion_tops,
    fashion_trousers,
    fashion_watches,
    home_armchairs,
    home_beds,
    home_chairs,
    home_desks,
    home_lights,
    home_mirrors,
    home_rugs,
    home_shelves,
    home_sofas,
    home_stools,
    home_tables,
    home_textiles,
    home_vessels,
)
from retrieval.demo.drawing.canvas import Canvas, Gauge
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.scenes import Stand, plinth, props, room, set_on_floor, set_on_wall, studio, tray
from retrieval.product import Product

VIEWS = 3
SIZES = (32, 2000)
BYTES_MAX = 20_000
_QUALITIES = (80, 66, 50, 30)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a type is drawn: its function, where it belongs, where a close look goes, in shares of its extent.

    `give` is how much wider or narrower one may be than another; one that `turns` faces left in half of the products.
    """

    draw: Callable[[Canvas, Look], None]
    stand: Stand
    focus: tuple[float, float] = (0.36, 0.45)
    give: float = 0.05
    turns: bool = False


DRAWINGS: dict[str, Drawing] = {
    "sofa": Drawing(home_sofas.sofa, "floor"),
    "armchair": Drawing(home_armchairs.armchair, "floor"),
    "dining chair": Drawing(home_chairs.dining_chair, "floor", (0.4, 0.5)),
    "desk chair": Drawing(home_chairs.desk_chair, "floor", (0.4, 0.3)),
    "stool": Drawing(home_stools.stool, "floor", (0.45, 0.2)),
    "bench": Drawing(home_stools.bench, "floor", (0.25, 0.3)),
    "desk": Drawing(home_desks.desk, "floor", (0.35, 0.3)),
    "dining table": Drawing(home_tables.dining_table, "floor", (0.25, 0.25)),
    "coffee table": Drawing(home_tables.coffee_table, "floor", (0.3, 0.3)),
    "side table": Drawing(home_tables.side_table, "floor", (0.4, 0.2)),
    "shelf": Drawing(home_shelves.shelf, "floor", (0.4, 0.4)),
    "sideboard": Drawing(home_shelves.sideboard, "floor", (0.3, 0.4)),
    "bed": Drawing(home_beds.bed, "floor", (0.35, 0.4)),
    "mirror": Drawing(home_mirrors.mirror, "wall", (0.35, 0.3), give=0.0),
    "lamp": Drawing(home_lights.lamp, "top", (0.5, 0.3)),
    "vase": Drawing(home_vessels.vase, "top", (0.45, 0.5)),
    "basket": Drawing(home_vessels.basket, "floor", (0.4, 0.4)),
    "cushion": Drawing(home_textiles.cushion, "top", (0.35, 0.35)),
    "throw": Drawing(home_textiles.throw, "top", (0.4, 0.7), give=0.09),
    "rug": Drawing(home_rugs.rug, "flat", (0.3, 0.65)),
    "runner": Drawing(home_rugs.runner, "flat", (0.4, 0.7)),
    "t-shirt": Drawing(fashion_tops.t_shirt, "wall", (0.45, 0.3), give=0.09),
    "shirt": Drawing(fashion_tops.shirt, "wall", (0.5, 0.3), give=0.09),
    "sweater": Drawing(fashion_tops.sweater, "wall", (0.5, 0.35)),
    "jacket": Drawing(fashion_jackets.jacket, "wall", (0.5, 0.35), give=0.09),
    "coat": Drawing(fashion_coats.coat, "wall", (0.5, 0.3), give=0.09),
    "dress": Drawing(fashion_dresses.dress, "wall", (0.5, 0.3)),
    "skirt": Drawing(fashion_dresses.skirt, "wall", (0.5, 0.3), give=0.09),
    "trousers": Drawing(fashion_trousers.trousers, "wall", (0.5, 0.25), give=0.09),
    "jeans": Drawing(fashion_trousers.jeans, "wall", (0.5, 0.25)),
    "heels": Drawing(fashion_heels.heels, "top", (0.4, 0.5), turns=True),
    "sandals": Drawing(fashion_sandals.sandals, "top", (0.4, 0.5), turns=True),
    "sneakers": Drawing(fashion_shoes.sneakers, "top", (0.45, 0.45), turns=True),
    "loafers": Drawing(fashion_shoes.loafers, "top", (0.5, 0.45), give=0.09, turns=True),
    "boots": Drawing(fashion_boots.boots, "top", (0.4, 0.5), turns=True),
    "tote": Drawing(fashion_bags.tote, "top", (0.4, 0.55)),
    "crossbody bag": Drawing(fashion_bags.crossbody, "top", (0.5, 0.75), turns=True),
    "backpack": Drawing(fashion_backpacks.backpack, "top", (0.5, 0.45)),
    "belt": Drawing(fashion_scarves.belt, "laid", (0.5, 0.7)),
    "hat": Drawing(fashion_hats.hat, "top", (0.45, 0.5), give=0.09),
    "scarf": Drawing(fashion_scarves.scarf, "wall", (0.45, 0.5), give=0.09),
    "watch": Drawing(fashion_watches.watch, "laid", (0.5, 0.5), give=0.0),
    "sunglasses": Drawing(fashion_jewels.sunglasses, "laid", (0.35, 0.5), give=0.09),
    "necklace": Drawing(fashion_jewels.necklace, "laid", (0.5, 0.8)),
    "bracelet": Drawing(fashion_jewels.bracelet, "laid", (0.45, 0.65), give=0.09),
}


_LAMPS: dict[str, Stand] = {"floor lamp": "floor", "pendant lamp": "hang", "wall lamp": "wall"}


def draw_product(product: Product, colour: str | None, view: int, size: int) -> bytes:
    """A product's picture as WebP, `size` pixels square; the same arguments give the same bytes.

    Args:
        product: Its type must be one of `DRAWINGS`.
        colour: One of the shop's colour names, or None for the product's first.
        view: 0 before a plain ground, 1 in a setting, 2 close up.
        size: 32 to 2,000 pixels.

    Raises:
        ValueError: a view, size, product type or colour that cannot be drawn.
    """
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"a picture can be {SIZES[0]} to {SIZES[1]:,} pixels wide, not {size:,}")
    if not 0 <= view < VIEWS:
        raise ValueError(f"a product has views 0 to {VIEWS - 1}, not {view}")
    drawing = DRAWINGS.get(product.product_type)
    if drawing is None:
        raise ValueError(f"there is no drawing of a {product.product_type!r}")
    try:
        picture = _compose(Look(product, colour), drawing, view, size)
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is not a colour that can be drawn") from error
    return _encoded(picture)


def _encoded(picture: Image.Image) -> bytes:
    """The best quality that keeps a picture of up to 800 pixels within the limit; the last one for what stays above."""
    data = b""
    for quality in _QUALITIES:
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=3)
        data = out.getvalue()
        if len(data) <= BYTES_MAX or picture.width > 800:
            break
    return data


def cut_out(product: Product, colour: str | None, size: int) -> Image.Image:
    """A product alone as RGBA, without ground or shadow, cropped to itself; for pictures that show several things.

    Args:
        product: Its type must be one of `DRAWINGS`.
        colour: One of the shop's colour names, or None for the product's first.
        size: Pixels of the square it is drawn in; the picture is smaller.
    """
    layer = drawn_alone(product, colour, 0, size)
    return layer.crop(layer.getbbox())


def drawn_alone(product: Product, colour: str | None, view: int, size: int) -> Image.Image:
    """The product as RGBA, `size` pixels square, see-through where `draw_product` shows ground or shadow."""
    return _layer(Look(product, colour), DRAWINGS[product.product_type], view, size)


def _compose(look: Look, drawing: Drawing, view: int, size: int) -> Image.Image:
    stand, layer = _stand(look, drawing), _layer(look, drawing, view, size)
    ground = _setting(look, stand, size) if view == 1 else studio(size, look)
    if stand in ("floor", "top"):
        set_on_floor(ground, layer)
    elif stand in ("flat", "laid"):
        set_on_wall(ground, layer, 7)
    else:
        set_on_wall(ground, layer, 20)
    ground.paste(layer, mask=layer)
    return ground


def _layer(look: Look, drawing: Drawing, view: int, size: int) -> Image.Image:
    """The product on nothing, as large and where the view has it."""
    gauge, stand = Gauge(), _stand(look, drawing)
    share = look.vary("stretch", 1 - drawing.give, 1 + drawing.give)
    with gauge.stretched(share):
        drawing.draw(gauge, look)
    plain, _ = _framing(gauge.reach, drawing, stand, 0)
    zoom, focus = _framing(gauge.reach, drawing, stand, view)
    c = Canvas(size, look.seed, zoom, focus, grain=plain)
    with c.stretched(share):
        drawing.draw(c, look)
    if drawing.turns and look.pick("facing left", (True, False)):
        c.layer = c.layer.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return c.layer


def _stand(look: Look, drawing: Drawing) -> Stand:
    """Where this product belongs: some lamps and shelves hang, most stand."""
    if look.type == "lamp":
        return _LAMPS.get(home_lights.lamp_form(look), "top")
    if look.type == "shelf" and home_shelves.hangs(look):
        return "wall"
    return drawing.stand


def _framing(
    reach: tuple[float, float, float, float], drawing: Drawing, stand: Stand, view: int
) -> tuple[float, tuple[float, float]]:
    """Zoom and the unit at the picture's middle: a product fills about 0.7 of it, small ones a little less."""
    left, top, right, bottom = reach
    wide, high = right - left, bottom - top
    zoom = min(max((1 / max(wide / 740, high / 700)) ** 0.8, 0.75), 2.2)
    middle = (left + right) / 2
    if view == 2:
        across, down = drawing.focus if stand != "hang" else (0.5, 0.84)
        return zoom * 1.9, (left + wide * across, top + high * down)
    if stand == "hang":
        return zoom, (middle, top + 450 / zoom + (20 if view else 0))
    if view == 1:
        zoom *= 0.9 if stand in ("top", "laid") else 0.8
        return zoom, (middle, bottom - 300 / zoom) if stand in ("floor", "top") else (
            middle,
            (top + bottom) / 2 + (60 if stand != "laid" else 0),
        )
    return zoom, (middle, (top + bottom) / 2 + (-18 if stand in ("floor", "top") else 0) / zoom)


def _setting(look: Look, stand: Stand, size: int) -> Image.Image:
    if stand == "top":
        return plinth(size, look, 770)
    if stand == "laid":
        return tray(size, look)
    ground = room(size, look, {"floor": 690, "flat": 150}.get(stand, 880))
    if stand == "floor":
        c = Canvas(size, look.seed)
        props(c, look)
        ground.paste(c.layer, mask=c.layer)
    return ground
