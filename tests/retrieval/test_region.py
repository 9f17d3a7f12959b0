"""A chosen part of a picture is cut out of the cleaned one, never beyond it and never too small to see."""

import io
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from policies.errors import Refused
from retrieval.picture import CleanedPicture
from retrieval.region import Region, cut


def picture(width: int, height: int) -> CleanedPicture:
    """Red above, blue below."""
    whole = Image.new("RGB", (width, height), (200, 20, 20))
    whole.paste((20, 20, 200), (0, height // 2, width, height))
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=95)
    return CleanedPicture(out.getvalue(), width, height, sha256(out.getvalue()).hexdigest())


WHOLE = picture(200, 120)
SHARE = st.floats(0, 1)


async def test_what_is_chosen_is_what_is_left() -> None:
    part = await cut(WHOLE, Region(0.25, 0.5, 0.5, 0.5))
    with Image.open(io.BytesIO(part.jpeg)) as seen:
        assert seen.size == (part.width, part.height) == (100, 60)
        red, _, blue = seen.convert("RGB").resize((1, 1)).tobytes()
        assert blue > 150 > 60 > red


@settings(derandomize=True, database=None, max_examples=60)
@given(SHARE, SHARE, SHARE, SHARE)
async def test_no_part_reaches_beyond_the_picture_or_is_too_small_to_see(
    left: float, top: float, width: float, height: float
) -> None:
    try:
        part = await cut(WHOLE, Region(left, top, width, height))
    except Refused:
        return
    assert 24 <= part.width <= WHOLE.width
    assert 24 <= part.height <= WHOLE.height


async def test_a_part_outside_the_picture_is_refused() -> None:
    with pytest.raises(Refused, match="too small"):
        await cut(WHOLE, Region(1, 1, 0.5, 0.5))
