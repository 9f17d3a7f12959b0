"""A picture's fingerprint: signs of its coarse waves of light, much the same after scaling, recompressing, relighting.

The perceptual hash by cosine transform, in a few lines: the libraries for it bring SciPy and wavelets along. One of the
whole picture, one of the thing without the plain ground around it, which a crop or a wider margin leaves as it was.
"""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SMALL, _SIDE = 64, 32  # pixels of a side: where the ground is looked for, where light is measured
_WAVES = 16  # along each side
BITS = _WAVES * _WAVES  # of each of the two
_GROUND = 100  # sum of channel differences from the border's colour within which a pixel is ground
_FEWEST = 8  # pixels of a side that make a thing
_WORD = 64
# Waves that a mirror turns over are the odd ones across.
_FLIPPED = np.uint64(0x5555555555555555)

Prints = NDArray[np.uint64]  # (n, 8): four words of the whole, four of the thing


def fingerprint(picture: bytes) -> str:
    """Return a picture's fingerprint as 128 hexadecimal digits. Our own drawings and cleaned pictures only."""
    with Image.open(io.BytesIO(picture)) as opened:
        small = opened.convert("RGB").resize((_SMALL, _SMALL), Image.Resampling.BOX)
    signs = np.concatenate([_signs(small), _signs(small.crop(_thing(small)))])
    return np.packbits(signs).tobytes().hex()


def _thing(small: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of what differs from the border's colour; the whole where too little does."""
    pixels = np.asarray(small, dtype=np.float32)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    rows, columns = np.nonzero(np.abs(pixels - np.median(border, axis=0)).sum(axis=-1) > _GROUND)
    if not len(rows):
        return 0, 0, _SMALL, _SMALL
    (top, bottom), (left, right) = (np.percentile(each, (1, 99)).astype(int) for each in (rows, columns))
    wide = min(bottom - top, right - left) >= _FEWEST
    return (int(left), int(top), int(right) + 1, int(bottom) + 1) if wide else (0, 0, _SMALL, _SMALL)


def _signs(picture: Image.Image) -> NDArray[np.bool_]:
    whole = picture.resize((_SMALL, _SMALL), Image.Resampling.BICUBIC)
    light = np.asarray(whole.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float32)
    waves = np.cos(np.pi * np.arange(_WAVES)[:, None] * (np.arange(_SIDE) + 0.5) / _SIDE)
    return (waves @ (light - light.mean()) @ waves.T).ravel() > 0


def read_prints(prints: Sequence[str]) -> Prints:
    """Return fingerprints as numbers, (n, 8)."""
    digits = b"".join(bytes.fromhex(each) for each in prints)
    return np.frombuffer(digits, dtype=">u8").astype(np.uint64).reshape(len(prints), 2 * BITS // _WORD)


def apart(some: Prints, others: Prints, *, mirrored: bool = False) -> NDArray[np.uint16]:
    """Return in how many of 256 signs each of (n, 8) differs from each of (m, 8), (n, m), or from their mirrors.

    The fewer of two ways: wholes or things.
    """
    half = some.shape[1] // 2
    flipped = _FLIPPED if mirrored else np.uint64(0)
    fewest = np.full((len(some), len(others)), BITS, dtype=np.uint16)
    for part in (slice(0, half), slice(half, None)):
        signs = np.zeros_like(fewest)
        for mine, theirs in zip(some[:, part].T, others[:, part].T, strict=True):
            signs += np.bitwise_count(mine[:, None] ^ (theirs ^ flipped)[None, :])
        np.minimum(fewest, signs, out=fewest)
    return fewest
