"""Boards over HTTP: a shopper's own, changed against the version seen, shown to others by a link alone."""

import httpx
import pytest

from tests.ui.conftest import Server, Shopper

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(who: Shopper, name: str, *ids: str) -> dict[str, object]:
    body = {"name": name, "pieces": [{"product_id": each} for each in ids]}
    return (await who.post("/v1/boards", body)).raise_for_status().json()


async def deleted(who: Shopper, path: str, **more: str) -> httpx.Response:
    return await who.http.delete(path, headers=who.headers | more)


async def test_a_board_is_made_filled_read_changed_and_deleted(ada: Shopper) -> None:
    board = await made(ada, "Hallway", "t-scarf")
    at = f"/v1/boards/{board['board_id']}"
    assert (board["changed"], board["undo"], board["url"]) == (
        "saved Quill wool scarf to Hallway",
        False,
        at.removeprefix("/v1"),
    )
    put = await ada.post(f"{at}/items", {"product_id": "t-desk", "note": "by the door"})
    assert [each["product_id"] for each in put.json()["items"]] == ["t-scarf", "t-desk"]
    assert put.json()["notes"] == {"t-desk": "by the door"}
    assert put.json()["total"]["amount"] == sum(each["price"]["amount"] for each in put.json()["items"])
    stale = await ada.put(at, {"name": "Entrance"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "board_changed")
    renamed = await ada.put(at, {"name": "Entrance"}, **{"If-Match": put.headers["etag"]})
    assert renamed.json()["name"] == "Entrance"
    noted = await ada.put(f"{at}/items/t-scarf", {"note": ""})
    assert noted.status_code == 200
    less = await deleted(ada, f"{at}/items/t-desk")
    assert [each["product_id"] for each in less.json()["items"]] == ["t-scarf"]
    assert (await ada.post(f"{at}/undo")).json()["name"] == "Entrance"
    copy = (await ada.post(f"{at}/duplicate")).json()
    assert copy["name"] == "Entrance copy"

    listed = (await ada.get("/v1/boards")).json()["boards"]
    assert [(each["name"], each["count"]) for each in listed] == [("Entrance copy", 2), ("Entrance", 2)]
    assert (await deleted(ada, at)).status_code == 204
    assert (await ada.get(at)).status_code == 404
    assert (await deleted(ada, at)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "\u202e"}, 422),
        ({"name": "x" * 61}, 422),
        ({"name": "Study", "pieces": [{"product_id": "nowhere"}]}, 422),
    ],
)
async def test_what_makes_no_board_is_refused(ada: Shopper, body: dict[str, object], status: int) -> None:
    assert (await ada.post("/v1/boards", body)).status_code == status


async def test_a_board_is_nothing_to_anybody_else(ada: Shopper, bob: Shopper) -> None:
    at = f"/v1/boards/{(await made(ada, 'Private', 't-desk'))['board_id']}"
    answers = [
        await bob.get(at),
        await bob.put(at, {"name": "Mine"}),
        await bob.post(f"{at}/items", {"product_id": "t-desk"}),
        await bob.put(f"{at}/items/t-desk", {"note": "x"}),
        await deleted(bob, f"{at}/items/t-desk"),
        await bob.post(f"{at}/undo"),
        await bob.post(f"{at}/duplicate"),
        await bob.put(f"{at}/link", None),
        await deleted(bob, f"{at}/link"),
        await bob.post(f"{at}/cart"),
        await deleted(bob, at),
        await ada.http.get(at),
    ]
    assert [answer.status_code for answer in answers] == [404] * 11 + [401]
    assert (await ada.get(at)).json()["version"] == 1


async def test_a_link_shows_name_things_and_notes_to_anybody_until_it_is_taken_back(
    server: Server, ada: Shopper
) -> None:
    at = f"/v1/boards/{(await made(ada, 'Shared', 't-desk'))['board_id']}"
    link = (await ada.put(f"{at}/link", None)).json()["link"]
    seen = (await server.http.get(f"/v1{link}")).raise_for_status().json()
    assert set(seen) == {"name", "items", "notes", "options"}
    assert (seen["name"], [each["product_id"] for each in seen["items"]]) == ("Shared", ["t-desk"])

    assert (await deleted(ada, f"{at}/link")).json()["link"] is None
    assert (await server.http.get(f"/v1{link}")).status_code == 404


async def test_everything_on_a_board_goes_into_the_cart_as_one_change(server: Server) -> None:
    cleo = await server.shopper()
    board = await made(cleo, "All of it", "t-scarf", "t-desk", "t-shirt")
    bought = (await cleo.post(f"/v1/boards/{board['board_id']}/cart")).raise_for_status().json()

    assert {line["product_id"] for line in bought["cart"]["lines"]} | {
        each["product_id"] for each in bought["left"]
    } == {
        "t-scarf",
        "t-desk",
        "t-shirt",
    }
    assert all(each["missing"] for each in bought["left"] if each["why"] == "choose_option")
    undone = await cleo.post(cleo.here("/cart/undo"))
    assert undone.json()["lines"] == []
    assert (await cleo.get("/v1/orders")).json() == {"orders": []}
