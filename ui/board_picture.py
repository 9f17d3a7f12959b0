"""The picture that stands for a shared board where its link is posted: up to four of its things side by side."""

import io
from collections.abc import Sequence

from PIL import Image

WIDTH, HEIGHT = 1200, 630  # What pages that show links ask for.
_GAP = 12
_PAPER = (246, 243, 238)
MOST = 4


def composed(pictures: Sequence[bytes]) -> bytes:
    """Return a JPEG of one to four square pictures, each cut to its place; WebP, PNG and JPEG are read."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    for (left, top, width, height), picture in zip(_places(len(pictures)), pictures, strict=False):
        with Image.open(io.BytesIO(picture), formats=["WEBP", "PNG", "JPEG"]) as drawn:
            sheet.paste(_cut(drawn.convert("RGB"), width, height), (left, top))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=86)
    return out.getvalue()


def _places(count: int) -> list[tuple[int, int, int, int]]:
    """Return left, top, width and height of each picture: one large one, the others beside it."""
    if count <= 1:
        return [(0, 0, WIDTH, HEIGHT)]
    half = (WIDTH - _GAP) // 2
    beside = half + _GAP
    if count == 2:
        return [(0, 0, half, HEIGHT), (beside, 0, half, HEIGHT)]
    row = (HEIGHT - _GAP) // 2
    if count == 3:
        return [(0, 0, half, HEIGHT), (beside, 0, half, row), (beside, row + _GAP, half, row)]
    quarter = (half - _GAP) // 2
    small = [(beside, row + _GAP, quarter, row), (beside + quarter + _GAP, row + _GAP, quarter, row)]
    return [(0, 0, half, HEIGHT), (beside, 0, half, row), *small]


def _cut(picture: Image.Image, width: int, height: int) -> Image.Image:
    scale = max(width / picture.width, height / picture.height)
    large = picture.resize((max(width, round(picture.width * scale)), max(height, round(picture.height * scale))))
    left, top = (large.width - width) // 2, (large.height - height) // 2
    return large.crop((left, top, left + width, top + height))
