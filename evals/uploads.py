"""Uploads: hostile files are handled within bounded memory, and an honest photo has its first cards soon."""

import asyncio
import io
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from PIL import Image

from evals.distortions import photographed
from evals.hostile_pictures import Upload, uploads
from evals.load import quantile
from evals.stream import events_of
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product

_SIDE = 1200  # pixels of a photo
_A_TALK = 5  # photos of one conversation
_WARM_UP = 2  # photos that count for nothing: the first loads what all need
_ROOT = Path(__file__).resolve().parents[1]


async def hostile() -> dict[str, float | int]:
    """Clean every fixture in a process of its own; minutes at most.

    Returns:
        How many were handled as they must be, the highest memory of a cleaning process in MiB, files left behind,
        and waiting times. What was handled otherwise stands on standard error.

    Raises:
        RuntimeError: The cleaning process ended before its time.
    """
    with tempfile.TemporaryDirectory(prefix="aisle-uploads-") as folder:
        files, empty = Path(folder, "files"), Path(folder, "empty")
        wanted = await asyncio.to_thread(_written, files, empty)
        told = await _cleaned(files, empty)
    wrong = [
        f"{upload.name}: {told['files'][name][0]}, not {upload.outcome}"
        for name, upload in wanted.items()
        if upload.outcome not in ("either", told["files"][name][0])
    ]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    seconds = [seconds for _, seconds in told["files"].values()]
    return {
        "cases": len(wanted),
        "handled": len(wanted) - len(wrong),
        "memory_max_mib": told["memory_max_mib"],
        "files_left": len(told["left"]),
        "clean_p50_ms": quantile(seconds, 0.5),
        "clean_p95_ms": quantile(seconds, 0.95),
    }


def _written(files: Path, empty: Path) -> dict[str, Upload]:
    """Make both folders, write the fixtures into the first; return them by file name, without their bytes."""
    files.mkdir()
    empty.mkdir()
    wanted: dict[str, Upload] = {}
    for number, upload in enumerate(uploads()):
        name = f"{number:03}"
        wanted[name] = replace(upload, data=b"")
        files.joinpath(name).write_bytes(upload.data)
    return wanted


async def _cleaned(files: Path, empty: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "evals.cleaning",
        str(files),
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env={**os.environ, "TMPDIR": str(empty)},
    )
    answer, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"cleaning ended with status {process.returncode}")
    return json.loads(answer)


async def first_cards(
    http: httpx.AsyncClient, photos: int, seed: int, progress: Callable[[int], None]
) -> dict[str, float | int]:
    """Send photos of products of the demo shop, each with a message, and time the way to the first cards.

    Args:
        http: Client of a running server that has looked at its products' pictures.
        photos: How many.
        seed: The same seed takes the same photos.
        progress: Told how many are done.
    """
    rng = random.Random(seed)
    products = [entry.product for entry in generate(products=60).entries]
    sending, whole, errors = list[float](), list[float](), 0
    path, headers = "", dict[str, str]()
    for number in range(_WARM_UP + photos):
        if number % _A_TALK == 0:
            begun = (await http.post("/v1/sessions")).raise_for_status().json()
            path = f"/v1/sessions/{begun['session_id']}"
            headers = {"Authorization": f"Bearer {begun['token']}"}
        drawn = Image.open(io.BytesIO(draw_product(rng.choice(products), None, 0, _SIDE))).convert("RGB")
        photo, started = photographed(drawn, rng), perf_counter()
        sent = (await http.post(f"{path}/images", files={"image": photo}, headers=headers)).raise_for_status().json()
        kept = perf_counter() - started
        shown = await _shown(http, f"{path}/turns", headers, sent["image_id"])
        if number >= _WARM_UP:
            errors += shown is None
            sending.append(kept)
            whole += [kept + shown] if shown is not None else []
            progress(number + 1 - _WARM_UP)
    return {
        "photos": photos,
        "errors": errors,
        "upload_p50_ms": quantile(sending, 0.5),
        "upload_p95_ms": quantile(sending, 0.95),
        "first_cards_p50_ms": quantile(whole, 0.5),
        "first_cards_p95_ms": quantile(whole, 0.95),
    }


async def _shown(http: httpx.AsyncClient, path: str, headers: dict[str, str], image_id: str) -> float | None:
    """Return the seconds from a message with a picture to its first cards, None where none came."""
    started = perf_counter()
    found: float | None = None
    body = {"text": "like this", "image_ids": [image_id]}
    async with http.stream("POST", path, json=body, headers=headers) as response:
        async for name, _ in events_of(response.raise_for_status()):
            if name == "products" and found is None:
                found = perf_counter() - started
    return found
