"""A shop's own pictures lie in one folder: what lies there has an address, and nothing else does."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.photos import PHOTOS, has_photo, local_file, own_photo, photo_address, photos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of pictures, with something beside it."""
    (tmp_path / "secret.txt").write_text("nobody's business")
    folder = tmp_path / "photos"
    (folder / "desks").mkdir(parents=True)
    (folder / "desks" / "oak desk, 50%.jpg").write_bytes(b"oak")
    return folder


async def test_a_file_is_read_back_by_the_address_it_is_given(folder: Path) -> None:
    address = photo_address(folder, "desks/oak desk, 50%.jpg")

    assert address is not None
    assert address.startswith("/photos/desks/oak%20desk%2C%2050%25.jpg?v=")
    assert has_photo(address)
    assert await photos(fetched=False, folder=folder)(address) == b"oak"
    assert await own_photo(address) is None  # Of a shop without such a folder.
    assert photo_address(folder, address) == address  # As it comes back in a feed of our own.


async def test_a_file_that_was_replaced_has_another_address(folder: Path) -> None:
    before = photo_address(folder, "desks/oak desk, 50%.jpg")
    (folder / "desks" / "oak desk, 50%.jpg").write_bytes(b"a better one")

    after = photo_address(folder, "desks/oak desk, 50%.jpg")

    assert before != after
    assert await own_photo(before or "", folder) == b"a better one"


@pytest.mark.parametrize(
    "name", ["../secret.txt", "desks/../../secret.txt", "", ".", "desks", "a\0b", "x" * 5000, "\udce9.jpg"]
)
def test_what_lies_elsewhere_or_is_no_file_has_no_address(folder: Path, name: str) -> None:
    assert photo_address(folder, name) is None
    assert photo_address(folder, str(folder.parent / "secret.txt")) is None


def test_a_link_out_of_the_folder_and_a_pipe_are_no_pictures(folder: Path) -> None:
    (folder / "link.jpg").symlink_to(folder.parent / "secret.txt")
    os.mkfifo(folder / "pipe.jpg")

    assert photo_address(folder, "link.jpg") is None
    assert local_file("/photos/pipe.jpg", folder) is None


def test_a_file_whose_name_is_no_text_has_no_address(folder: Path) -> None:
    (folder / os.fsdecode(b"\xe9.jpg")).write_bytes(b"caf\xc3\xa9")

    assert photo_address(folder, os.fsdecode(b"\xe9.jpg")) is None


@given(st.text())
def test_no_address_names_a_file_outside(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.getbasetemp()

    for url in (PHOTOS + name, f"{PHOTOS}../{name}", f"{PHOTOS}%2e%2e/{name}"):
        file = local_file(url, folder)
        assert file is None or file.is_relative_to(folder.resolve())
