"""Large picture encoders, and the training of the compact one, with tiny models made here; `make test-models`."""

import asyncio
import io
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
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
from retrieval.catalog import Catalog, IndexSettings
from retrieval.demo.drawing.draw import draw_product
from retrieval.demo.shop import generate
from retrieval.looking import Looking
from retrieval.looking_worker import pictures as drawings
from retrieval.onnx import open_session
from retrieval.photos import own_photo
from retrieval.picture import CleanedPicture, PictureCleaner
from retrieval.product import CatalogueEntry
from retrieval.train.vision import Recipe, Training
from retrieval.train.vision_network import Network, edge_maps
from retrieval.train.vision_pictures import SIDE, Pictures
from retrieval.train.vision_views import Seen, look
from retrieval.vision.choice import EyeChoice, open_eye
from retrieval.vision.compact import NAME
from retrieval.vision.graph import written
from tests.retrieval.test_seeing import ids
from tests.retrieval.test_sights import opened

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


def tiny_siglip(folder: Path, seed: int = 5) -> Path:
    torch.manual_seed(seed)
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
    assert (eye.name.startswith("large-tiny-"), eye.dimension) == (True, size)
    pictures = [png((200, 30, 30)), png((20, 30, 190))]
    rows = await eye.encode(pictures)
    assert rows.shape == (2, size)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    asked = await eye.encode_query(pictures[1])
    assert asked.looks.likeness(rows).argmax() == 1
    assert asked.looks.likeness(rows)[1] == pytest.approx(1, abs=1e-4)
    assert (await eye.encode([])).shape == (0, size)


def test_other_weights_of_the_same_name_are_another_encoder(tmp_path: Path) -> None:
    folders = [tiny_siglip(tmp_path / str(number) / "tiny", seed) for number, seed in enumerate((5, 5, 6))]
    first, same, other = (open_eye(EyeChoice(str(folder))).name for folder in folders)
    assert first == same != other


async def test_drawings_are_not_looked_at_by_other_weights_than_the_server_has(tmp_path: Path) -> None:
    wanted = EyeChoice(str(tiny_siglip(tmp_path / "tiny")))
    async with opened(IndexSettings(tmp_path / "index", tmp_path / "models"), wanted) as (catalog, looking):
        await catalog.replace_all(generate(60).entries[:1])
        tiny_siglip(tmp_path / "tiny", seed=6)
        with pytest.raises(RuntimeError, match="failed"):
            await looking.catch_up(asyncio.Event())
        assert await catalog.looked_at() == (0, 1)


def spoilt(folder: Path, how: str) -> Path:
    """Return a copy of a model that cannot be used, or a folder that is not there."""
    copy = folder.with_name(how)
    if how == "nothing":
        return copy
    shutil.copytree(folder, copy)
    if how == "no kind":
        (copy / "config.json").write_text("{}")
    elif how == "no weights":
        (copy / "model.safetensors").unlink()
    else:
        (copy / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-900])
    return copy


@pytest.mark.parametrize("how", ["nothing", "no kind", "no weights", "cut off"])
def test_a_folder_without_a_whole_model_is_refused_in_one_sentence(how: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="could not be opened") as refused:
        open_eye(EyeChoice(str(spoilt(tiny_siglip(tmp_path / "tiny"), how))))
    assert "\n" not in str(refused.value)


def test_a_model_whose_files_lack_a_layer_is_refused_in_one_sentence(tmp_path: Path) -> None:
    weights = tiny_siglip(tmp_path / "tiny") / "model.safetensors"
    layers = load_file(weights)
    save_file({name: layers[name] for name in layers if "vision_model.encoder.layers.1.mlp" not in name}, weights)
    with pytest.raises(SettingsError, match="lacks weights") as refused:
        open_eye(EyeChoice(str(tmp_path / "tiny")))
    assert "\n" not in str(refused.value)


def in_files(folder: Path, entries: Sequence[CatalogueEntry]) -> list[CatalogueEntry]:
    """Return products with their pictures in files, as a feed brings them."""
    told: list[CatalogueEntry] = []
    for entry in entries:
        path = folder / f"{entry.product.product_id}.png"
        path.write_bytes(draw_product(entry.product, None, 0, 256))
        told.append(entry.model_copy(update={"product": entry.product.model_copy(update={"image_url": path.as_uri()})}))
    return told


