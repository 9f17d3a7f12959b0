from hypothesis import given
from hypothesis import strategies as st

from retrieval.rank import fuse, spread

ranked = st.lists(st.sampled_from("abcdefgh"), unique=True)


def test_first_in_every_list_scores_one_and_agreement_beats_one_high_place() -> None:
    fused = fuse([(0.4, ["a", "b", "c"]), (1.0, ["a", "c", "d"])])
    assert fused[0] == ("a", 1.0)
    assert [product_id for product_id, _ in fused] == ["a", "c", "d", "b"]


@given(st.lists(st.tuples(st.floats(0.1, 2), ranked), min_size=1, max_size=3))
def test_fusing_keeps_every_id_once_best_first(lists: list[tuple[float, list[str]]]) -> None:
    fused = fuse(lists)
    assert {i for i, _ in fused} == {i for _, ids in lists for i in ids}
    assert len(fused) == len({i for i, _ in fused})
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)


def test_spreading_brings_another_kind_forward() -> None:
    items = [("desk", 1.0), ("desk", 0.99), ("desk", 0.98), ("lamp", 0.95)]
    chosen = spread(items, lambda item: item[1], lambda item: [item[0]], 3, 0.9)
    assert chosen == [("desk", 1.0), ("lamp", 0.95), ("desk", 0.99)]
    assert spread(items, lambda item: item[1], lambda item: [item[0]], 9, 1.0) == items
