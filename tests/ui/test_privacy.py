"""A shopper's own data over HTTP: a copy of everything, and after an erasure no byte of it anywhere."""

import asyncio
import io
import json
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from PIL import Image

from assistant.settings import Settings
from shop.books import migrate
from tests.conftest import copied_home
from tests.fakes import POLICIES
from tests.places import Place, PostgresPlace, SqlitePlace
from tests.places import Server as Postgres
from tests.ui.conftest import SHOP_ORIGIN, Server, Shopper, running
from tools.stocking import stock_shop

OWN = "http://aisle"
NAME, MAIL, CARD = "Wilhelmine Kanarienvogel", "wilhelmine@kanarienvogel.example", "4242 4242 1234 5678"
STREET, PLACE_TAKEN, TITLE = "Zeisigstrasse 77", "GPS-CANARY-51.5007", "walnut desk for Wilhelmine Kanarienvogel"
CANARIES = (NAME, MAIL, CARD, STREET, PLACE_TAKEN, TITLE, "Kanarienvogel", "Zeisig")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this module."""
    with TemporaryDirectory(prefix="aisle-pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def home(tmp_path: Path, stocked_home: Path, encoder_cache: Path) -> Path:
    home = copied_home(stocked_home, tmp_path / "aisle")
    shutil.copytree(encoder_cache, home / "models")
    return home


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, home: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield SqlitePlace(home)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    place = PostgresPlace(home, postgres, postgres.database())
    yield place
    place.close()


@asynccontextmanager
async def shop(place: Place, entries: Any) -> AsyncGenerator[Server]:
    """The app over these books; ones in PostgreSQL are stocked first."""
    in_home = isinstance(place, SqlitePlace)
    settings = Settings(home=place.home, database_url=None if in_home else place.url, allowed_origins=[SHOP_ORIGIN])
    await migrate(settings.books_url)
    async with running(settings) as server:
        if not in_home:
            await stock_shop(entries, server.app.catalog, server.app.books.merchant, POLICIES)
        yield server


def photo() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = PLACE_TAKEN
    exif[0x9286] = NAME
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 60)).save(out, "JPEG", exif=exif)
    assert PLACE_TAKEN.encode() in out.getvalue()
    return out.getvalue()


async def browser(server: Server) -> Shopper:
    """A shopper on the shop's own page: with a cookie, and a token that may press."""
    begun = await server.http.post("/v1/sessions", headers={"Origin": OWN})
    told = begun.raise_for_status().json()
    return Shopper(server.http, told["session_id"], told["token"])


async def live(place: Place, who: Shopper) -> str:
    """Leave canaries in every store there is, through the shop's own ways in; returns the order's id."""
    files = {"image": ("photo.jpg", photo())}
    sent = (await who.http.post(who.here("/images"), files=files, headers=who.headers)).raise_for_status().json()
    address = {"street": STREET, "more": f"at {NAME}", "postcode": "10999", "city": "Berlin", "region": "DE"}
    home = (await who.post("/v1/me/address", address)).raise_for_status().json()
    card = await who.render(home["quote_id"])
    assert STREET in json.dumps(card, ensure_ascii=False)
    (await who.press(card)).raise_for_status()
    place.rows("UPDATE payment_handles SET label = :l", {"l": f"card of {NAME}"})
    await who.say(f"show me a {TITLE}")
    body = {"text": f"I am {NAME}, {MAIL}, card {CARD}", "image_ids": [sent["image_id"]]}
    (await who.http.post(who.here("/turns"), json=body, headers=who.headers)).raise_for_status()
    page = {"Origin": OWN, "Accept": "application/json"}
    scarf = {"product_id": "t-scarf", "variant_id": "t-scarf-rust"}
    (await who.http.post("/cart/add", data=scarf, headers=page)).raise_for_status()
    quote_id = (await who.post(who.here("/quotes"))).raise_for_status().json()["quote_id"]
    pressed = (await who.press(await who.render(quote_id))).raise_for_status().json()
    await who.say("show me lamps")
    noted = {"product_id": "t-scarf", "note": f"for {NAME}"}
    (await who.post("/v1/boards", {"name": "Kanarienvogel", "pieces": [noted]})).raise_for_status()
    (await who.http.post("/cart/add", data=scarf, headers=page)).raise_for_status()
    return pressed["order"]["order_id"]


