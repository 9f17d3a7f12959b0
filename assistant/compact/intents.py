"""Rules that read a clause's intent where its words leave no doubt; None where they are silent."""

import re
from dataclasses import dataclass

from assistant.compact.asked import asks_options
from assistant.compact.meaning import Clause, Intent


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conversation holds that changes how words are read."""

    has_need: bool = False
    """A search was made before."""
    need_types: tuple[str, ...] = ()
    shown: bool = False
    """Products were shown."""
    focused: bool = False
    """One product is being talked about."""
    cart: bool = False
    """The cart is known to hold something."""


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_CART = r"(?:my |the |your )?(?:shopping )?(?:cart|basket|trolley)"
_GREET = _p(
    r"^(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|greetings|yo)(?: (?:there|again|aisle|everyone|all))?$"
)
_THANKS = _p(
    r"^(?:ok(?:ay)? |great |perfect |cool |lovely |no )?(?:many )?(?:thanks|thank you|thx|ty|cheers|much appreciated)\b(?!.*\b(?:show|find|add|but)\b)|^that(?:'s| is| was) (?:very )?(?:helpful|all|everything|it for (?:now|today))\b|^(?:bye|goodbye|see you)\b"
)
_HELP = _p(
    r"^help\b|\bwhat can (?:you|i|we) (?:do|help|ask)|\bhow (?:do|does|can) (?:this|you|i use (?:this|you)|it) work|\bwhat (?:do you|can you) (?:do|help with|sell|offer|have|carry|stock)(?: here)?$|\bcan you help(?: me)?$|\bi need (?:some )?help$|\bwho are you\b|\bwhat are you\b|\bare you (?:a |an )?(?:ai|bot|robot|human|person|real|machine)"
)
_HAND = _p(
    r"\b(?:speak|talk|chat|connect me|put me through|transfer me|hand me over) (?:to|with) (?:a |an |some )?(?:person|human|someone|agent|real|somebody|advis|staff|colleague|manager|customer service)|\b(?:human|customer service|real person|live agent)(?: please)?$|\bcall me back\b|\bi want a human\b"
)
_REMEMBER = _p(
    r"^(?:please )?(?:remember|note|keep in mind|don't forget) (?:that |my |i |me )|\b(?:forget|delete) (?:that i|my (?:size|preference|budget|data))|\bwhat do you (?:know|remember) about me|\bi never (?:wear|buy)\b|\bi(?:'m| am) allergic to\b|\bmy (?:shoe |dress |usual )?size is\b"
)
_BOARD = _p(
    r"\b(?:mood ?board|board|wish ?list|shortlist|favou?rites|save (?:it|this|that|them|these|those|the \w+) (?:for later|to))\b|\bsave (?:it|this|that|them) for later\b(?!.*\b(?:cutting|chopping|ironing|side) board)"
)
_UNDO = _p(
    r"\bundo\b|\brevert\b|\bput (?:it|that|them) back\b|\btake that back\b|\badd (?:it|that|them|the [\w ]+) back\b|\bgo back to (?:how|what) it was\b|^(?:no |oops |sorry )*never ?mind(?: that)?$|\bscratch that\b"
)
_ORDER_STATUS = _p(
    r"\b(?:where(?:'s| is| are)|track|status of|check(?: on)?|find|follow) (?:my|the|our) (?:recent |last |latest )?(?:orders?|package|parcel|delivery)|\border (?:status|history|number)\b|\bmy (?:\w+ )?orders\b|\bmy (?:last|latest|recent|previous|past) (?:order|purchase)|\bwhen (?:will|does|is) my (?:order|package|parcel|delivery)|\b(?:has|did|was|is) my (?:order|package|parcel|\w+ order)\b|\bwhat (?:did|have) i (?:order|buy|bought|ordered)|\bdid (?:my|the) (?:order|payment) (?:go|come)|\border (?:no\.? |number |#)?[a-z]*\d{3,}|^orders?$|\btrack(?:ing)? (?:number|info)"
)
_CHANGE_ORDER = _p(
    r"\b(?:cancel|return|refund|exchange|change|send back|give back|modify)\b (?:\w+ )?(?:my|the|an?|this|that|last|it) (?:\w+ )?(?:orders?|purchase|delivery address|delivery|shipment)\b|\bi(?:'d| would)? (?:want|need|like) to (?:return|cancel|exchange|send back)\b|\b(?:want|get|need|like) (?:a |my )?(?:refund|money back)\b|\bcancel (?:it|that|everything|order)\b|\b(?:wrong|damaged|broken|faulty) (?:item|product|size|one) (?:arrived|came)|\barrived (?:broken|damaged|late)|\bprocess (?:a )?(?:full )?refund"
)
_POLICY = _p(
    r"\b(?:returns?|refund|exchange|shipping|delivery|warranty|guarantee|privacy|payment|cancell?ation|store|shop|discount) polic(?:y|ies)\b|\bpolicy\b|\bpolicies\b|\bhow long (?:is|does|will|do) (?:the |it |your |my )?(?:delivery|shipping|warranty|guarantee|refund|returns?|take|it take|to (?:arrive|deliver))|\b(?:delivery|shipping) (?:cost|costs|time|times|fee|fees|price|options?|charge|charges|free|date|dates)\b|\b(?:do|can) you (?:ship|deliver|send|post|gift ?wrap|accept|take|price match|assemble|offer (?:free )?(?:delivery|shipping|returns|gift|assembly|installation|discounts?))\b|\b(?:free|express|next day|same day|standard|international) (?:shipping|delivery|returns?)\b|\bhow (?:can|do) i pay\b|\bpayment (?:methods?|options?)\b|\b(?:can|could|may|how (?:do|can|long do)) i (?:have to |need to )?(?:return|exchange|send (?:it|them|something|things) back)\b|\bwhat if (?:it|they|i|the \w+) (?:doesn't|don't|does not|do not|change|arrives?|breaks?|isn't|aren't)|\bwarranty\b|\bguarantee[ds]?\b|\bgift (?:wrap|wrapping|cards?|vouchers?|receipt)\b|\b(?:opening|store|business) hours\b|\bwhen (?:are|do) you (?:open|close)\b|\bwhere (?:are you|is your (?:shop|store)|are your (?:shops|stores))\b|\bwhen (?:would|will|could|can|does) (?:it|they|that|this|the \w+) (?:arrive|come|be delivered|get here|ship)|\bhow (?:soon|fast|quickly)\b|\b(?:discounts?|coupons?|promo(?:tion)?s?|voucher|codes?|student discount|price match)\b|\bhow much (?:is|does|for) (?:the )?(?:delivery|shipping)\b|\bsales tax\b|\btax(?:es)?\b|\bassembly service\b|\b(?:the|your|about|for) returns\b|^returns?$|^(?:delivery|shipping)$|\bis (?:delivery|shipping) (?:free|included)"
)
_SALE_SEARCH = _p(
    r"\b(?:any(?:thing)?|what(?:'s| is)?|show me) .{0,25}\b(?:on sale|on offer|reduced|discounted|sales?)\b|\bsale items\b"
)
_BUY = _p(
    r"\bcheck ?out\b|\b(?:i'll|i will|let's|let me|i want to|i'd like to|ready to|can i|want to|wanna|please|to) (?:pay|purchase|checkout)\b|\b(?:just )?(?:buy|purchase|order) (?:it|that|this|them|these|those|both|everything|all|now|the (?:first|second|third|last|other|cart|lot)\b)|\b(?:place|complete|finish|make|confirm|submit) (?:the|my|an|this) (?:order|purchase)\b|^(?:just )?(?:buy|order|pay|purchase)(?: now| please)?$|\b(?:pre.?approve|you have my (?:permission|approval|ok)|go ahead and (?:buy|order|pay)|use my card|charge my card|pay now|pay for)\b|\border now\b|\bbuy now\b|\b(?:ring|cash) (?:it|me|them) up\b|\bi'll buy\b|\bi want to buy (?:the|it|that|this|them)\b"
)
_VIEW = _p(
    rf"\b(?:what(?:'s| is| do i have| have i got|s)?|show(?: me)?|see|view|open|check|look at|list|read me|display)\b.{{0,20}}\b(?:in )?{_CART}\b|^(?:my |the )?(?:cart|basket)(?: please)?$|\bwhat(?:'s| is) (?:the|my) (?:new |grand |cart |sub)?total\b|\bhow much (?:is|would|will) (?:it|everything|that|the cart|the basket|all that|my cart) (?:all |come to|be in total|altogether|in total)|\bhow many (?:items|things) (?:do i have|are) in\b|\bis (?:it|that) in {_CART}\b|^{_CART}\?*$|\btotal so far\b"
)
_REMOVE = _p(
    rf"\b(?:remove|delete|drop|discard|get rid of|throw out|lose)\b|\btake (?:\w+ )*(?:out|off)\b|\b(?:empty|clear) {_CART}\b|\b(?:don't|do not|no longer) (?:want|need) (?:it|that|this|them|the \w+|those|these)\b(?: (?:\w+ )?(?:any ?more|after all|now))?$|\bwithout the \w+ (?:in|from) (?:the|my)"
)
_CHANGE = _p(
    r"\b(?:make|change|switch|swap|update|set|turn) (?:it|that|this|them|the [\w' ]+?|my [\w' ]+?|quantity|those)\b.{0,12}\b(?:to|for|into|two|three|four|five|six|one|\d+|a \d+|an \d+|a (?:small|medium|large)|black|in )|\b(?:just|only) (?:one|1|two|2) (?:of (?:them|those|it)|instead)\b|\b(?:one|two|three|\d) more of (?:it|that|those|them|the)\b|\bone more (?:of|please)|\bactually (?:make|two|three|just one|\d)\b|\bmake (?:it|that|them) (?:a |an )?(?:\d+|one|two|three|four|five|six|pair|small|medium|large)\b|\bdouble (?:it|that)\b|\bquantity\b|\binstead of (?:the )?(?:one|two|\d+)\b.*\b(?:cart|basket)\b"
)
_ADD = _p(
    rf"\b(?:add|put|pop|stick|throw|drop)\b(?!.*\b(?:filter|constraint)\b)(?: .*)?(?:\b(?:to|in|into) {_CART}\b|\b(?:it|that|this|one|them|those|these|both|the|first|second|two|three|four|five|another|\d+|a|an|some|all)\b)|\bi(?:'ll| will|'d like to| would like to| want to|'m going to)? (?:take|have|go (?:with|for)|grab|get)\b(?! (?:a look|to|any|no idea|a |an |some |for my|nothing)\b)|\blet's (?:take|get|have|do|go (?:with|for)|grab)\b(?! (?:a |an |some )\b)|^(?:ok|okay|yes|yeah|great|perfect|fine|good|sure|alright)?\s*(?:the )?(?:\w+ )?(?:that|this|it)(?: one)?(?: please| then| it is)?$|\b(?:i want|i'd like|i would like|give me|get me|i need) (?:the |that |this |those |these |it\b|them\b|both\b|two of |three of )|\b(?:that|this) one(?: please)?$|^(?:take|grab|get) (?:the|it|that|this|them|both)\b|\bin(?:to)? (?:my|the) (?:cart|basket)\b|\b(?:one|two|three|\d) of (?:those|them|these|the \w+)(?: please)?$|\bsold$|\bone more$"
)
_COMPARE = _p(
    r"\bcompare\b|\bcomparison\b|\bdifferen(?:ce|t)s? between\b|\bhow (?:do|does) (?:they|these|those|it|the) .*(?:differ|compare|stack up)|\bwhich (?:one |of (?:these|those|them|the two) )?(?:is|are|would be|looks|seems|do you (?:think )?(?:is|recommend|prefer|like)|would you|should i)\b|\bwhich (?:one|of (?:these|those|them))(?: is| do| would|$)|\b(?:vs|versus)\b|\bside by side\b|\bor the\b.*\bbetter\b|\bwhat(?:'s| is) the difference|\bwhich .*\b(?:better|best)\b|\bis the \w+(?: \w+)? better\b"
)
_GOES = _p(
    r"\bgo(?:es)? (?:well |nicely |best )?(?:with|together)\b|\bgo alongside\b|\bmatch(?:es|ing)?\b(?! (?:my (?:budget|size|criteria)|the (?:budget|vibe|description)))|\b(?:wear|pair|style|combine|team) (?:\w+ )?with\b|\bpairs? (?:well )?with\b|\bcomplements?\b|\bcomplete the (?:look|outfit|set|room)\b|\bto go with\b|\bwith (?:it|that|this)(?: dress| skirt| outfit| look)?$|\blook good with\b|\bsuits? (?:it|that|this|the (?:first|second|third))\b"
)
_SIMILAR = _p(
    r"\bsimilar\b|\b(?:more|others?|some(?:thing|thin)?|ones?|anything|another(?: one)?|any(?: other \w+)?)(?: (?:\w+))? like (?:it|this|that|these|those|the|number|#)\b|\blike (?:it|this|that|the (?:first|second|third|last|other|\w+)(?: one)?) (?:but|only|in|under|just|cheaper)\b|\bmore of (?:these|those|this kind|that kind|the same)\b|\balternatives?\b|\bsame (?:style|kind|look|sort|design|shape|thing)\b|\blooks? like (?:it|this|that|the)\b|\b(?:close|comparable|equivalent) to (?:it|this|that|the)\b|\balong the lines of\b|^like (?:it|this|that|the)\b|\bin the style of (?:it|this|that|the)\b|\breminds? me of (?:it|this|that|the)\b"
)
_RECOMMEND = _p(
    r"\brecommend(?:ations?|ed)?\b|\bsuggest(?:ions?)?\b|\bsurprise me\b|\binspire me\b|\bwhat(?:'s| is| are) (?:popular|trending|hot|new|good|your (?:favou?rites?|best ?sellers?))\b|\bbest ?sellers?\b|\bmost popular\b|\bpicked for me\b|\bfor me\?$|\bwhat (?:would|should) (?:you|i) (?:get|buy|pick|choose|recommend|wear)\b|\bany(?:thing)? (?:i might like|ideas)\b|\bbased on what i\b|\bgive me (?:some )?ideas\b|\bpopular\b"
)
_MORE = _p(
    r"\b(?:show (?:me )?)?(?:some )?more(?: (?:please|options?|choices?|results?|of them|like that))?$|\bany(?:thing)? (?:else|others?|more)\b|\bwhat else\b|\bother (?:ones?|options?|choices?)\b|\bnext(?: page| ones)?$|\bkeep going\b|\bsee (?:more|others)\b|\bmore options\b|\bdifferent ones?\b|\bother (?:\w+ )?\w+s\b(?= (?:you|do|please|\?|$))"
)
_REFINE = _p(
    r"^(?:but|only|just|and|or|what about|how about|maybe|actually|not|no|in|with|without|under|below|over|less|more|something|anything|nothing|preferably|ideally|make (?:it|them)|instead|rather|except)\b|\b(?:ones?|instead|only|any(?:thing)? (?:in|under|with|below|cheaper)|do (?:you|they) (?:have|come)|are (?:any|there any)(?: of (?:these|those|them))?)\b|\bthe (?:\w+ )?ones\b"
)
_SEARCH = _p(
    r"\b(?:looking (?:for|to)|look for|search(?:ing)?(?: for)?|find(?: me)?|show(?: me)?|i need|i want|i'd like|i would like|need (?:a|an|some)|want (?:a|an|some)|do you (?:have|sell|carry|stock|do)|have you (?:got|any)|got any|any|where (?:can i find|are)|shopping for|after (?:a|an|some)|in the market for|buy(?:ing)? (?:a|an|some|my)|get (?:a|an|some|my|me)|browse|i'm after|let me see|what .* do you (?:have|sell|carry)|are there)\b"
)
_INDEFINITE = _p(r"\b(?:a|an|some|any|another|new)\b")
_QUESTION = _p(
    r"^(?:what|how|does|do|is|are|can|could|will|would|which|who|when|where|why|has|have|did|was|were|tell me|show me more|more)\b|\?$"
)


def by_rule(clause: Clause, now: Situation) -> Intent | None:
    """Return the intent that rules are sure of, None where they are silent."""
    text = clause.text.strip(" .,!?")
    return (
        _social(text, clause)
        or _after_sale(text, clause)
        or _cart(text, clause, now)
        or _about_shown(text, clause, now)
        or _finding(text, clause, now)
    )


def _social(text: str, clause: Clause) -> Intent | None:
    table: tuple[tuple[Intent, re.Pattern[str]], ...] = (
        ("greet", _GREET),
        ("hand_over", _HAND),
        ("remember", _REMEMBER),
        ("help", _HELP),
        ("thanks", _THANKS),
    )
    found: Intent | None = next((intent for intent, pattern in table if pattern.search(text)), None)
    if found == "thanks" and (clause.slots.product_types or clause.slots.constrains()):
        return None
    return found


def _after_sale(text: str, clause: Clause) -> Intent | None:
    if _ORDER_STATUS.search(text) and not re.search(r"\bplace\b", text):
        return "order_status"
    if _CHANGE_ORDER.search(text) and not re.search(r"\bcan i return\b|\bpolicy\b", text):
        return "change_order"
    if _SALE_SEARCH.search(text) and not clause.reference:
        return "search" if clause.slots.product_types else "recommend"
    if _POLICY.search(text) and not re.search(r"\bunder|below\b", text):
        return "store_policy"
    return None


def _cart(text: str, clause: Clause, now: Situation) -> Intent | None:
    if _UNDO.search(text):
        return "undo"
    if _VIEW.search(text) and not re.search(r"\b(?:remove|take|add|put|delete)\b", text):
        return "view_cart"
    if _BUY.search(text):
        return "buy"
    if _REMOVE.search(text):
        return "change_cart"
    if _CHANGE.search(text) and (now.cart or clause.slots.quantity is not None):
        return "change_cart"
    if _ADD.search(text) and _may_add(text, clause, now):
        return "add_to_cart"
    return None


def _may_add(text: str, clause: Clause, now: Situation) -> bool:
    """Adding needs something shown or pointed at; 'I'll have a look' and 'get a lamp' do not add."""
    if not now.shown:
        return bool(clause.reference) and re.search(r"\b(?:add|put)\b", text) is not None
    if clause.reference:
        return not re.search(r"\b(?:similar|like (?:it|this|that|the)|go with|goes with)\b", text)
    return re.search(r"\b(?:add|cart|basket)\b", text) is not None or (now.focused and not clause.slots.product_types)


