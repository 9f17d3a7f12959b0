"""The retrieval suite on a handful of products: usual folders, TREC's measures, training on half of the queries."""

import gzip
import json
from pathlib import Path

import pytest

from evals.retrieval.dataset import Dataset, half_of, read_dataset
from evals.retrieval.measures import Judge, compared, means, refusals
from evals.retrieval.speed import SpeedPlan, generated
from evals.retrieval.speed import measure as measure_speed
from evals.retrieval.suite import Told, measure
from evals.retrieval.training import train
from policies.errors import SettingsError
from retrieval.encode import open_encoder

_QUERIES = ("copper pipe", "drop cloth", "emergensy light", "deck over", "wood screws", "netflix")
_TITLES = ("3/4 in. copper pipe", "Canvas drop cloth", "Emergency light", "Deckover coating", "Zinc wood screws")


def write(folder: Path, *, title: str = "product_title") -> Path:
    lines = [json.dumps({"product_uid": str(n), title: text}) for n, text in enumerate(_TITLES)]
    (folder / "products.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    asked = [f"q{n}\t{text}" for n, text in enumerate(_QUERIES)]
    (folder / "queries.tsv").write_text("\n".join(["query_id\tquery", *asked]) + "\n")
    judged = [f"q{n}\t{p}\t{3 if n == p else 1}" for n in range(6) for p in range(5)]
    (folder / "qrels_all.tsv").write_text("\n".join(["query_id\tproduct_id\tgrade", *judged]) + "\n")
    return folder


async def test_a_folder_of_titles_is_measured_whole_and_what_it_lacks_is_refused(
    tmp_path: Path, encoder_cache: Path
) -> None:
    data = read_dataset(write(tmp_path))
    told: list[int] = []
    measured = await measure(data, tmp_path / "index", encoder_cache, 11, Told(told.append, told.append))
    served = measured.systems["served"]
    assert served["ndcg@10"] >= measured.systems["bm25"]["ndcg@10"]
    assert (served["queries"], served["judged@10"], served["recall@100"], served["mrr"]) == (5, 1, 1, 1)
    assert [q for q, no in measured.refused.items() if no] == ["q5"]
    assert served["no_answer_f1"] == 1
    assert set(measured.systems) == {"bm25", "dense", "fused", "served"}


def test_each_query_is_in_one_half_by_its_text(tmp_path: Path) -> None:
    data = read_dataset(write(tmp_path))
    halves = [dict(data.half("development").queries), dict(data.half("held_out").queries)]
    assert sorted(halves[0] | halves[1]) == sorted(data.queries)
    assert not halves[0].keys() & halves[1].keys()
    assert all(half_of(text) == "development" for text in halves[0].values())


def test_fields_are_found_by_what_is_judged_and_what_they_hold(tmp_path: Path) -> None:
    lines = [
        {"no": n, "article": 100 + n, "what": text, "photo": "https://x.example/1"} for n, text in enumerate(_TITLES)
    ]
    (tmp_path / "products.jsonl").write_text("\ufeff" + "\n".join(map(json.dumps, [*lines, {"what": "no id"}])))
    (tmp_path / "queries.tsv").write_text("1\tcopper pipe\n2\tnetflix\n")
    (tmp_path / "qrels.tsv").write_text("1\t0\t100.0\t1\n1\t0\t101\t0\n2\t0\t104\t0\n")
    data = read_dataset(tmp_path)
    assert (data.fields.id, data.fields.title, data.fields.type, data.fields.price) == ("article", "what", "", "")
    assert [entry.product.product_id for entry in data.entries()] == ["100", "101", "102", "103", "104"]
    assert (data.relevant, data.answerable(), dict(data.queries)) == (1.0, {"1"}, {"1": "copper pipe", "2": "netflix"})


def test_fields_of_another_name_are_told_and_a_folder_without_judgments_is_refused(tmp_path: Path) -> None:
    write(tmp_path, title="heading")
    (tmp_path / "dataset.toml").write_text('[fields]\nheadline = "heading"\n')
    with pytest.raises(SettingsError, match="headline"):
        read_dataset(tmp_path)
    (tmp_path / "dataset.toml").write_text('relevant = 3\n[fields]\ntitle = "heading"\n')
    data = read_dataset(tmp_path)
    assert (data.relevant, next(iter(data.entries())).product.title) == (3.0, "3/4 in. copper pipe")
    (tmp_path / "qrels_all.tsv").unlink()
    with pytest.raises(SettingsError, match="qrels"):
        read_dataset(tmp_path)


def test_measures_and_intervals_are_those_of_the_judgments() -> None:
    grades = {"a": {"x": 2.33, "y": 1.0, "z": 3.0}, "b": {"x": 3.0, "y": 0.0}}
    data = Dataset(Path(), None, {"a": "one", "b": "two"}, grades)  # type: ignore[arg-type]
    judge = Judge(data)
    right = judge.by_query({"a": ["z", "x", "y"], "b": ["x"]})
    assert means(right) == {"ndcg@10": 1, "judged@10": 1, "judged_only_ndcg@10": 1, "recall@100": 1, "mrr": 1}
    wrong = judge.by_query({"a": ["y", "z", "x"], "b": ["new", "x"]})
    assert wrong["b"]["judged_only_ndcg@10"] == 1 > wrong["b"]["ndcg@10"]
    better = compared(right, wrong, "ndcg@10", 1)
    assert better.low <= better.mean <= better.high
    assert better.low > 0
    assert refusals(data, {"a": False, "b": False}) == {}


async def test_a_ranker_is_judged_by_queries_it_never_saw(tmp_path: Path, encoder_cache: Path) -> None:
    data = read_dataset(write(tmp_path))
    encoder = await open_encoder(None, encoder_cache)
    trained = await train(data, tmp_path / "index", encoder, 7, lambda _: None)
    assert trained.trained_on + trained.held_out == 5
    assert trained.accepted == (trained.better.low > 0)


async def test_the_generated_shop_is_measured_and_depends_on_its_seed_alone(
    tmp_path: Path, encoder_cache: Path
) -> None:
    assert list(generated(20, 3)) == list(generated(20, 3)) != list(generated(20, 4))
    encoder = await open_encoder(None, encoder_cache)
    figures = await measure_speed(SpeedPlan(60, 20), tmp_path / "index", encoder, lambda _: None)
    assert figures["recall@10_of_exact"] == 1
    assert {"ingest_per_s", "encoder_per_s", "disk_mb", "memory_mb", "c32_p99_ms"} <= figures.keys()
