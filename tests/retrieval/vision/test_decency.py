"""Pictures that are probably indecent are told from a shop's own, and the network is opened or plainly missing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from policies.errors import Refused, SettingsError
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.onnx import open_session
from retrieval.train.decency import smaller
from retrieval.vision.decency import Decency, open_decency
from tests.unsuitable import unsuitable_jpeg


@pytest.fixture(scope="module")
def decency() -> Decency:
    return open_decency()


async def test_a_shopper_is_told_neutrally_that_a_picture_cannot_be_used(decency: Decency) -> None:
    with pytest.raises(Refused) as refused:
        await decency.check(unsuitable_jpeg())
    assert refused.value.code == "unsuitable_picture"
    assert refused.value.text.startswith("I can't use that picture. Send another one")


async def test_the_shops_own_goods_are_far_from_the_bound(decency: Decency) -> None:
    products = [entry.product for entry in generate(products=200, seed=7).entries][::8]
    assert max([await decency.indecent(draw_product(each, None, 0, 256)) for each in products]) < 0.4


async def test_a_shop_may_draw_its_own_bound() -> None:
    (entry,) = generate(products=1, seed=7).entries
    with pytest.raises(Refused):
        await open_decency(above=0.00001).check(draw_product(entry.product, None, 0, 256))


def test_a_damaged_network_stops_the_start_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "decency.onnx").write_bytes(b"no network")
    with pytest.raises(SettingsError, match="AISLE_INDECENT_ABOVE=1"):
        open_decency(weights=tmp_path / "decency.onnx")
    with pytest.raises(SettingsError, match="cannot be read"):
        open_decency(weights=tmp_path / "none.onnx")


def test_a_network_in_eight_bits_says_nearly_the_same_and_is_much_smaller() -> None:
    random = np.random.default_rng(1)
    weights = random.normal(size=(16, 8, 5, 5)).astype(np.float32)
    weights[3] = 0
    whole = _convolution(weights, (2, 8, 9, 9), (2, 16, 5, 5))
    shrunk = smaller(whole)
    pictures = random.normal(size=(2, 8, 9, 9)).astype(np.float32)
    (before,) = open_session(whole).run(["out"], {"in": pictures})
    (after,) = open_session(shrunk).run(["out"], {"in": pictures})
    assert len(shrunk) < len(whole) / 3
    assert np.abs(after - before).max() < 0.02 * np.abs(before).max()
    assert not after[:, 3].any()


def _convolution(weights: np.ndarray, given: Sequence[int], gives: Sequence[int]) -> bytes:
    shape = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Conv", ["in", "weights"], ["out"])],
        "one convolution",
        [shape("in", TensorProto.FLOAT, given)],
        [shape("out", TensorProto.FLOAT, gives)],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()
