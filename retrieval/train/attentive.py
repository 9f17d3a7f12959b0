"""Trains a self-attentive model of what a shopper takes next; PyTorch is needed here and nowhere that serves.

The network is SASRec (Kang and McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018), trained with the
softmax over every product, which later replications found to matter more than the network.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from retrieval.taste.attentive import Weights

Progress = Callable[[int, float], None]
Late = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the model is trained.

    Args:
        width: Of the vectors.
        blocks: Of attention.
        longest: Of a history the last so many are looked at.
        dropout: Share of values left out in training.
        rate: Of learning.
        batch: Shoppers in a step.
        others: Products drawn at random that every step tells the right ones from.
        epochs: At most.
        patience: Epochs without a better score on the held-back products before it ends; the first few find little
            more than what is popular, and stand still before they find order.
    """

    width: int = 64
    blocks: int = 2
    longest: int = 50
    dropout: float = 0.5
    rate: float = 1e-3
    batch: int = 128
    others: int = 2048
    epochs: int = 200
    patience: int = 8


class _Block(nn.Module):
    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.queries = nn.Linear(width, width)
        self.keys = nn.Linear(width, width)
        self.values = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.wide = nn.Linear(width, width)
        self.narrow = nn.Linear(width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        q = self.before(x)
        looked = self.queries(q) @ self.keys(x).transpose(1, 2) / math.sqrt(x.shape[-1])
        weights = self.drop(torch.softmax(looked.masked_fill(hidden, -1e9), dim=-1))
        x = q + weights @ self.values(x)
        y = self.between(x)
        return y + self.drop(self.narrow(self.drop(torch.relu(self.wide(y)))))


class _Network(nn.Module):
    """Histories of product numbers from 1, 0 before their beginning, to a vector at every place."""

    def __init__(self, products: int, recipe: Recipe) -> None:
        super().__init__()
        self.product = nn.Embedding(products + 1, recipe.width, padding_idx=0)
        self.place = nn.Embedding(recipe.longest, recipe.width)
        nn.init.normal_(self.product.weight, std=0.02)
        nn.init.normal_(self.place.weight, std=0.02)
        self.blocks = nn.ModuleList([_Block(recipe.width, recipe.dropout) for _ in range(recipe.blocks)])
        self.norm = nn.LayerNorm(recipe.width)
        self.drop = nn.Dropout(recipe.dropout)

    def forward(self, histories: Tensor) -> Tensor:
        length = histories.shape[1]
        # Places are counted from the newest, so that a short batch sees the same ones as a long.
        places = torch.arange(length - 1, -1, -1)
        x = self.drop(self.product(histories) * math.sqrt(self.norm.normalized_shape[0]) + self.place(places))
        later = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
        hidden = later[None] | (histories == 0)[:, None, :]
        for block in self.blocks:
            x = block(x, hidden)
        return self.norm(x)

    def scores(self, vectors: Tensor) -> Tensor:
        return vectors @ self.product.weight[1:].T


Histories = Sequence[NDArray[np.int64]]


def train(
    histories: Histories,
    products: int,
    found: Progress,
    *,
    recipe: Recipe | None = None,
    seed: int = 7,
    late: Late = lambda: False,
) -> Weights:
    """Learn to tell every next product of these histories; the last of each is held back to know when to end.

    Args:
        histories: Product indices from 0, oldest first, one array a shopper; those shorter than three teach nothing.
        products: How many there are.
        found: Told after every epoch which it was and the NDCG@10 on what is held back.
        recipe: How to train.
        seed: The same one, histories and number of threads give the same weights, as long as it is never late.
        late: Asked before every step; once it says yes, what was learned so far is measured and training ends.

    Returns:
        The weights of the best epoch by their names in the network.
    """
    chosen = recipe or Recipe()
    torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType]
    draws = np.random.default_rng(seed)
    network = _Network(products, chosen)
    optimiser = torch.optim.Adam(network.parameters(), lr=chosen.rate, betas=(0.9, 0.98))
    kept = [history[-chosen.longest - 2 :] for history in histories if len(history) > 2]
    best, state, worse = -1.0, network.state_dict(), 0
    for epoch in range(chosen.epochs):
        network.train()
        for rows in _batches([len(history) for history in kept], chosen.batch, draws):
            if late():
                break
            loss = _loss(network, [kept[row][:-1] for row in rows], chosen)
            optimiser.zero_grad()
            loss.backward()  # pyright: ignore[reportUnknownMemberType]
            optimiser.step()
        score = _ndcg(network, kept, chosen)
        found(epoch, score)
        if score > best:
            best, worse = score, 0
            state = {name: value.clone() for name, value in network.state_dict().items()}
        else:
            worse += 1
        if worse == chosen.patience or late():
            break
    return {name: value.numpy() for name, value in state.items()}


def _batches(lengths: Sequence[int], size: int, draws: np.random.Generator) -> list[list[int]]:
    """Return rows of similar length together, in random order, so that little is padded."""
    order = np.lexsort((draws.random(len(lengths)), lengths))
    groups = [order[start : start + size].tolist() for start in range(0, len(order), size)]
    return [groups[place] for place in draws.permutation(len(groups))]


def _padded(histories: Histories) -> Tensor:
    """Return product numbers from 1, the newest in the last column."""
    width = max(len(history) for history in histories)
    table = np.zeros((len(histories), width), dtype=np.int64)
    for row, history in enumerate(histories):
        table[row, width - len(history) :] = history + 1
    return torch.from_numpy(table)


def _loss(network: _Network, histories: Histories, recipe: Recipe) -> Tensor:
    """Return the loss of telling every next product from products drawn at random for the whole batch."""
    table = _padded(histories)
    wanted = table[:, 1:]
    vectors = network(table[:, :-1])[wanted > 0]
    wanted = wanted[wanted > 0]
    weight = network.product.weight
    products = len(weight) - 1
    drawn = torch.randint(1, products + 1, (min(recipe.others, products),))
    # A drawn product stands for many that were not: with this the loss estimates the softmax over all of them.
    others = vectors @ weight[drawn].T + math.log(products / len(drawn))
    others = others.masked_fill(drawn[None, :] == wanted[:, None], -1e9)
    own = (vectors * weight[wanted]).sum(dim=1, keepdim=True)
    target = torch.zeros(len(wanted), dtype=torch.long)
    return nn.functional.cross_entropy(torch.cat([own, others], dim=1), target)


def _ndcg(network: _Network, histories: Histories, recipe: Recipe) -> float:
    """Return NDCG@10 of each history's last product, among all products not in it."""
    network.eval()
    gained = 0.0
    with torch.no_grad():
        for start in range(0, len(histories), recipe.batch):
            some = histories[start : start + recipe.batch]
            table = _padded([history[:-1][-recipe.longest :] for history in some])
            scores = network.scores(network(table)[:, -1])
            last = torch.tensor([int(history[-1]) for history in some])
            own = scores.gather(1, last[:, None])
            seen = torch.cat([torch.full((len(scores), 1), -1e9), scores], dim=1).scatter(1, table, -1e9)
            places = (seen >= own).sum(dim=1) - 1  # itself; equal scores are no success
            gained += float((1 / torch.log2(places[places < 10] + 2.0)).sum())
    return gained / max(1, len(histories))