def found_in(home: Path, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return which of the words any file of a home holds, in any case."""
    files = [path for path in home.rglob("*") if path.is_file() and path.parent != home / "models"]
    assert {"books.sqlite", "CURRENT", "segment.json"} <= {path.name for path in files}
    found: list[tuple[str, str]] = []
    for path in files:
        data = path.read_bytes().lower()
        found += [(str(path), word) for word in words if word.lower().encode() in data]
    return found


def rows_with(place: Place, words: tuple[str, ...]) -> list[tuple[str, str]]:
    if isinstance(place, SqlitePlace):
        return []
    found = place.rows(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname !~ '^(pg_|info)'", {}
    )
    tables = {row["name"]: str(place.rows(f"SELECT * FROM {row['name']}", {})).lower() for row in found}
    assert len(tables) > 20
    return [(name, word) for name, text in tables.items() for word in words if word.lower() in text]


async def test_after_an_erasure_no_byte_of_any_store_holds_the_shopper(place, shop_entries):
    async with shop(place, shop_entries) as server:
        ada = await browser(server)
        order_id = await live(place, ada)
        subject = (await ada.get("/v1/me/export")).json()["subject"]
        traces = (*CANARIES, subject, ada.session_id)
        before = {word for _, word in (*found_in(place.home, traces), *rows_with(place, traces))}
        assert before >= {NAME, MAIL, CARD, TITLE, subject, ada.session_id}
        # Sealed in the books, so not even before.
        assert STREET not in before

        assert (await ada.http.delete("/v1/me", headers=ada.headers)).status_code == 204

        assert found_in(place.home, traces) == []
        assert rows_with(place, traces) == []
        assert list((place.home / "uploads").rglob("*")) == []
        assert (await server.app.books.audit.verify()).ok
        assert (await server.app.books.fulfilment.read(order_id)).ship_to == "deleted"
    assert found_in(place.home, traces) == []


async def test_whoever_was_erased_is_nobody_any_more(place, shop_entries):
    async with shop(place, shop_entries) as server:
        ada = await browser(server)
        cookie = dict(server.http.cookies)
        await ada.say("show me the walnut desk")
        answer = await ada.http.delete("/v1/me", headers=ada.headers)
        assert 'aisle_visitor=""' in answer.headers["set-cookie"]
        assert dict(server.http.cookies) == {}

        assert (await ada.get("/v1/orders")).status_code == 401
        server.http.cookies.update(cookie)
        again = await browser(server)

        assert again.session_id != ada.session_id
        subjects = [row["subject"] for row in place.rows("SELECT subject FROM shoppers", {})]
        assert (await again.get("/v1/me/export")).json()["subject"] in subjects
        assert len(subjects) == 1


async def test_an_export_is_one_document_with_every_kind_of_data(place, shop_entries):
    async with shop(place, shop_entries) as server:
        ada = await browser(server)
        await live(place, ada)
        server.http.cookies.clear()
        bob = await server.shopper()
        await bob.say("show me lamps")

        answer = await ada.get("/v1/me/export")

        told = answer.json()
        assert answer.headers["cache-control"] == "no-store"
        assert told["schema"] == "aisle.export/1"
        for kind in ("profile", "addresses", "payment_methods", "cart_lines", "quotes", "orders", "audit", "pictures"):
            assert told[kind], kind
        assert [word for word in (NAME, MAIL, CARD, STREET, TITLE) if word not in answer.text] == []
        assert PLACE_TAKEN not in answer.text
        assert NAME not in (await bob.get("/v1/me/export")).text


@pytest.fixture
async def server(place: Place, shop_entries: Any) -> AsyncGenerator[Server]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(shop(place, shop_entries))


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_page_that_embeds_the_assistant_gets_neither_copy_nor_erasure(server: Server):
    stranger = await server.shopper(Origin=SHOP_ORIGIN)
    assert (await stranger.get("/v1/me/export")).json()["code"] == "wrong_scope"
    assert (await stranger.http.delete("/v1/me", headers=stranger.headers)).status_code == 403
    assert (await stranger.get(stranger.here())).status_code == 200


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_an_answer_that_is_being_written_is_stopped_by_an_erasure(server: Server):
    ada = await browser(server)
    async with ada.http.stream(
        "POST", ada.here("/turns"), json={"text": "show me the walnut desk"}, headers=ada.headers
    ) as turn:
        assert turn.status_code == 200
        gone = await ada.http.delete("/v1/me", headers=ada.headers)
    assert gone.status_code == 204
    assert await server.app.books.conversations.session(ada.session_id) is None


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start(place, server: Server, shop_entries):
    ada = await browser(server)
    await live(place, ada)
    subject = (await ada.get("/v1/me/export")).json()["subject"]
    # What the books do first, and then the process is gone.
    await server.app.books.privacy.erase(subject, lambda *_: next((place.home / "uploads").iterdir()).name)
    assert await server.app.books.privacy.unfinished()

    await server.app.privacy.catch_up()
    await server.app.privacy.scrub()

    assert await server.app.books.privacy.unfinished() == []
    assert found_in(place.home, (*CANARIES, subject, ada.session_id)) == []


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_an_older_copy_of_the_books_brings_nobody_back(place, shop_entries, tmp_path):
    async with shop(place, shop_entries) as server:
        ada = await browser(server)
        await live(place, ada)
    older = copied_home(place.home, tmp_path / "older")
    async with shop(place, shop_entries) as server:
        server.http.cookies.clear()
        assert (await ada.http.aclose()) is None
        again = Shopper(server.http, ada.session_id, ada.token)
        assert (await server.http.delete("/v1/me", headers=again.headers)).status_code == 204
    shutil.rmtree(place.home)
    copied_home(older, place.home)
    assert found_in(place.home, (NAME,))

    async with shop(place, shop_entries) as server:
        await server.app.privacy.scrub()
        assert found_in(place.home, (*CANARIES, ada.session_id)) == []
        assert (await server.app.books.audit.verify()).ok


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_server_lets_go_of_what_is_old(server: Server, place):
    ada = await browser(server)
    await ada.say("show me the walnut desk")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    place.rows("UPDATE sessions SET last_seen_at = :at", {"at": long_ago})

    gone = await server.app.privacy.retain()

    assert (gone["chats"], gone["memories"]) == (1, 1)
    assert await asyncio.to_thread(place.rows, "SELECT * FROM turns", {}) == []
