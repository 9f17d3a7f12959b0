"""Pictures that journeys show: a product as a shopper's photo of it, the same with words on it, and things not sold."""

import io

from PIL import Image, ImageDraw, ImageFont

_SIDE = 480  # pixels
_CROPPED = 0.05  # share of each side
_QUALITY = 62


def snapshot(drawn: bytes) -> bytes:
    """Return a product's picture as a JPEG a shopper might send."""
    picture = Image.open(io.BytesIO(drawn)).convert("RGB")
    x, y = round(picture.width * _CROPPED), round(picture.height * _CROPPED)
    return _jpeg(picture.crop((x, y, picture.width - x, picture.height - y)))


def printed(drawn: bytes, words: str) -> bytes:
    """Return a product's picture with a tag in a corner that says something."""
    picture = Image.open(io.BytesIO(snapshot(drawn))).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((8, 8, picture.width - 8, 44), fill=(250, 248, 240))
    draw.text((14, 16), words, fill=(20, 20, 20), font=ImageFont.load_default(16))
    return _jpeg(picture)


def written(words: str) -> bytes:
    """Return a picture of a note."""
    picture = Image.new("RGB", (_SIDE, _SIDE), (252, 250, 244))
    draw = ImageDraw.Draw(picture)
    for number, word in enumerate(words.split(", ")):
        draw.text((60, 60 + 60 * number), word, fill=(30, 30, 90), font=ImageFont.load_default(34))
    return _jpeg(picture)


def unsold() -> bytes:
    """Return a picture of a bicycle."""
    picture = Image.new("RGB", (_SIDE, _SIDE), (58, 96, 52))
    draw = ImageDraw.Draw(picture)
    for x in (130, 350):
        draw.ellipse((x - 85, 235, x + 85, 405), outline=(15, 15, 15), width=9)
    frame = ((130, 320), (225, 325), (320, 180), (190, 190), (225, 325), (190, 190), (130, 320))
    draw.line(frame, fill=(230, 30, 120), width=11)
    draw.line((320, 180, 350, 320), fill=(230, 30, 120), width=11)
    draw.line((165, 185, 220, 185), fill=(15, 15, 15), width=14)
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
