"""Trains the compact planner's heads: sentences, their numbers, weights, and how far their chances can be trusted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from assistant.compact.clauses import split
from assistant.compact.dialogue import Dialogue
from assistant.compact.features import Features, Turn, features
from assistant.compact.heads import Encoder, Weights
from assistant.compact.intents import by_rule
from assistant.compact.opinion import LEAD_IN
from assistant.compact.terms import Terms
from assistant.compact.understand import read_clause, situation_of
from assistant.compact.wordforms import normal
from assistant.train.calibrate import Trust, trusted
from assistant.train.corpora import borrowed
from assistant.train.fit import Examples, fit
from assistant.train.grammar import Parts, Pattern, drawn, misspelt, patterns
from assistant.train.situations import Stage
from retrieval.demo import generate
from retrieval.vocabulary import vocabulary_of

_PER_PATTERN = 8
_SLIPS = 0.08  # Share of sentences with a typing slip.
_ANEW = 0.25  # Share of wishes said without anything before, whatever they point at.
_ASKED_ANYWAY = 0.08  # Share of wishes said instead of an answer to an open question.
_BORROWED_GROUP = 10_000
_GROUPS_BORROWED = 50
_ANSWERS = ("asked_which", "asked_option", "asked_need", "asked_yes")
_STAGE_SEED = 7
# Most of what is said with goods in view can be said whatever was told of them last.
_SEEN = ("shown", "focus", "told_more", "told_fact", "shown", "cart")
_ELSE = frozenset({"refine", "search"})  # Such wishes are mostly for what is not on screen.
_ROWS = ("shown", "shown", "told_more")
_ELSEWHERE = 0.6
_OF_CART = frozenset({"change_cart", "undo", "view_cart", "order_status", "change_order", "buy", "lead_in"})
# What stands before one of these in the same sentence is no wish of its own.
_LED_TO = frozenset({
    "ask_attribute", "compare", "find_similar", "add_to_cart", "goes_with", "refine", "order_status", "change_order",
    "hand_over", "undo", "thanks",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Args:
        seed: The same seed, data and machine give the same bytes.
        data: Folder with the public sets; None trains on our own grammar alone.
        per_pattern: Sentences of each pattern.
        share: Share of the usual number of borrowed sentences.
        epochs: How often each sentence is seen.
        every: Only every so manieth pattern; 1 is all.
        folds: Parts into which patterns are held out in turn to learn how far chances can be trusted.
    """

    seed: int = 7
    data: Path | None = None
    per_pattern: int = _PER_PATTERN
    share: float = 1.0
    epochs: int = 8
    folds: int = 3
    every: int = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in its conversation, what it asks for, and the group it is held out with."""

    text: str
    dialogue: Dialogue
    intent: str
    group: int


async def train(plan: Plan, encoder: Encoder, told: Callable[[str], None]) -> tuple[Weights, Trust]:
    """Train heads.

    Args:
        plan: How.
        encoder: The encoder the planner runs with; its vectors are what is learned from.
        told: Told in a few words what is being done.

    Raises:
        SettingsError: A public set is missing or unreadable.
    """
    sentences = written(plan)
    told(f"{len(sentences):,} sentences written")
    labels = sorted({sentence.intent for sentence in sentences})
    examples = await _examples(sentences, labels, encoder)
    told("sentences encoded")
    trust = trusted(examples, labels, plan.seed, (plan.epochs, plan.folds), told)
    weights = fit(examples, labels, plan.seed, plan.epochs, lambda _: None)
    told("heads fitted")
    return replace(
        weights, temperature=trust.temperature, said=trust.said, true=trust.true, threshold=trust.threshold
    ), trust


def written(plan: Plan) -> list[Sentence]:
    """Return every sentence of a plan, in an order that its seed decides."""
    random, parts = Random(plan.seed), Parts()
    stage = Stage(generate(products=600, seed=_STAGE_SEED).entries, parts)
    each = patterns()[:: plan.every]
    found = [_sentence(one, parts, stage, random) for one in drawn(each, len(each) * plan.per_pattern, random)]
    if plan.data is not None:
        for at, one in enumerate(borrowed(plan.data, plan.share, random)):
            when = "fresh" if random.random() < 0.6 else random.choice(("shown", "told_more", "cart"))
            dialogue, _ = stage.scene(when, random)
            found.append(Sentence(one.text, dialogue, one.intent, _BORROWED_GROUP + at % _GROUPS_BORROWED))
    return found


def _sentence(pattern: Pattern, parts: Parts, stage: Stage, random: Random) -> Sentence:
    when = random.choice(pattern.when)
    if pattern.when[0] not in _ANSWERS and pattern.intent != "lead_in" and random.random() < _ANEW:
        when = "fresh"
    # Who is asked 'which one?' may still say something else.
    if when in {"shown", "told_more"} and len(pattern.text) > 40 and random.random() < _ASKED_ANYWAY:
        when = random.choice(_ANSWERS)
    after = pattern.after if when in pattern.when else ()
    if when in _SEEN and pattern.intent not in _OF_CART and random.random() < _ELSEWHERE:
        # With one product in focus, 'in green?' asks; with a row in view it narrows.
        when, after = random.choice(_ROWS if pattern.intent == "refine" else _SEEN), ()
    dialogue, words = stage.scene(when, random, after)
    if pattern.intent in _ELSE:
        words |= stage.others(words, random)
    words["typo"] = misspelt(words["type"], random)
    text = parts.fill(pattern.text, words, random)
    if random.random() < _SLIPS:
        text = misspelt(text, random)
    mark = random.random()
    text = f"{text}?" if mark < 0.15 and "?" not in text else f"{text}." if mark > 0.85 else text
    return Sentence(text, dialogue, pattern.intent, pattern.number)


async def _examples(sentences: Sequence[Sentence], labels: Sequence[str], encoder: Encoder) -> Examples:
    terms = Terms(vocabulary_of(generate().entries, "training"))
    texts: list[str] = []
    found: list[Features] = []
    ruled: list[int] = []
    classes: list[int] = []
    groups: list[int] = []
    for one in sentences:
        for text, intent, turn in _clauses(one, terms):
            clause = read_clause(text, one.dialogue, terms, "USD")
            rule = by_rule(clause, turn.now)
            texts.append(text)
            found.append(features(clause, turn, rule))
            ruled.append(labels.index(rule) if rule in labels else -1)
            classes.append(labels.index(intent))
            groups.append(one.group)
    distinct = list(dict.fromkeys(texts))
    places = {text: at for at, text in enumerate(distinct)}
    vectors = (await encoder.encode(distinct))[[places[text] for text in texts]]
    right = np.array(classes)
    sizes = np.bincount(right, minlength=len(labels))
    return Examples(
        vectors,
        [one.buckets for one in found],
        np.array([one.moment for one in found]),
        np.array(ruled),
        right,
        np.array(groups),
        np.sqrt(len(right) / (len(labels) * sizes[right])).astype(np.float32),
    )


def _clauses(one: Sentence, terms: Terms) -> Iterator[tuple[str, str, Turn]]:
    """Yield a sentence's own clause, and what only leads to it where its intent takes lead-ins."""
    parts = split(normal(one.text[:1000]))
    turn = Turn(situation_of(one.dialogue), normal(one.dialogue.said), terms)
    yield parts[-1], one.intent, replace(turn, before=parts[-2] if len(parts) > 1 else "")
    if len(parts) > 1 and one.intent in _LED_TO:
        yield parts[-2], LEAD_IN, replace(turn, after=parts[-1])
