"""Large picture encoders, and the training of the compact one, with tiny models made here; `make test-models`."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPProcessor,
    PreTrainedTokenizerFast,
    SiglipConfig,
    SiglipImageProcessorPil,
    SiglipModel,
    SiglipProcessor,
)

from policies.errors import SettingsError
from retrieval.onnx import open_session
from retrieval.train.vision import Recipe, Training
from retrieval.train.vision_network import Network, edge_maps
from retrieval.train.vision_pictures import SIDE, Pictures
from retrieval.train.vision_views import Seen, look
from retrieval.vision.choice import EyeChoice, open_eye
from retrieval.vision.graph import written

WORDS = ("<pad>", "<unk>", "</s>", "walnut", "desk", "lamp", "rug", "brass")
SIZES = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
TEXTS = {"vocab_size": len(WORDS), "max_position_embeddings": 16, "bos_token_id": 2, "eos_token_id": 2, **SIZES}
PATCHES = {"image_size": 32, "patch_size": 8, **SIZES}


def tokens() -> PreTrainedTokenizerFast:
    words = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", unk_token="<unk>", eos_token="</s>", model_max_length=16
    )


def tiny_siglip(folder: Path) -> Path:
    torch.manual_seed(5)
    SiglipModel(SiglipConfig(text_config=TEXTS, vision_config=PATCHES)).save_pretrained(folder)
    pictures = SiglipImageProcessorPil(size={"height": 32, "width": 32})
    SiglipProcessor(pictures, tokens()).save_pretrained(folder)
    return folder


def tiny_clip(folder: Path) -> Path:
    torch.manual_seed(5)
    CLIPModel(CLIPConfig(text_config=TEXTS, vision_config=PATCHES, projection_dim=12)).save_pretrained(folder)
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(pictures, tokens()).save_pretrained(folder)
    return folder


def png(tint: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 40), tint).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(("made", "size"), [(tiny_siglip, 16), (tiny_clip, 12)])
async def test_a_large_model_looks_at_pictures_one_by_one_as_together(made, size: int, tmp_path: Path) -> None:
    eye = open_eye(EyeChoice(str(made(tmp_path / "tiny"))))
    assert (eye.name, eye.dimension) == ("large-tiny", size)
    pictures = [png((200, 30, 30)), png((20, 30, 190))]
    rows = await eye.encode(pictures)
    assert rows.shape == (2, size)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    asked = await eye.encode_query(pictures[1])
    assert asked.looks.likeness(rows).argmax() == 1
    assert asked.looks.likeness(rows)[1] == pytest.approx(1, abs=1e-4)
    assert (await eye.encode([])).shape == (0, size)


@pytest.mark.parametrize("missing", ["nothing", "broken"])
def test_a_folder_without_a_model_is_refused(missing: str, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}")
    with pytest.raises(SettingsError, match="could not be opened"):
        open_eye(EyeChoice(str(tmp_path / missing)))


def given(things: int = 12) -> tuple[Pictures, Seen]:
    """Things of two kinds, round and square, and photos of both."""
    kinds = np.arange(things) % 2
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1) * 2 - 1
    shapes = [np.hypot(x, y) < 0.6, np.maximum(abs(x), abs(y)) < 0.5]
    cut = np.zeros((things, 4, SIDE, SIDE, 4), dtype=np.uint8)
    for at, kind in enumerate(kinds):
        cut[at, ..., :3] = rng.integers(0, 255, 3)
        cut[at, ..., 3] = 255 * shapes[kind]
    words = rng.normal(size=(2, 384)).astype(np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    photos = np.where(cut[:, 0, ..., 3:] > 0, cut[:, 0, ..., :3], 250).astype(np.uint8)
    pictures = Pictures(cut, kinds, words[kinds], photos, kinds, words)
    return pictures, look(pictures, (6, 4), 1, lambda _: None)


RECIPE = Recipe(steps=12, things=8, photos=8, warm=2, every=5)


def test_a_training_cut_off_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    learnt = given()
    whole = Training(learnt, RECIPE, 7, tmp_path / "whole.pt").run(lambda step, loss: None)

    class CutOffError(Exception):
        pass

    def cut_off(step: int, loss: float) -> None:
        if step == 7:
            raise CutOffError

    with pytest.raises(CutOffError):
        Training(learnt, RECIPE, 7, tmp_path / "cut.pt").run(cut_off)
    told: list[int] = []
    again = Training(learnt, RECIPE, 7, tmp_path / "cut.pt").run(lambda step, loss: told.append(step))
    assert told[0] == 6  # the checkpoint was written after five steps
    for one, other in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)
    with pytest.raises(SettingsError, match="seed 7"):
        Training(learnt, RECIPE, 8, tmp_path / "cut.pt")


def test_round_things_are_soon_told_from_square_ones_and_named(tmp_path: Path) -> None:
    pictures, seen = given()
    recipe = replace(RECIPE, steps=60, things=12, photos=12)
    network = Training((pictures, seen), recipe, 7, tmp_path / "one.pt").run(lambda step, loss: None)
    with torch.no_grad():
        _, words = network(torch.from_numpy(seen.photos[:, 0]).float())
    named = (words.numpy() @ pictures.kinds.T).argmax(axis=1)
    assert (named == pictures.photo_kinds).mean() > 0.8


def test_what_is_served_computes_what_was_trained() -> None:
    torch.manual_seed(2)
    network = Network().eval()
    pictures = np.random.default_rng(1).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    served = open_session(written(network.layers())).run(["looks", "words"], {"pictures": pictures})
    with torch.no_grad():
        trained = network(edge_maps(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255))
    for one, other in zip(served, trained, strict=True):
        np.testing.assert_allclose(one, other.numpy(), atol=5e-4)
    assert sum(weight.numel() for weight in network.parameters()) < 5_000_000
