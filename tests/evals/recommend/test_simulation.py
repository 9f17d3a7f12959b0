"""Simulated shoppers: tastes are hidden, places are looked at less the further down, and learning comes nearer."""

from pathlib import Path

import numpy as np

from evals.recommend.simulation import Plan, simulate
from evals.recommend.tastes import LOOKED, ROW, Shopper, Wares, visit
from retrieval.demo import generate
from retrieval.encode import TextEncoder


def test_what_pleases_is_clicked_as_often_as_its_place_is_looked_at_and_what_bores_is_turned_down() -> None:
    wares = Wares.of(list(generate(40, seed=7).entries))
    draw, row = np.random.default_rng(2), list(range(ROW))
    clicks, dismissed = np.zeros(ROW), 0
    for _ in range(1500):
        pleased = Shopper("a", np.ones(len(wares.ids)))
        clicks += [
            any(each[0] == "click" and each[2] == at + 1 for each in visit(pleased, row, wares, draw)) for at in row
        ]
        bored = Shopper("b", np.zeros(len(wares.ids)))
        dismissed += sum(kind == "dismiss" for kind, *_ in visit(bored, row, wares, draw))
        assert bored.liked == []
    assert np.abs(clicks / 1500 - LOOKED).max() < 0.05
    assert dismissed > 500


def test_the_best_row_is_as_near_as_can_be() -> None:
    wares = Wares.of(list(generate(40, seed=7).entries))
    shopper = Shopper("a", np.linspace(0, 1, len(wares.ids)))
    assert shopper.near(range(len(wares.ids) - ROW, len(wares.ids)), wares) == 1.0
    shopper.liked.append(wares.ids[-1])
    assert shopper.near(range(ROW), wares) < 0.2


async def test_every_system_meets_the_same_shoppers(encoder: TextEncoder, tmp_path: Path) -> None:
    plan = Plan(products=40, before=120, after=8, visits=5, seed=3)
    found = await simulate(plan, tmp_path, encoder, lambda step: None, None)
    assert set(found.systems) == {"popularity", "likeness", "fixed_weights", "served"}
    first = {figures["near_1"] for name, figures in found.systems.items() if name != "popularity"}
    assert len(first) == 1
    assert set(found.better) == {"popularity", "likeness", "fixed_weights"}
    assert found.systems["likeness"]["near_5"] > found.systems["likeness"]["near_1"]
