"""Makes shoppers' photos of drawn products: held askew, lit badly, on another ground, cropped, compressed."""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

_ASKEW = 0.09  # share of a side by which a corner may move inwards
_LIGHT = (0.72, 1.3)
_CONTRAST = (0.8, 1.2)
_CAST = (0.93, 1.07)  # of red and blue: warm and cool light
_CROPPED = 0.11  # share of a side that may be cut away
_QUALITY = (32, 80)
_GROUNDS = ((214, 205, 190), (120, 92, 66), (70, 74, 80), (232, 232, 230), (150, 165, 150), (188, 160, 130))
_NEAR_GROUND = 26  # sum of channel differences within which a pixel belongs to the ground around it


def photographed(picture: Image.Image, rng: random.Random) -> bytes:
    """Return a drawing as a JPEG a shopper might send; another family than the picture encoder was tuned on.

    Args:
        picture: RGB, at least 64 pixels a side.
        rng: Decides everything; the same state gives the same bytes.
    """
    if rng.random() < 0.5:
        picture = _on_another_ground(picture, rng)
    picture = _askew(picture, rng)
    if rng.random() < 0.6:
        picture = _cropped(picture, rng)
    picture = _lit(picture, rng)
    if rng.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.6)))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=rng.randint(*_QUALITY))
    return out.getvalue()


def _on_another_ground(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Replace what is connected with the picture's border by a flat ground that is lighter on one side."""
    mark = (255, 0, 254)
    filled = picture.copy()
    width, height = picture.size
    for x in range(0, width, max(1, width // 12)):
        for y in (0, height - 1):
            ImageDraw.floodfill(filled, (x, y), mark, thresh=_NEAR_GROUND)
    for y in range(0, height, max(1, height // 12)):
        for x in (0, width - 1):
            ImageDraw.floodfill(filled, (x, y), mark, thresh=_NEAR_GROUND)
    difference = _distance_to(filled, mark).point([0] + [255] * 255)
    ground = _ground(picture.size, rng)
    ground.paste(picture, mask=difference.filter(ImageFilter.GaussianBlur(1)))
    return ground


def _distance_to(picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    flat = Image.new("RGB", picture.size, colour)
    return ImageChops.difference(picture, flat).convert("L")


def _ground(size: tuple[int, int], rng: random.Random) -> Image.Image:
    tint = rng.choice(_GROUNDS)
    ground = Image.new("RGB", size, tint)
    shade = Image.linear_gradient("L").resize(size).rotate(rng.choice((0, 90, 180, 270)), expand=False)
    dark = Image.new("RGB", size, (int(tint[0] * 0.8), int(tint[1] * 0.8), int(tint[2] * 0.8)))
    ground.paste(dark, mask=shade.resize(size))
    return ground


def _askew(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Look at the picture from a side: each corner comes from a little further in."""
    width, height = picture.size
    dx, dy = _ASKEW * width, _ASKEW * height
    corners = (
        rng.uniform(0, dx), rng.uniform(0, dy),
        rng.uniform(0, dx), height - rng.uniform(0, dy),
        width - rng.uniform(0, dx), height - rng.uniform(0, dy),
        width - rng.uniform(0, dx), rng.uniform(0, dy),
    )  # fmt: skip
    return picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def _cropped(picture: Image.Image, rng: random.Random) -> Image.Image:
    width, height = picture.size
    cut = [rng.uniform(0, _CROPPED) for _ in range(4)]
    box = (width * cut[0], height * cut[1], width * (1 - cut[2]), height * (1 - cut[3]))
    return picture.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))


def _lit(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Change brightness, contrast and the warmth of the light."""
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(*_LIGHT))
    picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(*_CONTRAST))
    red, green, blue = picture.split()
    warm, cool = rng.uniform(*_CAST), rng.uniform(*_CAST)
    red = red.point([min(255, round(value * warm)) for value in range(256)])
    blue = blue.point([min(255, round(value * cool)) for value in range(256)])
    return Image.merge("RGB", (red, green, blue))
