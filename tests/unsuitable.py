"""A picture that the screen takes for an indecent one: thirteen blurred ellipses, found by trying until it did."""

import io

from PIL import Image, ImageDraw, ImageFilter

_GROUND = (173, 165, 255)
_ELLIPSES = (  # middle, half axes, colour
    (186, 201, 54, 58, 189, 135, 127),
    (211, 53, 85, 59, 178, 133, 103),
    (244, 193, 72, 72, 236, 191, 179),
    (102, 242, 58, 15, 230, 167, 182),
    (34, 99, 90, 20, 195, 150, 108),
    (202, 59, 23, 21, 192, 147, 117),
    (150, 65, 62, 63, 202, 157, 127),
    (80, 110, 88, 62, 193, 163, 118),
    (254, 159, 74, 68, 233, 188, 158),
    (127, 178, 52, 82, 211, 166, 136),
    (99, 70, 57, 68, 208, 163, 133),
    (242, 197, 41, 75, 197, 152, 122),
    (115, 136, 20, 24, 195, 150, 120),
)


def unsuitable_jpeg() -> bytes:
    """Draw it."""
    picture = Image.new("RGB", (256, 256), _GROUND)
    pen = ImageDraw.Draw(picture)
    for x, y, across, down, *colour in _ELLIPSES:
        red, green, blue = colour
        pen.ellipse((x - across, y - down, x + across, y + down), fill=(red, green, blue))
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(4)).save(out, "JPEG", quality=90)
    return out.getvalue()
