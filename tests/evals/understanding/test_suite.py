"""Any program that answers lines can be measured, with the public sets where they are."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from evals.understanding.ask import running
from evals.understanding.confusions import confusions
from evals.understanding.development import development
from evals.understanding.suite import UnderstandingPlan, measure
from policies.errors import SettingsError

SEARCHES = """
import json, sys
for line in sys.stdin:
    said = json.loads(line)["text"]
    out = "bananas" in said
    entities = [{"slot": "colours", "text": "red"}] if "red" in said.split() else []
    print(json.dumps({"intents": ["out_of_scope" if out else "search"], "slots": {}, "asked": [], "refers_to": [],
                      "confidence": 0.9 if out else 0.5, "entities": entities}), flush=True)
"""


def program(folder: Path, source: str) -> str:
    path = folder / "understander.py"
    path.write_text(source, encoding="utf-8")
    return shlex.join([sys.executable, str(path)])


def public_data(folder: Path) -> Path:
    (folder / "clinc150").mkdir(parents=True)
    sets = {
        "oos_val": [["do bananas grow on trees", "oos"], ["how old is rome", "oos"]],
        "val": [["where is my order", "order_status"], ["two bananas in calories", "calories"]],
    }
    (folder / "clinc150" / "train_val.json").write_text(json.dumps(sets), encoding="utf-8")
    (folder / "queryner").mkdir()
    queries = [
        {"query": "red socks", "tokens": ["red", "socks"], "labels": ["B-color", "B-core_product_type"]},
        {"query": "for men", "tokens": ["for", "men"], "labels": ["B-department", "I-department"]},
    ]
    lines = "".join(json.dumps(query) + "\n" for query in queries)
    (folder / "queryner" / "validation.jsonl").write_text(lines, encoding="utf-8")
    (folder / "dialogues").mkdir()
    said = {"id": "d1", "text": "sofas", "intents": ["refine"]}
    (folder / "dialogues" / "crowd.jsonl").write_text(json.dumps(said) + "\n", encoding="utf-8")
    return folder


async def test_an_understander_that_always_searches_gets_what_it_deserves(tmp_path: Path) -> None:
    told: list[str] = []
    data = public_data(tmp_path / "data")
    async with running(program(tmp_path, SEARCHES), tmp_path) as understander:
        measured = await measure(understander, UnderstandingPlan(data), told.append)
    metrics = measured.metrics
    searches = sum(one.intents[0] == "search" for one in development())
    assert metrics["intent_accuracy"] == pytest.approx(searches / 789, abs=1e-3)
    assert metrics["slot_f1"] == 0
    assert metrics["coverage_at_97"] == 0
    assert (metrics["clinc_oos_recall"], metrics["clinc_other_intents_recall_as_decided"]) == (0.5, 1.0)
    assert metrics["queryner_f1"] == pytest.approx(2 / 3, abs=1e-3)
    assert (metrics["dialogues_intent_accuracy"], metrics["dialogues_intent_accuracy_neighbours"]) == (0.0, 1.0)
    assert 0 < metrics["p50_ms"] <= metrics["p95_ms"]
    assert [line for line in told if "another version" in line] != []
    assert "- refine → search: 67" in confusions(measured.judged)


async def test_sets_that_are_not_there_are_named_and_the_rest_is_measured(tmp_path: Path) -> None:
    told: list[str] = []
    async with running(program(tmp_path, SEARCHES), tmp_path) as understander:
        measured = await measure(understander, UnderstandingPlan(tmp_path), told.append)
    assert [line.split(" is not")[0] for line in told if "not run" in line] == [
        "not run: clinc150",
        "not run: queryner",
    ]
    assert measured.metrics["messages"] == 789


async def test_a_program_that_ends_or_answers_otherwise_is_told_by_name(tmp_path: Path) -> None:
    for source, what in (("print('hello', flush=True); input(); input()", "'hello'"), ("", "nothing|stopped reading")):
        async with running(program(tmp_path, source), tmp_path) as understander:
            with pytest.raises(SettingsError, match=what):
                await understander.ask([{"text": "a lamp"}] * 50, lambda _: None)
    with pytest.raises(SettingsError, match="cannot be started"):
        async with running("no-such-program-here", tmp_path):
            pass
