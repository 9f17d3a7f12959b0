"""What a shopper's message may hold: cleaned text, or a refusal that says what to do instead."""

import unicodedata

from policies.errors import Refused

# Invisible characters that reorder or hide text; joiners used by emoji and Indic scripts stay.
_INVISIBLE = {"\u200b", "\u2060", "\ufeff", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"} | {
    chr(code) for code in range(0x2066, 0x206A)
}


def clean_message(text: str, max_chars: int) -> str:
    """Return the message in NFC without control and hidden characters, runs of blank space folded.

    Args:
        text: As received; lone surrogates (broken UTF-8) become U+FFFD.
        max_chars: Longest message, characters after cleaning.

    Raises:
        Refused: "message_empty" or "message_too_long".
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = unicodedata.normalize("NFC", text)
    kept = "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _INVISIBLE))
    kept = " ".join(kept.split())
    if not kept:
        raise Refused("message_empty", "Tell me what you are looking for, for example “a walnut desk under $600”.")
    if len(kept) > max_chars:
        raise Refused(
            "message_too_long",
            f"That message has {len(kept):,} characters; I can read {max_chars:,} at a time. "
            "Say what you need in a few sentences.",
        )
    return kept