def _about_shown(text: str, clause: Clause, now: Situation) -> Intent | None:
    slots, reference = clause.slots, clause.reference
    if _GOES.search(text) and (reference or now.shown or slots.product_types):
        return "goes_with"
    if _SIMILAR.search(text) and (reference or now.shown):
        return "find_similar"
    if _COMPARE.search(text) and now.shown and "recommend" not in text.split()[:1]:
        return "compare"
    pointed = bool(reference) or (now.focused and not slots.product_types)
    if clause.asked and now.shown and (pointed or not (slots.product_types or slots.constrains())):
        return "ask_attribute"
    options = slots.sizes or slots.colours or slots.in_stock
    if (
        reference
        and now.shown
        and options
        and (asks_options(text) or reference.kind in {"ordinal", "name", "it", "last"})
    ):
        return "ask_attribute"
    if reference.kind in {"ordinal", "last", "name"} and now.shown and not slots.constrains():
        return "ask_attribute"
    if reference and now.shown and re.search(r"\bagain\b|\bmore about\b|\bwhat about the\b", text):
        return "ask_attribute"
    return None


def _finding(text: str, clause: Clause, now: Situation) -> Intent | None:
    slots = clause.slots
    if _BOARD.search(text):
        return "board"
    if _RECOMMEND.search(text) and not (slots.colours or slots.materials or slots.sizes):
        return "recommend"
    if now.has_need and _MORE.search(text) and not slots.product_types:
        return "refine"
    if slots.product_types or slots.departments:
        return _search_or_refine(text, clause, now)
    if slots.constrains() or slots.relative:
        return "refine" if now.has_need else "search"
    return None


def _search_or_refine(text: str, clause: Clause, now: Situation) -> Intent:
    same = bool(set(clause.slots.product_types) & set(now.need_types))
    if now.has_need and clause.slots.not_product_types:
        return "refine"
    if now.has_need and same and _REFINE.search(text) and not _SEARCH.search(text):
        return "refine"
    return "search"


def looks_like_search(text: str) -> bool:
    """Tell whether the clause asks to find something, whatever it names."""
    return _SEARCH.search(text) is not None


def is_question(text: str) -> bool:
    """Tell whether the clause is a question."""
    return _QUESTION.search(text) is not None


def has_article(text: str) -> bool:
    """Tell whether the clause asks for a thing not yet shown: 'a', 'some', 'any'."""
    return _INDEFINITE.search(text) is not None
