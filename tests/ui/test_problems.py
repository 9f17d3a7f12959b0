"""What a refusal of the policy looks like over HTTP: status, words, and headers that programs act on."""

import json

import pytest

from policies.errors import Refused
from ui.problems import of_refusal, respond


@pytest.mark.parametrize(
    ("code", "facts", "status", "header"),
    [
        ("rate_limited", {"retry_after_s": 12}, 429, ("retry-after", "12")),
        ("cool_down", {"retry_after_s": 900}, 429, ("retry-after", "900")),
        (
            "fresh_login",
            {"max_age_s": 300, "reasons": ["new_address"]},
            401,
            ("www-authenticate", 'Bearer error="insufficient_user_authentication", max_age="300"'),
        ),
        ("blocked_goods", {"variant_id": "v"}, 422, ("cache-control", "no-store")),
        ("switched_off", {"action": "place_order"}, 503, ("cache-control", "no-store")),
    ],
)
def test_what_the_policy_refuses_is_a_problem_that_programs_can_act_on(
    code: str, facts: dict[str, object], status: int, header: tuple[str, str]
) -> None:
    response = respond(of_refusal(Refused(code, "In plain words.", facts)))
    body = json.loads(bytes(response.body))

    assert response.status_code == body["status"] == status
    assert response.headers[header[0]] == header[1]
    assert (body["code"], body["detail"]) == (code, "In plain words.")
    assert facts.items() <= body.items()
