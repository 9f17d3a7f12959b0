"""What the `models` and `train` extras bring, with tiny models made here; `make test-models` runs this."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from policies.errors import SettingsError
from retrieval.judging import open_judge
from retrieval.taste.attentive import read_attentive, written
from retrieval.train.attentive import Recipe, train

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "walnut", "desk", "lamp", "rug", "brass")


def tiny_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """Write a BERT of two layers that gives a pair `labels` scores."""
    words = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


async def test_a_cross_encoder_scores_each_text_by_itself(tmp_path: Path) -> None:
    judge = open_judge(str(tiny_cross_encoder(tmp_path)))
    texts = ["walnut desk", "brass lamp", "rug"]
    together = await judge.judge("walnut desk", texts)
    alone = [float((await judge.judge("walnut desk", [text]))[0]) for text in texts]
    assert together.shape == (3,)
    assert together == pytest.approx(alone, abs=1e-5)
    assert len(set(alone)) == 3
    assert (await judge.judge("walnut desk", [])).shape == (0,)


def test_a_model_that_is_no_ranker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="3 scores a pair"):
        open_judge(str(tiny_cross_encoder(tmp_path, labels=3)))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="could not be opened"):
        open_judge(str(tmp_path / "nothing"))


def walks() -> list[np.ndarray]:
    """Histories that go round a ring of twelve products, always in one direction."""
    return [np.array([(start + step) % 12 for step in range(6)]) for start in range(12) for _ in range(10)]


def test_an_attentive_model_learns_an_order_and_is_served_as_trained() -> None:
    told: list[float] = []
    hasty = Recipe(width=16, blocks=1, longest=8, dropout=0.0, rate=1e-5, batch=32, epochs=1)
    train(walks(), 12, lambda epoch, score: told.append(score), recipe=hasty)
    recipe = replace(hasty, rate=1e-2, epochs=10)
    weights = train(walks(), 12, lambda epoch, score: told.append(score), recipe=recipe)
    assert max(told) > 0.95 > told[0]
    served = read_attentive(written(weights, np.arange(12), 12))
    for start in range(12):
        scores = served.scores(np.array([start, (start + 1) % 12]), np.arange(2.0))
        scores[[start, (start + 1) % 12]] = -np.inf
        assert int(np.argmax(scores)) == (start + 2) % 12


def test_the_same_seed_trains_the_same_model() -> None:
    recipe = Recipe(width=8, blocks=1, longest=8, batch=32, epochs=2)
    first, second = (train(walks(), 12, lambda epoch, score: None, recipe=recipe, seed=4) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)
