"""Trains the picture encoder from scratch: the same thing in another picture, things of one kind, and words for them.

Supervised contrast (Khosla and others, 2020) brings pictures of one product together whatever their colour, and more
loosely those of one kind; a second head learns to lie where the text encoder puts the words (as in CLIP).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from policies.errors import SettingsError
from retrieval.train.vision_network import Network
from retrieval.train.vision_pictures import Pictures, read_pictures
from retrieval.train.vision_views import Seen, look, read_seen
from retrieval.vision.graph import written

Told = Callable[[int, float], None]
_LOOKS = (12, 40)  # at each drawn thing, and at each photo


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the encoder is trained.

    Args:
        steps: In all.
        things: Drawn products in a step, each seen twice.
        photos: Photos in a step, each seen twice.
        rate: Highest rate of learning.
        decay: Of weights.
        warm: Steps until the highest rate.
        cooling: Share of the steps, the last ones, in which the rate falls to nothing.
        averaged: Weight of the old in the running mean of weights, which is what is kept.
        every: Steps between two checkpoints.
    """

    steps: int = 4000
    things: int = 96
    photos: int = 96
    rate: float = 2e-3
    decay: float = 0.05
    warm: int = 100
    cooling: float = 0.25
    averaged: float = 0.997
    every: int = 100


def train_network(kept: Path, steps: int, seed: int, told: Callable[[int], None]) -> bytes:
    """Train on `pictures.npz` in a folder where looks and checkpoints are kept, and return the graph that is served.

    Args:
        kept: The folder; a training that was cut off goes on from what it holds.
        steps: In all.
        seed: Decides looks, first weights and batches.
        told: Told the step.
    """
    pictures = read_pictures(kept / "pictures.npz")
    if not (kept / "seen.npz").is_file():
        look(pictures, _LOOKS, seed, lambda _: None).save(kept / "seen.npz")
    given = pictures, read_seen(kept / "seen.npz")
    training = Training(given, Recipe(steps=steps), seed, kept / "checkpoint.pt")
    return written(training.run(lambda step, _: told(step)).layers())


