"""What is wrong gets a clear answer and loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from policies.principal import Principal
from tests.ui.conftest import Server, Shopper

pytestmark = pytest.mark.asyncio(loop_scope="module")


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"].endswith((".", "?"))
    return body["status"], body["code"]


async def test_a_message_of_ten_thousand_characters_is_refused_with_the_limit(ada: Shopper) -> None:
    for letter in ("x", "é", "\U0001f6cb"):
        answer = await ada.post(ada.here("/turns"), {"text": letter * 10_000})

        assert problem(answer) == (422, "message_too_long")
        assert "4,000" in answer.json()["detail"]


async def test_a_body_over_the_limit_is_refused_before_it_is_parsed(ada: Shopper) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"[" * 4096

    declared = await ada.post(ada.here("/turns"), {"text": "x" * 70_000})
    dripped = await ada.http.post(ada.here("/turns"), content=drip(), headers=ada.headers)

    assert problem(declared) == problem(dripped) == (413, "too_large")
    assert "64 kB" in declared.json()["detail"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"text": "caf\xe9"}', (400, "broken_utf8")),
        (b'{"text": "\xed\xa0\x80"}', (400, "broken_utf8")),
        (b'{"text": ', (400, "broken_json")),
        (b"", (422, "invalid_request")),
        (b'{"text": "\\ud800"}', (422, "invalid_request")),
        (b"[]", (422, "invalid_request")),
        (b'{"text": 7}', (422, "invalid_request")),
        (b'{"text": "a desk", "approve": true}', (422, "invalid_request")),
        (b'{"text": "a desk", "client_turn_id": "../x y"}', (422, "invalid_request")),
        (b'{"text": " \\u0000\\n "}', (422, "message_empty")),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(ada: Shopper, body: bytes, expected: tuple[int, str]) -> None:
    headers = ada.headers | {"Content-Type": "application/json"}

    answer = await ada.http.post(ada.here("/turns"), content=body, headers=headers)

    assert problem(answer) == expected


async def test_deeply_nested_json_is_refused(ada: Shopper) -> None:
    headers = ada.headers | {"Content-Type": "application/json"}

    answer = await ada.http.post(ada.here("/turns"), content=b"[" * 60_000, headers=headers)

    assert answer.status_code in {400, 422}


async def test_control_characters_are_taken_out_of_a_message(ada: Shopper) -> None:
    await ada.say("a walnut\x00 desk\x07")

    assert (await ada.get(ada.here())).json()["turns"][0]["text"] == "a walnut desk"


async def test_refused_input_leaves_the_conversation_as_it_was(ada: Shopper) -> None:
    await ada.say("a walnut desk")
    before = (await ada.get(ada.here())).json()

    await ada.post(ada.here("/turns"), {"text": "x" * 10_000})
    await ada.post(ada.here("/turns"), {"text": ""})
    await ada.put(ada.here("/cart/lines"), {"changes": [{"line_id": "nope", "quantity": 1}]}, **{"If-Match": '"0"'})

    assert (await ada.get(ada.here())).json() == before
    assert (await ada.say("the first one"))[-1].event == "done"


async def test_what_belongs_to_others_answers_as_what_does_not_exist(ada: Shopper, bob: Shopper) -> None:
    rendered = await ada.render(await ada.quote())
    quote_id = rendered["quote_id"]
    waiting = [
        await bob.post(f"/v1/quotes/{each}/{verb}", body)
        for each in (quote_id, "quote_nope")
        for verb, body in (
            ("render", None),
            ("approve", {"digest": rendered["digest"], "challenge": "c"}),
            ("decline", None),
        )
    ]
    order_id = (await ada.press(rendered)).json()["order"]["order_id"]
    theirs, nobodys = ada.session_id, "ses_nope"

    orders = [await bob.get(f"/v1/orders/{each}") for each in (order_id, "order_nope")]
    sessions = [
        await call
        for each in (theirs, nobodys)
        for call in (
            bob.get(f"/v1/sessions/{each}"),
            bob.get(f"/v1/sessions/{each}/cart"),
            bob.get(f"/v1/sessions/{each}/events"),
            bob.post(f"/v1/sessions/{each}/turns", {"text": "hello"}),
            bob.post(f"/v1/sessions/{each}/cart/undo"),
            bob.put(f"/v1/sessions/{each}/checkout", {"delivery": "express"}),
        )
    ]

    answers = {(answer.status_code, answer.text) for answer in (*waiting, *orders, *sessions)}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert (await bob.get("/v1/orders")).json()["orders"] == []


def forged(**claims: Any) -> dict[str, Any]:
    return {"sub": "guest:x", "sid": "ses_x", "scopes": ["chat"], "iat": 0, "exp": 2**33, "aud": "aisle"} | claims


def _bearer(token: str | bytes) -> bytes:
    return b"Bearer " + (token if isinstance(token, bytes) else token.encode())


async def test_a_token_that_proves_nothing_is_refused(server: Server, ada: Shopper) -> None:
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    late, _ = server.authority.issue(Principal(claims["sub"], claims["sid"]), timedelta(seconds=-1))
    tokens = [
        "nonsense",
        b"caf\xe9",
        jwt.encode(claims, "another secret of thirty-two bytes", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims | {"aud": "shop"}, server.authority.secret, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, server.authority.secret, algorithm="HS256"),
        jwt.encode(claims | {"scopes": ["root"]}, server.authority.secret, algorithm="HS256"),
        late,
    ]

    answers = [await ada.http.get(ada.here(), headers={b"Authorization": _bearer(token)}) for token in tokens]
    answers += [await ada.http.get(ada.here()), await ada.http.get(ada.here(), headers={"Authorization": "Basic eDp5"})]

    assert {problem(answer) for answer in answers} == {(401, "unauthorised")}
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)


async def test_a_session_nobody_used_for_long_ends(server: Server, ada: Shopper) -> None:
    await ada.say("hello")

    server.clock.ahead = timedelta(seconds=server.app.settings.session_idle_s + 60)
    idle = await ada.get(ada.here())
    server.clock.ahead = timedelta(seconds=server.app.settings.session_max_s + 60)
    over = await ada.get(ada.here())
    server.clock.ahead = timedelta()

    assert problem(idle) == (401, "session_idle")
    assert problem(over) == (401, "unauthorised")


async def test_pages_of_unlisted_origins_get_no_session(server: Server) -> None:
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://aisle", "Sec-Fetch-Site": "cross-site"},
    ):
        answer = await server.http.post("/v1/sessions", headers=headers)

        assert problem(answer) == (403, "foreign_origin")
        assert "access-control-allow-origin" not in answer.headers


async def test_shoppers_cannot_use_what_is_the_operators(server: Server, ada: Shopper) -> None:
    calls = [
        await ada.get("/metrics"),
        await ada.get("/v1/operator/catalogue"),
        await ada.put("/v1/operator/offers/t-desk-v", {"price": 1}),
        await ada.post("/v1/operator/catalogue", {"source": "demo", "products": 5}),
    ]

    assert {problem(answer) for answer in calls} == {(403, "wrong_scope")}
    nobody = await server.http.put("/v1/operator/offers/t-desk-v", json={"price": 1})
    assert problem(nobody) == (401, "unauthorised")


async def test_an_operator_is_no_shopper(server: Server, ada: Shopper) -> None:
    assert problem(await server.http.get(ada.here(), headers=server.operator)) == (403, "wrong_scope")
    assert problem(await server.http.get("/v1/orders", headers=server.operator)) == (403, "wrong_scope")


async def test_unknown_addresses_and_methods_answer_with_problems(server: Server, ada: Shopper) -> None:
    assert problem(await ada.get("/v1/nothing"))[0] == 404
    assert problem(await ada.get("/widget/../server.py"))[0] == 404
    assert problem(await ada.get("/widget/%2e%2e%2fserver.py"))[0] == 404
    assert problem(await ada.http.delete("/v1/orders", headers=ada.headers)) == (405, "method_not_allowed")


async def test_a_wrong_last_event_id_is_refused(ada: Shopper) -> None:
    for sent in ("abc", "-1", "9" * 40):
        assert (await ada.get(ada.here("/events"), **{"Last-Event-ID": sent})).status_code == 422


async def test_a_feed_that_cannot_be_used_leaves_the_shop_as_it_is(server: Server, tmp_path: Any) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("not a feed\n")
    before = (await server.http.get("/v1/operator/catalogue", headers=server.operator)).json()

    for path in (str(empty), str(tmp_path / "missing.jsonl"), "relative.jsonl"):
        body = {"source": "feed", "path": path}
        answer = await server.http.post("/v1/operator/catalogue", json=body, headers=server.operator)
        assert "event: error" in answer.text
        assert "import_refused" in answer.text

    assert (await server.http.get("/v1/operator/catalogue", headers=server.operator)).json() == before


async def test_every_response_keeps_a_page_to_itself(server: Server) -> None:
    page = await server.http.get("/")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert "https://" not in page.text


async def test_many_requests_at_once_are_each_answered(server: Server) -> None:
    guests = await asyncio.gather(*(server.shopper() for _ in range(8)))

    answers = await asyncio.gather(*(guest.say("a walnut desk") for guest in guests))

    assert all(events[-1].event == "done" for events in answers)
