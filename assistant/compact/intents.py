"""Rules that read a clause's intent where its words leave no doubt; None where they are silent."""

import re
from dataclasses import dataclass

from assistant.compact import signs
from assistant.compact.asked import asks_options
from assistant.compact.meaning import Clause, Intent
from assistant.compact.topics import known_topic


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conversation holds that changes how words are read."""

    has_need: bool = False
    """A search was made before."""
    need_types: tuple[str, ...] = ()
    shown: bool = False
    """Products were shown."""
    facets: frozenset[str] = frozenset()
    """Types, colours, materials and brands of what is on screen."""
    focused: bool = False
    """One product is being talked about."""
    cart: bool = False
    """The cart is known to hold something."""
    added: bool = False
    """The turn before put something into the cart, or asked for its size or colour."""
    ordered: bool = False
    """An order was placed or changed, and nothing was put into the cart since."""


_AGAIN = re.compile(r"\bagain\b|\bmore about\b|\bwhat about the\b")
# "what is in my cart" asks to see it; "buy what is in my cart" does not.
_BUY_CART = re.compile(
    r"\b(?:buy|order|purchase|check ?out)(?: with)? "
    r"(?:what(?:'s| is|ever is)|all|everything|(?:all )?the things?|my|the)\b[a-z' ]{0,24}\b(?:cart|basket|bag)\b"
)
_BUY_THE = re.compile(r"\b(?:buy|order|purchase) (?:the|that|this|those|these)\b")
# What somebody will do later, or wonders about before: 'before i buy it, what is it made of'.
_NOT_YET = re.compile(
    r"\b(?:before|if|until|unless|when|once) (?:i|we) (?:do |decide to |want to )?(?:buy|order|pay|purchase)\b"
)
INTO_CART = re.compile(r"\b(?:add|put|pop|throw)\b.*\b(?:cart|basket|bag)\b(?!.*\bcheck ?out\b)")
_ANY = re.compile(
    r"\b(?:any|anything|something|some|ones?)(?: other| others| else| more)*(?=$|[ ,]*[?.!]|"
    r" (?:from|by|in|with|without|that|which|under|below|over|of|made|at|for)\b)"
)
_SUCH_ONE = re.compile(
    r"^(?:a |an |maybe |rather |some |the )*(?:really |very |quite )?(?:big|small|large|little|long|short|"
    r"wide|narrow|tall|low|"
    r"dark|light|bright|cheap|plain|simple|round|square|soft|warm)(?:er)? ones?(?: please| then)?$"
)
_MATCHING = re.compile(
    r"\b(?:similar|like (?:it|this|that|the)|goes with|(?<!i'll )(?<!i will )(?<!let's )(?<!i'd )go with)\b"
)


def by_rule(clause: Clause, now: Situation) -> Intent | None:
    """Return the intent that rules are sure of, None where they are silent."""
    text = clause.text.strip(" .,!?")
    return (
        _social(text, clause)
        or _after_sale(text, clause, now)
        or _cart(text, clause, now)
        or _about_shown(text, clause, now)
        or _finding(text, clause, now)
    )


def _social(text: str, clause: Clause) -> Intent | None:
    table: tuple[tuple[Intent, re.Pattern[str]], ...] = (
        ("greet", signs.GREET),
        ("hand_over", signs.HAND),
        ("remember", signs.REMEMBER),
        ("help", signs.HELP),
        ("thanks", signs.THANKS),
    )
    found: Intent | None = next((intent for intent, pattern in table if pattern.search(text)), None)
    if found == "thanks" and (clause.slots.product_types or clause.slots.constrains()):
        return None
    if found == "help" and (clause.slots.product_types or clause.slots.styles) and "help" not in text:
        return None  # "Sporty casual look, what do you have?"
    return found


def _after_sale(text: str, clause: Clause, now: Situation) -> Intent | None:
    if signs.OTHERS_ORDERS.search(text):
        return "order_status"
    if signs.ORDER_STATUS.search(text) and not re.search(r"\bplace\b", text):
        return "change_order" if signs.READDRESS.search(text) else "order_status"
    if signs.CHANGE_ORDER.search(text) and not re.search(r"\bcan i return\b|\bpolicy\b", text):
        return "change_order"
    if signs.SEND_ORDER.search(text) or (now.ordered and signs.AFTER_ORDER.search(text) and not is_question(text)):
        return "change_order"
    if signs.SALE_SEARCH.search(text) and not clause.reference:
        return "search" if clause.slots.product_types else "recommend"
    if signs.ACCOUNT.search(text) or signs.PAY_HOW.search(text):
        return "store_policy"
    if signs.POLICY.search(text) and not signs.NOT_POLICY.search(text):
        return "store_policy"
    return None


def _cart(text: str, clause: Clause, now: Situation) -> Intent | None:
    if signs.UNDO.search(text):
        return "undo"
    if (
        signs.VIEW.search(text)
        and not _BUY_CART.search(text)
        and not re.search(r"\b(?:remove|take|add|put|delete)\b", text)
    ):
        return "view_cart"
    if _buys(text, clause, now):
        return "buy"
    if signs.REMOVE.search(text) or (signs.CHANGE_THE.search(text) and not clause.slots.product_types):
        return "change_cart"
    if signs.CHANGE.search(text) and (
        now.cart or clause.slots.quantity is not None or (clause.reference and clause.slots.sizes)
    ):
        return "change_cart"
    if now.added and signs.AND_THE.search(text) and clause.reference.kind not in {"none", "it"} and not clause.asked:
        return "add_to_cart"
    if signs.ADD.search(text) and _may_add(text, clause, now):
        return "add_to_cart"
    return None


def _buys(text: str, clause: Clause, now: Situation) -> bool:
    if _NOT_YET.search(text) or INTO_CART.search(text):
        return False
    if signs.BUY.search(text) or _BUY_CART.search(text):
        return True
    return bool(clause.reference) and now.shown and _BUY_THE.search(text) is not None


def _may_add(text: str, clause: Clause, now: Situation) -> bool:
    """Adding needs something shown or pointed at; 'I'll have a look' and 'get a lamp' do not add."""
    if not now.shown:
        return bool(clause.reference) and re.search(r"\b(?:add|put)\b", text) is not None
    if clause.reference:
        return not _MATCHING.search(text)
    return re.search(r"\b(?:add|cart|basket)\b", text) is not None or (now.focused and not clause.slots.product_types)


