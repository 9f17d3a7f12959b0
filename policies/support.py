"""Whether the shopper's own words ask for a change: the act, the thing and how many, read apart from any planner."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from policies import speech
from policies.acts import (
    ALONG,
    ASKED,
    INFORMATION,
    LOOKING,
    ORDER_CHANGES,
    PICKED,
    REFUSED,
    REMOVE,
    SWAP,
    UNMEANT,
    YES,
    Act,
    asks_for,
    does,
)
from policies.boarding import boarding
from policies.handing import handing
from policies.keeping import forgetting, keeping
from policies.pointing import everything, meant_line, meant_thing, together
from policies.provenance import Heard, HeldLine, OpenOption

_MENDED = frozenset(
    {
        "remove", "delete", "basket", "order", "checkout", "purchase", "cancel", "return", "double", "change",
        "replace", "another", "second", "third", "fourth", "cheapest", "instead", "please", "refund", "exchange",
        "address",
    }
)  # fmt: skip
_ANY = re.compile(
    r"\b(?:any|whichever|whatever|either|don't (?:mind|care)|doesn't matter|no preference|you (?:choose|pick|decide)"
    r"|surprise me|egal|n'importe|cualquiera|qualsiasi|maakt niet uit)\b"
)
_WANTS = re.compile(r"^(?:don't|do not) (?:\w+ )?(?:want|need)\b")
_LETTERS = {"s": "small", "m": "medium", "l": "large", "xl": "extra large", "xs": "extra small"}
_LONGEST_PICK = 10  # Words of a message that picks without a verb.
_LONGEST_ANSWER = 9  # Words of an answer to a question for an option.

Check = Callable[[Mapping[str, object], Heard], bool]


def supported(tool: str, arguments: Mapping[str, object], heard: Heard) -> bool:
    """Say whether the words of this turn ask for this call; a tool without a rule of its own is not asked for.

    A call is asked for when some clause of the message (or of the one before, while the assistant asks back about it)
    says the act without condition, negation or question, and the product, line and count fit what was said; or when
    the message answers the shop's open question for an option; or says yes to the assistant's question about just this.
    """
    check = _CHECKS.get(tool)
    return check is not None and check(arguments, heard)


def _adding(arguments: Mapping[str, object], heard: Heard) -> bool:
    product_id = str(arguments.get("product_id"))
    quantity = arguments.get("quantity", 1)
    if not isinstance(quantity, int) or not _enough(quantity, heard):
        return False
    if product_id in heard.open:
        if _answers_option(product_id, arguments, heard):
            return True
        if _options_given(arguments, heard.open[product_id]):
            return False
    if _says_yes("add", heard, product_id) or _says_yes("buy", heard, product_id):
        return True
    wanted = _acting(("add", "buy"), heard)
    wanted += [(clause, rest) for clause, rest in _acting(("change",), heard) if SWAP.search(clause)]
    return any(meant_thing(product_id, clause, rest, heard) for clause, rest in wanted)


def _enough(quantity: int, heard: Heard) -> bool:
    """Say whether so many were asked for: one always, more when the number was said or stands on a line swapped out."""
    if quantity <= 1:
        return True
    said = speech.counts(speech.plain(heard.text)) | speech.counts(speech.plain(heard.before))
    if heard.open or _yes(heard):
        said |= {n for text in heard.earlier[-2:] for n in speech.counts(speech.plain(text))}
    swapped = {line.quantity for line in heard.cart.values()} if SWAP.search(speech.plain(heard.text)) else set[int]()
    return quantity in said | swapped


def _changing(arguments: Mapping[str, object], heard: Heard) -> bool:
    raw = arguments.get("changes")
    changes = list(cast("Sequence[object]", raw)) if isinstance(raw, (list, tuple)) else []
    return bool(changes) and all(
        isinstance(change, Mapping) and _changes_line(cast("Mapping[str, object]", change), heard) for change in changes
    )


def _changes_line(change: Mapping[str, object], heard: Heard) -> bool:
    line_id = str(change.get("line_id"))
    line = heard.cart.get(line_id)
    if line is None:
        return False
    if _answers_option(line.product_id, change, heard):
        return True
    removing = change.get("quantity") == 0
    acts: tuple[Act, ...] = ("remove", "change") if removing and _swaps(heard) else ("remove",)
    acts = acts if removing else ("change", "add", "remove")
    if _says_yes("remove" if removing else "change", heard, line.product_id):
        return True
    return any(
        (removing and everything(clause)) or (meant_line(line_id, clause, rest, heard) and _fits(change, line, clause))
        for clause, rest in _acting(acts, heard)
    )


def _swaps(heard: Heard) -> bool:
    return SWAP.search(speech.plain(f"{heard.text} . {heard.before}")) is not None


def _fits(change: Mapping[str, object], line: HeldLine, clause: str) -> bool:
    """Say whether the wanted count, colour and size are the ones said."""
    wanted = [str(change[name]) for name in ("colour", "size") if change.get(name) is not None]
    if not all(_said(value, clause) for value in wanted):
        return False
    quantity = change.get("quantity")
    if quantity is None or quantity == line.quantity:
        return True
    if quantity == 0:
        return "one" not in clause.split() or line.quantity == 1 or not re.search(r"\b(?:one|1) of\b", clause)
    steps = speech.counts(clause) | ({1} if re.search(r"\b(?:another|more|less|fewer|noch)\b", clause) else set[int]())
    steps |= {line.quantity} if "double" in clause else set[int]()
    fewer = REMOVE.search(clause) is not None or re.search(r"\b(?:less|fewer)\b", clause) is not None
    allowed = {line.quantity - n for n in steps} if fewer else steps | {line.quantity + n for n in steps}
    return quantity in allowed


def _undoing(arguments: Mapping[str, object], heard: Heard) -> bool:
    return bool(_acting(("undo",), heard)) or _says_yes("undo", heard, None)


def _quoting(arguments: Mapping[str, object], heard: Heard) -> bool:
    return bool(_acting(("buy",), heard)) or _says_yes("buy", heard, None)


def _changing_order(arguments: Mapping[str, object], heard: Heard) -> bool:
    kind = str(arguments.get("change"))
    if kind not in ORDER_CHANGES:
        return False
    quantity = arguments.get("quantity")
    said = speech.counts(speech.plain(f"{heard.text} . {heard.before}"))
    if isinstance(quantity, int) and quantity > 1 and quantity not in said:
        return False
    return bool(_acting(("after",), heard, kind)) or _says_yes("after", heard, None)


def _acting(acts: Sequence[Act], heard: Heard, kind: str = "") -> list[tuple[str, str]]:
    """Return the clauses that say an act in earnest, each with the words it may point by besides its own."""
    own = speech.clauses(_read(heard.text))
    found = [(each, heard.text) for clause in own if (each := _earnest(clause, acts, kind))]
    if "add" in acts and heard.added:
        found += [(clause, "") for clause in own if ALONG.match(clause) and not ASKED.match(clause)]
    if "add" in acts and not found and _picks(" ".join(own)):
        found = [(" , ".join(own), heard.text)]
    if heard.before and not found and not any(LOOKING.search(clause) or _aside(clause) for clause in own):
        # The wish is the one before; what this message names is the answer to "which one?".
        waiting = [
            each
            for clause in speech.clauses(_read(heard.before))
            if (each := clause if "add" in acts and ALONG.match(clause) else _earnest(clause, acts, kind))
        ]
        found = [(f"{' '.join(own)} , {each}", heard.text) for each in waiting]
    return [(clause, _read(rest)) for clause, rest in found]


def _earnest(clause: str, acts: Sequence[Act], kind: str) -> str:
    """Return the part of a clause that asks for an act, "" where it only talks about it or refuses it."""
    clause = re.sub(r"\bwhy (?:not|don't (?:you|we))\b", "", clause).strip()
    if _aside(clause):
        return ""
    wanted = clause if "remove" in acts and _WANTS.search(clause[clause.find("don't") :]) else _before_no(clause)
    for act in acts:
        if does(act, wanted, kind) and not (act in ("add", "change") and INFORMATION.search(wanted) and _weak(wanted)):
            return wanted
    return ""


def _aside(text: str) -> bool:
    """Say whether words only ask, suppose or report."""
    return ASKED.match(text) is not None or UNMEANT.search(text) is not None


def _picks(text: str) -> bool:
    """Say whether a short message only picks: 'ok the second, size 43', 'M in camel please'."""
    short = 2 <= len(speech.words(text)) <= _LONGEST_PICK
    return short and PICKED.match(text) is not None and not LOOKING.search(text) and not _aside(text)


def _before_no(clause: str) -> str:
    match = REFUSED.search(clause)
    return clause[: match.start()].strip() if match and match.group() not in ("instead of", "rather than") else clause


def _weak(clause: str) -> bool:
    """Say whether an act is only read from 'I want', 'give me', 'get', not from 'add' or 'cart'."""
    return re.search(r"\b(?:add|put|cart|basket|warenkorb|panier|carrito|carrello|order|buy)\b", clause) is None


def _answers_option(product_id: str, arguments: Mapping[str, object], heard: Heard) -> bool:
    """Say whether the message names the option the shop asked for, and the call passes on no other."""
    asked = heard.open.get(product_id)
    text = _read(heard.text)
    if asked is None or len(speech.words(text)) > _LONGEST_ANSWER or _aside(text):
        return False
    given = {name: str(arguments[name]) for name in asked.missing if arguments.get(name) is not None}
    if not given or any(_other(name, arguments, asked) for name in ("colour", "size")):
        return False
    places = speech.places(text) | ({-1} if speech.LAST.search(text) else set[int]())
    for name, value in given.items():
        offered = asked.offered.get(name, ())
        placed = {offered[n - 1 if n > 0 else n] for n in places if n <= len(offered) and offered}
        free = _ANY.search(text) is not None or (len(offered) == 1 and _yes(heard))
        if not (_said(value, text) or value in placed or (free and value in offered)):
            return False
    return True


def _options_given(arguments: Mapping[str, object], asked: OpenOption) -> dict[str, str]:
    return {name: str(arguments[name]) for name in asked.missing if arguments.get(name) is not None}


def _other(name: str, arguments: Mapping[str, object], asked: OpenOption) -> bool:
    """Say whether an option beside the missing ones is none that the shop offered."""
    value, offered = arguments.get(name), asked.offered.get(name)
    return name not in asked.missing and value is not None and bool(offered) and str(value) not in (offered or ())


def _said(value: str, text: str) -> bool:
    """Say whether an option stands in the words: 'S' also as 'small', '70 x 200 cm' also as '200'."""
    said = {speech.stem(word) for word in speech.words(text)} | {str(n) for n in speech.figures(text)}
    wanted = speech.stems(value)
    spelled = speech.stems(_LETTERS.get(value.casefold(), value))
    figures = {word for word in wanted if word.isdigit()}
    return wanted <= said or spelled <= said or bool(figures & said) or bool(speech.named_among(said, wanted))


def _yes(heard: Heard) -> bool:
    return YES.match(speech.plain(heard.text).strip(" .!,?").replace(",", "").replace(".", "")) is not None


def _says_yes(act: Act, heard: Heard, product_id: str | None) -> bool:
    """Say whether this is a bare yes to the assistant's question about doing just this to just that."""
    question = heard.said.rstrip().rsplit(". ", 1)[-1]
    if not question.endswith("?") or not _yes(heard):
        return False
    asked = speech.plain(question)
    if not asks_for(act, asked):
        return False
    return product_id is None or together(product_id, speech.plain(heard.said), asked, heard)


def _read(text: str) -> str:
    return speech.mended(speech.plain(text), _MENDED)


_CHECKS: Mapping[str, Check] = {
    "add_to_cart": _adding,
    "change_cart": _changing,
    "undo_cart": _undoing,
    "prepare_quote": _quoting,
    "request_order_change": _changing_order,
    "remember": keeping,
    "forget": forgetting,
    "hand_to_person": handing,
    "boards": boarding,
}
