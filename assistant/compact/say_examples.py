"""Words for what was found by examples: what it is like, what it is unlike, and what speaks for that."""

from collections.abc import Sequence

from assistant.compact.outcomes import Outcome
from assistant.compact.say_finds import Manner, tells_apart
from assistant.compact.say_sights import sighted
from assistant.compact.scripts import refusal
from assistant.compact.wordforms import spelled
from assistant.compact.wording import capital, listed, sentences, the, the_all, verb
from tools.records import Item


def liked_and_not(outcome: Outcome, liked: Sequence[Item], unliked: Sequence[Item]) -> str:
    """Say what was found by shown things alone.

    Args:
        outcome: Of `similar_to`.
        liked: More like these.
        unliked: Less like those.
    """
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    wanted, against = the_all(liked), the_all(unliked, "or")
    if not record.items:
        return f"Nothing nearer to {wanted} than to {against} fits."
    found = record.items
    if len(found) == 1:
        first = found[0]
        opening = f"{the(first)}, at {first.price}, {verb(first, 'is', 'are')} nearer to {wanted} than to {against}."
        return sentences(capital(opening), why(found, liked, unliked))
    opening = f"{spelled(len(found))} more like {wanted} and less like {against}."
    apart = tells_apart(found, liked[0].title)
    return sentences(capital(opening), why(found, liked, unliked), apart)


def seen_and_not(outcome: Outcome, unliked: Sequence[Item], manner: Manner) -> str:
    """Say what was found by a picture and things it should be less like.

    Args:
        outcome: Of `find_by_picture`.
        unliked: Less like those.
        manner: How to speak, with the conditions that were asked for.
    """
    said = sighted(outcome, manner, identify=False, more=False)
    record = outcome.products()
    if outcome.error is not None or record is None or not record.items:
        return said
    return sentences(said, f"What is nearer to {the_all(unliked, 'or')} comes last.", why(record.items, (), unliked))


def why(found: Sequence[Item], liked: Sequence[Item], unliked: Sequence[Item]) -> str:
    """Say what of the liked most of the found have, and what of the unliked none has; "" where pages tell nothing."""
    good, bad = _all_have(liked), _all_have(unliked)
    told: list[str] = []
    own = [word for word in good if word not in bad]
    count, best = max(((sum(word in _words(item) for item in found), word) for word in own), default=(0, ""))
    if 2 * count > len(found) > 1:
        told.append(f"{'all' if count == len(found) else spelled(count)} {best} too")
    gone = [word for word in bad if word not in good and not any(word in _words(item) for item in found)]
    if gone:
        told.append(f"none {gone[0]}" if len(found) > 1 else f"not {gone[0]}")
    return capital(f"{listed(told)}.") if told else ""


def _all_have(items: Sequence[Item]) -> list[str]:
    """Return the materials, styles and colours that all of these have."""
    words = [_words(item) for item in items]
    return [word for word in words[0] if all(word in others for others in words)] if words else []


def _words(item: Item) -> list[str]:
    return [*item.materials, *item.styles, *item.colours]
