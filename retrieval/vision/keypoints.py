"""Keypoints of a picture: spots told again by the signs around them, wherever a photo has moved, turned or dimmed them.

ORB (Rublee and others, 2011) and RANSAC as OpenCV has them. A vector says that two pictures look alike; keypoints that
lie in both as one turn and stretch of the picture would lay them say that they show one thing.
"""

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

VERIFIED = 4  # most alike by each row of a photo, compared by keypoints, too; more find no more (docs/log.md)
_SIDE = 320  # pixels of the longest side
_MOST, _ASKED = 250, 400  # keypoints of a shop's picture, and of a shopper's, where much may be no part of the thing
_PATCH = 31  # pixels of a side whose signs describe a spot
_EDGE = 10  # pixels along the border without keypoints
_STEP = 5  # of brightness that makes a corner: soft drawings and dim photos have few harder ones
_LEVELLED = 2.0  # contrast of small parts of the picture is evened out up to this
_BYTES = 16  # of a descriptor's 32: the other half tells no more things apart (docs/log.md)
_SIGNS = 40  # of 128 that may differ where two keypoints are one spot
_CLEARER = 0.9  # the best match has at most this share of the next one's differing signs
_FEWEST = 5  # matches that a turn and stretch can be read off
_NEAR = 4.0  # pixels within which a keypoint lies where it should
_ROUNDS = 500
_SHRUNK, _GROWN, _ASKEW = 0.35, 3.2, 1.8  # bounds of what a photo does to lengths, and to lengths across each other
_BY_CHANCE = 4  # keypoints that agree between any two pictures
_MANY = 40  # of pictures with fewer keypoints, as many are taken to be there

_SPOT = np.dtype([("at", "<u2", 2), ("signs", "<u8", _BYTES // 8)])

Floats = NDArray[np.float32]
Signs = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Keypoints:
    """Where a picture's keypoints lie, and what is around them.

    Args:
        at: (n, 2) x and y, in pixels of the picture with a longest side of 320.
        signs: (n, 2) of 64 signs each.
    """

    at: Floats
    signs: Signs

    def packed(self) -> str:
        """Return them as text, 27 characters a keypoint."""
        spots = np.zeros(len(self.at), dtype=_SPOT)
        spots["at"], spots["signs"] = np.rint(self.at), self.signs
        return base64.b64encode(spots.tobytes()).decode("ascii")


def unpacked(text: str) -> Keypoints:
    """Return what `Keypoints.packed` wrote."""
    spots = np.frombuffer(base64.b64decode(text), dtype=_SPOT)
    return Keypoints(spots["at"].astype(np.float32), spots["signs"].astype(np.uint64))


def keypoints(picture: bytes, *, asked: bool = False) -> Keypoints:
    """Return the keypoints of a picture; a plain one has none. Blocks.

    Args:
        picture: Our own drawing, or a cleaned one.
        asked: Whether it is looked for, rather than among what is looked through.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        opened.draft("L", (_SIDE, _SIDE))
        grey = opened.convert("L")
    ratio = _SIDE / max(grey.size)
    size = max(8, round(grey.width * ratio)), max(8, round(grey.height * ratio))
    small = grey.resize(size, Image.Resampling.BOX if ratio < 0.5 else Image.Resampling.BILINEAR)
    levelled = cv2.createCLAHE(_LEVELLED, (4, 4)).apply(np.asarray(small))
    detector = cv2.ORB.create(
        nfeatures=_ASKED if asked else _MOST, edgeThreshold=_EDGE, patchSize=_PATCH, fastThreshold=_STEP
    )
    found, told = detector.detectAndCompute(levelled, None)
    if not found:
        return Keypoints(np.zeros((0, 2), dtype=np.float32), np.zeros((0, _BYTES // 8), dtype=np.uint64))
    at = np.rint(np.array([one.pt for one in found], dtype=np.float32))
    return Keypoints(at, np.ascontiguousarray(told[:, :_BYTES], dtype=np.uint8).view("<u8").astype(np.uint64))


def agreement(asked: Keypoints, shown: Iterable[Keypoints]) -> float:
    """Return how much of a picture is in the one of several it agrees with most, 0 to 1. Blocks.

    It is the share of the fewer keypoints that one turn and stretch lays upon the other's, less what chance does.
    """
    return max((_agreeing(asked, one) for one in shown), default=0.0)


def _agreeing(asked: Keypoints, shown: Keypoints) -> float:
    mine, theirs = _matched(asked.signs, shown.signs)
    if len(mine) < _FEWEST:
        return 0.0
    moved, kept = cv2.estimateAffine2D(
        shown.at[theirs], asked.at[mine], method=cv2.RANSAC, ransacReprojThreshold=_NEAR, maxIters=_ROUNDS
    )
    if not _by_a_camera(np.asarray(moved, dtype=np.float64)):
        return 0.0
    fewer = max(_MANY, min(len(asked.at), len(shown.at)))
    return max(0, int(np.count_nonzero(kept)) - _BY_CHANCE) / fewer


def _matched(asked: Signs, shown: Signs) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which keypoints of one picture are which of another: the best match of each, where it is clearly best."""
    if not len(asked) or len(shown) < 2:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    apart = np.zeros((len(asked), len(shown)), dtype=np.uint8)
    for mine, theirs in zip(asked.T, shown.T, strict=True):
        apart += np.bitwise_count(mine[:, None] ^ theirs[None, :])
    every = np.arange(len(asked))
    nearest = apart.argmin(axis=1)
    best = apart[every, nearest].astype(np.float32)
    apart[every, nearest] = np.iinfo(np.uint8).max
    clear = np.flatnonzero((best < _CLEARER * apart.min(axis=1)) & (best < _SIGNS))
    surest_first = clear[np.argsort(best[clear], kind="stable")]
    _, firsts = np.unique(nearest[surest_first], return_index=True)
    once = surest_first[firsts]
    return once, nearest[once]


def _by_a_camera(moved: NDArray[np.float64]) -> bool:
    """Tell whether a (2, 3) turn and stretch was found, and is what a camera does: no mirror, no sliver."""
    if moved.shape != (2, 3):
        return False
    longer, shorter = np.linalg.svd(moved[:, :2], compute_uv=False)
    kept = shorter > _SHRUNK and longer < _GROWN and longer < _ASKEW * shorter
    return bool(kept and np.linalg.det(moved[:, :2]) > 0)
