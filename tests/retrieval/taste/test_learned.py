"""What was learned: companions of several people only, a reason for each, versions swapped whole and taken back."""

from dataclasses import replace
from pathlib import Path

import pytest

from policies.errors import SettingsError
from retrieval.taste.baskets import Baskets
from retrieval.taste.interactions import SECONDS_OF_A_DAY, Interactions
from retrieval.taste.item_to_item import Knobs
from retrieval.taste.learned import Because, Learned
from retrieval.taste.versions import Versions
from tests.retrieval.taste.in_pairs import paired


def bought(people: int = 4) -> Interactions:
    """Desk and lamp at once by so many, desk and rug a week apart by all, desk and vase at once by two."""
    rows: list[tuple[str, str, float]] = []
    for number in range(8):
        rows += [(f"s{number}", "desk", 0.0), (f"s{number}", "rug", 7 * SECONDS_OF_A_DAY)]
        rows += [(f"s{number}", "lamp", 60.0)] * (number < people) + [(f"s{number}", "vase", 60.0)] * (number < 2)
    rows += [(f"t{number}", item, 0.0) for number in range(8) for item in ("pan", "lid")]
    return Interactions.of(rows)


def learned(people: int = 4) -> Learned:
    return Learned.train(bought(people), bought(people), Knobs(ridge=5.0))


def test_only_what_three_people_bought_at_once_goes_together() -> None:
    known = bought()
    baskets = Baskets.train(known)
    desk = known.items.index("desk")
    assert [known.items[item] for item in baskets.companion[baskets.along(desk)]] == ["lamp"]
    assert baskets.people[baskets.along(desk)].tolist() == [4]
    assert learned(people=2).along("desk") == []


def test_what_is_wanted_next_is_new_and_has_a_reason() -> None:
    model = learned()
    assert model.wanted(["pan", "desk"], 5)[0] == "lid"
    assert "pan" not in model.wanted(["pan", "desk"], 5)
    assert model.wanted(["nobody-took-it"], 5) == []
    assert model.because(["desk"], "lamp") == Because("desk", bought=True)
    assert model.because(["desk"], "rug") == Because("desk", bought=False)
    assert model.because(["pan"], "unknown") is None


def test_a_version_is_served_at_once_taken_back_in_one_step_and_never_damaged(tmp_path: Path) -> None:
    def served() -> Learned | None:
        return Versions(tmp_path).served()

    versions = Versions(tmp_path)
    assert (served(), versions.about(), Versions().served()) == (None, None, None)
    with pytest.raises(SettingsError, match="nothing to go back from"):
        versions.roll_back()
    first = versions.serve(learned(), "2026-01-01T00:00:00+00:00", 10, {"ndcg@10": 0.1})
    second = versions.serve(learned(people=8), "2026-01-02T00:00:00+00:00", 12, {"ndcg@10": 0.2})
    assert second.replaces == first.version
    model = served()
    assert model is not None
    assert model.wanted(["desk"], 5) == learned(people=8).wanted(["desk"], 5)
    (tmp_path / second.version / "model.npz").write_bytes(b"not a model")
    assert served() is None
    assert versions.roll_back() == first.version
    assert served() is not None
    assert (versions.roll_back(), served()) == ("", None)


def test_what_follows_in_order_is_part_of_the_version_and_goes_with_it(tmp_path: Path) -> None:
    alone = learned()
    both = replace(alone, sequence=paired([item in ("desk", "pan") for item in alone.items]), share=0.9)
    assert alone.wanted(["desk"], 1) != ["pan"]
    assert both.wanted(["desk"], 1) == ["pan"]
    versions = Versions(tmp_path)
    versions.serve(alone, "2026-01-01T00:00:00+00:00", 10, {})
    second = versions.serve(both, "2026-01-02T00:00:00+00:00", 12, {})
    assert versions.read(second.version).wanted(["desk"], 5) == both.wanted(["desk"], 5)
    (tmp_path / second.version / "sequence.onnx").write_bytes(b"not a model")
    with pytest.raises(SettingsError, match="its digest differs"):
        versions.read(second.version)
    versions.roll_back()
    served = Versions(tmp_path).served()
    assert served is not None
    assert served.sequence is None


def test_somebody_whose_order_says_nothing_is_told_what_the_same_people_take() -> None:
    both = replace(learned(), sequence=paired([0] * len(learned().items)), share=0.5)
    assert both.wanted(["pan"], 1) == ["lid"]
    assert both.wanted([], 5) == []