def _about_shown(text: str, clause: Clause, now: Situation) -> Intent | None:
    slots, reference = clause.slots, clause.reference
    if now.has_need and signs.LOOSEN.search(text):
        return "refine"
    if signs.GOES.search(text) and (reference or now.shown or slots.product_types):
        return "goes_with"
    if signs.SIMILAR.search(text) and (reference or now.shown):
        return "find_similar"
    if signs.COMPARE.search(text) and (now.shown or len(slots.materials) > 1) and "recommend" not in text.split()[:1]:
        return "compare"
    if now.shown and (_asks(text, clause, now) or _asks_option(text, clause)):
        return "ask_attribute"
    return None


def _asks(text: str, clause: Clause, now: Situation) -> bool:
    """Tell a question about facts from a wish that only names one: 'midi length'."""
    slots, reference = clause.slots, clause.reference
    if not (reference or now.focused or slots.product_types) and now.has_need and slots.soft and not is_question(text):
        return False
    pointed = bool(reference) or (now.focused and not slots.product_types)
    return bool(clause.asked) and (pointed or not (slots.product_types or slots.constrains()))


def _asks_option(text: str, clause: Clause) -> bool:
    """Tell 'do you have the first one in blue', 'the second one', 'the first lamp again'."""
    slots, kind = clause.slots, clause.reference.kind
    if kind == "none":
        return False
    if kind in {"ordinal", "name", "last"} and not slots.constrains():
        return True
    options = bool(slots.sizes or slots.colours or slots.in_stock)
    if options and (asks_options(text) or kind in {"ordinal", "name", "it", "last"}):
        return True
    return _AGAIN.search(text) is not None


def _finding(text: str, clause: Clause, now: Situation) -> Intent | None:
    slots = clause.slots
    if signs.BOARD.search(text):
        return "board"
    gift = signs.GIFT.search(text) is not None and not slots.product_types and slots.price_max is None
    kinded = slots.product_types and (slots.colours or slots.materials or slots.sizes or slots.price_max or slots.soft)
    if (gift or signs.RECOMMEND.search(text)) and not (kinded or slots.colours or slots.materials or slots.sizes):
        return "recommend"
    if now.has_need and (_SUCH_ONE.match(text) or (signs.MORE.search(text) and not slots.product_types)):
        return "refine"
    if slots.product_types or slots.departments:
        return _search_or_refine(text, clause, now)
    if signs.ANYTHING.search(text) and slots.constrains() and not clause.reference:
        return "search"
    if slots.constrains() or slots.relative:
        return "refine" if now.has_need else "search"
    if now.has_need and now.shown and signs.SELLS.match(text) and _ANY.search(text):
        return "refine"  # "Do you carry any from Northway?" asks for more of the same kind.
    # Goods are asked for, whatever they are, unless one of the shop's terms is named.
    return "search" if signs.SELLS.match(text) and known_topic(text) is None else None


def _search_or_refine(text: str, clause: Clause, now: Situation) -> Intent:
    same = bool(set(clause.slots.product_types) & set(now.need_types))
    if now.has_need and clause.slots.not_product_types:
        return "refine"
    if now.has_need and same and signs.REFINE.search(text) and not signs.SEARCH.search(text):
        return "refine"
    return "search"


def looks_like_search(text: str) -> bool:
    """Tell whether the clause asks to find something, whatever it names."""
    return signs.SEARCH.search(text) is not None


def is_question(text: str) -> bool:
    """Tell whether the clause is a question."""
    return signs.QUESTION.search(text) is not None


def has_article(text: str) -> bool:
    """Tell whether the clause asks for a thing not yet shown: 'a', 'some', 'any'."""
    return signs.INDEFINITE.search(text) is not None
