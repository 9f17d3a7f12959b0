"""Recommendations are measured as published: on what shoppers took later, among everything, with nothing leaked."""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evals.recommend.baselines import bestsellers, nearest_items, published
from evals.recommend.dataset import read_held, without_last
from evals.recommend.measures import measured, ranked
from evals.recommend.sequence import Watch
from evals.recommend.suite import measure
from policies.errors import SettingsError
from retrieval.taste.interactions import Days, Indices
from retrieval.taste.item_to_item import ItemToItem
from ui.cli import app

RETAIL = "online_retail_uci"


def sequences(folder: Path) -> Path:
    """Forty shoppers who each walk on a ring of twelve products."""
    lines = (f"s{n} " + " ".join(f"p{(n + step) % 12}" for step in range(5)) for n in range(40))
    (folder / "sequences.txt").write_text("\n".join(lines) + "\n")
    return folder


def test_of_a_sequence_the_last_product_is_to_be_found_and_never_learned_from(tmp_path: Path) -> None:
    held = read_held(sequences(tmp_path))
    assert held.wanted["s3"] == {"p7"}
    mine = held.taken.item[held.taken.user == held.taken.users.index("s3")]
    assert [held.taken.items[item] for item in mine] == ["p3", "p4", "p5", "p6"]
    inner = without_last(held)
    assert inner.wanted["s3"] == {"p6"}
    assert len(inner.taken.item) == len(held.taken.item) - 40


def test_without_a_split_the_later_fifth_is_to_be_found(tmp_path: Path) -> None:
    rows = [f"ada,p{n},2026-01-{n + 1:02}" for n in reversed(range(10))]
    with gzip.open(tmp_path / "interactions.csv.gz", "wt") as file:
        file.write("\n".join(["visitor_id,product_id,date", *rows]))
    held = read_held(tmp_path)
    assert held.wanted == {"ada": {"p8", "p9"}}
    assert [held.taken.items[item] for item in held.taken.item] == [f"p{n}" for n in range(8)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("notes.txt", "a b", "neither"),
        ("interactions.csv", "user_id,item_id\na,b\n", "no column for the time"),
        ("interactions.csv", "user_id,item_id,time\na,b,soon\n", "line 2: 'soon' is no time"),
        ("sequences.txt", "a b\n", "Nobody"),
    ],
)
def test_what_cannot_be_measured_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_held(tmp_path)


def test_a_perfect_scorer_has_every_measure_at_its_most_and_a_blind_one_at_none(tmp_path: Path) -> None:
    held = read_held(sequences(tmp_path))
    number = {item: index for index, item in enumerate(held.taken.items)}

    def knows(items: Indices, days: Days) -> np.ndarray:
        after = (int(held.taken.items[items[-1]][1:]) + 1) % 12
        return np.eye(len(number))[number[f"p{after}"]]

    figures = measured(held, ranked(held, knows), 1)
    assert (figures["hr@10"], figures["ndcg@10"], figures["ndcg@10_low"]) == (1.0, 1.0, 1.0)
    blind = measured(held, ranked(held, lambda items, days: -knows(items, days)), 1)
    assert blind["ndcg@10"] < 0.5


def test_nothing_taken_before_is_recommended(tmp_path: Path) -> None:
    held = read_held(sequences(tmp_path))
    for user, mine in ranked(held, bestsellers(held.taken)).by_user.items():
        before = held.taken.item[held.taken.user == held.taken.users.index(user)]
        assert not set(mine) & {held.taken.items[item] for item in before}


def test_the_order_of_a_ring_is_learned_where_bestsellers_know_nothing(tmp_path: Path) -> None:
    found = measure(read_held(sequences(tmp_path)), 1, lambda step: None, Watch(60, 0, lambda: 0))
    assert found.systems["served"]["ndcg@10"] > 0.9 > found.systems["bestsellers"]["ndcg@10"]


def test_the_command_prints_one_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "home"))
    said = CliRunner().invoke(app, ["eval", "recommend", "--data", str(sequences(tmp_path)), "--json"])
    assert said.exit_code == 0, said.output
    figures = json.loads(said.stdout)
    assert set(figures["systems"]["served"]) >= {"hr@10", "ndcg@10", "coverage@10", "novelty@10", "popular_share@10"}


def test_the_public_set_scores_what_was_published_and_item_to_item_more() -> None:
    given = os.environ.get("AISLE_DATA_DIR")
    if given is None:
        assert os.environ.get("AISLE_REQUIRE_DATA") != "1", f"{RETAIL} is missing"
        return
    held = read_held(Path(given) / RETAIL)
    trained = {"bestsellers": bestsellers, "item_knn": nearest_items, "ease": published}
    scorers = {name: train(held.taken) for name, train in trained.items()}
    scorers["served"] = ItemToItem.train(held.taken).scores
    found = {name: measured(held, ranked(held, scorer), 1) for name, scorer in scorers.items()}
    assert [round(found[name]["recall@20"], 3) for name in trained] == [0.055, 0.147, 0.158]
    assert found["served"]["recall@20"] >= 0.165
    assert found["served"]["ndcg@10"] >= 0.104
