"""Whether the shopper's own words ask for a person, add to their case, or take it back."""

import re
from collections.abc import Mapping

from policies import speech
from policies.acts import YES
from policies.provenance import Heard

_PERSON = (
    r"(?:person|people|human|someone|somebody|agent|advis[eo]r|staff|colleague|manager|supervisor|representative|rep"
    r"|customer (?:service|support|care)|support|the (?:shop|store|team)|mensch\w*|mitarbeiter\w*"
    r"|humain|persona|agente)"
)
_ASK = re.compile(
    rf"\b(?:speak|talk|chat|connect|put|transfer|hand|pass|escalate|refer|contact|call|write|reach|get|need|want|sprechen"
    rf"|parler|hablar|parlare|spreken)\b.{{0,40}}\b{_PERSON}\b"
    rf"|\b(?:human|{_PERSON}) (?:please|now)\b|^(?:a |an )?(?:real |live |actual )?{_PERSON}$"
    r"|\bcomplain\w*\b|\bcomplaint\b|\bescalate\b|\bcall me\b|\b(?:open|file|raise|make|create) (?:a |another )?"
    r"(?:case|ticket|complaint)\b|\bbeschwer\w*\b|\breclam\w*\b|\bklacht\b"
)
_REFUSED = re.compile(r"\b(?:don't|do not|never|no need|rather not|not) (?:want |need |like )?(?:to )?(?:\w+ )?")
_CASE = re.compile(r"\b(?:case|complaint|ticket|request|c [0-9a-z]{6}|it|them|person|shop)\b")
_ADD = re.compile(r"\b(?:add|also|tell|let (?:them|the)|write|mention|append|send|note)\b")
_BACK = re.compile(r"\b(?:withdraw|cancel|close|drop|delete|take back|never ?mind|retract|settled|solved|sorted)\b")


def handing(arguments: Mapping[str, object], heard: Heard) -> bool:
    """Say whether this message asks for just this step of a case."""
    said = speech.plain(heard.text)
    match arguments.get("step", "open"):
        case "open":
            return any(_in_earnest(clause) for clause in speech.clauses(said)) or _agreed(said, heard)
        case "add":
            return _ADD.search(said) is not None and _CASE.search(said) is not None
        case "withdraw":
            return _BACK.search(said) is not None and _CASE.search(said) is not None
        case _:
            return False


def _in_earnest(clause: str) -> bool:
    match = _ASK.search(clause)
    if match is None:
        return False
    refused = _REFUSED.search(clause)
    return refused is None or refused.start() > match.start()


def _agreed(said: str, heard: Heard) -> bool:
    question = speech.plain(heard.said.rstrip().rsplit(". ", 1)[-1])
    yes = YES.match(said.strip(" .!,?").replace(",", "").replace(".", "")) is not None
    return yes and heard.said.rstrip().endswith("?") and re.search(r"\bcase\b|\bperson\b", question) is not None
