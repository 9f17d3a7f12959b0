"""The whole catalogue on Qdrant's client, with its local double in the server's place."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient

from policies.errors import SettingsError
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.encode import TextEncoder
from retrieval.product import CatalogueEntry, Offer, Policy
from retrieval.query import Filters, Liking
from retrieval.server_storage import ServerStorage
from retrieval.vision.choice import EyeChoice, open_eye
from tests.retrieval.test_sights import ENTRIES, seen, weights

pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{said}:UserWarning")
    for said in ("Payload indexes have no effect", "Local mode performs exact")
]


@pytest.fixture
async def client() -> AsyncIterator[AsyncQdrantClient]:
    double = AsyncQdrantClient(":memory:")
    yield double
    await double.close()


async def open_on(client: AsyncQdrantClient, encoder: TextEncoder) -> Catalog:
    storage = ServerStorage(client)
    catalog = Catalog(storage, encoder, await storage.current())
    await catalog.learn()
    return catalog


async def test_both_engines_give_the_same_answers(
    client: AsyncQdrantClient, encoder_of_session: TextEncoder, shelf: list[CatalogueEntry], shelf_catalog: Catalog
) -> None:
    catalog = await open_on(client, encoder_of_session)
    await catalog.replace_all(shelf)
    asked = [
        ("walnut desk", Filters()),
        ("", Filters(in_stock=True)),
        ("shirt", Filters(colours=("white",), sizes=("m",), in_stock=True)),
        ("desk", Filters(product_types=("desk",), price_max=20_000)),
    ]
    for query, filters in asked:
        server, embedded = await catalog.search(query, filters), await shelf_catalog.search(query, filters)
        assert [hit.product for hit in server.hits] == [hit.product for hit in embedded.hits]
        assert [(b.name, b.count) for b in server.blocked_by] == [(b.name, b.count) for b in embedded.blocked_by]
        assert server.named_words == embedded.named_words
    for method in ("similar_to", "goes_with"):
        server = await getattr(catalog, method)("d1", Filters())
        embedded = await getattr(shelf_catalog, method)("d1", Filters())
        assert [hit.product.product_id for hit in server.hits] == [hit.product.product_id for hit in embedded.hits]
    liked = await catalog.recommend(Liking(["s1"]), Filters()), await shelf_catalog.recommend(Liking(["s1"]), Filters())
    assert [h.product.product_id for h in liked[0].hits] == [h.product.product_id for h in liked[1].hits]
    assert await catalog.vocabulary() == await shelf_catalog.vocabulary()


async def test_a_second_process_sees_a_replacement_at_once(
    client: AsyncQdrantClient, encoder_of_session: TextEncoder, shelf: list[CatalogueEntry]
) -> None:
    first = await open_on(client, encoder_of_session)
    await first.replace_all(shelf)
    await first.set_policies([Policy(topic="returns", title="Returns", text="Thirty days.")])
    second = await open_on(client, encoder_of_session)
    assert (await second.vocabulary()).version == (await first.vocabulary()).version
    assert [policy.topic for policy in await second.policies()] == ["returns"]
    await first.replace_all(shelf[:4])
    assert await second.count() == 4
    names = sorted(c.name for c in (await client.get_collections()).collections)
    assert len(names) == 2  # the current edition and the notes
    await first.update_offers({"d1": [Offer(variant_id="d1-0", product_id="d1", price=5, stock=1)]})
    assert [h.product.product_id for h in (await second.search("", Filters(price_max=5))).hits] == ["d1"]


async def test_all_processes_follow_the_encoder_that_took_over_and_a_later_start_without_weights_leaves_it(
    client: AsyncQdrantClient, encoder_of_session: TextEncoder, tmp_path: Path
) -> None:
    async def process(name: str) -> Catalog:
        storage = ServerStorage(client, followed_s=0)
        opened = Catalog(storage, encoder_of_session, await storage.current())
        await opened.look_with(EyeChoice("", tmp_path / name / "eye"), tmp_path / name / "eyes")
        return opened

    async def taken_over(by: Catalog) -> str:
        await by.look_anew()
        assert by.coming is not None
        await seen(by, by.coming)
        assert await by.take_over()
        return by.sight.eye.name

    first, second = await process("first"), await process("second")
    await first.replace_all(ENTRIES[:2])
    await seen(first, first.sight)
    shipped = first.sight.eye.name
    weights(tmp_path / "first" / "eye")
    names = {await taken_over(first)}
    for other in (second, await process("third"), await process("second")):
        await other.look_anew()
        assert {other.sight.eye.name, open_eye(other.sight.choice).name} == names
        assert (other.coming, await other.looked_at()) == (None, (2, 2))
    await first.look_anew()
    assert (first.sight.eye.name in names, first.coming) == (True, None)
    shutil.rmtree(tmp_path / "first" / "eye")
    assert await taken_over(first) == shipped
    await second.look_anew()
    assert (second.sight.eye.name, await second.looked_at()) == (shipped, (2, 2))


async def test_a_server_that_does_not_answer_is_a_setting_to_mend(settings: IndexSettings) -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:9 cannot be used .*AISLE_QDRANT_URL"):
        await open_index(replace(settings, qdrant_url="http://127.0.0.1:9"))
