"""Merchant's links: found again from others' links and never from their own, beside likeness alone."""

import json
import os
from pathlib import Path

import pytest

from evals.recommend.links import LinkedProduct, measure_links, read_links
from policies.errors import SettingsError
from retrieval.encode import TextEncoder
from retrieval.taste.pairing import Linked, Pairing


def products() -> list[LinkedProduct]:
    """Twenty shirts that all link to the same two bags, among ten bags; nothing is alike but shirts to shirts."""
    bags = [LinkedProduct(f"bag{n}", f"A bag with {n} pockets", "bag", {}) for n in range(10)]
    to = {"related": (), "upsell": (), "crosssell": ("bag3", "bag7")}
    shirts = [LinkedProduct(f"shirt{n}", f"A linen shirt, cut {n}", "shirt", to) for n in range(20)]
    return [one if one.links else LinkedProduct(*_bare(one)) for one in (*bags, *shirts)]


def _bare(one: LinkedProduct) -> tuple[str, str, str, dict[str, tuple[str, ...]]]:
    return one.product_id, one.text, one.product_type, {"related": (), "upsell": (), "crosssell": ()}


async def test_links_of_others_tell_what_goes_with_a_product(encoder: TextEncoder) -> None:
    figures = await measure_links(products(), encoder, 1)
    assert figures["served"]["crosssell_recall@10"] == 1.0
    assert figures["served"]["crosssell_auc"] == 1.0
    assert figures["likeness"]["crosssell_recall@10"] < 0.5
    assert figures["served"]["crosssell_products"] == 20
    assert "upsell_recall@10" not in figures["served"]


def test_a_type_goes_with_what_several_of_it_link_to() -> None:
    linked = [Linked(f"d{n}", "desk", ("lamp", "rug") if n else ("lamp", "gone")) for n in range(3)]
    pairing = Pairing.learn([*linked, Linked("lamp", "lamp", ()), Linked("rug", "rug", ("d0",))])
    assert pairing.towards("desk") == ["lamp"]
    assert pairing.types["desk"] == ("lamp", "rug")
    assert pairing.types["lamp"] == ("desk",)
    assert pairing.chance("desk", "lamp") > pairing.chance("desk", "rug") > pairing.chance("desk", "gone") == 0.0


def test_a_folder_without_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "products.jsonl").write_text(json.dumps({"sku": "a", "name": "A", "categories": []}))
    with pytest.raises(SettingsError, match="linked"):
        read_links(tmp_path)
    (tmp_path / "products.jsonl").write_text(json.dumps({"sku": "a"}))
    with pytest.raises(SettingsError, match="line 1 lacks"):
        read_links(tmp_path)


async def test_the_public_shops_cross_selling_is_found_half_as_often_again_as_by_likeness(encoder: TextEncoder) -> None:
    given = os.environ.get("AISLE_DATA_DIR")
    if given is None:
        assert os.environ.get("AISLE_REQUIRE_DATA") != "1", "magento_luma is missing"
        return
    figures = await measure_links(read_links(Path(given) / "magento_luma"), encoder, 1)
    for name in ("crosssell_recall@10", "crosssell_ndcg@10"):
        assert figures["served"][name] >= 1.5 * figures["likeness"][name]
