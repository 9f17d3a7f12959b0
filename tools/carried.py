"""Whether the shop sells what the words of a search name; everything has nearest neighbours, car tyres too."""

import re
from collections.abc import Sequence

from retrieval.filters import fold
from retrieval.product import Product
from retrieval.query import SearchResult
from tools.wording import forms

# Cosines, measured on 269 phrases over the demo shop (MiniLM); 109 of them took no part in choosing these.
# Above the first, nearly every query whose noun names something on a card is sold.
_LIKE_ENOUGH = 0.43
_LIKE_ENOUGH_FOR_PHRASE = 0.38
_SOMEWHAT_LIKE = 0.33
# A noun that no card carries must be near a product type's name, or the whole query very near a product.
_TYPE_NEAR = 0.53
_VERY_LIKE = 0.53
_LIKE_ENOUGH_DESCRIBED = 0.47

# A shop that says no product types is judged by its words: up to so many words of a query one page must have all,
# of more words a part; unless the whole query is very near a product. Measured on Icecat (docs/relevance.md).
_FEW_WORDS, _ALL_WORDS, _MOST_WORDS = 3, 0.9, 0.55
_AS_GOOD_AS_NAMED = 0.65

_BREAK = re.compile(r"against|and|at|by|for|from|in|like|of|on|that|to|under|with")
_OPEN = re.compile(
    r"anything|clothes|clothing|decor|decoration|furniture|gifts?|ideas?|items?|ones?|outfit|pieces?|presents?"
    r"|something|stuff|things?|wear"
)


def is_carried(query: str, result: SearchResult) -> bool:
    """Say whether what the query names is sold here, by what a search of the whole shop found for it.

    Args:
        query: The words alone, without conditions.
        result: The shop's answer to them without filters.
    """
    likeness, unknown = result.best_cosine, set(result.unknown_words)
    if result.hits and not any(hit.product.product_type for hit in result.hits):
        return _is_said(query, result)
    kind = named_kind(query)
    if not kind:
        return result.lexical or likeness >= _SOMEWHAT_LIKE
    if kind[-1] not in result.named_words:
        described = len(kind) > 1 and kind[0] in result.named_words
        enough = _LIKE_ENOUGH_DESCRIBED if described else _VERY_LIKE
        near_a_type = not result.nearest_type or result.type_cosine >= _TYPE_NEAR
        return likeness >= enough or (likeness >= _LIKE_ENOUGH and near_a_type)
    if likeness >= _LIKE_ENOUGH:
        return True
    if kind_alone(query, kind) and not _on_a_card(kind[-1], [hit.product for hit in result.hits]):
        return len(kind) > 1 and not unknown and likeness >= _LIKE_ENOUGH_FOR_PHRASE
    return likeness >= _SOMEWHAT_LIKE and not unknown


def _is_said(query: str, result: SearchResult) -> bool:
    """Say whether some page has the query's words, or is very near all of it: in a shop that says no product types."""
    enough = _ALL_WORDS if len(_words(query)) <= _FEW_WORDS else _MOST_WORDS
    return result.coverage >= enough or result.best_cosine >= _AS_GOOD_AS_NAMED


def named_kind(query: str) -> list[str]:
    """Return the words that name a kind of thing, its noun last; none where the query asks openly ("a gift for…")."""
    words = _words(query)
    until = next((at for at, word in enumerate(words) if _BREAK.fullmatch(word)), len(words))
    return [] if any(_OPEN.fullmatch(word) for word in words) else words[:until]


def kind_alone(query: str, kind: Sequence[str]) -> bool:
    """Say whether the query is nothing but the kind, without what it is for."""
    return len(_words(query)) == len(kind)


def _words(query: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_][\w'-]*", fold(query)) if word not in ("a", "an", "the", "some", "any")]


def _on_a_card(word: str, products: Sequence[Product]) -> bool:
    """Say whether a word stands where a card names the product, not only somewhere in its description."""
    wanted = forms(word)
    return any(wanted & forms(said) for product in products for said in _words(_card_text(product)))


def _card_text(product: Product) -> str:
    lists = (product.colours, product.materials, product.styles, product.attributes.values())
    return " ".join([product.title, product.product_type, product.brand, *(word for words in lists for word in words)])
