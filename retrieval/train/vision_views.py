"""Looks at every picture many times as a shopper might photograph it; the network is taught from what is then seen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from retrieval.train.vision_augment import photographed, rephotographed
from retrieval.train.vision_network import edge_maps
from retrieval.train.vision_pictures import Pictures
from retrieval.vision.graph import SIDE

_BATCH = 128
_CLOSE = 0.25  # share of looks from close by

Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Seen:
    """Edge maps of looks at things, (products, looks, 9, 16, 16), and at photos, (n, looks, 9, 16, 16)."""

    things: Halves
    photos: Halves

    def save(self, path: Path) -> None:
        """Write everything to one file."""
        np.savez(path, things=self.things, photos=self.photos)


def read_seen(path: Path) -> Seen:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        return Seen(kept["things"], kept["photos"])


def look(pictures: Pictures, looks: tuple[int, int], seed: int, told: Callable[[int], None]) -> Seen:
    """Photograph drawn things, and photos again, a number of times each.

    Args:
        pictures: What is looked at.
        looks: At each thing, and at each photo.
        seed: Decides every look.
        told: Told how many looks were taken.
    """
    chance = Generator().manual_seed(seed)
    things = np.zeros((len(pictures.things), looks[0], 9, SIDE // 4, SIDE // 4), dtype=np.float16)
    photos = np.zeros((len(pictures.photos), looks[1], 9, SIDE // 4, SIDE // 4), dtype=np.float16)
    done = 0
    for maps, of_things in ((things, True), (photos, False)):
        flat = maps.reshape(-1, *maps.shape[2:])
        for start in range(0, len(flat), _BATCH):
            which = np.arange(start, min(start + _BATCH, len(flat))) // maps.shape[1]
            seen = _things(pictures, which, chance) if of_things else _photos(pictures, which, chance)
            flat[start : start + len(which)] = edge_maps(seen).numpy().astype(np.float16)
            done += len(which)
            told(done)
    return Seen(things, photos)


def _things(pictures: Pictures, which: NDArray[np.int64], chance: Generator) -> Tensor:
    close = (torch.rand(len(which), generator=chance) < _CLOSE).long()
    colour = torch.randint(2, (len(which),), generator=chance)
    cut = _numbers(pictures.things[which, (2 * colour + close).numpy()])
    cut = torch.cat([cut[:, :3] * cut[:, 3:], cut[:, 3:]], dim=1)
    behind = torch.randint(len(pictures.photos), (len(which),), generator=chance)
    return photographed(cut, _numbers(pictures.photos[behind.numpy()]), SIDE, chance)


def _photos(pictures: Pictures, which: NDArray[np.int64], chance: Generator) -> Tensor:
    return rephotographed(_numbers(pictures.photos[which]), SIDE, chance)


def _numbers(pictures: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
