"""Conversations in which a sentence of the grammar may be said: what was shown, asked and put into the cart."""

from collections.abc import Mapping, Sequence
from random import Random

from assistant.compact.dialogue import Dialogue, Showing
from assistant.compact.outcomes import name_words
from assistant.compact.wordforms import plural
from assistant.train.grammar import Parts
from policies.money import Money
from retrieval.product import CatalogueEntry
from tools.records import Cart, Item, Line

_SHOWN = (
    "Three of our {types} fit. The first is the narrowest.",
    "Here are some {types} you may like.",
    "How about the {colour} one and the {colour2} one?",
    "I have these {colour} {types}. What do you think?",
    "We have this {colour} {type} and a {colour2} one. Do you like any of these?",
    "Take a look at these {types}.",
    "I found a {colour} {type} and two {colour2} {types}.",
    "There's a {colour} one on the left and a {colour2} one beside it. Would you like either?",
    "Four {types}, from $35 to $120.",
    "Here are three {types}: a {colour} one for $45, a {colour2} one for $60 and one for $89.",
    "I found these {types}. The cheapest costs $39, the best rated $75.",
    "Two {types} fit: the {colour} one at $120 and the {colour2} one at $99, both rated above 4.",
    "There are six {types} under $200. Here are the first three, all in stock.",
    "These {types} are made of {colour} cotton, linen and wool. They come in S to XL.",
    "These two {types} are the closest.",
    "Sure, I have a {colour} {type} in the back row. Interested?",
    "",
)
_TOLD_FACT = (
    "It costs $45.",
    "The {colour} one is $120 and the {colour2} one is $89.",
    "It is by Northway and rated 4.2.",
    "It comes in S, M and XL.",
    "That {type} costs $240. Anything else you want to know?",
    "Both are in stock in size M.",
    "The {colour} {type} is made of cotton and has good reviews.",
)
_TOLD_MORE = (
    "Do you like any of these?",
    "Would you like to see more?",
    "Here are some {types}. Is one of them what you want?",
    "How do you like the {colour} {type}?",
    "What do you think of these {types}?",
    "I have a {colour} {type} for you. Do you want me to add it to your cart?",
    "Anything else?",
)
_ASKED_WHICH = (
    "Which one do you mean?",
    "Which {type} do you mean: the first or the second?",
    "Sorry, which of these {types}?",
    "Could you tell me which ones you mean?",
    "I'm sorry, which items are you asking about?",
    "Can you clarify which {types} you mean?",
    "What {types} are you talking about?",
    "Which {types} are you referring to?",
    "Which one?",
    "Can you be more specific?",
    "There are two {colour} ones. Which did you have in mind?",
    "Sorry, could you specify which {type} you would like?",
    "Can you point out which {types} you mean?",
    "I'm not sure which one you're talking about.",
    "Do you mean the {colour} one or the {colour2} one?",
    "Which {type} would you like to know about?",
)
_ASKED_OPTION = (
    "Which size?",
    "What size would you like?",
    "In which colour: {colour} or {colour2}?",
    "Which size do you need? S, M and L are here.",
    "It comes in {colour} and {colour2}. Which one?",
    "What size do you wear?",
    "Shall I add it?",
    "Should I put it in your cart?",
)
_ASKED_NEED = (
    "What's your budget?",
    "Do you have a colour in mind?",
    "Is there a price you have in mind?",
    "What is the occasion?",
    "Any brand or material you prefer?",
    "Which room is it for?",
    "What size are you looking for?",
    "Do you want a particular style or colour?",
    "What kind of {type} do you want?",
    "How much would you like to spend?",
    "Who is it for?",
    "What are you shopping for?",
    "For which room?",
    "What shall I look for?",
    "How wide may it be?",
    "How many people should it seat?",
    "When do you need it?",
    "Dining or office?",
)
_ASKED_YES = (
    "Shall I look for others?",
    "Would you like to see them in {colour}?",
    "Is it for indoors?",
    "Shall I add it?",
    "Do you want the larger one?",
    "Would you like me to search again without the colour?",
    "There are none in {colour}. Shall I show you {colour2} ones?",
    "Are you looking for something in particular?",
)
_SAID: Mapping[str, Sequence[str]] = {
    "shown": _SHOWN,
    "need": (
        "What else should it be?",
        "I couldn't find that. Anything else?",
        "Nothing in that colour.",
        "We have none under $50. The cheapest costs $79.",
        "There are twelve {types} from $40 to $300.",
        "I have {colour} and {colour2} {types}, most of them in stock.",
        "No {types} match that. The nearest is {colour}.",
        "We have {types} in cotton, linen and wool.",
    ),
    "told_more": _TOLD_MORE,
    "told_fact": _TOLD_FACT,
    "focus": _TOLD_FACT + _SHOWN[:2],
    "cart": ("Added to your cart.", "Added: {colour} {type}. Cart: $149.", "I've put it in your cart.", ""),
    "ordered": ("Ordered and paid.",),
    "asked_which": _ASKED_WHICH,
    "asked_option": _ASKED_OPTION,
    "asked_need": _ASKED_NEED,
    "asked_yes": _ASKED_YES,
}


