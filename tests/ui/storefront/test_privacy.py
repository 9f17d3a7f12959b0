"""Your data, on a page: what is kept, a copy of it, and two steps until it is gone."""

import pytest

from tests.ui.conftest import Server
from tests.ui.storefront.conftest import OWN, Visitor, said, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_page_leads_to_what_is_kept_and_for_how_long(visitor: Visitor) -> None:
    assert 'href="/your-data"' in await visitor.see("/")
    told = words(await visitor.see("/your-data"))
    assert "Pictures you send: 24 hours" in told
    assert "Conversations: 30 days" in told


async def test_a_copy_is_the_visitors_own_and_a_stranger_gets_none(visitor: Visitor, other: Visitor) -> None:
    await visitor.add("t-scarf", "t-scarf-rust")
    await other.see("/your-data/copy", 404)
    copy = await visitor.http.get("/your-data/copy")
    assert copy.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert [line["variant_id"] for line in copy.json()["cart_lines"]] == ["t-scarf-rust"]


async def test_nothing_is_deleted_before_the_second_press(visitor: Visitor) -> None:
    await visitor.add("t-scarf", "t-scarf-rust")
    asked = await visitor.see("/your-data/delete")
    assert "cannot be brought back" in asked
    assert len((await visitor.http.get("/your-data/copy")).json()["cart_lines"]) == 1

    done = await visitor.press("/your-data/delete")

    assert "Your data is deleted" in done.text
    assert dict(visitor.http.cookies) == {}
    await visitor.see("/your-data/copy", 404)


async def test_a_stranger_is_told_that_nothing_is_kept(visitor: Visitor) -> None:
    assert "keeps nothing of you" in await visitor.see("/your-data/delete")
    assert "Your data is deleted" in (await visitor.press("/your-data/delete")).text


async def test_another_site_deletes_nothing(visitor: Visitor) -> None:
    await visitor.add("t-scarf", "t-scarf-rust")
    foreign = await visitor.http.post("/your-data/delete", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert len((await visitor.http.get("/your-data/copy")).json()["cart_lines"]) == 1


async def test_a_payment_under_way_is_said_instead_of_a_button(visitor: Visitor, server: Server) -> None:
    await visitor.add("t-scarf", "t-scarf-rust")
    begun = await visitor.http.post("/v1/sessions", headers={"Origin": OWN})
    bearer = {"Authorization": f"Bearer {begun.json()['token']}", "Origin": OWN}
    path = f"/v1/sessions/{begun.json()['session_id']}"
    choice = {"payment_handle": "card-unreachable"}
    books = server.app.books
    subject = (await visitor.http.get("/your-data/copy")).json()["subject"]
    async with books._context.database.writing() as connection:
        row = "INSERT INTO payment_handles (subject, handle, label, reference) VALUES (?, ?, ?, ?)"
        await connection.exec_driver_sql(row, (subject, "card-unreachable", "card •0000", "card-unreachable"))
    (await visitor.http.put(f"{path}/checkout", json=choice, headers=bearer)).raise_for_status()
    quote = (await visitor.http.post(f"{path}/quotes", headers=bearer)).raise_for_status().json()
    card = (await visitor.http.post(f"/v1/quotes/{quote['quote_id']}/render", headers=bearer)).json()
    proof = {"digest": card["digest"], "challenge": card["challenge"]}
    pressed = await visitor.http.post(f"/v1/quotes/{quote['quote_id']}/approve", json=proof, headers=bearer)
    assert pressed.status_code in (202, 503)

    assert "still being settled" in await visitor.see("/your-data/delete")
    refused = await visitor.press("/your-data/delete")
    assert "still being settled" in said(refused.text)
    assert (await visitor.http.delete("/v1/me", headers=bearer)).json()["code"] == "money_moving"
