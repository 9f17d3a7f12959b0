"""Answers are held against labels slot by slot, in the labels' words."""

from collections.abc import Mapping

from evals.understanding.answer import Answer
from evals.understanding.development import ShownItem, Utterance, development
from evals.understanding.judge import Counts, Judged, judge


def judged(label: Mapping[str, object], answer: Mapping[str, object], intent: str = "search") -> Judged:
    one = Utterance.model_validate({"id": "u", "text": "", "intents": [intent], "slots": label})
    return judge(one, Answer(intents=(intent,), slots=answer, confidence=1))


def as_answer(one: Utterance) -> Answer:
    """The label itself; of two bounds that are accepted, the lower."""
    slots = {k: v[0] if k.startswith("price") and isinstance(v, tuple | list) else v for k, v in one.slots.items()}
    return Answer(intents=one.intents, slots=slots, asked=one.asked, refers_to=one.refers_to, confidence=1)


def test_the_labels_themselves_are_all_right() -> None:
    for one in development():
        found = judge(one, as_answer(one))
        assert found.right
        assert found.pointed is not False
        assert not any(counts.extra or counts.missed for counts in (*found.slots.values(), found.asked or Counts())), (
            one
        )


def test_a_price_is_read_plain_or_with_its_currency_and_around_has_room() -> None:
    around = {"price_max": [4000, 5600]}
    assert judged(around, {"price_max": {"amount": 4800, "currency": "USD"}}).slots == {"price_max": Counts(1)}
    assert judged(around, {"price_max": 8000}).slots == {"price_max": Counts(0, 1, 1)}
    assert judged({}, {"price_max": 8000}).slots == {"price_max": Counts(0, 1, 0)}


def test_a_word_for_several_types_is_met_by_two_of_them_and_other_shops_types_do_not_count() -> None:
    shoes = {"product_types": ["shoes"]}
    assert judged(shoes, {"product_types": ["boots", "heels", "sandals"]}).slots["product_types"] == Counts(1)
    assert judged(shoes, {"product_types": ["boots"]}).slots["product_types"] == Counts(0, 1, 1)
    assert judged({}, {"product_types": ["tent"]}).slots == {}


def test_materials_listed_for_wood_count_as_the_one_word_said() -> None:
    listed = {"materials": ["oak", "walnut", "pine"]}
    assert judged({"soft": ["wood"]}, listed).slots == {"soft": Counts(1)}
    assert judged({"materials": ["oak", "ash"]}, {"materials": ["oak", "ash"]}).slots["materials"] == Counts(2)


def test_the_word_said_counts_where_the_shop_has_only_one_near_it() -> None:
    near = {"colours": ["blush"], "near": [["pink", "blush"]]}
    assert judged({"colours": ["pink"]}, near).slots == {"colours": Counts(1)}


def test_soft_words_forgive_a_slip_and_are_not_judged_where_nothing_is_looked_for() -> None:
    assert judged({"soft": ["flowers"]}, {"soft": ["flowrs", "blue"]}).slots == {"soft": Counts(1, 1, 0)}
    assert judged({}, {"soft": ["whatever"]}, intent="undo").slots == {}


def test_pointing_must_name_exactly_what_is_meant_and_nothing_where_nothing_is() -> None:
    shown = (ShownItem(id="a", title="A"), ShownItem(id="b", title="B"))
    meant = Utterance(id="u", text="", shown=shown, intents=("compare",), refers_to=("a", "b"))
    free = Utterance(id="u", text="", shown=shown, intents=("refine",))

    def pointing(one: Utterance, *ids: str) -> Judged:
        return judge(one, Answer(intents=("compare",), refers_to=ids, confidence=1))

    assert [pointing(meant, *ids).pointed for ids in (("b", "a"), ("a",))] == [True, False]
    assert [pointing(free, *ids).pointed_idly for ids in (("a",), ())] == [True, False]


def test_neighbouring_intents_are_near_and_others_are_not() -> None:
    one = Utterance(id="u", text="", intents=("search",))
    near, far = (judge(one, Answer(intents=(i,), confidence=1)) for i in ("refine", "buy"))
    assert (near.right, near.near, far.near) == (False, True, False)
