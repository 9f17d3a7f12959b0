"""Reads the kind of products that say none off their pictures, where that is right often enough for this shop."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.encode import TextEncoder
from retrieval.enrich import Measured, Proposal, labels, measured, told_by_shop
from retrieval.photos import Photo, cleaned_photo, has_photo
from retrieval.picture import PictureCleaner
from retrieval.product import Product
from retrieval.vision.compact import CompactEncoder
from retrieval.vision.encoder import Rows
from retrieval.vision.naming import captions, shares

_EXAMPLES = 400  # products whose kind is known, at most, that the confidence is measured on
_MISSED = 20  # pictures in a row that did not come; their server is away

Reading = tuple[str, str, float]  # product id, kind, confidence


@dataclass(frozen=True, slots=True)
class KindReader:
    """Compares pictures with words for the shop's kinds; it was shown none of them.

    Args:
        eye: Sees words in pictures.
        words: Places the words.
        photo: Gives a picture's bytes.
        cleaner: Of these pictures.
    """

    eye: CompactEncoder
    words: TextEncoder
    photo: Photo
    cleaner: PictureCleaner

    @property
    def name(self) -> str:
        """What marks a kind that was read."""
        return f"read off its picture by {self.eye.name}"

    async def read(
        self, products: Sequence[Product], precision: float, told: Callable[[int], None]
    ) -> tuple[Measured, dict[str, Proposal]]:
        """Return how well kinds are read off products that have one, and what is read with confidence off the others.

        Args:
            products: The catalogue.
            precision: How often a reading must be right.
            told: Told how many pictures were looked at.
        """
        pictured = [product for product in products if has_photo(product.image_url)]
        lacking = [product for product in pictured if not labels(product, "product_type")]
        known = [product for product in pictured if told_by_shop(product, "product_type")]
        if not lacking:
            return measured((), 0, precision), {}
        examples = random.Random(0).sample(known, min(_EXAMPLES, len(known)))
        kinds = sorted({product.product_type for product in products if told_by_shop(product, "product_type")})
        read = await self._readings([*examples, *lacking], kinds, told)
        true = {product.product_id: product.product_type for product in examples}
        tried = [(sure, true[at] == kind) for at, kind, sure in read if at in true]
        result = measured(tried, len(tried), precision)
        if result.threshold is None:
            return result, {}
        sure = {at: kind for at, kind, confidence in read if at not in true and confidence >= result.threshold}
        return result, {at: Proposal(product_type=kind) for at, kind in sure.items()}

    async def _readings(
        self, products: Sequence[Product], kinds: Sequence[str], told: Callable[[int], None]
    ) -> list[Reading]:
        """Read each picture that can be had, until none comes several times in a row."""
        seen: list[str] = []
        rows: list[Rows] = []
        missed = 0
        for at, product in enumerate(products):
            picture = await cleaned_photo(product.image_url or "", self.photo, self.cleaner)
            missed = missed + 1 if picture is None else 0
            if picture is not None:
                seen.append(product.product_id)
                rows.append(await self.eye.words([picture]))
            told(at + 1)
            if missed == _MISSED:
                break
        if not rows or not kinds:
            return []
        sure = shares(np.concatenate(rows), await captions(kinds, self.words))
        return [(at, kinds[int(one.argmax())], float(one.max())) for at, one in zip(seen, sure, strict=True)]