class Training:
    """One training; after a kill it goes on from its last checkpoint to the same weights.

    Args:
        given: What is learnt from, and how it was seen.
        recipe: How.
        seed: The same seed, pictures, recipe and number of threads give the same weights.
        kept: The file of the checkpoint.
    """

    def __init__(self, given: tuple[Pictures, Seen], recipe: Recipe, seed: int, kept: Path) -> None:
        torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType]
        self._pictures, self._seen = given
        self._recipe, self._seed, self._kept = recipe, seed, kept
        self._kinds = torch.from_numpy(self._pictures.kinds)
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._network, self._mean = Network().to(self._device), Network().to(self._device)
        self._mean.load_state_dict(self._network.state_dict())
        self._optimiser = torch.optim.AdamW(self._network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
        self._done = 0
        if kept.exists():
            self._resume()

    def run(self, told: Told) -> Network:
        """Train to the end, or on from the checkpoint.

        Args:
            told: Told after every step which it was and its loss.
        """
        while self._done < self._recipe.steps:
            loss = self._step(self._done)
            self._done += 1
            told(self._done, loss)
            if self._done % self._recipe.every == 0:
                self._keep()
        return self._mean.eval().cpu()

    def _step(self, number: int) -> float:
        chance = Generator().manual_seed(self._seed * 1_000_003 + number)  # a resumed step draws the same
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate(number)
        self._network.train()
        loss = self._loss(chance)
        self._optimiser.zero_grad()
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        nn.utils.clip_grad_norm_(self._network.parameters(), 2.0)
        self._optimiser.step()
        self._average(number)
        return float(loss.detach())

    def _rate(self, number: int) -> float:
        recipe = self._recipe
        if number < recipe.warm:
            return recipe.rate * (number + 1) / recipe.warm
        left = (recipe.steps - number) / max(1.0, recipe.cooling * recipe.steps)
        return recipe.rate * min(1.0, left)

    def _average(self, number: int) -> None:
        old = min(self._recipe.averaged, (1 + number) / (10 + number))
        now = self._network.state_dict()
        with torch.no_grad():
            for name, mean in self._mean.state_dict().items():
                if mean.dtype.is_floating_point:
                    mean.lerp_(now[name], 1 - old)

    def _loss(self, chance: Generator) -> Tensor:
        maps, of_things, of_photos = self._batch(chance)
        looks, words = (rows.cpu() for rows in self._network(maps.to(self._device)))
        return self._contrast(looks, of_things, of_photos) + self._by_words(words, of_things, of_photos)

    def _batch(self, chance: Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return maps of things and photos, each twice in a row, and which they are."""
        drawn: list[Tensor] = []
        which: list[Tensor] = []
        for maps, count in ((self._seen.things, self._recipe.things), (self._seen.photos, self._recipe.photos)):
            chosen = torch.randint(len(maps), (count,), generator=chance).repeat_interleave(2)
            view = torch.randint(maps.shape[1], (len(chosen),), generator=chance)
            drawn.append(torch.from_numpy(maps[chosen.numpy(), view.numpy()]).float())
            which.append(chosen)
        return torch.cat(drawn), which[0], which[1]

    def _contrast(self, looks: Tensor, of_things: Tensor, of_photos: Tensor) -> Tensor:
        which = torch.cat([of_things, of_photos + len(self._pictures.things)])
        kinds = self._kinds_of(of_things, of_photos)
        return _together(looks, which, 0.1) + 0.5 * _together(looks, kinds, 0.15)

    def _by_words(self, words: Tensor, of_things: Tensor, of_photos: Tensor) -> Tensor:
        """Bring each picture to the word for its kind, among kinds of its source, and things to what they are said."""
        kinds = self._kinds_of(of_things, of_photos)
        scores = words @ self._kinds.T / 0.07
        drawn = len(of_things)
        named = torch.zeros(())
        for rows, given in (
            (slice(0, drawn), self._pictures.thing_kinds),
            (slice(drawn, None), self._pictures.photo_kinds),
        ):
            others = torch.ones(len(self._kinds), dtype=torch.bool)
            others[torch.from_numpy(given).unique()] = False
            named = named + functional.cross_entropy(scores[rows].masked_fill(others, -1e4), kinds[rows])
        captions = torch.from_numpy(self._pictures.captions)[of_things]
        return named + 0.3 * _matched(words[:drawn], captions, of_things)

    def _kinds_of(self, of_things: Tensor, of_photos: Tensor) -> Tensor:
        given = self._pictures
        return torch.cat(
            [torch.from_numpy(given.thing_kinds)[of_things], torch.from_numpy(given.photo_kinds)[of_photos]]
        )

    def _keep(self) -> None:
        state = {
            "done": self._done,
            "seed": self._seed,
            "chance": torch.get_rng_state(),  # of dropout
            "network": self._network.state_dict(),
            "mean": self._mean.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        draft = self._kept.with_suffix(".part")
        torch.save(state, draft)
        os.replace(draft, self._kept)

    def _resume(self) -> None:
        state = torch.load(self._kept, weights_only=True)
        if state["seed"] != self._seed:
            raise SettingsError(f"{self._kept} is of a training with seed {state['seed']}; remove it to begin anew.")
        self._network.load_state_dict(state["network"])
        self._mean.load_state_dict(state["mean"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._done = state["done"]
        torch.set_rng_state(state["chance"])


def _together(rows: Tensor, labels: Tensor, warmth: float) -> Tensor:
    """Supervised contrast: rows of one label attract each other, all others repel."""
    itself = torch.eye(len(rows), dtype=torch.bool)
    scores = (rows @ rows.T / warmth).masked_fill(itself, -1e4)
    alike = (labels[:, None] == labels) & ~itself
    shares = functional.log_softmax(scores, dim=1)
    return -((shares * alike).sum(dim=1) / alike.sum(dim=1).clamp(min=1)).mean()


def _matched(rows: Tensor, captions: Tensor, which: Tensor) -> Tensor:
    """Each row's own caption among all in the step."""
    scores = rows @ captions.T / 0.07
    own = which[:, None] == which
    return -((functional.log_softmax(scores, dim=1) * own).sum(dim=1) / own.sum(dim=1)).mean()
