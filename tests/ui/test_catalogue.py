"""The operator's routes of the catalogue: a feed goes in, is told by row, looked over, and comes out again."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")
URL = "/v1/operator/catalogue"
FEED = "id,title,price,product_type\na,Walnut desk,640,desk\nb,Oak desk,free,desk\nc,Brass lamp,79,lamp\n"


async def imported(server: Server, **source: Any) -> dict[str, Any]:
    answer = await server.http.post(URL, json={"source": "feed"} | source, headers=server.operator)
    assert answer.status_code == 200, answer.text
    event, data = answer.text.strip().split("\n\n")[-1].split("\ndata: ")
    return json.loads(data) | {"event": event.splitlines()[0].removeprefix("event: ")}


async def test_a_feed_goes_in_by_row_is_looked_over_and_comes_out_again(server: Server, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(FEED)

    left = await imported(server, path=str(feed))
    again = await imported(server, path=str(feed), if_changed=True)
    feed.write_text(FEED.replace("free", "500"))
    synced = await imported(server, path=str(feed), mode="sync")

    assert (left["event"], left["products"], left["feed"]["rows"], left["feed"]["left_out"]) == ("done", 2, 3, 1)
    assert left["feed"]["first_problems"][0] | {"reason": ""} == {
        "line": 3, "last": 3, "field": "price", "reason": "", "item": "b", "kept": False,
    }  # fmt: skip
    assert again["unchanged"]
    assert (synced["added"], synced["changed"], synced["removed"]) == (1, 0, 0)
    told = (await server.http.get(f"{URL}/quality", headers=server.operator)).json()
    assert (told["products"], {finding["kind"] for finding in told["findings"]}) == (3, {"missing"})
    lines = (await server.http.get(f"{URL}/feed", headers=server.operator)).text.splitlines()
    assert sorted(json.loads(line)["entry"]["offers"][0]["price"] for line in lines) == [7900, 50000, 64000]


async def test_a_feed_of_nothing_leaves_the_shop_as_it_is(server: Server, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\na,,\n")

    refused = await imported(server, path=str(feed))

    assert refused["event"] == "error"
    assert "no product we can read" in refused["detail"]
    assert await server.app.catalog.count() > 0
    both = await server.http.post(
        URL, json={"source": "feed", "path": "/a", "url": "https://b"}, headers=server.operator
    )
    assert both.status_code == 422
