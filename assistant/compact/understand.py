"""From a shopper's words and the conversation so far to intents, slots, references and questions."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.compact.asked import read_asked
from assistant.compact.choices import answers
from assistant.compact.clauses import split
from assistant.compact.dialogue import Dialogue
from assistant.compact.features import Turn, overheard
from assistant.compact.intents import Situation, by_rule, is_question, looks_like_search
from assistant.compact.meaning import Clause, Reference, Understanding
from assistant.compact.opinion import Heads
from assistant.compact.references import RANK_OF, by_whole_title, read_reference
from assistant.compact.signs import COMPARATIVE, GIFT, WHICH_ORDER
from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.topics import topic_of
from assistant.compact.wordforms import normal

_YES = re.compile(
    r"^(?:yes|yeah|yep|yup|sure|ok|okay|why not|absolutely|definitely|please do|go ahead|do it|confirm(?:ed)?|"
    r"i (?:confirm|approve|agree)|approved?"
    r"|that's (?:right|correct|fine)|correct|sounds good|fine|please|of course)(?:[ ,.!]+(?:please|do it|"
    r"go ahead|yes|thanks|i (?:confirm|approve)))*[ .!]*$"
)
_NO = re.compile(r"^(?:no|nope|nah|not now|no thanks|no thank you|not yet|don't|cancel|stop|forget it)[ .!]*$")
# Consent typed while an order card is open; it presses nothing.
_PLACES = re.compile(
    r"^(?:(?:yes|yeah|yep|sure|ok|okay|please|just|now|then|so|i|do)\b[ ,.!]*)*"
    r"(?:place|confirm|submit|approve|press|authori[sz]e|accept|finali[sz]e)\b(?! (?:what|how|why|which))"
)
# Words before a wish that mean nothing by themselves, unless something was asked.
_HESITATES = re.compile(
    r"^(?:(?:no|wait|oh|hmm+|actually|sorry|ok|okay|well|so|sure|yes|yeah|oops|cool|great|perfect)\b[ ,.]*)+$"
)
# What a shopper tells of themselves before the wish.
_TELLS = re.compile(r"^(?:i'm|i am|we're|we are|i've|we've|my|it's (?:for|my|our))\b")
_SHADE = re.compile(r"\b(?:dark|darker|bright|brighter|pale|colou?r|shade)\b")
_BROKE = re.compile(r"\b(?:broke|broken|cracked|scratched|torn|worn out|fell apart|dented|in pieces|smashed)\b")
_ANOTHER = re.compile(
    r"^i(?:'d like| want| need|'ll need)? (?:a new one|another(?: one)?|a replacement|a different one)[ .!]*$"
)
_DROPS = re.compile(
    r"^(?:forget|never ?mind|skip|leave|enough (?:of|about)|drop) (?:about )?(?:the|those|these|my|that) "
)
_ASKS_HELP = re.compile(
    r"^(?:please |maybe )?(?:can|could|would|will) (?:you|someone|"
    r"anyone) (?:please )?help(?: me)?(?: out)?(?: please)?[ ?.!]*$"
)
_WHAT_IS_THERE = re.compile(
    r"^(?:and |so )?what(?: else)? (?:do you (?:have|offer|sell|carry|recommend)|have you got)(?: there| here|"
    r" for me)?[ ?.!]*$"
)
_REPEATED = re.compile(r"\b([a-z]+)(?: \1\b){2,}")  # 'please please please' says no more than once.
_AND_A = re.compile(r",? and (?=(?:a|an|some|also a|maybe a) )")
_MATCHED = re.compile(r"\b(?:compare|between|match|go(?:es)? with|add|remove|versus|vs)\b")
_LONGEST_IT = 3  # Words of 'ok that one'; a longer message with 'it' asks something of its own.
_LONGEST_POINTING = 7  # Words of an answer such as 'the second one, please'.

# Abuse and matters of other worlds that may name shop words all the same.
_OUT_OF_SCOPE = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |your |any |the )*(?:previous|prior|earlier|above) |"
    r"\bsystem (?:prompt|instructions?|message)\b|\badmin mode\b"
    r"|\b(?:steal|shoplift|counterfeit|hack|bypass)\b|\bwrite (?:me )?(?:a|an|some) (?:poem|essay|story|code|"
    r"song|email)\b|\bwho (?:won|is the president)\b"
    r"|\b(?:weather|election|president|bitcoin|stock market|football score|recipe|translate|joke)\b|"
    r"\bcapital of\b|\bcheaper (?:elsewhere|anywhere|somewhere|on amazon)\b"
    r"|\b(?:does|is|has|at|on|than) (?:ikea|amazon|ebay|walmart|etsy|wayfair|temu|shein|asos|zalando|alibaba)\b"
    r"|\bwhere else (?:can|could|do|should) (?:i|we)\b|\bfavou?rite (?:colou?r|food|song|movie|film|animal|team|book)\b"
    r"|\bfake (?:copy|version|logo)\b|\breplicas?\b|\bknock ?offs?\b|\breligions?\b|\bcop(?:y|ies) of (?:this|that)\b"
    r"|\b(?:another|other) (?:shops?|stores?|website)\b|\bcompetitors?\b(?!.*\bmatch\b)|\bmeaning of life\b|"
    r"\b\d+\s?[-+*/]\s?\d+\s?=?"
)


async def understand(text: str, dialogue: Dialogue, terms: Terms, heads: Heads, currency: str) -> Understanding:
    """Understand one message.

    Args:
        text: The shopper's words, any length; only the first 1,000 characters are read.
        dialogue: The conversation before this message.
        terms: The catalogue's words.
        heads: Weigh every clause, together with what rules say of it.
        currency: ISO 4217 code in which prices are meant.
    """
    plain = _REPEATED.sub(r"\1", normal(text[:1000]))
    whole = read_clause(plain, dialogue, terms, currency)
    now = situation_of(dialogue)
    turn = Turn(now, normal(dialogue.said), terms)
    if _answers(whole, dialogue):
        return Understanding(plain, (whole.having("answer_clarification", 1.0),))
    if dialogue.heard and WHICH_ORDER.match(dialogue.said) and _names_order(plain):
        both = read_clause(f"{normal(dialogue.heard[-1][:1000])} {plain}", dialogue, terms, currency)
        return Understanding(plain, (both.having("change_order", 0.95),))
    if dialogue.asked_which and dialogue.heard and (settled := _settles(whole, now)):
        earlier = await _earlier(dialogue, turn, heads, currency)
        return Understanding(plain, (replace(settled, earlier=earlier).having("answer_clarification", 0.95),))
    clauses: list[Clause] = []
    parts = _things(split(plain), dialogue, terms, currency)
    parts = [p for p in parts if turn.asked or not _HESITATES.match(p)] or parts
    for at, part in enumerate(parts):
        clause = read_clause(part, dialogue, terms, currency)
        turn = replace(turn, before="".join(parts[max(at - 1, 0) : at]), after="".join(parts[at + 1 : at + 2]))
        clause = await _with_intent(clause, turn, heads)
        if clauses and (joined := _same_wish(clauses[-1], clause)):
            clause = replace(read_clause(joined, dialogue, terms, currency), intent=clauses.pop().intent)
        elif clauses and _introduces(clauses[-1], clause):
            clause = replace(clause, reference=clauses.pop().reference)
        elif clauses and _leads(clauses[-1], clause):
            clause = _led(clauses.pop(), clause)
        clauses.append(clause)
        turn = replace(turn, now=_after(turn.now, clause))
    return Understanding(plain, _without_courtesies(clauses))


def affirms(text: str) -> bool:
    """Tell a bare yes."""
    return _YES.match(normal(text)) is not None


def declines(text: str) -> bool:
    """Tell a bare no."""
    return _NO.match(normal(text)) is not None


def read_clause(text: str, dialogue: Dialogue, terms: Terms, currency: str) -> Clause:
    """Read what a normalised clause says; its intent is not decided yet."""
    slots, _ = read_slots(text, terms, currency)
    titles = {product_id: item.title for product_id, item in dialogue.items.items()}
    reference = by_whole_title(read_reference(text, terms, dialogue.names), text, titles)
    asked = read_asked(text, dialogue.attribute_names)
    if "weight" in asked and "light" in text and _SHADE.search(normal(dialogue.text[:1000])):
        asked = tuple(name for name in asked if name != "weight")  # "Too dark, is there a lighter one?"
    if dialogue.items and (compared := COMPARATIVE.match(text)):
        # No search knows sizes; among what is shown the smallest can be told.
        reference, asked = Reference("ranked", rank=RANK_OF[compared["how"]]), ("size",)
    if reference.kind == "name":
        named = {w for word, ids in dialogue.names.items() if set(ids) & set(reference.names) for w in (word,)}
        slots = replace(slots, soft=tuple(s for s in slots.soft if s not in named))
    return Clause("search", text, slots, reference, asked)


def _things(parts: Sequence[str], dialogue: Dialogue, terms: Terms, currency: str) -> list[str]:
    """Split 'trainers in size 9 and a navy coat': each thing has conditions of its own."""
    things: list[str] = []
    for part in parts:
        pieces = _AND_A.split(part)
        named = [read_clause(p, dialogue, terms, currency).slots for p in pieces]
        apart = len(pieces) > 1 and all(n.product_types for n in named) and not _MATCHED.search(part)
        things.extend(pieces if apart else [part])
    return things


def _answers(whole: Clause, dialogue: Dialogue) -> bool:
    """Tell a yes, a no, or an option that an open question waits for."""
    if affirms(whole.text) or declines(whole.text):
        return True
    if dialogue.quote is not None and _PLACES.match(whole.text):
        return True
    return dialogue.choice is not None and bool(answers(whole.text, whole.slots, dialogue.choice))


def _names_order(text: str) -> bool:
    """Tell an answer to 'which order?' from a message that asks something of its own."""
    return len(text.split()) <= _LONGEST_POINTING and not looks_like_search(text) and not is_question(text)


def _settles(whole: Clause, now: Situation) -> Clause | None:
    """Return the clause pointing at a candidate when the message does nothing but point, None otherwise."""
    slots = whole.slots
    if looks_like_search(whole.text) or len(whole.text.split()) > _LONGEST_POINTING:
        return None
    if whole.reference.kind in {"none", "it"} and (slots.colours or slots.materials or slots.product_types):
        kinds, colours, materials = slots.product_types, slots.colours, slots.materials
        return replace(whole, reference=Reference("facet", product_types=kinds, colours=colours, materials=materials))
    if whole.reference.kind == "it" and len(whole.text.split()) > _LONGEST_IT:
        return None
    ruled = by_rule(whole, now)
    pointing = ruled in {None, "ask_attribute", "add_to_cart", "refine", "search"} and not whole.asked
    return whole if whole.reference and pointing else None


async def _earlier(dialogue: Dialogue, turn: Turn, heads: Heads, currency: str) -> Clause:
    """Return the last wish of the message before, which ended in our question."""
    before = split(normal(dialogue.heard[-1][:1000]))[-1]
    clause = read_clause(before, dialogue, turn.terms, currency)
    return await _with_intent(clause, Turn(replace(turn.now, added=True), "", turn.terms), heads)


def situation_of(dialogue: Dialogue) -> Situation:
    """Return what of a conversation changes how the next message is read."""
    now = Situation(
        has_need=bool(dialogue.need or dialogue.sights.looks),
        need_types=tuple(dialogue.need.get("product_types", ())),
        shown=bool(dialogue.items) or dialogue.described,
        facets=_facets(dialogue),
        focused=len(dialogue.focus) == 1 or (dialogue.latest is not None and len(dialogue.latest.ids) == 1),
        cart=bool(dialogue.cart and dialogue.cart.lines),
        ordered=dialogue.ordered,
        added=any(call.name == "add_to_cart" for call in dialogue.last_calls),
    )
    return now if dialogue.last_calls else overheard(now, normal(dialogue.said))


def _facets(dialogue: Dialogue) -> frozenset[str]:
    """Return the words for what is on screen."""
    ids = dialogue.latest.ids if dialogue.latest else ()
    items = [dialogue.items[i] for i in ids if i in dialogue.items]
    return frozenset(word for item in items for word in (item.product_type, item.brand, *item.colours, *item.materials))


def _after(now: Situation, clause: Clause) -> Situation:
    """Return the situation in which the next clause of the same message is read."""
    if clause.intent in {"search", "refine", "recommend", "find_similar", "goes_with"}:
        return replace(now, has_need=True, need_types=clause.slots.product_types or now.need_types, shown=True)
    if clause.intent == "add_to_cart":
        return replace(now, cart=True)
    return now


async def _with_intent(clause: Clause, turn: Turn, heads: Heads) -> Clause:
    if _OUT_OF_SCOPE.search(clause.text):
        return clause.having("out_of_scope", 0.95)
    ruled = by_rule(clause, turn.now)
    opinion = await heads.weigh(clause, turn, ruled)
    return replace(clause, intent=opinion.intent, confidence=opinion.confidence, leads=opinion.leads)


def _same_wish(last: Clause, clause: Clause) -> str:
    """Return both texts as one when the second only adds to the first: 'desks? walnut, under $600'."""
    finds = {"search", "refine"}
    narrows = clause.intent == "refine" or (clause.intent == "search" and clause.slots.constrains())
    adds = last.intent in finds and narrows and not clause.slots.product_types
    lead = (
        last.intent == clause.intent == "search"
        and not (last.slots.product_types or last.slots.constrains())
        and bool(clause.slots.product_types)
    )
    same_terms = last.intent == clause.intent == "store_policy" and topic_of(last.text) == topic_of(clause.text)
    asks = last.intent == clause.intent == "ask_attribute" and clause.reference.kind in {"none", "it", "all"}
    again = _BROKE.search(last.text) is not None and _ANOTHER.match(clause.text) is not None
    return f"{last.text}, {clause.text}" if adds or asks or lead or same_terms or again else ""


def _leads(last: Clause, clause: Clause) -> bool:
    """Tell 'I'm buying a gift, show me jewellery': the first half only says what for."""
    if last.leads or (last.intent == "out_of_scope" and _TELLS.match(last.text)):
        return True
    if clause.intent in {"search", "refine", "recommend", "goes_with"} and _DROPS.match(last.text):
        return True
    tells = GIFT.search(last.text) is not None or _TELLS.match(last.text) is not None
    return last.intent == "recommend" and clause.intent == "search" and tells


