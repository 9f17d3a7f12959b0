"""Opens a picture at the size it is looked at, and turns it as a shopper's photo may be turned."""

import io
import math

import numpy as np
from PIL import Image

SIDE = 128  # longest side of the picture that is looked at, pixels


def opened(picture: bytes) -> Image.Image:
    """Return the picture as RGB, no larger than it needs to be decoded."""
    image = Image.open(io.BytesIO(picture))
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    return image.convert("RGB")


def encoded(picture: Image.Image) -> bytes:
    """Return an RGB picture as a JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=75)
    return out.getvalue()


def small(picture: Image.Image, longest: int = SIDE) -> Image.Image:
    """Return the picture with its longest side so long."""
    ratio = longest / max(picture.size)
    size = (max(8, round(picture.width * ratio)), max(8, round(picture.height * ratio)))
    return picture.resize(size, Image.Resampling.BOX if ratio < 0.5 else Image.Resampling.BILINEAR)


def posed(picture: Image.Image, degrees: int, *, cut: bool) -> Image.Image:
    """Return the picture turned; bare corners are cut away, or filled with the border's usual colour."""
    if not degrees:
        return picture
    pixels = np.asarray(picture)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(channel) for channel in np.median(border, axis=0))
    turned = picture.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=(red, green, blue))
    if not cut:
        return turned
    turn = math.radians(abs(degrees))
    kept = 1 / (math.cos(turn) + math.sin(turn))
    x, y = turned.width * (1 - kept) / 2, turned.height * (1 - kept) / 2
    return turned.crop((round(x), round(y), round(turned.width - x), round(turned.height - y)))
