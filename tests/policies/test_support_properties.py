"""What holds of any words: silence asks for nothing, and a quotation is nobody's wish."""

from hypothesis import given
from hypothesis import strategies as st

from policies.support import supported
from tests.policies.utterances import HONEST, QUOTE, UNDO, Call, add, change, heard

CALLS: tuple[Call, ...] = (
    add("p-fen"),
    add("p-fen", 3),
    add("p-lamp"),
    change("l1", quantity=0),
    change("l2", quantity=5),
    UNDO,
    QUOTE,
    ("request_order_change", {"order_id": "o1", "change": "cancel"}),
    ("request_order_change", {"order_id": "o1", "change": "return"}),
)
# Words of shops that are no act in any of the languages.
_IDLE = (
    "desk walnut fen alder lamp brass wide cm under dollars nice hello thanks hmm sofa green blue oak first second "
    "last it this that one price delivery review shop tisch lampe holz bureau bois mesa madera tavolo legno hout kleur"
)
idle = st.lists(st.sampled_from(_IDLE.split()), min_size=1, max_size=12).map(" ".join)


@given(idle)
def test_words_without_an_act_ask_for_nothing(text: str) -> None:
    assert [call for call in CALLS if supported(*call, heard(text))] == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    for call in CALLS:
        assert supported(*call, heard(text)) in (True, False)


@given(st.sampled_from(HONEST), st.sampled_from([('"', '"'), ("“", "”"), ("«", "»"), ("[", "]")]))
def test_a_quoted_wish_is_not_the_shoppers(wish: tuple[str, Call, dict[str, object]], marks: tuple[str, str]) -> None:
    text, call, held = wish
    quoted = f"what does {marks[0]}{text}{marks[1]} mean?"

    assert not supported(*call, heard(quoted, **held))


@given(st.sampled_from(HONEST), st.sampled_from(["what if I said: ", "the review says ", "should I say: "]))
def test_a_wish_that_is_only_talked_about_is_none(wish: tuple[str, Call, dict[str, object]], lead: str) -> None:
    text, call, held = wish

    assert not supported(*call, heard(lead + text.replace(",", "").replace(".", ""), **held))