class Photos:
    """Reads pictures of files; the one after `most` never comes."""

    def __init__(self, most: int = 1000) -> None:
        self.read, self.most = 0, most
        self.stuck = asyncio.Event()

    async def __call__(self, url: str) -> bytes | None:
        if self.read == self.most:
            self.stuck.set()
            await asyncio.Event().wait()
        self.read += 1
        return await own_photo(url)


class Shop:
    """Fourteen products with pictures in files, and one that is drawn, each with a picture it is looked for by."""

    def __init__(self, folder: Path) -> None:
        entries = generate(60).entries[:15]
        self.entries = [*in_files(folder, entries[:14]), entries[14]]
        self.settings = IndexSettings(folder / "index", folder / "models")
        self.cleaner = PictureCleaner()

    async def looked_at(self, catalog: Catalog) -> None:
        await Looking(catalog, self.cleaner).catch_up(asyncio.Event())

    async def finds(self, catalog: Catalog, count: int) -> bool:
        """Tell whether each of the first products is found first by its own picture, by the encoder in use."""
        for entry in self.entries[:count]:
            found = await catalog.find_by_picture(await self._own(entry))
            if ids(found)[0] != entry.product.product_id or found.best_cosine < 0.999:
                return False
        return True

    async def _own(self, entry: CatalogueEntry) -> CleanedPicture:
        url = entry.product.image_url or ""
        if (data := await own_photo(url)) is not None:
            return await self.cleaner.clean(data)
        return CleanedPicture(drawings(entry.product)[0], 256, 256, "drawn")


async def test_a_large_model_takes_over_once_it_has_seen_all_goes_on_after_a_stop_and_can_be_left_again(
    tmp_path: Path,
) -> None:
    shop, wanted = Shop(tmp_path), EyeChoice(str(tiny_siglip(tmp_path / "tiny")))
    large = open_eye(wanted).name
    async with opened(shop.settings, EyeChoice()) as (catalog, _):
        await catalog.replace_all(shop.entries[:14])
        await shop.looked_at(catalog)
        assert await shop.finds(catalog, 5)
    async with opened(shop.settings, wanted) as (catalog, looking):
        photos = Photos(most=13)
        work = asyncio.create_task(Looking(catalog, shop.cleaner, photos).catch_up(asyncio.Event()))
        await asyncio.wait([work, asyncio.create_task(photos.stuck.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert await looking.told() == f"12 of 14 pictures looked at with {large}, which then takes over"
        assert catalog.sight.eye.name == NAME
        assert await shop.finds(catalog, 5)
        work.cancel()
    async with opened(shop.settings, wanted) as (catalog, looking):
        assert await looking.told() == f"12 of 14 pictures looked at with {large}, which then takes over"
        assert catalog.sight.eye.name == NAME
        photos = Photos()
        await Looking(catalog, shop.cleaner, photos).catch_up(asyncio.Event())
        assert photos.read == 2
        assert (catalog.sight.eye.name, catalog.coming, await looking.told()) == (large, None, "ready")
        await catalog.upsert(shop.entries[14:])  # drawn, so looked at in another process
        await shop.looked_at(catalog)
        assert await shop.finds(catalog, 15)
    for how in ("nothing", "cut off"):
        with pytest.raises(SettingsError, match="could not be opened"):
            async with opened(shop.settings, EyeChoice(str(spoilt(Path(wanted.model), how)))):
                pass
    async with opened(shop.settings, wanted) as (catalog, looking):
        assert (catalog.sight.eye.name, await looking.told()) == (large, "ready")
        assert await shop.finds(catalog, 5)
    async with opened(shop.settings, EyeChoice()) as (catalog, looking):
        assert catalog.sight.eye.name == large
        assert await shop.finds(catalog, 5)
        await shop.looked_at(catalog)
        assert (catalog.sight.eye.name, await looking.told()) == (NAME, "ready")
        assert await shop.finds(catalog, 15)
    await shop.cleaner.aclose()


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
