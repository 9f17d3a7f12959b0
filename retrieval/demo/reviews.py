"""Reviews: what buyers wrote, mostly content, sometimes not, about things a product of that type can be praised for."""

from collections.abc import Sequence
from random import Random

from retrieval.demo.grammar import Sentence
from retrieval.demo.kinds import Kind, Words
from retrieval.demo.portrait import Portrait
from retrieval.product import Review

COUNTS = (0, 0, 1, 2, 2, 3, 3, 4, 5, 6)
USUAL = (5, 5, 5, 5, 4, 4, 4, 3, 2)
DISAPPOINTING = (4, 3, 3, 2, 2, 1)
DISAPPOINTING_SHARE = 0.07


def make_reviews(kind: Kind, portrait: Portrait, words: Words, rng: Random) -> tuple[Review, ...]:
    """Between none and six reviews; a few products disappoint most of their buyers."""
    ratings = DISAPPOINTING if rng.random() < DISAPPOINTING_SHARE else USUAL
    count = rng.choice(COUNTS)
    authors = rng.sample(words.reviewers, count)
    said: set[str] = set()
    return tuple(_review(kind, portrait, words, (author, rng.choice(ratings), said), rng) for author in authors)


def _review(kind: Kind, portrait: Portrait, words: Words, who: tuple[str, int, set[str]], rng: Random) -> Review:
    author, rating, said = who
    lines = words.review_lines
    if rating == 5:
        pools: list[Sequence[Sentence]] = [kind.praise, rng.choice((lines["delighted"], kind.praise, ()))]
    elif rating >= 3:
        pools = [kind.praise, kind.gripes] if rng.random() < 0.6 else [kind.praise, lines["fair"]]
    else:
        pools = [kind.gripes, lines["sorry"]]
    sentences = [_say(pool, portrait, said, rng) for pool in pools]
    if not any(sentences):
        sentences = [_say(lines["delighted" if rating > 3 else "sorry"], portrait, said, rng)]
    title = rng.choice([title for title in words.review_titles[str(rating)] if title not in said])
    said.add(title)
    return Review(rating=rating, title=title, text=" ".join(filter(None, sentences)), author=author)


def _say(pool: Sequence[Sentence], portrait: Portrait, said: set[str], rng: Random) -> str:
    held = [line for line in pool if line.text not in said and line.holds(portrait.facts, portrait.tags)]
    if not held:
        return ""
    line = rng.choice(held)
    said.add(line.text)
    return line.say(portrait.facts, rng)
