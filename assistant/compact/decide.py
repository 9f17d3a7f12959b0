"""From an understood message to the next tool calls or the answer, by replaying the turn's scripts."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.compact import after_sale, answering, cart_changes, carting, finding, handing, keeping, likening, talking
from assistant.compact.boarding import about_board, as_board
from assistant.compact.choices import answers
from assistant.compact.context import in_context, without_never_mind
from assistant.compact.curating import about_curated, as_curated
from assistant.compact.examples import about_examples, as_exampled
from assistant.compact.folding import Folded
from assistant.compact.furnishing import about_set, as_one
from assistant.compact.gifting import give, gives
from assistant.compact.handing import about_case
from assistant.compact.meaning import Clause, Intent, Reference, Understanding
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.picturing import about_picture
from assistant.compact.pointing import narrowed, point
from assistant.compact.returning import goes_back, show_again
from assistant.compact.scripts import Desk, Script, say
from assistant.compact.understand import affirms, declines
from assistant.compact.wording import sentences

_SCRIPTS: dict[Intent, Callable[[Clause, Desk], Script]] = {
    "search": finding.search,
    "refine": likening.refine,
    "find_similar": likening.similar,
    "goes_with": likening.goes_with,
    "recommend": likening.recommend,
    "ask_attribute": answering.ask,
    "compare": answering.compare,
    "add_to_cart": carting.add,
    "change_cart": cart_changes.change,
    "view_cart": carting.view,
    "undo": carting.undo,
    "buy": carting.buy,
    "order_status": talking.orders,
    "change_order": after_sale.change_order,
    "store_policy": talking.policy,
    "remember": keeping.remember,
    "greet": talking.greet,
    "thanks": talking.thanks,
    "help": talking.help_,
    "hand_over": handing.hand_over,
    "out_of_scope": talking.out_of_scope,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Either tool calls to make now, or what to tell the shopper."""

    calls: tuple[Call, ...] = ()
    text: str = ""


def decide(understanding: Understanding, folded: Folded, desk: Desk) -> Decision:
    """Run every clause's script over the steps this turn already took; stop at the first calls not yet made.

    Scripts are deterministic, so the same messages always lead to the same decision.
    """
    steps = deque(folded.steps)
    words: list[str] = []
    understanding = as_one(as_curated(as_board(without_never_mind(understanding, desk), desk), desk), desk)
    understanding = as_exampled(understanding, desk)
    for at, clause in enumerate(understanding.clauses):
        outcome = _run(_script(clause, desk), steps, desk)
        if isinstance(outcome, tuple):
            return Decision(calls=(*outcome, *_alongside(understanding.clauses[at:], desk)))
        words.append(outcome)
    return Decision(text=sentences(*dict.fromkeys(words)))


def _alongside(clauses: Sequence[Clause], desk: Desk) -> tuple[Call, ...]:
    """Return the searches that can be made in the same step: the screen keeps all showings of one step."""
    calls: list[Call] = []
    if not _independent(clauses[0]):
        return ()
    for clause in clauses[1:]:
        if not _independent(clause):
            break
        calls.extend(next(_script(clause, desk)))
    return tuple(calls)


def _independent(clause: Clause) -> bool:
    """Tell a clause that makes exactly one call and depends on no other clause's outcome."""
    return clause.intent == "search" and bool(clause.slots.product_types) and not clause.reference


def _run(script: Script, steps: deque[tuple[Call, Outcome]], desk: Desk) -> tuple[Call, ...] | str:
    outcomes: tuple[Outcome, ...] | None = None
    while True:
        try:
            calls = next(script) if outcomes is None else script.send(outcomes)
        except StopIteration as end:
            return str(end.value)
        if len(steps) < len(calls):
            return calls
        taken = [steps.popleft() for _ in calls]
        for call, outcome in taken:
            desk.dialogue.observe(call, outcome)
        outcomes = tuple(outcome for _, outcome in taken)


# Each returns a script for what it alone knows, in the order in which they are asked.
_ABOUT: tuple[Callable[[Clause, Desk], Script | None], ...] = (
    about_examples,
    about_picture,
    about_case,
    about_board,
    about_curated,
    about_set,
)


def _script(clause: Clause, desk: Desk) -> Script:
    found = next((script for about in _ABOUT if (script := about(clause, desk)) is not None), None)
    if found is not None:
        return found
    if clause.intent == "answer_clarification":
        return _answering(clause, desk)
    if (row := goes_back(clause, desk)) is not None:
        return show_again(row, desk)
    if gives(clause, desk):
        return give(clause, desk)
    meant = in_context(clause, desk)
    return _SCRIPTS[meant.intent](meant, desk)


def _answering(clause: Clause, desk: Desk) -> Script:
    """Take a message as the answer to what the assistant asked: an option, a candidate, yes or no."""
    dialogue = desk.dialogue
    if clause.earlier is not None:
        settled = settle_which(clause, clause.earlier, desk)
        if settled is not None and settled.intent != "answer_clarification":
            return _SCRIPTS[settled.intent](settled, desk)
        return say(dialogue.said)
    if dialogue.choice is not None and answers(clause.text, clause.slots, dialogue.choice):
        return carting.answer_choice(clause, desk)
    if affirms(clause.text) or (dialogue.quote is not None and not declines(clause.text)):
        return _yes(clause, desk)
    if declines(clause.text):
        return say("All right, nothing changes. Anything else?")
    if clause.slots.constrains() or clause.slots.product_types or clause.slots.soft:
        # The answer to "what are you looking for?" is a wish like any other.
        wish = replace(clause, intent="refine" if dialogue.need else "search")
        return _SCRIPTS[wish.intent](wish, desk)
    if clause.reference:
        return answering.ask(clause, desk)
    return say("Which one do you mean?")


def _yes(clause: Clause, desk: Desk) -> Script:
    dialogue = desk.dialogue
    if keeping.offered(dialogue.said):
        return keeping.accept(desk)
    if dialogue.quote is not None:
        does = "places it" if dialogue.quote.action == "place_order" else "does it"
        return say(f"The button on the card {does}. I can't press it for you.")
    if dialogue.choice is not None:
        only = {name: values[0] for name, values in dialogue.choice.options.items() if len(values) == 1}
        if set(dialogue.choice.missing) <= set(only):
            return carting.answer_choice(replace(clause, text=" ".join(only.values())), desk)
        return say(dialogue.said or "Which one do you mean?")
    if dialogue.focus and "shall i add" in dialogue.said.casefold():
        return carting.add(replace(clause, reference=Reference("it"), intent="add_to_cart"), desk)
    return say(
        "Good. What shall I look for, or change?"
        if not dialogue.items
        else "Good. Tell me which one, or what to change."
    )


def settle_which(clause: Clause, earlier: Clause, desk: Desk) -> Clause | None:
    """Return the earlier wish pointing at the candidate that this message names, None when it names none."""
    pointed = point(earlier.reference, desk.dialogue)
    inner = narrowed(pointed, clause.reference, desk.dialogue) if clause.reference else pointed
    if not inner.ids:
        return None
    slots = replace(
        earlier.slots,
        colours=clause.slots.colours or earlier.slots.colours,
        sizes=clause.slots.sizes or earlier.slots.sizes,
    )
    return replace(earlier, slots=slots, reference=Reference("name", names=inner.ids, plural=len(inner.ids) > 1))
