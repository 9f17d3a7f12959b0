"""The network of the picture encoder in PyTorch; what is served is its copy without it, see `retrieval.vision.graph`.

It begins with what needs no learning: how strongly edges run in each of eight directions around every place, whatever
colours meet there. A few hundred photos then teach what such maps show; from pixels they would not.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from retrieval.vision.graph import DIRECTIONS, DULL, FAINT, NEIGHBOURS, POOLED, SHARP, Layer

LOOKS, WORDS = 128, 384
_WIDTHS = (64, 128)
_HIDDEN = 384
_LAST = 4  # cells along each side of the last map, of 64 pixels


def edge_maps(pictures: Tensor) -> Tensor:
    """Return (n, 9, side / 4, side / 4): eight directions of edges evened out over their neighbourhood, and lightness.

    Args:
        pictures: (n, 3, side, side) in [0, 1].
    """
    padded = functional.pad(pictures, (1, 1, 1, 1), mode="replicate")
    across = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    down = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    # Gradients of all three colours together (Di Zenzo's tensor): an edge between colours alike in lightness is one.
    square = (across**2 + down**2).sum(dim=1, keepdim=True) + FAINT
    double_cos = (across**2 - down**2).sum(dim=1, keepdim=True) / square
    double_sin = (2 * across * down).sum(dim=1, keepdim=True) / square
    turns = torch.arange(DIRECTIONS, device=pictures.device) * (2 * math.pi / DIRECTIONS)
    along = double_cos * torch.cos(turns)[None, :, None, None] + double_sin * torch.sin(turns)[None, :, None, None]
    votes = square**0.25 * functional.relu(along) ** SHARP
    cells = functional.avg_pool2d(votes, POOLED)
    around = functional.avg_pool2d(
        (cells**2).sum(dim=1, keepdim=True), NEIGHBOURS, 1, NEIGHBOURS // 2, count_include_pad=False
    )
    grey = functional.avg_pool2d(pictures.mean(dim=1, keepdim=True), POOLED) - 0.5
    return torch.cat([cells / torch.sqrt(around + DULL), grey], dim=1)


class _Convolution(nn.Module):
    def __init__(self, inner: int, outer: int, stride: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inner, outer, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(outer)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.convolution(x))

    def folded(self) -> Layer:
        """Return it as one convolution with a bias."""
        norm = self.norm
        factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel = self.convolution.weight * factor[:, None, None, None]
        bias = norm.bias - norm.running_mean * factor
        return Layer(_array(kernel), _array(bias), self.convolution.stride[0])


class Network(nn.Module):
    """Edge maps, (n, 9, 16, 16), to unit rows of looks, (n, 128), and of words, (n, 384)."""

    def __init__(self) -> None:
        super().__init__()
        narrow, wide = _WIDTHS
        self.body = nn.Sequential(
            _Convolution(DIRECTIONS + 1, narrow, 2), nn.ReLU(), _Convolution(narrow, wide, 2), nn.ReLU()
        )
        self.dropped = nn.Dropout(0.3)
        self.hidden = nn.Linear(wide * _LAST * _LAST, _HIDDEN)
        self.looks, self.words = nn.Linear(_HIDDEN, LOOKS), nn.Linear(_HIDDEN, WORDS)

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        """Return looks and words."""
        hidden = functional.relu(self.hidden(self.dropped(self.body(maps).flatten(1))))
        return functional.normalize(self.looks(hidden), dim=1), functional.normalize(self.words(hidden), dim=1)

    def layers(self) -> list[Layer]:
        """Return what `retrieval.vision.graph` builds the served graph from."""
        found = [part.folded() for part in self.body if isinstance(part, _Convolution)]
        heads = (self.hidden, self.looks, self.words)
        return found + [Layer(_array(head.weight), _array(head.bias), 0) for head in heads]


def _array(values: Tensor) -> NDArray[np.float32]:
    return values.detach().numpy().astype(np.float32)
