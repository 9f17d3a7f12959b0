"""The digest: two purchases that differ in anything differ in it, and the same one never does."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.quote import (
    QuoteTerms,
    TermChoice,
    TermLine,
    TermTotal,
    canonical,
    digest,
    fingerprint,
    parse,
    short_code,
)

TERMS = QuoteTerms(
    quote_id="quote_1",
    seller="Aisle Demo Shop",
    subject="guest:anna",
    session_id="ses_1",
    cart_id="cart_1",
    cart_version=3,
    locale="en",
    lines=(
        TermLine(
            line_id="line_1",
            variant_id="reed-300",
            product_id="reed",
            title="Reed runner",
            options={"size": "70 × 300 cm"},
            quantity=2,
            unit_price=14900,
            total=29800,
            seller="Aisle Demo Shop",
        ),
    ),
    totals=(
        TermTotal(name="subtotal", label="Goods", amount=29800),
        TermTotal(name="discount", label="Coupon C", amount=-800),
        TermTotal(name="delivery", label="Delivery", amount=900),
        TermTotal(name="tax", label="Tax 19%", amount=5681),
        TermTotal(name="total", label="Total", amount=35581),
    ),
    currency="USD",
    exponent=2,
    coupon="C",
    ship_to=TermChoice(handle="home", label="home, Berlin", content="a" * 64),
    region="DE",
    delivery=TermChoice(handle="standard", label="3-5 working days", content="b" * 64),
    payment=TermChoice(handle="card-4242", label="card •4242", content="c" * 64),
    button="Place order — $355.81",
    disclosures=("Sold by Aisle Demo Shop.",),
    policy_digest="d" * 64,
    issued_at="2026-03-02T09:00:00.000000Z",
    expires_at="2026-03-02T09:10:00.000000Z",
)

PLAIN = TERMS.model_dump(mode="json")
FREE_TEXT = sorted(
    set(PLAIN) - {"schema_version", "action", "recurrence", "lines", "totals", "cart_version", "exponent"}
)


def test_the_digest_is_that_of_the_canonical_json_and_stays_what_it_was():
    # Written down once: a digest that changes by itself would void every card in an update.
    assert digest(TERMS) == "126edb962f1c01a7945301b815ac39b399a3a8e0ab901af854477a7143b7cfcc"
    assert json.loads(canonical(TERMS)) == PLAIN
    assert b'"schema_version":"aisle.quote/1"' in canonical(TERMS)


def test_terms_survive_being_stored():
    assert parse(canonical(TERMS)) == TERMS
    assert digest(parse(canonical(TERMS))) == digest(TERMS)


def test_the_order_of_keys_does_not_count():
    shuffled = json.dumps(dict(reversed(PLAIN.items())))
    assert digest(parse(shuffled)) == digest(TERMS)


@pytest.mark.parametrize("name", FREE_TEXT)
def test_every_field_is_bound(name):
    value = PLAIN[name]
    if isinstance(value, dict):
        for key in value:
            changed = TERMS.model_copy(update={name: getattr(TERMS, name).model_copy(update={key: "other"})})
            assert digest(changed) != digest(TERMS)
    else:
        update = ("other",) if isinstance(value, list) else "other"
        assert digest(TERMS.model_copy(update={name: update})) != digest(TERMS)


@pytest.mark.parametrize("name", list(PLAIN["lines"][0]))
def test_every_field_of_a_line_is_bound(name):
    line = TERMS.lines[0]
    old = getattr(line, name)
    other = old + 1 if isinstance(old, int) else {"size": "other"} if isinstance(old, dict) else "other"
    assert digest(TERMS.model_copy(update={"lines": (line.model_copy(update={name: other}),)})) != digest(TERMS)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("name", ["amount", "label"])
def test_every_line_of_the_total_is_bound(place, name):
    totals = list(TERMS.totals)
    totals[place] = totals[place].model_copy(update={name: 1 if name == "amount" else "other"})
    assert digest(TERMS.model_copy(update={"totals": tuple(totals)})) != digest(TERMS)


@pytest.mark.parametrize(
    "change",
    [
        {"totals": PLAIN["totals"][:-1]},
        {"totals": [*PLAIN["totals"][:-1], {**PLAIN["totals"][-1], "amount": 35580}]},
        {"totals": [{**PLAIN["totals"][0], "amount": 29801}, *PLAIN["totals"][1:]]},
        {"totals": list(reversed(PLAIN["totals"]))},
        {"lines": []},
        {"lines": [{**PLAIN["lines"][0], "total": 29799}]},
        {"lines": [{**PLAIN["lines"][0], "quantity": 2.0}]},
        {"lines": [{**PLAIN["lines"][0], "unit_price": "14900"}]},
        {"recurrence": "monthly"},
        {"action": "refund"},
        {"schema_version": "aisle.quote/2"},
        {"surprise": True},
        {"cart_version": 0},
    ],
)
def test_terms_that_do_not_add_up_or_say_something_unknown_are_refused(change):
    with pytest.raises(ValidationError):
        parse(json.dumps({**PLAIN, **change}))


@settings(derandomize=True, database=None)
@given(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_a_short_code_is_short_and_readable(digest_hex):
    code = short_code(digest_hex)
    assert len(code) == 7
    assert code[3] == "-"
    assert set(code.replace("-", "")) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_a_fingerprint_does_not_depend_on_the_order_and_does_on_everything_else():
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1", "b": "2"}) != fingerprint({"a": "12", "b": ""})
