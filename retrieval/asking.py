"""Reads a query against the catalogue: what its words weigh here, which are misspelt, written together or apart."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.analyse import pieces
from retrieval.encode import TextEncoder
from retrieval.filters import All
from retrieval.index import NAMES, SAID, SPOKEN, WORDS, Ask, Matching, Sparse, VectorIndex
from retrieval.lexicon import Lexicon, Query, Word, only, weighed

_CHECKED_WORDS = 16
_JOINED_WEIGHT = 0.8  # "smart watch" also asks for smartwatch
_TOGETHER_WEIGHT = 0.5  # "4x4" and "3/4 inch" beside their numbers
_MISSPELT_FROM = 4  # letters; shorter words have too many neighbours
_TWO_SLIPS_FROM = 8
_PART_FROM = 3  # letters of each half of a word that was written as one
_NEIGHBOURS = 20


@dataclass(frozen=True, slots=True)
class Held:
    """What the catalogue has of a term.

    Args:
        weight: How rare it is in what cards and pages say (BM25's idf); 0.0 where no page says it.
        anywhere: Some product has it, be it in a single fact.
        named: Some product is called so: title, type, brand, colour, material or style.
    """

    weight: float
    anywhere: bool
    named: bool


@dataclass(slots=True)
class Knowledge:
    """What was learned of one edition's words; thrown away with it."""

    held: dict[int, Held] = field(default_factory=dict[int, Held])
    spoken: dict[str, int] | None = None  # words of names and how many products carry each
    products: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as the catalogue understands it.

    Args:
        text: The query, misspelt words corrected: what the encoder is given.
        query: Its words as written.
        sparse: What is asked of the words, weighted.
        needed: Tokens a product that meets every word has, each with its weight here; 0.0 where no page says it.
        cover: What a page is asked to see how much of the query it has: the needed tokens, and words written as one
            that count as much as both.
        missing: Weight of the words that no page says.
        unknown: Words that no product has, not even corrected.
        named: Words that some product is called by.
        corrected: (as written, as meant) for each misspelt word.
    """

    text: str
    query: Query
    sparse: Sparse
    needed: dict[int, float]
    cover: Sparse
    missing: float = 0.0
    unknown: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()

    def covered(self, score: float) -> float:
        """Return the share of the words' weight, in [0, 1], that a product has whose page scored this for them."""
        whole = sum(self.needed.values()) + self.missing
        return min(1.0, score / whole) if whole else 0.0


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What reading a query takes: the index, its lexicon and encoder, and what was learned before."""

    index: VectorIndex
    lexicon: Lexicon
    encoder: TextEncoder
    knowledge: Knowledge


async def read_query(shop: Catalogued, text: str) -> Asked:
    """Return the query as this catalogue understands it; words after the first sixteen are taken as they are."""
    query = shop.lexicon.query(text)
    words = query.words[:_CHECKED_WORDS]
    by_text = {word.text: word for word in words}
    # A word of asking may be half of a name: "deck over" is Deckover.
    beside = [pair for pair in pairwise(pieces(text)) if not by_text.keys().isdisjoint(pair)]
    joins = {pair: _joined(shop.lexicon, *pair) for pair in beside}
    tokens = [token for word in words for token in (*word.needed, word.joined)]
    await _look_up(shop, [*tokens, *joins.values(), *query.together])
    reading = _Reading(shop.knowledge)
    for word in words:
        joined = [token for pair, token in joins.items() if word.text in pair]
        if not reading.take(word, joined):
            await _repair(shop, reading, word)
    reading.ask((token for word in query.words[_CHECKED_WORDS:] for token in word.needed), 1.0)
    reading.ask(query.together, _TOGETHER_WEIGHT)
    unseen = await _unseen_weight(shop)
    reading.missing = unseen * (len(reading.unknown) + sum(not weight for weight in reading.needed.values()))
    both = [([by_text[word] for word in pair if word in by_text], token) for pair, token in joins.items()]
    reading.cover_joined(both, unseen)
    reading.cover_joined([((word,), word.joined) for word in words], unseen)
    return reading.asked(text, query)


@dataclass(slots=True)
class _Reading:
    """Goes over a query's words one by one."""

    knowledge: Knowledge
    weights: dict[int, float] = field(default_factory=dict[int, float])
    needed: dict[int, float] = field(default_factory=dict[int, float])
    joined: dict[int, float] = field(default_factory=dict[int, float])
    unknown: list[str] = field(default_factory=list[str])
    named: list[str] = field(default_factory=list[str])
    corrected: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    missing: float = 0.0

    def take(self, word: Word, joins: Iterable[int | None]) -> bool:
        """Ask for a word as it is, without its joints, or joined with a neighbour; returns whether one is known."""
        spoken = [token for token in joins if token is not None and self._held(token).anywhere]
        self.ask(spoken, _JOINED_WEIGHT)
        self.ask(word.needed, 1.0)
        if word.joined is not None:
            self.ask([word.joined], 1.0)
        if all(self._held(token).anywhere for token in word.needed):
            self.need(word.text, word.needed)
        elif word.joined is not None and self._held(word.joined).anywhere:
            self.need(word.text, [word.joined])
        elif spoken:
            self.need(word.text, spoken)
        else:
            return False
        return True

    def ask(self, tokens: Iterable[int], weight: float) -> None:
        """Ask for tokens; the higher weight stays."""
        for token in tokens:
            self.weights[token] = max(weight, self.weights.get(token, 0.0))

    def need(self, word: str, tokens: Sequence[int]) -> None:
        """Note what a product that meets a word has."""
        for token in tokens:
            self.needed[token] = self._held(token).weight
        if any(self._held(token).named for token in tokens) and not word.isdigit():
            self.named.append(word)

    def cover_joined(self, joins: Iterable[tuple[Sequence[Word], int | None]], unseen: float) -> None:
        """Let a token that stands for whole words count as much on a page as those words."""
        for words, token in joins:
            if token is not None and self._held(token).weight:
                tokens = {part for word in words for part in word.needed}
                whole = sum(self._held(part).weight or unseen for part in tokens)
                self.joined[token] = whole / self._held(token).weight

    def _held(self, token: int) -> Held:
        return self.knowledge.held[token]

    def asked(self, text: str, query: Query) -> Asked:
        """Return what was read."""
        meant = dict(self.corrected)
        corrected = " ".join(meant.get(word.casefold(), word) for word in text.split()) if meant else text
        return Asked(
            corrected,
            query,
            weighed(self.weights),
            self.needed,
            weighed(self.joined | dict.fromkeys(self.needed, 1.0)),
            self.missing,
            tuple(word for word in self.unknown if not word.isdigit()),
            tuple(self.named),
            tuple(self.corrected),
        )


async def _repair(shop: Catalogued, reading: _Reading, word: Word) -> None:
    """Ask for what an unknown word may be: two words written as one, or the shop's own word spelt otherwise."""
    spoken = await _spoken(shop)
    parts = _apart(word.text, spoken)
    meant = "" if parts else _spelt(shop.encoder, word.text, spoken)
    tokens = [token for part in (parts or ([meant] if meant else [])) for token in shop.lexicon.tokens(part)]
    if not tokens:
        reading.unknown.append(word.text)
        return
    await _look_up(shop, tokens)
    reading.ask(tokens, 1.0)
    reading.need(word.text, tokens)
    reading.corrected.append((word.text, meant or " ".join(parts)))


def _joined(lexicon: Lexicon, first: str, second: str) -> int | None:
    """Return the token of two words written as one, where that could be a word or a code."""
    both = first + second
    return lexicon.token(both) if both.isalnum() and min(len(first), len(second)) > 1 else None


def _apart(word: str, spoken: dict[str, int]) -> list[str]:
    """Return the two words of the shop that together are this one, the more usual pair; none where there is none."""
    pairs = [(word[:at], word[at:]) for at in range(_PART_FROM, len(word) - _PART_FROM + 1)]
    known = [pair for pair in pairs if pair[0] in spoken and pair[1] in spoken]
    return list(max(known, key=lambda pair: min(spoken[pair[0]], spoken[pair[1]]))) if known else []


def _spelt(encoder: TextEncoder, word: str, spoken: dict[str, int]) -> str:
    """Return the shop's word that this one is a misspelling of; "" where it is a word of its own or none is near."""
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    if len(word) < _MISSPELT_FROM or not word.isalpha() or any(map(encoder.is_word, forms)):
        return ""
    slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
    near = process.extract(word, spoken.keys(), scorer=OSA.distance, score_cutoff=slips, limit=_NEIGHBOURS)
    # People get the first letter right; "couch" is not a misspelt "touch".
    fit = [(distance, -spoken[known], known) for known, distance, _ in near if known[0] == word[0]]
    return min(fit)[2] if fit else ""


async def _spoken(shop: Catalogued) -> dict[str, int]:
    if shop.knowledge.spoken is None:
        shop.knowledge.spoken = await shop.index.facet(SPOKEN)
    return shop.knowledge.spoken


async def _unseen_weight(shop: Catalogued) -> float:
    """Return what a word weighs that no product has."""
    if shop.knowledge.products is None:
        shop.knowledge.products = await shop.index.count(All())
    return math.log(1 + 2 * (shop.knowledge.products + 0.5))


async def _look_up(shop: Catalogued, tokens: Iterable[int | None]) -> None:
    new = [token for token in dict.fromkeys(tokens) if token is not None and token not in shop.knowledge.held]
    if not new:
        return
    names = (WORDS, NAMES, SAID)
    found = await shop.index.query([Ask(Matching(only({token}), name), All(), 1) for token in new for name in names])
    for token, anywhere, named, said in zip(new, found[::3], found[1::3], found[2::3], strict=True):
        shop.knowledge.held[token] = Held(said[0].score if said else 0.0, bool(anywhere), bool(named))
