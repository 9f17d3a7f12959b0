"""What kind of thing a product is, from the categories of a feed: "Clothing > Men's Shirts" -> "men's shirt"."""

import re

_ONLY_PLURAL = frozenset({
    "jeans", "shorts", "pants", "trousers", "leggings", "tights", "glasses", "sunglasses", "goggles", "scissors",
    "headphones", "earphones", "earbuds", "binoculars", "pyjamas", "pajamas", "boxers", "briefs", "overalls",
    "dungarees", "chinos", "joggers", "sweatpants", "clothes", "accessories", "electronics", "cosmetics",
    "groceries", "furnishings",
})  # fmt: skip
_ENDS_IN_IE = frozenset({
    "hoodie", "beanie", "cookie", "brownie", "smoothie", "movie", "onesie", "bootie", "selfie", "tie", "bowtie",
    "bookie", "zombie", "pixie", "collie", "genie", "calorie",
})  # fmt: skip
_LAST_WORD = re.compile(r"[^\W\d_][\w'’-]*(?=\s*(&|and\b|$))")
_NOT_PLURAL = re.compile(r"(ss|us|is|ics|news|ous)$")


def kind_of(category: str, separator: str) -> str:
    """Return the last step of a category path, lower case and singular; "" where it is empty or a number."""
    steps = _steps(category, separator)
    return _LAST_WORD.sub(lambda word: _singular(word.group()), steps[-1]) if steps else ""


def department_of(category: str, separator: str) -> str:
    """Return the first step of a category path that has several."""
    steps = _steps(category, separator)
    return steps[0] if len(steps) > 1 else ""


def _steps(category: str, separator: str) -> list[str]:
    first = category.split("\n")[0]
    steps = [" ".join(step.split()).lower() for step in first.split(separator)]
    return [step for step in steps if step and not step.isdigit()]


def _singular(word: str) -> str:
    if word in _ONLY_PLURAL or _NOT_PLURAL.search(word) or not word.endswith("s") or len(word) < 4:
        return word
    if word[:-1] in _ENDS_IN_IE:
        return word[:-1]
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if re.search(r"(ch|sh|x|ss|zz)es$", word):
        return word[:-2]
    if word.endswith("ves") and word[:-3] in ("shel", "scar", "kni", "lea"):
        return word[:-3] + ("fe" if word.startswith("kni") else "f")
    return word[:-1]
