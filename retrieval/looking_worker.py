"""Draws products and looks at the drawings, in a process of the lowest priority; run with -m by `looking`."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

from retrieval.demo.drawing.draw import DRAWINGS, draw_product
from retrieval.product import Product
from retrieval.vision.choice import EyeChoice, open_eye
from retrieval.vision.fingerprint import fingerprint
from retrieval.vision.keypoints import keypoints

_SIZE = 256  # pixels of a drawing that only the encoder sees
VIEWS = 2  # plain, and in a setting; a close-up shows too little of the thing


def pictures(product: Product) -> list[bytes]:
    """Return drawings of a product of the demo shop in all its colours; none of a merchant's own product."""
    if product.image_url != f"/pictures/{product.product_id}.webp" or product.product_type not in DRAWINGS:
        return []
    try:
        return [
            draw_product(product, colour, view, _SIZE) for colour in product.colours or (None,) for view in range(VIEWS)
        ]
    except ValueError:
        # A colour that has no paint: a merchant's product that only looks like the demo's.
        return []


def serve(choice: EyeChoice, name: str, asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line, a product as JSON, with a line of its drawings' prints and keypoints, and a row of each."""
    eye = open_eye(choice)
    if eye.name != name:
        sys.exit(f"{choice.model or choice.own} holds another picture encoder than at the start: restart the server.")
    for line in asked:
        drawn = pictures(Product.model_validate_json(line))
        rows = asyncio.run(eye.encode(drawn))
        marks = [fingerprint(picture) for picture in drawn], [keypoints(picture).packed() for picture in drawn]
        answers.write(f"{json.dumps(marks)}\n".encode() + rows.astype("<f4").tobytes())
        answers.flush()


if __name__ == "__main__":
    os.nice(19)
    serve(EyeChoice(sys.argv[1], Path(sys.argv[2])), sys.argv[3], sys.stdin.buffer, sys.stdout.buffer)
