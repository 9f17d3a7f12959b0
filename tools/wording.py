"""The planner's words for types, colours and sizes put into the catalogue's own: 'chairs' is every kind of chair."""

import re
from collections.abc import Iterable
from dataclasses import replace

from retrieval.filters import fold
from retrieval.query import Filters, Vocabulary

_SAME = {
    "gray": "grey",
    "extra small": "xs",
    "x-small": "xs",
    "small": "s",
    "medium": "m",
    "large": "l",
    "extra large": "xl",
    "x-large": "xl",
}
_WORD_FIELDS = ("departments", "colours", "materials", "sizes", "brands", "styles")
_NOT_FIELDS = {"not_colours": "colours", "not_materials": "materials", "not_brands": "brands"}
_ENDINGS = (("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""))


def in_shop_words(filters: Filters, vocabulary: Vocabulary) -> Filters:
    """Return the filters with every word that the catalogue spells or numbers differently in its own form.

    A type that is only the last word of several ("chair") becomes all of them. Words the catalogue does not have
    stay as they are, so that a search can say which left nothing.
    """
    changes = {name: _known(getattr(filters, name), getattr(vocabulary, name)) for name in _WORD_FIELDS}
    changes |= {name: _known(getattr(filters, name), getattr(vocabulary, of)) for name, of in _NOT_FIELDS.items()}
    types = list(vocabulary.product_types)
    return replace(
        filters,
        **changes,
        product_types=_types(filters.product_types, types),
        not_product_types=_types(filters.not_product_types, types),
    )


def normal(value: str) -> str:
    """Return an option's value in the form in which two spellings of it are equal, its words apart."""
    plain = fold(value).replace("×", "x").removeprefix("size ")
    if re.search(r"\d", plain):
        plain = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", plain)
    return _SAME.get(plain, plain)


def forms(word: str) -> set[str]:
    """Return a word with its possible singulars: "shelves" is also "shelf", "boots" also "boot"."""
    plain = fold(word)
    return {plain} | {plain[: -len(end)] + new for end, new in _ENDINGS if plain.endswith(end) and len(plain) > 4}


def _known(asked: tuple[str, ...], words: Iterable[str]) -> tuple[str, ...]:
    own = {_key(word): word for word in words}
    return tuple(dict.fromkeys(own.get(_key(word), word) for word in asked))


def _key(word: str) -> str:
    return re.sub(r"[^\w.]+", "", normal(word))


def _types(asked: tuple[str, ...], types: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for kind in asked:
        same = [known for known in types if forms(known) & forms(kind)]
        ending = [known for known in types if forms(known.split()[-1]) & forms(kind)]
        found += same or ending or [kind]
    return tuple(dict.fromkeys(found))
