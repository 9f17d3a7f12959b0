"""Your notes, on a page: what the assistant was asked to remember, each with a button that takes it back."""

import pytest

from policies.principal import Principal
from policies.told import Told
from tests.ui.conftest import Server
from tests.ui.storefront.conftest import OWN, Visitor, said, value, words

pytestmark = pytest.mark.asyncio(loop_scope="module")
SIZE = Told(kind="size", value="m", of="clothes")
WORDS = 'remember that I wear <b>M</b> & "never" grey'


async def kept(server: Server, visitor: Visitor) -> Principal:
    """Have the visitor begun and two things remembered of them."""
    begun = await visitor.http.post("/v1/sessions", headers={"Origin": OWN})
    session = await server.app.books.conversations.session(begun.json()["session_id"])
    assert session is not None
    principal = Principal(session.subject, session.session_id)
    no_grey = Told(kind="dislike", facet="colour", value="grey")
    await server.app.books.memory.keep(principal, [SIZE, no_grey], WORDS)
    return principal


async def test_every_page_leads_to_the_notes_and_a_stranger_has_none(visitor: Visitor) -> None:
    assert 'href="/notes"' in await visitor.see("/")
    assert "Nothing is remembered" in await visitor.see("/notes")
    assert dict(visitor.http.cookies) == {}


async def test_a_note_stands_there_in_the_shoppers_own_words_as_text(server: Server, visitor: Visitor) -> None:
    await kept(server, visitor)
    page = await visitor.see("/notes")
    assert "Size M in clothes" in words(page)
    assert WORDS in words(page)
    assert "<b>M</b>" not in page


async def test_one_note_is_forgotten_by_its_button_and_all_by_the_last(server: Server, visitor: Visitor) -> None:
    principal = await kept(server, visitor)
    key = value(await visitor.see("/notes"), "key")

    after = await visitor.press("/notes/forget", key=key)

    assert "Forgotten." in said(after.text)
    assert key not in [each.key for each in await server.app.books.memory.all(principal)]
    await visitor.press("/notes/forget")
    assert await server.app.books.memory.all(principal) == []
    assert "Nothing is remembered" in await visitor.see("/notes")


async def test_another_site_or_visitor_forgets_nothing(server: Server, visitor: Visitor, other: Visitor) -> None:
    principal = await kept(server, visitor)
    foreign = {"Origin": "https://evil.example"}
    assert (await visitor.http.post("/notes/forget", headers=foreign)).status_code == 403
    await other.press("/notes/forget")
    await other.press("/notes/forget", key="size-clothes")
    assert len(await server.app.books.memory.all(principal)) == 2


async def test_a_case_stands_there_with_what_is_known_of_it(server: Server, visitor: Visitor, other: Visitor) -> None:
    principal = await kept(server, visitor)
    case = await server.app.books.cases.open(principal, "complaint", "The scarf came torn", {"cart": [], "orders": []})

    page = words(await visitor.see("/notes"))

    assert f"{case.case_id} It is open. It waits in the shop's list of cases; no message" in page
    assert case.case_id not in await other.see("/notes")
