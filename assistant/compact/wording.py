"""Small words: lists, counts, names and prices as the shop writes them, and a steady choice among variants."""

import zlib
from collections.abc import Sequence

from assistant.compact.wordforms import plural, singular, spelled
from tools.records import Item

_STOPS = (".", "!", "?", "。", "！", "？", "؟")


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words: 'a', 'a and b', 'a, b and c'."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capital(text: str) -> str:
    """Return the text with its first letter raised."""
    return text[:1].upper() + text[1:]


def counted(count: int, noun: str) -> str:
    """Write 'one desk', 'three desks', '23 desks'."""
    return f"{spelled(count)} {noun if count == 1 else plural(noun)}"


def choose(options: Sequence[str], seed: str) -> str:
    """Return one of the options, always the same for the same seed."""
    return options[zlib.crc32(seed.encode()) % len(options)]


def the(item: Item) -> str:
    """Name a product within a sentence: 'the Fen desk'."""
    title = item.title
    return title if title.casefold().startswith("the ") else f"the {title}"


def is_many(item: Item) -> bool:
    """Tell whether the product is named in the plural: heels, jeans, sunglasses."""
    last = item.product_type.rpartition(" ")[2]
    return bool(last) and (singular(last) != last or last in {"glasses", "sunglasses", "scissors"})


def verb(item: Item, one: str, many: str) -> str:
    """Return the verb in the product's number: the desk 'is', the heels 'are'."""
    return many if is_many(item) else one


def the_all(items: Sequence[Item], last: str = "and") -> str:
    """Name several products: 'the Fen desk and the Alder desk'; equal titles are told apart by their price."""
    titles = [i.title for i in items]
    names = [f"{the(i)} at {i.price}" if titles.count(i.title) > 1 else the(i) for i in items]
    return listed(names, last)


def sentences(*parts: str) -> str:
    """Join the parts that say something."""
    return " ".join(p.strip() for p in parts if p and p.strip())


def stopped(said: str) -> str:
    """Return a sentence with its stop, in whatever script it is written; nothing stays nothing."""
    return said if not said or said.endswith(_STOPS) else f"{said}."


_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")


def place(index: int) -> str:
    """Name a place in a row, 0 for 'the first'."""
    return f"the {_PLACES[index]}" if index < len(_PLACES) else f"number {index + 1}"
