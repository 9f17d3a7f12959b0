"""Reads the text in one cleaned picture in a process of its own: a JPEG on stdin, lines as JSON on stdout, ends.

Run as a file, not as a module of the package, so that it holds nothing of the shop. The weights lie beside the library
and are named by path, so that it has nothing to fetch; sockets and new files are out of its reach by then.
"""

import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, cast

import rapidocr
from PIL import Image, ImageDraw, ImageFont

MOST_LINES = 60
LONGEST_LINE = 160  # characters
_CPU_S = 15
_MEMORY = 1_500_000_000  # bytes of address space beyond what the process holds when it is ready
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_SURE = 0.75  # of 1; less is a pattern taken for letters


def main() -> None:
    """Serve one picture: {"lines": [text, …]} from top to bottom."""
    folder = Path(rapidocr.__file__).parent / "models"
    threads = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    models = {name: str(folder / file) for name, file in _MODELS.items()}
    read = rapidocr.RapidOCR(params={"Global.log_level": "critical", **threads, **models})
    # What is loaded at the first reading is loaded now: later nothing can be opened.
    lines(read, _sample())
    _limit()
    sys.stdout.buffer.write(b"ready\n")
    sys.stdout.buffer.flush()
    found = lines(read, sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps({"lines": found}).encode() + b"\n")
    sys.stdout.buffer.flush()
    os._exit(0)  # Skips the interpreter's teardown: the answer is out.


def _sample() -> bytes:
    """Return a small JPEG with something like a word in it."""
    picture = Image.new("RGB", (320, 96), "white")
    ImageDraw.Draw(picture).text((20, 24), "READY 1", fill="black", font=ImageFont.load_default(44))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def lines(read: Any, picture: bytes) -> list[str]:
    """Return the lines a reader is sure of, cut to a bounded number and length."""
    seen = read(picture)
    texts = cast("tuple[str, ...]", seen.txts or ())
    scores = cast("tuple[float, ...]", seen.scores or ())
    sure = [text for text, score in zip(texts, scores, strict=True) if score >= _SURE]
    return [text[:LONGEST_LINE] for text in sure[:MOST_LINES]]


def _limit() -> None:
    """Bound processor time and memory; allow no new file, socket, dump or written byte on disk."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + 1 + _CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            held = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + _MEMORY, held + _MEMORY))
    except OSError:
        pass  # A system that does not tell what a process holds bounds its time only.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


if __name__ == "__main__":
    main()
