"""Brings a catalogue of an older layout up to this one, from what it holds itself: nothing is imported or encoded."""

from retrieval.document import flat, payload, word_vectors
from retrieval.filters import All
from retrieval.index import OFFERS, SHOWN, TEXT, Found, Row, VectorIndex
from retrieval.lexicon import Lexicon
from retrieval.product import Product
from retrieval.storage import Edition, Storage

_PAGE = 256
# What comes from offers, which the index holds in another form than feeds do.
_KEPT = (OFFERS, "order_price", "order_price_high", "colours", "label_sizes", SHOWN)


async def renewed(storage: Storage, edition: Edition, lexicon: Lexicon) -> Edition:
    """Return the edition, written anew where it is outdated; a crash on the way leaves the old one in place.

    Pictures are looked at again, as after an import.
    """
    if not edition.outdated:
        return edition
    draft = await storage.draft()
    published = None
    try:
        await _copy(edition.index, draft.index, lexicon)
        await draft.index.optimize()
        published = await storage.publish(draft, edition.version)
        await storage.discard(edition)
        return published
    finally:
        if published is None:
            await storage.discard(draft)


async def _copy(old: VectorIndex, new: VectorIndex, lexicon: Lexicon) -> None:
    ids = [one.product_id for one in await old.scan(All())]
    for page in (ids[at : at + _PAGE] for at in range(0, len(ids), _PAGE)):
        found = await old.retrieve(page, ["product", *_KEPT], with_vectors=True)
        await new.upsert([_row(one, lexicon) for one in found])


def _row(one: Found, lexicon: Lexicon) -> Row:
    product = Product.model_validate_json(one.payload["product"])
    kept = {name: one.payload[name] for name in _KEPT if name in one.payload}
    known = payload(product, ()) | kept | flat(kept[OFFERS])
    return Row(known, word_vectors(product, lexicon), {TEXT: (one.vectors or {})[TEXT]})
