"""Pictures for recorded conversations: a product as a shopper's bad photo of it, and a thing no shop here sells."""

import io
import math

from PIL import Image, ImageDraw

_SIDE = 480  # pixels
_ASKEW = 7  # degrees
_CROPPED = 0.05  # share of each side
_QUALITY = 62
_BARE = (232, 230, 226)  # what a turn lays bare


def snapshot(drawn: bytes, *, rotated: bool) -> bytes:
    """Return a drawn picture as a JPEG a shopper might send: cropped a little and compressed, and askew if asked."""
    picture = Image.open(io.BytesIO(drawn)).convert("RGB")
    if rotated:
        picture = picture.rotate(_ASKEW, Image.Resampling.BICUBIC, fillcolor=_BARE)
    x, y = round(picture.width * _CROPPED), round(picture.height * _CROPPED)
    return _jpeg(picture.crop((x, y, picture.width - x, picture.height - y)))


def bicycle() -> bytes:
    """Return a picture of a bicycle."""
    picture = Image.new("RGB", (_SIDE, _SIDE), (58, 96, 52))
    draw = ImageDraw.Draw(picture)
    hubs = (130, 320), (350, 320)
    for x, y in hubs:
        draw.ellipse((x - 85, y - 85, x + 85, y + 85), outline=(15, 15, 15), width=9)
        for spoke in range(12):
            turn = spoke * math.pi / 6
            draw.line((x, y, x + 85 * math.cos(turn), y + 85 * math.sin(turn)), fill=(190, 190, 190), width=2)
    crank, seat, bars = (225, 325), (190, 190), (320, 180)
    for start, end in ((hubs[0], crank), (hubs[0], seat), (crank, seat), (seat, bars), (crank, bars), (bars, hubs[1])):
        draw.line((*start, *end), fill=(230, 30, 120), width=11)
    draw.line((165, 185, 220, 185), fill=(15, 15, 15), width=14)
    draw.line((300, 170, 350, 150), fill=(15, 15, 15), width=9)
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