def _led(lead: Clause, clause: Clause) -> Clause:
    """Return the search with the words of taste that led to it: 'I'm going to a wedding, show me dresses'."""
    if lead.intent not in {"search", "out_of_scope"} or clause.intent != "search":
        return clause
    return replace(clause, slots=replace(clause.slots, soft=(*lead.slots.soft, *clause.slots.soft)))


def _introduces(last: Clause, clause: Clause) -> bool:
    """Tell 'the second one looks nice, add it': the first half only says which."""
    if last.leads and last.reference and clause.intent not in {"search", "refine", "recommend"}:
        return clause.reference.kind in {"it", "none"}
    pointing = bool(last.reference) and not last.asked and last.intent in {"ask_attribute", "refine", "search"}
    return pointing and clause.intent in {"add_to_cart", "buy"} and clause.reference.kind in {"it", "none"}


def _nods(text: str) -> bool:
    return affirms(text) or declines(text)


def _without_courtesies(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """Drop a greeting, thanks, or bare yes or no that only introduces something else."""
    idle = {"greet", "thanks", "out_of_scope"}
    if len(clauses) > 1 and _WHAT_IS_THERE.match(clauses[-1].text):
        clauses = clauses[:-1]  # "Sporty casual look, what do you have?" is one wish.
    rest = tuple(c for c in clauses if c.intent not in idle and not (len(clauses) > 1 and _ASKS_HELP.match(c.text)))
    if len(rest) > 1 and rest[0].intent == "answer_clarification" and _nods(rest[0].text):
        rest = rest[1:]
    # "Hi, I want to do up my bedroom" is no greeting alone, whatever was made of the wish.
    said = [c for c in clauses if c.intent == "out_of_scope" and (c.slots.constrains() or c.slots.soft)]
    return rest or tuple(said[:1]) or tuple(clauses[:1])
