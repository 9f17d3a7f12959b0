"""Whether the shop sells what the words of a search name; everything has nearest neighbours, car tyres too."""

import re
from collections.abc import Sequence

from retrieval.filters import fold
from retrieval.product import Product
from retrieval.query import SearchResult
from tools.wording import forms

# Cosines of a query with the nearest product, measured on 90 queries over the demo shop (MiniLM): above the first
# nearly every query names something sold; each further sign that it does not asks for more likeness.
_LIKE_ENOUGH = 0.43
_LIKE_ENOUGH_FOR_PHRASE = 0.38
_SOMEWHAT_LIKE = 0.33

_BREAK = re.compile(r"against|and|at|by|for|from|in|like|of|on|that|to|under|with")
_OPEN = re.compile(
    r"anything|clothes|clothing|decor|decoration|furniture|gifts?|ideas?|items?|ones?|outfit|pieces?|presents?"
    r"|something|stuff|things?"
)


def is_carried(query: str, result: SearchResult) -> bool:
    """Say whether what the query names is sold here, by what a search of the whole shop found for it.

    Args:
        query: The words alone, without conditions.
        result: The shop's answer to them without filters.
    """
    likeness, unknown = result.best_cosine, set(result.unknown_words)
    kind = named_kind(query)
    if likeness >= _LIKE_ENOUGH:
        return True
    if not kind:
        return result.lexical or likeness >= _SOMEWHAT_LIKE
    if kind[-1] in unknown:
        return False
    if kind_alone(query, kind) and not _on_a_card(kind[-1], [hit.product for hit in result.hits]):
        return len(kind) > 1 and likeness >= _LIKE_ENOUGH_FOR_PHRASE
    return likeness >= _SOMEWHAT_LIKE or (result.lexical and not unknown)


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
