"""Makes photos of cut-out things and photos anew for every step: seen askew, on any ground, in any light and colour."""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

_ASKEW = 0.16  # of the perspective's vanishing terms
_TURNED = 22.0  # degrees either way
_SHEARED = 0.12


def photographed(things: Tensor, grounds: Tensor, side: int, chance: Generator) -> Tensor:
    """Set (n, 4, h, w) cut-out things, colours multiplied by cover, on grounds taken from (n, 3, h, w) photos.

    Returns:
        (n, 3, side, side) in [0, 1].
    """
    seen = _seen(things, side, (0.62, 1.25), chance, "zeros")
    ground = _grounds(grounds, side, chance)
    cover = seen[:, 3:]
    return _lit(_recoloured(seen[:, :3] + ground * (1 - cover), chance), chance)


def rephotographed(photos: Tensor, side: int, chance: Generator) -> Tensor:
    """Return (n, 3, h, w) photos cropped, turned and lit anew, (n, 3, side, side) in [0, 1]."""
    return _lit(_recoloured(_seen(photos, side, (0.55, 1.02), chance, "reflection"), chance), chance)


def _uniform(count: int, low: float, high: float, chance: Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=chance)


def _seen(pictures: Tensor, side: int, scales: tuple[float, float], chance: Generator, padding: str) -> Tensor:
    """Look at each picture from a little elsewhere."""
    n = len(pictures)
    scale = torch.exp(_uniform(n, math.log(scales[0]), math.log(scales[1]), chance))
    stretch = torch.exp(_uniform(n, -0.25, 0.25, chance))
    turn = torch.deg2rad(_uniform(n, -_TURNED, _TURNED, chance))
    mirrored = torch.where(torch.rand(n, generator=chance) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(turn), torch.sin(turn)
    room = (1 - scale).abs().clamp(min=0.12)
    maps = torch.zeros(n, 3, 3)
    maps[:, 0, 0], maps[:, 0, 1] = scale * stretch * cos * mirrored, -scale * stretch * sin
    maps[:, 1, 0], maps[:, 1, 1] = scale / stretch * sin * mirrored, scale / stretch * cos
    maps[:, 0, 1] += _uniform(n, -_SHEARED, _SHEARED, chance)
    maps[:, 0, 2] = _uniform(n, -1, 1, chance) * room
    maps[:, 1, 2] = _uniform(n, -1, 1, chance) * room
    maps[:, 2, 0] = _uniform(n, -_ASKEW, _ASKEW, chance)
    maps[:, 2, 1] = _uniform(n, -_ASKEW, _ASKEW, chance)
    maps[:, 2, 2] = 1
    axis = torch.linspace(-1, 1, side)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    points = torch.stack([x, y, torch.ones_like(x)], dim=-1).reshape(1, -1, 3)
    mapped = points @ maps.transpose(1, 2)
    grid = (mapped[..., :2] / mapped[..., 2:]).reshape(n, side, side, 2)
    return functional.grid_sample(pictures, grid, padding_mode=padding, align_corners=False)


def _grounds(photos: Tensor, side: int, chance: Generator) -> Tensor:
    """Return grounds: a part of some photo, or one colour that is lighter on one side."""
    n = len(photos)
    parts = _seen(photos, side, (0.3, 0.9), chance, "reflection")
    slope = torch.linspace(-1, 1, side)
    across, down = _uniform(n, -0.12, 0.12, chance), _uniform(n, -0.12, 0.12, chance)
    shade = across[:, None, None] * slope[None, None, :] + down[:, None, None] * slope[None, :, None]
    lightness = _uniform(n, 0.15, 1.0, chance)[:, None, None, None]
    tint = (torch.rand(n, 3, 1, 1, generator=chance) - 0.5) * 0.25
    flat = (lightness + tint + shade[:, None]).clamp(0, 1)
    chosen = (torch.rand(n, generator=chance) < 0.5)[:, None, None, None]
    return torch.where(chosen, parts, flat)


def _recoloured(pictures: Tensor, chance: Generator) -> Tensor:
    """Turn hues: a little for all, any way round for half, so that what is learnt is shape; colour is told apart."""
    n = len(pictures)
    wide = torch.where(torch.rand(n, generator=chance) < 0.5, math.pi, 0.2)
    turn = _uniform(n, -1, 1, chance) * wide
    strength = _uniform(n, 0.5, 1.4, chance)
    strength = torch.where(torch.rand(n, generator=chance) < 0.2, torch.zeros(()), strength)
    grey = (pictures * torch.tensor([0.299, 0.587, 0.114])[None, :, None, None]).sum(dim=1, keepdim=True)
    # A turn about the grey axis (Rodrigues' formula).
    cos, sin = torch.cos(turn), torch.sin(turn)
    third, root = (1 - cos) / 3, sin / math.sqrt(3)
    row = torch.stack([cos + third, third - root, third + root], dim=1)
    maps = torch.stack([row, row.roll(1, dims=1), row.roll(2, dims=1)], dim=1)
    turned = torch.einsum("nij,njhw->nihw", maps, pictures)
    return grey + (turned - grey) * strength[:, None, None, None]


def _lit(pictures: Tensor, chance: Generator) -> Tensor:
    """Change light and contrast, blur some, add noise, and hide a part of some."""
    n, _, side, _ = pictures.shape
    contrast = _uniform(n, 0.6, 1.35, chance)[:, None, None, None]
    light = _uniform(n, -0.18, 0.18, chance)[:, None, None, None]
    cast = 1 + (torch.rand(n, 3, 1, 1, generator=chance) - 0.5) * 0.2
    mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
    lit = ((pictures - mean) * contrast + mean + light) * cast
    soft = functional.interpolate(
        functional.avg_pool2d(lit, 2), size=(side, side), mode="bilinear", align_corners=False
    )
    lit = torch.where((torch.rand(n, generator=chance) < 0.3)[:, None, None, None], soft, lit)
    noise = torch.randn(lit.shape, generator=chance) * _uniform(n, 0, 0.05, chance)[:, None, None, None]
    return _hidden(lit + noise, chance).clamp(0, 1)


def _hidden(pictures: Tensor, chance: Generator) -> Tensor:
    n, _, side, _ = pictures.shape
    axis = torch.arange(side)
    low = (torch.rand(n, 2, generator=chance) * side).long()
    size = (torch.rand(n, 2, generator=chance) * side * 0.35).long()
    size[torch.rand(n, generator=chance) < 0.6] = 0
    inside = [(axis >= low[:, i : i + 1]) & (axis < low[:, i : i + 1] + size[:, i : i + 1]) for i in range(2)]
    patch = (inside[0][:, :, None] & inside[1][:, None, :])[:, None]
    return torch.where(patch, torch.rand(n, 3, 1, 1, generator=chance), pictures)
