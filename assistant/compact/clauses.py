"""Splits a message into the things it asks for, one clause each."""

import re

# What may begin a new wish after a joint; anything else belongs to the clause before.
_START = (
    r"(?:also |then |please |now |maybe |can you |could you |i want to |i'd like to |let's |just )*"
    r"(?:show|find|add|put|remove|delete|take (?:out|off|it|the|that)|compare|change|make (?:it|that|them)|"
    r"swap|buy|check ?out|pay|order|recommend|suggest|search|"
    r"look for|tell me|undo|empty|clear|give me|get me|i'll (?:take|have)|i will take|i need|i want|"
    r"i'm looking|i am looking|"
    r"what|how|which|where|when|who|do you|does|is (?:it|the|there|that)|are (?:there|they|the)|can i|could i|"
    r"will|any)\b"
)
_JOINT = re.compile(
    rf"(?:\s*[.;?!]+\s+|\s*,\s*(?:and |then |but )?|\s+(?:and then|and also|and|then|plus|but)\s+)(?={_START})"
)
_STOP = re.compile(r"\s*[.;?!]+\s+")
_INTRO = re.compile(
    r"^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|thanks|thank you|ok|okay|great|perfect|cool|"
    r"sure|yes|yeah|no|nope|oh|hmm|so|well|sorry|actually|wait|no wait|oops)(?: there| then|"
    r" so much)?\s*[,.!]+\s*"
)
# What only says of which things, or when, stands with what follows: 'between those two, which is lighter'.
_OF_WHAT = re.compile(
    r"^(?:so |and |ok |well )*(?:between|among|amongst|out of|of|from|about|regarding|concerning|as for|before|if|"
    r"when|once|"
    r"since|because|given|besides|apart from|for)\b"
)
_AMONG = re.compile(r"(?:what(?:'s| is) the difference|which\b|how (?:do|are) (?:they|these|those))")
_DANGLING = re.compile(r"^(?:that|this|it|one|so|ok|please)$")
_VERB = re.compile(rf"^{_START}")


def split(text: str) -> list[str]:
    """Return the clauses of a normalised message in order, at least one; courtesies in front become their own."""
    clauses: list[str] = []
    intro = _INTRO.match(text)
    while intro is not None and intro.end() < len(text):
        clauses.append(intro.group().strip(" ,.!"))
        text = text[intro.end() :]
        intro = _INTRO.match(text)
    for sentence in _sentences(text):
        clauses.extend(_joined(sentence))
    return [c for c in clauses if c] or [text]


def _sentences(text: str) -> list[str]:
    """Split at full stops; a sentence that only adds a condition stays with the one before."""
    parts: list[str] = []
    last = 0
    for stop in _STOP.finditer(text):
        parts.append(text[last : stop.start()] + ("?" if "?" in stop.group() else ""))
        last = stop.end()
    parts.append(text[last:])
    merged: list[str] = []
    for part in parts:
        if merged and not _VERB.match(part) and not _wish(part):
            merged[-1] = f"{merged[-1]}, {part}"
        else:
            merged.append(part)
    return merged


def _wish(part: str) -> bool:
    return re.match(r"^(?:thanks|thank you|hello|hi|add|the \w+|my|i|that|it)\b", part) is not None


def _joined(sentence: str) -> list[str]:
    pieces: list[str] = []
    last = 0
    for joint in _JOINT.finditer(sentence):
        piece = sentence[last : joint.start()].strip(" ,")
        if not _complete(piece, sentence[joint.end() :], joint.group()):
            continue
        pieces.append(piece)
        last = joint.end()
    pieces.append(sentence[last:].strip(" ,"))
    return [p for p in pieces if p]


def _complete(piece: str, following: str, joint: str) -> bool:
    """Tell whether a piece stands alone, so that what follows is a wish of its own."""
    if not piece or _DANGLING.match(piece):
        return False
    if _AMONG.match(following) and " or " in f" {piece} " and joint.strip() == ",":
        return False
    if _OF_WHAT.match(piece) and joint.strip() == ",":
        return False
    if following.startswith("any") and not joint.strip().startswith((".", "?", "!", ";")):
        return False
    return len(piece.split()) >= 2 or piece in {"checkout", "undo", "compare"}
