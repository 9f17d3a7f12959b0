"""Scripts for a person instead of the assistant: open a case, add to it, withdraw it, tell how it stands."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call, Failure, Outcome
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.wording import listed, sentences

_NEWS = re.compile(
    r"\b(?:any )?(?:news|answer|reply|update|progress)\b|\bhow (?:is|does|are) my (?:case|complaint|request)|"
    r"\b(?:my|the) (?:open )?(?:cases|complaints)\b|\b(?:status|state) of (?:my|the) (?:case|complaint)|"
    r"\bwhat (?:about|happened (?:to|with)) (?:my|the) (?:case|complaint)|\bwhere is my (?:case|complaint)\b|"
    r"\bhas (?:any|some)(?:one|body) (?:read|seen|answered|been told)"
)
_CASE = r".*\b(?:case|complaint|ticket|c [0-9a-z]{6})\b"
_BACK = re.compile(rf"\b(?:withdraw|cancel|close|drop|take back|retract|delete|never ?mind)\b{_CASE}")
_ADD = re.compile(rf"\b(?:add|append|mention|write)\b{_CASE}")
_NAMES_IT = re.compile(
    r"\bcomplain(?:t|ts)?\b|\bescalate\b|\bmy (?:open )?cases\b|\bcase c[- ][0-9b-df-hj-np-tv-z]{6}\b"
    r"|\b(?:open|withdraw|close|cancel|add .{0,120}? ?to|news (?:of|about|on)|status of) (?:a |my |the |this )?"
    r"(?:case|ticket)\b|^any news\b[^,;]{0,40}$|\b(?:get|need|want) (?:me )?(?:the |a )?(?:manager|person|human)\b"
)
_NUMBER = re.compile(r"\bc[- ]?(?P<number>[0-9b-df-hj-np-tv-z]{6})\b")
_ORDER = re.compile(r"\border\b|\bparcel\b|\bdelivery\b|\bbought\b|\bordered\b")
_ORDER_ID = re.compile(r"\border_[\w-]+")
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("damaged", re.compile(r"\b(?:broken|damaged|faulty|defect\w*|torn|scratched|smashed)\b")),
    ("payment", re.compile(r"\b(?:charged|payment|paid|refund|money|invoice|card)\b")),
    ("order", _ORDER),
    ("complaint", re.compile(r"\b(?:complain\w*|complaint|unhappy|disappointed|angry|unacceptable)\b")),
    ("product", re.compile(r"\b(?:product|item|size|material|colou?r|fit)\b")),
)


def about_case(clause: Clause, desk: Desk) -> Script | None:
    """Return the script of a message that names its case or complains in so many words, None for any other."""
    return hand_over(clause, desk) if _NAMES_IT.search(clause.text) else None


def hand_over(clause: Clause, desk: Desk) -> Script:
    """Open a case with the shopper's words, or go on with one; say what is known of whether anybody was told."""
    text = desk.dialogue.text.casefold()
    if _BACK.search(clause.text) or _ADD.search(clause.text):
        return _step(clause.text, "withdraw" if _BACK.search(clause.text) else "add")
    if _NEWS.search(clause.text):
        return _news()
    return _open(text, desk)


def _open(text: str, desk: Desk) -> Script:
    reason = next((name for name, pattern in _REASONS if pattern.search(text)), "other")
    named = list(dict.fromkeys(match.group() for match in _ORDER_ID.finditer(desk.dialogue.text)))[:5]
    args: dict[str, Any] = {"reason": reason} | ({"order_ids": named} if named else {})
    (outcome,) = yield (Call("hand_to_person", args),)
    if outcome.error is not None:
        return _refused(outcome.error)
    case = _case(outcome)
    orders = [str(order_id) for order_id in case["orders"]]
    holds = ["your words", *(["your cart"] if case["cart"] else []), *(f"order {order_id}" for order_id in orders)]
    opened = f"Case {case['case_id']} is open and holds {listed(holds)}."
    return sentences(opened, str(case["told_text"]), "Ask me for news of it, add to it, or withdraw it.")


def _step(text: str, step: str) -> Script:
    (outcome,) = yield (Call("my_cases", {}),)
    cases = [case for case in outcome.facts.get("cases", ()) if case["state"] == "open"]
    if not cases:
        return "You have no open case. Say 'I want to speak to a person', and I'll open one."
    match = _NUMBER.search(text)
    named = [case for case in cases if match and str(case["case_id"]).casefold() == f"c-{match['number']}"]
    if not named and len(cases) > 1:
        return f"Several are open. Say the number with it: {listed([str(case['case_id']) for case in cases], 'or')}."
    case_id = str((named or cases)[0]["case_id"])
    (outcome,) = yield (Call("hand_to_person", {"step": step, "case_id": case_id}),)
    if outcome.error is not None:
        return _refused(outcome.error)
    if step == "withdraw":
        return f"Case {case_id} is withdrawn."
    return sentences(f"Case {case_id} holds these words now, too.", str(_case(outcome)["told_text"]))


def _news() -> Script:
    (outcome,) = yield (Call("my_cases", {}),)
    cases: Sequence[Mapping[str, Any]] = outcome.facts.get("cases", ())
    if not cases:
        return "You have no case with us. Say 'I want to speak to a person', and I'll open one."
    return sentences(*(f"Case {case['case_id']}: {case['state_text']}" for case in cases[:3]))


def _case(outcome: Outcome) -> Mapping[str, Any]:
    found: Mapping[str, Any] = outcome.facts["case_state"]
    return found


def _refused(error: Failure) -> str:
    if error.code == "unsupported":
        return "I open a case when you ask for a person or want to complain. Nothing was opened."
    return refusal(error)
