"""Training on a shop's events: foretold on their later part, and refused where it is no better."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from evals.recommend.training import Done, train
from policies.errors import SettingsError
from retrieval.taste.attentive import Attentive
from retrieval.taste.interactions import Interactions
from tests.retrieval.taste.in_pairs import paired

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def events(shoppers: int = 120, noise: int = 0) -> list[Done]:
    """Each took one product of a pair and later the other, and before either so many things that tell nothing."""
    draw = np.random.default_rng(3)
    done: list[Done] = []
    for number in range(shoppers):
        pair, late = number % 12, timedelta(days=number / shoppers * 20)
        done += [Done(f"s{number}", f"n{draw.integers(40)}", BEGIN, "view") for _ in range(noise)]
        done.append(Done(f"s{number}", f"a{pair}", BEGIN + late / 4, "buy"))
        done.append(Done(f"s{number}", f"b{pair}", BEGIN + timedelta(days=10) + late, "buy"))
        done.append(Done(f"s{number}", "shown", BEGIN, "show"))
    return done


def test_what_follows_from_events_is_found_and_served() -> None:
    trained = train(events(), None, 1, lambda step: None)
    assert trained.accepted
    assert trained.figures["trained"]["ndcg@10"] > 0.8 > trained.figures["bestsellers"]["ndcg@10"]
    assert trained.model.wanted(["a3"], 3)[0] == "b3"
    assert "shown" not in trained.model.items
    assert trained.events == 240


def test_a_model_worse_than_what_is_served_is_not_served() -> None:
    known = train(events(), None, 1, lambda step: None)
    before = (BEGIN - timedelta(days=1)).isoformat()
    worse = train(events(noise=4), (known.model, before), 1, lambda step: None)
    assert worse.figures["served"]["ndcg@10"] > 0.8 > worse.figures["trained"]["ndcg@10"]
    assert not worse.accepted
    assert train(events(), (known.model, known.until), 1, lambda step: None).accepted


def test_where_rows_are_known_the_clicks_of_the_new_order_are_foretold() -> None:
    rows: list[Done] = []
    late = BEGIN + timedelta(days=21)
    for number in range(240):
        who, good, other = f"s{number % 120}", f"b{number % 12}", f"b{(number + 1) % 12}"
        shown = (other, good) if number // 12 % 2 else (good, other)
        rows += [Done(who, item, late, "show", place, f"r{number}") for place, item in enumerate(shown, 1)]
        rows += [Done(who, good, late, "click", None, f"r{number}")] if number // 24 % 2 or shown[0] == good else []
    clicks = train([*events(), *rows], None, 1, lambda step: None).clicks
    assert clicks["snips"].clicks > clicks["shown"].clicks


def test_too_few_events_are_said_to_be_too_few() -> None:
    for few in ([], events(8)):
        with pytest.raises(SettingsError, match="too few to learn from"):
            train(few, None, 1, lambda step: None)


def in_order(taken: Interactions) -> Attentive:
    """A sequence model that knows the pairs."""
    return paired([item[1:] if item[0] in "ab" else item for item in taken.items])


def nothing(taken: Interactions) -> Attentive:
    """A sequence model that takes every product for the one before."""
    return paired(range(len(taken.items)))


def test_the_sequence_model_has_a_share_where_it_foretells_more_and_none_where_not() -> None:
    with_it = train(events(noise=2), None, 1, lambda step: None, in_order)
    assert with_it.figures["trained"] == with_it.figures["mixed"]
    assert with_it.figures["mixed"]["ndcg@10"] > with_it.figures["item_to_item"]["ndcg@10"]
    assert (with_it.model.sequence is not None, with_it.model.wanted(["a3"], 1)) == (True, ["b3"])
    without = train(events(noise=2), None, 1, lambda step: None, nothing)
    assert (without.model.sequence, without.model.share) == (None, 0.0)
    assert without.figures["trained"] == without.figures["item_to_item"]


def test_a_served_sequence_model_is_not_lost_where_none_can_be_trained() -> None:
    known = train(events(noise=2), None, 1, lambda step: None, in_order)
    with pytest.raises(SettingsError, match="make setup-train"):
        train(events(noise=2), (known.model, known.until), 1, lambda step: None)
    renewed = train(events(noise=2), (known.model, known.until), 1, lambda step: None, in_order)
    assert renewed.accepted
