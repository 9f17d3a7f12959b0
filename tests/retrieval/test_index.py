"""What every engine must do, asked of each: the in-process one, and the server's through its client's local double."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import AsyncQdrantClient

from policies.errors import Unavailable
from retrieval.document import flat
from retrieval.edge import EdgeIndex
from retrieval.filters import All, Between, Condition, Ids, Not, OneOf, SomeOffer
from retrieval.index import (
    NAMES,
    OFFERS,
    PICTURE,
    PICTURE_SIZE,
    PLACES,
    SAID,
    TEXT,
    WORDS,
    Ask,
    LikeAny,
    Matching,
    Nearest,
    Row,
    Sparse,
    VectorIndex,
)
from retrieval.lexicon import Field, Lexicon
from retrieval.server import ServerIndex, create_collection

# The local double says that it has no payload indexes; the server has.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{said}:UserWarning")
    for said in ("Payload indexes have no effect", "Local mode performs exact")
]


@pytest.fixture(params=["edge", "server"])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorIndex]:
    if request.param == "edge":
        edge = EdgeIndex.create(tmp_path / "shard")
        await edge.upsert(rows())
        yield edge
        await edge.close()
        return
    client = AsyncQdrantClient(":memory:")
    server = await create_collection(client, "products")
    await server.upsert(rows())
    yield server
    await client.close()


def axis(n: int, towards: int = 0, share: float = 0.0) -> np.ndarray:
    vector = np.zeros(384, dtype=np.float32)
    vector[n] += 1 - share
    vector[towards] += share
    return vector / np.linalg.norm(vector)


def rows() -> list[Row]:
    lexicon = Lexicon()
    shop = {
        "a": ("desk", "walnut desk", axis(0), [{"colours": ["black"], "sizes": ["s"], "price": 100, "stock": 0}]),
        "b": (
            "desk",
            "oak desk",
            axis(1, 0, 0.4),
            [
                {"colours": ["black"], "sizes": ["m"], "price": 300, "stock": 2},
                {"colours": ["white"], "sizes": ["s"], "price": 200, "stock": 1},
            ],
        ),
        "c": ("lamp", "walnut lamp, like a desk lamp", axis(2, 0, 0.1), []),
    }
    return [
        Row(
            {
                "id": product_id,
                "product_type": kind,
                "label_brand": "Alder",
                "order_price": min((o["price"] for o in offers), default=None),
                "order_merit": place,
                OFFERS: offers,
                **flat(offers),
            },
            {
                WORDS: lexicon.weighted([(Field(1, 4, 0.5), text)]),
                NAMES: lexicon.present([text.partition(",")[0]]),
                SAID: lexicon.present([text]),
            },
            {TEXT: vector},
        )
        for place, (product_id, (kind, text, vector, offers)) in enumerate(shop.items())
    ]


def words(text: str) -> Sparse:
    return Lexicon().query(text).sparse


async def test_nearest_by_meaning_come_first_with_their_cosine(index: VectorIndex) -> None:
    [found] = await index.query([Ask(Nearest(axis(0)), All(), 10)], ["product_type"])
    assert [one.product_id for one in found] == ["a", "b", "c"]
    assert found[0].score == pytest.approx(1, abs=1e-5)
    assert found[1].payload == {"id": "b", "product_type": "desk"}


async def test_only_sharers_of_words_are_found_the_rarer_word_counting_more(index: VectorIndex) -> None:
    asks = [Ask(Matching(words(text)), All(), 10) for text in ("oak walnut", "tyre")]
    oak, nothing = await index.query(asks)
    assert oak[0].product_id == "b"
    assert {one.product_id for one in oak} == {"a", "b", "c"}
    assert nothing == []


async def test_names_are_searched_apart_from_all_words(index: VectorIndex) -> None:
    any_word, names = await index.query(
        [Ask(Matching(words("desk"), name), All((OneOf("product_type", ("lamp",)),)), 10) for name in (WORDS, NAMES)]
    )
    assert [one.product_id for one in any_word] == ["c"]
    assert names == []


async def test_words_come_back_when_asked_for(index: VectorIndex) -> None:
    [found] = await index.query([Ask(Matching(words("oak")), All(), 1)], with_words=True)
    assert found[0].words is not None
    assert set(words("oak desk").indices) == set(found[0].words.indices)


async def test_like_any_of_several(index: VectorIndex) -> None:
    [found] = await index.query([Ask(LikeAny((axis(2), axis(0))), All((Not(Ids(("a",))),)), 2)])
    assert [one.product_id for one in found] == ["c", "b"]


async def test_what_is_nearer_to_an_example_against_comes_last_by_words_and_by_looks(index: VectorIndex) -> None:
    [plain, swayed] = await index.query(
        [Ask(LikeAny((axis(0),), TEXT, unlike), All(), 3) for unlike in ((), (axis(1, 0, 0.4),))]
    )
    assert [one.product_id for one in plain] == ["a", "b", "c"]
    assert [one.product_id for one in swayed] == ["a", "c", "b"]
    rows = np.eye(3, PICTURE_SIZE, dtype=np.float32)
    mixed = (rows[0] + rows[2]) / np.sqrt(2, dtype=np.float32)
    await index.set_pictures({"a": rows[:1], "b": mixed[None], "c": rows[1:]}, "eye")
    likes = LikeAny((rows[:1],), PICTURE), LikeAny((rows[:1],), PICTURE, (rows[2:3],))
    looks = await index.query([Ask(like, All((Not(Ids(("a",))),)), 2) for like in likes])
    assert [[one.product_id for one in found] for found in looks] == [["b", "c"], ["b", "c"]]
    [against] = await index.query([Ask(LikeAny((rows[:1],), PICTURE, (mixed[None],)), All(), 3)])
    assert [one.product_id for one in against] == ["a", "c", "b"]
    seen = await index.retrieve(["c"], seen=PLACES[0])
    assert seen[0].vectors is not None
    assert np.allclose(seen[0].vectors[PICTURE], rows[1:], atol=1e-6)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (OneOf("product_type", ("desk", "sofa")), "ab"),
        (Not(OneOf("product_type", ("desk",))), "c"),
        (Between("order_price", 150), "b"),
        (Between("order_price", None, 150), "a"),
        (Ids(("c", "a", "unknown")), "ac"),
        (Ids(()), ""),
        (SomeOffer((OneOf("colours", ("black",)), Between("price", None, 200))), "a"),
        (SomeOffer((OneOf("colours", ("black",)), OneOf("sizes", ("s",)), Between("stock", 1))), ""),
        (SomeOffer((Not(OneOf("colours", ("black",))),)), "b"),
        (Not(SomeOffer((Between("stock", 1),))), "ac"),
        (SomeOffer((Between("price", 150, 250),)), "b"),
        (SomeOffer((Between("price", 150, 190),)), ""),
        (SomeOffer((Between("price", None, 100), Between("stock", 1))), ""),
        (SomeOffer((Between("stock", 2),)), "b"),
        (SomeOffer((OneOf("sizes", ("m", "l")),)), "b"),
        (SomeOffer((OneOf("colours", ("black",)), Between("price", 150, 250))), ""),
        (All(), "abc"),
    ],
)
async def test_conditions_hold_before_ranking(index: VectorIndex, condition: Condition, expected: str) -> None:
    met = All((condition,))
    [found] = await index.query([Ask(Nearest(axis(0)), met, 10)])
    assert sorted(one.product_id for one in found) == sorted(expected)
    assert await index.count(met) == len(expected)
    assert sorted(one.product_id for one in await index.scan(met)) == sorted(expected)
    [first] = await index.query([Ask(Nearest(axis(0)), met, 1)])
    assert len(first) == min(1, len(expected))


async def test_order_by_a_number_leaves_out_what_lacks_it(index: VectorIndex) -> None:
    assert [one.product_id for one in await index.ordered("order_price", All(), 5)] == ["a", "b"]
    down = await index.ordered("order_merit", All(), 2, descending=True)
    assert [one.product_id for one in down] == ["c", "b"]


async def test_known_products_come_back_in_the_order_asked(index: VectorIndex) -> None:
    found = await index.retrieve(["c", "unknown", "a", "c"], ["product_type"], with_vectors=True)
    assert [one.product_id for one in found] == ["c", "a"]
    assert found[1].vectors is not None
    np.testing.assert_allclose(found[1].vectors[TEXT], axis(0), atol=1e-6)


async def test_scanning_stops_at_the_limit(index: VectorIndex) -> None:
    assert len(await index.scan(All(), limit=2)) == 2


async def test_facets_count_products(index: VectorIndex) -> None:
    assert await index.facet("product_type") == {"desk": 2, "lamp": 1}


async def test_a_payload_field_is_replaced_and_the_rest_stays(index: VectorIndex) -> None:
    offers = [{"colours": ["red"], "sizes": [], "price": 5, "stock": 1}]
    await index.set_payload("a", {OFFERS: offers, **flat(offers)})
    red = All((SomeOffer((OneOf("colours", ("red",)), Between("stock", 1))),))
    [found] = await index.scan(red, ["product_type"])
    assert (found.product_id, found.payload["product_type"]) == ("a", "desk")
    assert await index.count(All((SomeOffer((OneOf("sizes", ("s",)),)), Ids(("a",))))) == 0


async def test_an_upsert_replaces_and_a_delete_removes(index: VectorIndex) -> None:
    await index.upsert(rows()[:1])
    assert await index.count(All()) == 3
    await index.delete(["a", "unknown"])
    assert await index.retrieve(["a"]) == []
    await index.optimize()
    await index.flush()
    assert await index.count(All()) == 2


async def test_a_server_that_cannot_be_asked_is_unavailable() -> None:
    client = AsyncQdrantClient(url="http://127.0.0.1:9", check_compatibility=False)
    with pytest.raises(Unavailable, match="did not answer"):
        await ServerIndex(client, "products").count(All())
    await client.close()
