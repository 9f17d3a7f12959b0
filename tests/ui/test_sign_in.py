"""A storefront of another origin: who is signed in there, and where a press of its shoppers counts."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from assistant.settings import Settings
from policies.errors import SettingsError, Unavailable
from tests.ui.conftest import SHOP_ORIGIN, Server, Shopper, running
from ui.auth import Unauthorised
from ui.sign_in import PublicKeys, sign_in_reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = "http://aisle"
ES, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
STRANGER = ec.generate_private_key(ec.SECP256R1())


def published() -> str:
    """Return the backend's public keys as it publishes them."""
    es = ECAlgorithm.to_jwk(ES.public_key(), as_dict=True) | {"kid": "es", "alg": "ES256", "use": "sig"}
    ed = OKPAlgorithm.to_jwk(ED.public_key(), as_dict=True) | {"kid": "ed", "alg": "EdDSA", "use": "sig"}
    return json.dumps({"keys": [es, ed]})


@dataclass(slots=True)
class Backend:
    """The shop's own backend, which signs who is there."""

    count: int = 0

    def token(self, key: Any = ES, kid: str = "es", algorithm: str = "ES256", **claims: Any) -> str:
        self.count += 1
        now = datetime.now(UTC)
        told = {
            "sub": "42",
            "aud": "aisle",
            "iss": "shop",
            "iat": now,
            "exp": now + timedelta(seconds=120),
            "jti": f"t{self.count}",
            "origin": SHOP_ORIGIN,
        } | claims
        known = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(known, key, algorithm=algorithm, headers={"kid": kid})


@pytest.fixture(scope="module")
def backend() -> Backend:
    return Backend()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(shop_home: Path) -> AsyncGenerator[Server]:
    keys = shop_home / "jwks.json"
    keys.write_text(published(), encoding="utf-8")
    settings = Settings(
        home=shop_home,
        allowed_origins=[SHOP_ORIGIN],
        shopper_jwks=str(keys),
        shopper_issuer="shop",
        framed_press_limit=100_000,
    )
    async with running(settings) as server:
        yield server


async def begin(server: Server, assertion: str, **headers: str) -> httpx.Response:
    return await server.http.post(
        "/v1/sessions", json={"assertion": assertion}, headers={"Origin": SHOP_ORIGIN} | headers
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("key", "kid", "algorithm"), [(ES, "es", "ES256"), (ED, "ed", "EdDSA")], ids=["ES256", "EdDSA"]
)
async def test_who_is_signed_in_has_the_same_cart_wherever_they_sign_in(
    server: Server, backend: Backend, key: Any, kid: str, algorithm: str
) -> None:
    def signed() -> str:
        return backend.token(key, kid, algorithm, sub=f"anna-{kid}")

    first = (await begin(server, signed())).raise_for_status().json()
    anna = Shopper(server.http, first["session_id"], first["token"])
    await anna.say("show me the walnut desk")
    await anna.say("add the first one")

    second = (await begin(server, signed())).raise_for_status().json()
    again = Shopper(server.http, second["session_id"], second["token"])
    assert second["scopes"] == ["chat"]
    assert len((await again.get(again.here("/cart"))).json()["lines"]) == 1


BROKEN = {
    "a stranger's key": {"key": STRANGER},
    "a key nobody publishes": {"kid": "other"},
    "another audience": {"aud": "payments"},
    "another issuer": {"iss": "somebody"},
    "no issuer": {"iss": None},
    "another origin": {"origin": "https://evil.example"},
    "no origin": {"origin": None},
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "run out": {"iat": datetime(2026, 1, 1, tzinfo=UTC), "exp": datetime(2026, 1, 1, 0, 2, tzinfo=UTC)},
    "good for an hour": {"exp": datetime.now(UTC) + timedelta(hours=1)},
    "signed in tomorrow": {"auth_time": (datetime.now(UTC) + timedelta(days=1)).timestamp()},
    "an endless name": {"sub": "x" * 200},
    "a name with a line break": {"sub": "42\nadmin"},
}


@pytest.mark.parametrize("claims", BROKEN.values(), ids=BROKEN.keys())
async def test_a_token_that_proves_nothing_begins_nothing(
    server: Server, backend: Backend, claims: dict[str, Any]
) -> None:
    answer = await begin(server, backend.token(**claims))

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_assertion")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_signed_with_no_key_or_a_public_one_begins_nothing(
    server: Server, backend: Backend, algorithm: str
) -> None:
    key = "" if algorithm == "none" else "k" * 32
    answer = await begin(server, backend.token(key, "es", algorithm))

    assert answer.status_code == 401


