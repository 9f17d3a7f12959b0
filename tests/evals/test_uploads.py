"""Every hostile file of the set is handled as it must be, within bounded memory, and nothing is left behind."""

from evals.uploads import hostile


async def test_every_hostile_file_is_handled_within_bounds_and_leaves_nothing() -> None:
    figures = await hostile()
    assert figures["handled"] == figures["cases"] >= 45
    assert figures["files_left"] == 0
    assert figures["memory_max_mib"] < 400
