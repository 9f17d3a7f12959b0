"""Fits the compact encoder to a shop's own pictures, and measures on products held out whether that finds more."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.train.chance import Gain, gained
from retrieval.train.vision_maps import Things, sightings
from retrieval.train.vision_snaps import snapped
from retrieval.vision.compact import CompactEncoder
from retrieval.vision.posing import encoded, opened
from retrieval.vision.whitening import Whitenings

_LEAST = 40  # things; fewer teach nothing that holds
_HELD_OUT = 4  # of so many things at most one is kept back at a time
_MEASURED = 600  # things at most; the interval then reaches less than 0.01 to each side
_ASKED = 6  # snaps of each thing that is looked for; three often miss a gain of 0.03 among 200 things

Snaps = Mapping[int, Sequence[bytes]]  # by thing


@dataclass(frozen=True, slots=True)
class Adapted:
    """What a shop's own pictures taught.

    Args:
        maps: The whitenings, learnt from all things.
        before: Share of snaps that found the held-out thing first, by the encoder as it is.
        after: The same with maps that were learnt without that thing.
        gain: The difference, and whether it holds.
        held_out: How many things were held out, a part of them at a time.
    """

    maps: Whitenings
    before: float
    after: float
    gain: Gain
    held_out: int


async def adapt(eye: CompactEncoder, things: Things, seed: int, told: Callable[[int], None]) -> Adapted | None:
    """Learn from a shop's things, and look for snaps of them before and after.

    Each thing that is looked for is held out once: the maps it is looked for with were learnt without it. So all of
    them measure what is learnt, where one quarter held out for good would be too few to tell small gains.

    Args:
        eye: The encoder as it is.
        things: Pictures of each of the shop's things.
        seed: Decides what is held out together, and every snap.
        told: Told how many things were looked at, and then how many were looked for as well.

    Returns:
        None where there are too few things to learn from.
    """
    if len(things) < _LEAST:
        return None
    rng = random.Random(seed)
    held_out = rng.sample(range(len(things)), min(len(things), _MEASURED))
    snaps = {at: [encoded(snapped(opened(rng.choice(things[at])), rng)) for _ in range(_ASKED)] for at in held_out}
    seen = sightings(things, seed, told)
    before = await _found(eye, things, snaps)
    told(len(things) + len(before))
    after: dict[int, int] = {}
    parts = -(-_HELD_OUT * len(held_out) // len(things))
    for part in (held_out[at::parts] for at in range(parts)):
        fitted = eye.with_maps(seen.maps(without=part))
        after |= await _found(fitted, things, {at: snaps[at] for at in part})
        told(len(things) + len(before) + len(after))
    gain = gained([before[at] for at in held_out], [after[at] for at in held_out], _ASKED, seed)
    asked = _ASKED * len(held_out)
    shares = (sum(before.values()) / asked, sum(after.values()) / asked)
    return Adapted(seen.maps(), *shares, gain, len(held_out))


async def _found(eye: CompactEncoder, things: Things, snaps: Snaps) -> dict[int, int]:
    """Return how many snaps of each thing find the thing itself first among all."""
    of = np.array([at for at, shots in enumerate(things) for _ in shots])
    rows = await eye.encode([shot for shots in things for shot in shots])
    found: dict[int, int] = {}
    for at, taken in snaps.items():
        asked = await asyncio.gather(*(eye.encode_query(snap) for snap in taken))
        found[at] = sum(int(of[one.looks.likeness(rows).argmax()]) == at for one in asked)
    return found
