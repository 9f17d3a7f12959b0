import json
from pathlib import Path

import pytest

from policies.errors import SettingsError
from retrieval.feeds.jsonl import Row, read_feed, write_feed
from retrieval.feeds.tally import Problem
from retrieval.product import CatalogueEntry, Policy


def line(of: str, **offer: object) -> str:
    variant = {"variant_id": f"{of}-v", "product_id": of, "price": 100, **offer}
    product = {"product_id": of, "title": "Desk", "product_type": "desk"}
    return json.dumps({"entry": {"product": product, "offers": [variant]}})


def read(path: Path) -> tuple[list[Row], list[Problem]]:
    problems: list[Problem] = []
    return list(read_feed(path, problems.append)), problems


def test_a_written_feed_reads_back_unchanged(tmp_path: Path, shelf: list[CatalogueEntry]) -> None:
    rows = [*shelf, Policy(topic="returns", title="Returns", text="30 days – no questions.")]
    assert write_feed(tmp_path / "feed.jsonl", rows) == len(rows)
    assert read(tmp_path / "feed.jsonl") == (rows, [])


def test_every_bad_row_is_reported_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    rows = [
        line("a").encode(),
        b'{"entry": {"product": {"product_id": "b"',
        b"",
        line("c", price=-1, currency="usd").encode(),
        b"\xff\xfe",
        b'{"thing": 1}',
        b"[1]",
        line("d", product_id="e").encode(),
        b'{"policy": {"topic": "returns", "title": "Returns", "text": "30 days"}}',
        line("z").encode(),
    ]
    path.write_bytes(b"\n".join(rows))
    good, problems = read(path)
    assert [
        row.product.product_id if isinstance(row, CatalogueEntry) else getattr(row, "topic", "") for row in good
    ] == [
        "a",
        "returns",
        "z",
    ]
    assert [(p.line, p.field) for p in problems] == [
        (2, ""),
        (4, "entry.offers.0.price"),
        (4, "entry.offers.0.currency"),
        (5, ""),
        (6, ""),
        (7, ""),
        (8, "entry.offers.0.product_id"),
    ]
    assert "greater than or equal to 0" in problems[1].reason
    assert problems[3].reason == "not UTF-8 at byte 1"


def test_an_id_that_already_came_is_reported_and_the_first_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_text("\n".join([line("a"), line("a"), line("b", variant_id="a-v"), line("b")]))
    good, problems = read(path)
    assert [row.product.product_id for row in good if isinstance(row, CatalogueEntry)] == ["a", "b"]
    assert [(p.line, p.field) for p in problems] == [
        (2, "entry.product.product_id"),
        (2, "entry.offers.0.variant_id"),
        (3, "entry.offers.0.variant_id"),
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + line("a").encode() + b"\r\n" + line("b").encode() + b"\r\n")
    good, problems = read(path)
    assert len(good) == 2
    assert problems == []


def test_a_line_without_end_is_reported_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b"x" * 9_000_000 + b"\n" + line("a").encode())
    good, problems = read(path)
    assert len(good) == 1
    assert problems == [Problem(1, "", "longer than 4,000,000 bytes")]


def test_deeply_nested_json_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_text("[" * 200_000 + "\n" + line("a"))
    good, problems = read(path)
    assert len(good) == 1
    assert problems[0].line == 1


def test_a_missing_feed_tells_the_operator_which(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.jsonl"):
        read(tmp_path / "nowhere.jsonl")
