"""Binding words: complete in every locale, with the total on the button, and never ahead of the facts."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.words import (
    WORDS,
    button,
    disclosures,
    known_locale,
    money,
    options_text,
    plain,
    rate,
    say,
    state_text,
)

# What says, in one of the languages, that something was ordered or paid.
CLAIMS = r"\b(ordered|paid|bestellt|bezahlt|pedido|pagado|commandé|passée|payée)\b|承り|完了"


def holes(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_locale_has_every_template_with_the_same_holes():
    english = WORDS["en"]
    for locale, templates in WORDS.items():
        assert set(templates) == set(english), locale
        for key, template in templates.items():
            assert holes(template) <= holes(english[key]) | {"code"}, (locale, key)
            assert holes(english[key]) <= holes(template), (locale, key)


@pytest.mark.parametrize(
    ("locale", "label"),
    [
        ("en", "Place order — $744"),
        ("de", "Zahlungspflichtig bestellen — 744 $"),
        ("de-AT", "Zahlungspflichtig bestellen — 744 $"),
        ("es-MX", "Pedido con obligación de pago — 744 $"),
        ("fr", "Commander avec obligation de paiement — 744 $"),
        ("ja", "注文を確定する（支払義務あり） — $744"),
        ("xx", "Place order — $744"),
    ],
)
def test_the_button_says_that_it_buys_and_for_how_much(locale, label):
    assert button(locale, 74_400, "USD") == label


@pytest.mark.parametrize(
    "state", ["confirmed", "authorising", "authorised", "reconciling", "voiding", "releasing", "declined"]
)
@pytest.mark.parametrize("locale", sorted(WORDS))
def test_g21_no_state_without_an_order_sounds_like_one(locale, state):
    said = state_text(locale, state).lower()
    for sentence in re.split(r"[.;。]", said):
        claims = re.search(CLAIMS, sentence)
        denies = re.search(r"\b(nothing|not|nichts|noch|no|nada|rien)\b|ません", sentence)
        assert not claims or denies, sentence


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_g21_placed_and_captured_say_so_and_a_state_without_words_is_a_bug(locale):
    assert re.match(r"Ordered|Bestellt|Pedido hecho|Commande passée|注文を承りました", state_text(locale, "placed"))
    assert re.search(r"paid|bezahlt|pagado|payée|お支払いが完了しました", state_text(locale, "captured"))
    with pytest.raises(KeyError):
        state_text(locale, "refunded")


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "text"),
    [
        ("en", 123_456_789, "USD", "$1,234,567.89"),
        ("de", 123_456_789, "USD", "1.234.567,89 $"),
        ("de", -500, "EUR", "-5 €"),
        ("de", 100_050, "CHF", "1.000,50 CHF"),
        ("en", -500, "USD", "-$5"),
        ("de", 0, "USD", "0 $"),
        ("es", 123_450, "EUR", "1.234,50 €"),
        ("fr", 123_450, "EUR", "1\u202f234,50 €"),
        ("ja", 7_445, "JPY", "¥7,445"),
    ],
)
def test_money_is_written_as_the_locale_does(locale, amount, currency, text):
    assert money(locale, amount, currency) == text


def test_rates_are_written_without_needless_zeros():
    assert [rate("en", value) for value in (1900, 810, 0, 1, 1000)] == ["19", "8.1", "0", "0.01", "10"]
    assert rate("de", 810) == "8,1"


def test_a_variant_is_named_colour_before_size():
    assert options_text("Reed runner", {"size": "L", "colour": "rust"}) == "Reed runner, rust, L"
    assert options_text("Fen desk", {}) == "Fen desk"


def test_disclosures_name_the_seller_and_the_automated_assistant():
    for locale in WORDS:
        said = " ".join(disclosures(locale, "Fenwick & Sons"))
        assert "Fenwick & Sons" in said
        assert re.search(
            r"automated assistant|automatischen Assistenten|asistente automático|assistant automatique|自動応答", said
        )
        assert "14" in said


@settings(derandomize=True, database=None)
@given(st.text())
def test_text_on_a_card_is_one_line_without_invisible_characters(text):
    shown = plain(text)
    assert shown == plain(shown)
    assert len(shown) <= 200
    assert not re.search("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", shown)


def test_an_unknown_template_or_a_missing_value_is_a_bug():
    with pytest.raises(KeyError):
        say("en", "no_such_words")
    with pytest.raises(KeyError):
        say("en", "button")
    assert known_locale(None) == "en"
