"""Finds the catalogue's own words in a message: synonyms, plurals, head nouns, and careful typo tolerance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.compact.everyday import ENGLISH, FILLER
from assistant.compact.lexicon import (
    COLOUR_FAMILY,
    DEPARTMENT_WORDS,
    NEAR_COLOUR,
    SAME_COLOUR,
    SAME_MATERIAL,
    SAME_TYPE,
    WIDER_MATERIAL,
    WIDER_TYPE,
)
from assistant.compact.wordforms import Token, stems
from retrieval.query import Vocabulary

Field = Literal["product_types", "departments", "colours", "materials", "sizes", "brands", "styles"]
Key = tuple[str, ...]

# A word that is both, say, a colour and a material belongs to the field the catalogue uses it in most;
# between these groups the order decides.
_PRIORITY: dict[Field, int] = {
    "product_types": 5,
    "materials": 4,
    "colours": 4,
    "styles": 3,
    "brands": 2,
    "departments": 1,
    "sizes": 0,
}
_MIN_TYPO_LENGTH = 5
_MIN_SWAP_LENGTH = 7
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Match:
    """Catalogue words found at tokens [start, end) of a message."""

    field: Field
    values: tuple[str, ...]
    start: int
    end: int
    near: bool = False
    """True when the shop lacks the word said and `values` are its nearest."""


@dataclass(frozen=True, slots=True)
class _Sense:
    field: Field
    values: tuple[str, ...]
    count: int
    near: bool = False


class Terms:
    """The words of one catalogue, ready to be found in messages. Its words never change after construction."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._senses: dict[Key, _Sense] = {}
        self._add_types(vocabulary.product_types)
        self._add_colours(vocabulary.colours)
        self._add_materials(vocabulary.materials)
        self._add_plain("styles", vocabulary.styles)
        self._add_plain("brands", {b: n for b, n in vocabulary.brands.items() if b.casefold() not in FILLER})
        self._add_plain("sizes", {s: n for s, n in vocabulary.sizes.items() if len(stems(s)) > 1})
        for word, department in DEPARTMENT_WORDS.items():
            if department in vocabulary.departments:
                self._put(word, _Sense("departments", (department,), vocabulary.departments[department]))
        self._longest = max((len(k) for k in self._senses), default=1)
        self._parts = frozenset(part for key in self._senses for part in key)
        self._long_parts = sorted(p for p in self._parts if len(p) >= _MIN_TYPO_LENGTH)
        self._meant: dict[tuple[str, str], str] = {}
        self.sizes = {" ".join(stems(size)): size for size in vocabulary.sizes}
        """The catalogue's sizes by their words."""

    def find(self, words: Sequence[Token]) -> list[Match]:
        """Return matches from left to right, longest first, without overlaps."""
        found: list[Match] = []
        at = 0
        while at < len(words):
            match = self._at(words, at)
            if match is None:
                at += 1
            else:
                found.append(match)
                at = match.end
        return found

    def types_of(self, phrase: str) -> tuple[str, ...]:
        """Return the product types a phrase names, () when none."""
        sense = self._senses.get(stems(phrase))
        return sense.values if sense is not None and sense.field == "product_types" else ()

    def _at(self, words: Sequence[Token], at: int) -> Match | None:
        for length in range(min(self._longest, len(words) - at), 0, -1):
            sense = self._senses.get(tuple(self._corrected(w) for w in words[at : at + length]))
            if sense is not None:
                return Match(sense.field, sense.values, at, at + length, sense.near)
        return None

    def _corrected(self, word: Token) -> str:
        """Return what a word means; looked up once, for comparing it with every shop word takes a while."""
        known = self._meant.get((word.text, word.stem))
        if known is None:
            known = self._meant[word.text, word.stem] = self._spelled(word)
            if len(self._meant) > _REMEMBERED:
                self._meant.clear()
        return known

    def _spelled(self, word: Token) -> str:
        """Return the word's stem, or the one shop word it misspells: one letter off, two in long words."""
        stem = word.stem
        known = stem in self._parts or stem in ENGLISH or word.text in ENGLISH or word.text in FILLER
        if known or not word.is_word or len(word.text) < _MIN_TYPO_LENGTH or len(stem) < _MIN_TYPO_LENGTH - 1:
            return stem
        allowed = 1 if len(stem) < 8 else 2
        best = process.extractOne(stem, self._long_parts, scorer=OSA.distance, score_cutoff=allowed)
        if best is None or best[0][0] != stem[0]:
            return stem
        # One letter for another makes another word too easily in a short one: 'strap' is no 'straw'.
        swapped = len(best[0]) == len(stem) and sorted(best[0]) != sorted(stem)
        return stem if swapped and len(stem) < _MIN_SWAP_LENGTH else best[0]

    def _add_types(self, types: dict[str, int]) -> None:
        for name, count in types.items():
            self._put(name, _Sense("product_types", (name,), count))
        known = {stems(name): name for name in types}
        for group in SAME_TYPE:
            self._add_group("product_types", group, known, types)
        self._add_heads(types)
        for word, narrower in WIDER_TYPE.items():
            present = [known[stems(n)] for n in narrower if stems(n) in known]
            heads = [n for n in types if stems(n)[-1] == word]
            self._widen("product_types", word, (*present, *heads), types)

    def _add_heads(self, types: dict[str, int]) -> None:
        heads: dict[str, list[str]] = {}
        for name in types:
            parts = stems(name)
            if len(parts) > 1 and parts != ("t", "shirt"):  # A shirt is no T-shirt.
                heads.setdefault(parts[-1], []).append(name)
        for head, names in heads.items():
            own = [n for n in types if stems(n) == (head,)]
            self._widen("product_types", head, (*own, *names), types)

    def _add_colours(self, colours: dict[str, int]) -> None:
        self._add_plain("colours", colours)
        known = {stems(name): name for name in colours}
        for group in SAME_COLOUR:
            self._add_group("colours", group, known, colours)
        for word, family in COLOUR_FAMILY.items():
            self._widen("colours", word, [known[stems(n)] for n in family if stems(n) in known], colours)
        for word, near in NEAR_COLOUR.items():
            present = [known[stems(n)] for n in near if stems(n) in known]
            if present and stems(word) not in self._senses:
                self._put(word, _Sense("colours", (present[0],), colours[present[0]], near=True))

    def _add_materials(self, materials: dict[str, int]) -> None:
        self._add_plain("materials", materials)
        known = {stems(name): name for name in materials}
        for group in SAME_MATERIAL:
            self._add_group("materials", group, known, materials)
        for word, narrower in WIDER_MATERIAL.items():
            present = [known[stems(n)] for n in narrower if stems(n) in known]
            self._widen("materials", word, present, materials)

    def _add_plain(self, field: Field, counts: dict[str, int]) -> None:
        for name, count in counts.items():
            self._put(name, _Sense(field, (name,), count))

    def _add_group(self, field: Field, group: Iterable[str], known: dict[Key, str], counts: dict[str, int]) -> None:
        present = tuple(dict.fromkeys(known[stems(w)] for w in group if stems(w) in known))
        if not present:
            return
        for word in group:
            if stems(word) not in self._senses:
                self._put(word, _Sense(field, present, sum(counts[p] for p in present)))

    def _widen(self, field: Field, word: str, values: Iterable[str], counts: dict[str, int]) -> None:
        unique = tuple(dict.fromkeys(values))
        if not unique:
            return
        old = self._senses.get(stems(word))
        if old is not None and old.field == field:
            unique = tuple(dict.fromkeys((*old.values, *unique)))
        elif old is not None:
            return
        self._senses[stems(word)] = _Sense(field, unique, sum(counts[v] for v in unique))

    def _put(self, phrase: str, sense: _Sense) -> None:
        key = stems(phrase)
        if not key:
            return
        old = self._senses.get(key)
        if old is None or self._outranks(sense, old):
            self._senses[key] = sense

    @staticmethod
    def _outranks(new: _Sense, old: _Sense) -> bool:
        if _PRIORITY[new.field] != _PRIORITY[old.field]:
            return _PRIORITY[new.field] > _PRIORITY[old.field]
        return new.count >= old.count
