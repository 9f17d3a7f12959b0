"""Scores of pictures in a folder are counted; what is no picture is left out."""

from pathlib import Path

from evals.decency import scored
from retrieval.vision.decency import PROBABLE, open_decency
from tests.unsuitable import unsuitable_jpeg


async def test_pictures_are_scored_and_other_files_left_out(tmp_path: Path) -> None:
    (tmp_path / "odd.jpg").write_bytes(unsuitable_jpeg())
    (tmp_path / "none.jpg").write_bytes(b"no picture")
    scores, spent = await scored([tmp_path / "none.jpg", tmp_path / "odd.jpg"], open_decency())
    assert len(scores) == 1
    assert scores[0] > PROBABLE
    assert spent > 0