async def test_a_token_counts_once_however_often_it_is_sent(server: Server, backend: Backend) -> None:
    token = backend.token(sub="once")

    answers = await asyncio.gather(*(begin(server, token) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]


async def test_a_guest_of_a_listed_origin_goes_on_by_the_token_they_hold(server: Server) -> None:
    guest = await server.shopper(Origin=SHOP_ORIGIN)
    headers = {"Origin": SHOP_ORIGIN} | guest.headers

    joined = (await server.http.post("/v1/sessions", json={}, headers=headers)).raise_for_status().json()
    fresh = (await server.http.post("/v1/sessions", json={"fresh": True}, headers=headers)).raise_for_status().json()

    assert joined["session_id"] == guest.session_id
    assert fresh["session_id"] != guest.session_id


async def test_a_known_shoppers_old_token_signs_nobody_in(server: Server, backend: Backend) -> None:
    first = (await begin(server, backend.token(sub="carl"))).raise_for_status().json()
    headers = {"Origin": SHOP_ORIGIN} | bearer(first["token"])

    joined = (await server.http.post("/v1/sessions", json={}, headers=headers)).raise_for_status().json()

    assert joined["session_id"] != first["session_id"]
    assert server.authority.read(joined["token"]).subject.startswith("guest:")


async def ticket(server: Server, quote_id: str, framed: bool = True) -> str:
    """Load the card's page as a browser does, and return what it was served with."""
    headers = {"Sec-Fetch-Dest": "iframe" if framed else "document"}
    page = await server.http.get(f"/confirm/{quote_id}", headers=headers)
    assert page.status_code == 200
    return page.text.split('data-ticket="')[1].split('"')[0]


async def press_token(server: Server, shopper: Shopper, quote_id: str, framed: bool = True, **headers: str) -> Any:
    asked = {"ticket": await ticket(server, quote_id, framed)}
    return await shopper.http.post(
        f"/v1/quotes/{quote_id}/press-token", json=asked, headers={"Origin": OWN} | shopper.headers | headers
    )


async def test_a_card_in_a_frame_is_pressed_with_a_token_for_it_alone(server: Server, backend: Backend) -> None:
    begun = (await begin(server, backend.token(sub="dora"))).raise_for_status().json()
    dora = Shopper(server.http, begun["session_id"], begun["token"])
    quote_id = await dora.quote()
    assert (await dora.post(f"/v1/quotes/{quote_id}/render")).status_code == 403

    token = (await press_token(server, dora, quote_id)).raise_for_status().json()["token"]
    presser = Shopper(server.http, dora.session_id, token)
    assert (await presser.get(dora.here())).status_code == 401
    assert (await presser.post("/v1/quotes/quo_other/render")).status_code == 403
    answer = await presser.press(await presser.render(quote_id))

    assert answer.status_code == 200, answer.text
    assert len((await dora.get("/v1/orders")).json()["orders"]) == 1


@pytest.mark.parametrize("origin", [SHOP_ORIGIN, "https://evil.example", "null", ""])
async def test_no_page_but_the_cards_own_gets_a_token_to_press(server: Server, origin: str) -> None:
    guest = await server.shopper(Origin=SHOP_ORIGIN)
    quote_id = await guest.quote()

    answer = await press_token(server, guest, quote_id, Origin=origin)

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


async def test_nobody_gets_a_token_for_anothers_card_or_without_the_cards_page(server: Server) -> None:
    guest, other = await server.shopper(Origin=SHOP_ORIGIN), await server.shopper(Origin=SHOP_ORIGIN)
    quote_id = await guest.quote()

    assert (await press_token(server, other, quote_id)).status_code == 404
    forged = await guest.post(f"/v1/quotes/{quote_id}/press-token", {"ticket": guest.token}, Origin=OWN)
    assert (forged.status_code, forged.json()["code"]) == (403, "card_too_old")
    server.clock.ahead += timedelta(minutes=9)
    token = (await press_token(server, guest, quote_id)).raise_for_status().json()["token"]
    server.clock.ahead += timedelta(minutes=11)
    late = await server.http.post(f"/v1/quotes/{quote_id}/render", headers=bearer(token))
    assert late.status_code == 401


async def test_above_the_shops_bound_only_a_window_can_press(server: Server) -> None:
    guest = await server.shopper(Origin=SHOP_ORIGIN)
    await guest.quote()
    cart = (await guest.get(guest.here("/cart"))).json()
    await guest.put(
        guest.here("/cart/lines"),
        {"changes": [{"line_id": cart["lines"][0]["line_id"], "quantity": 2}]},
        **{"If-Match": f'"{cart["version"]}"'},
    )
    quote = next(event.data for event in await guest.say("buy it") if event.event == "quote")
    assert quote["totals"][-1]["amount"]["amount"] > 100_000

    framed = await press_token(server, guest, quote["quote_id"])
    window = await press_token(server, guest, quote["quote_id"], framed=False)

    assert (framed.status_code, framed.json()["code"]) == (403, "needs_window")
    assert window.status_code == 200


async def test_only_listed_origins_may_frame_the_cards_page(server: Server) -> None:
    headers = (await server.http.get("/confirm/quo_1")).headers

    assert f"frame-ancestors 'self' {SHOP_ORIGIN};" in headers["content-security-policy"] + ";"
    assert "x-frame-options" not in headers
    assert (await server.http.get("/")).headers["x-frame-options"] == "DENY"


async def test_a_script_cannot_fetch_the_cards_page(server: Server) -> None:
    headers = {"Origin": SHOP_ORIGIN, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert (await server.http.get("/confirm/quo_1", headers=headers)).status_code == 403


async def test_a_hostile_name_in_the_address_of_a_card_stays_text(server: Server) -> None:
    page = await server.http.get("/confirm/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")

    assert "<script>alert" not in page.text


@pytest.mark.parametrize("source", ["http://keys.example/jwks.json", "/nowhere/jwks.json"])
async def test_keys_over_an_open_line_or_that_are_not_there_stop_the_start(source: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AISLE_SHOPPER_JWKS"):
        sign_in_reader(Settings(home=tmp_path, shopper_jwks=source), lambda: datetime.now(UTC))


async def test_keys_that_change_are_read_anew_and_an_unreachable_backend_signs_nobody_in() -> None:
    answers = [httpx.Response(200, text=published()), httpx.Response(500)]

    def answered(_request: httpx.Request) -> httpx.Response:
        return answers.pop(0)

    keys = PublicKeys("https://shop.example/keys", lambda: httpx.AsyncClient(transport=httpx.MockTransport(answered)))
    assert (await keys.key("es")).algorithm_name == "ES256"
    with pytest.raises(Unauthorised):
        await keys.key("unknown")
    assert len(answers) == 1
    silent = PublicKeys("https://shop.example/keys", keys.client)
    with pytest.raises(Unavailable):
        await silent.key("es")