_OWN_BRANDS = 0.5  # Share of brands that are the demo shop's.
_RECORDED = 0.5  # Share of conversations of which cart and orders are known.


class Stage:
    """Products of a shop, by kind, from which conversations are made up."""

    def __init__(self, entries: Sequence[CatalogueEntry], parts: Parts) -> None:
        self._lists = parts.lists
        self._by_type: dict[str, list[Item]] = {}
        self._brands = sorted({entry.product.brand.casefold() for entry in entries if entry.product.brand})
        for entry in entries:
            product = entry.product
            self._by_type.setdefault(product.product_type, []).append(
                Item(
                    product_id=product.product_id,
                    title=product.title,
                    brand=product.brand,
                    product_type=product.product_type,
                    price=Money(amount=entry.offers[0].price),
                    availability="in_stock",
                    colours=list(product.colours),
                    materials=list(product.materials),
                    sizes=list(product.sizes),
                    styles=list(product.styles),
                    attributes=dict(product.attributes),
                )
            )

    def scene(self, when: str, random: Random, after: Sequence[str] = ()) -> tuple[Dialogue, dict[str, str]]:
        """Return a conversation of that kind, and what the words of a sentence said in it stand for.

        Args:
            when: Kind of situation.
            random: Decides; the same state gives the same scene.
            after: What the assistant may have said last; empty leaves it to the situation.
        """
        known = random.random() < 0.6  # Other shops sell other things.
        kind = random.choice(sorted(self._by_type))
        items = random.sample(self._by_type[kind], min(len(self._by_type[kind]), random.randint(2, 4)))
        words = self._words(kind, items, known, random)
        dialogue = Dialogue()
        if when != "fresh":
            self._begin(dialogue, words, after or _SAID.get(when, ()), random)
            if when != "need" and known:
                _show(dialogue, items, focused=when in {"focus", "told_fact"})
            dialogue.described = when != "need"
        # Others' conversations come without records: then words are all there is.
        if random.random() < _RECORDED:
            dialogue.cart = _cart(items[0]) if when == "cart" else None
            dialogue.ordered = when == "ordered"
        return dialogue, words

    def others(self, words: Mapping[str, str], random: Random) -> dict[str, str]:
        """Return words for what a scene mostly does not hold, in place of its own."""
        lists = self._lists
        return {
            "colour": words["colour2"],
            "colour2": random.choice(lists["colour"]),
            "material": random.choice(lists["material"]),
            "brand": random.choice(self._brands if random.random() < _OWN_BRANDS else lists["brand"]),
        }

    def _begin(self, dialogue: Dialogue, words: Mapping[str, str], said: Sequence[str], random: Random) -> None:
        dialogue.turn = 1
        dialogue.heard = [f"show me {words['same']}"]
        dialogue.need = {"product_types": [words["sametype"]]}
        if said:
            telling = {
                "type": words["sametype"],
                "types": words["same"],
                **{c: words[c] for c in ("colour", "colour2")},
            }
            dialogue.said = random.choice(said).format(**telling)

    def _words(self, kind: str, items: Sequence[Item], known: bool, random: Random) -> dict[str, str]:
        lists = self._lists
        at = random.randrange(len(lists["type"]))
        here = random.choice(items)
        colours = random.sample(list(lists["colour"]), 2)
        own = known and random.random() < 0.7
        other = random.choice(sorted(self._by_type)) if known else random.choice(lists["type"])
        words = {
            "sametype": kind if known else lists["type"][at],
            "type": random.choice(sorted(self._by_type)) if known else random.choice(lists["type"]),
            "othertype": other,
            "colour": here.colours[0] if own and here.colours else colours[0],
            "colour2": colours[1],
            "material": here.materials[0] if own and here.materials else random.choice(lists["material"]),
            "size": here.sizes[0] if own and here.sizes else random.choice(lists["size"]),
            "brand": here.brand.casefold() if own and here.brand else random.choice(lists["brand"]),
            "name": _name(here),
            "othername": _name(items[-1]),
        }
        many = {"same": "sametype", "types": "type", "othertypes": "othertype"}
        words |= {name: plural(words[one]) for name, one in many.items()}
        if not known:
            words["types"] = random.choice(lists["types"])
        return words


def _name(item: Item) -> str:
    return next(iter(name_words(item)), "") or item.title.casefold()


def _show(dialogue: Dialogue, items: Sequence[Item], *, focused: bool) -> None:
    dialogue.items = {item.product_id: item for item in items}
    dialogue.showings = [Showing(1, "search", tuple(dialogue.items))]
    dialogue.focus = (items[0].product_id,) if focused else ()
    for item in items:
        dialogue.attribute_names.update(dict.fromkeys(item.attributes))
        for word in name_words(item):
            dialogue.names.setdefault(word, []).append(item.product_id)


def _cart(item: Item) -> Cart:
    line = Line(
        line_id="line-1",
        product_id=item.product_id,
        variant_id="v-1",
        title=item.title,
        options={},
        quantity=1,
        unit_price=item.price,
        total=item.price,
    )
    return Cart(version=1, lines=[line], totals=[])
