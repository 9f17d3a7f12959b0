"""What the shopper asks to be remembered or forgotten: typed values in the shop's words, never a model's sentence."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from policies.errors import Refused
from policies.reach import Reach
from policies.told import HOUSEHOLD, Facet, Kind, Told
from retrieval.query import Filters, Vocabulary
from shop.memory import Remembered
from tools.arguments import Arguments, Price, Word
from tools.tool import Tool, ToolContext, ToolError, ToolResult
from tools.wording import forms, in_shop_words, normal

ROOMS = (
    "living room", "bedroom", "kitchen", "bathroom", "dining room", "hallway", "office", "study", "nursery",
    "children's room", "guest room", "balcony", "terrace", "garden", "garage", "flat", "house",
)  # fmt: skip
TRAITS = ("small", "tiny", "narrow", "large", "big", "long", "dark", "bright", "low")
_SIZE = re.compile(r"(?:[2-5]?x{0,3}[sml]|[2-5]xl|\d{1,3}(?:\.5)?|one size)")
_FACETS: tuple[Facet, ...] = ("material", "colour", "style", "brand")
Side = Field(default=None, ge=10, le=5_000)


class Remember(Arguments):
    """One thing, in the shopper's own words for it."""

    kind: Kind
    value: Word | None = None
    of: Word | None = Field(default=None, description="What a size or budget is for.")
    detail: Word | None = Field(default=None)
    amount: Price | None = None
    width_cm: int | None = Side
    length_cm: int | None = Side
    whom: Word | None = Field(default=None, description="Whose, where not their own: son.")


class Forget(Arguments):
    """One entry, several, or all."""

    keys: list[Word] = Field(default=[], max_length=40)
    everything: bool = Field(default=False)


async def remember(args: Remember, context: ToolContext) -> ToolResult:
    """Keep one entry with the words in which the shopper asked for it."""
    told = typed(args, await context.catalog.vocabulary(), context.books.memory.currency)
    try:
        kept = await context.books.memory.keep(context.principal, [told], _own_words(args, context.words))
    except Refused as refusal:
        raise ToolError(refusal.code, refusal.text) from refusal
    return ToolResult(facts={"remembered": [entry(each) for each in kept]})


async def forget(args: Forget, context: ToolContext) -> ToolResult:
    """Remove what the shopper no longer wants kept."""
    known = {each.key: each for each in await context.books.memory.all(context.principal)}
    keys = list(known) if args.everything else [key for key in args.keys if key in known]
    if not keys:
        raise ToolError("not_remembered", "Nothing of that is kept; say so.", {"kept": list(known)})
    await context.books.memory.forget(context.principal, keys)
    return ToolResult(facts={"forgotten": [entry(known[key]) for key in keys]})


def entry(kept: Remembered) -> dict[str, object]:
    """Return an entry for the planner: typed values and the phrase for it, without the shopper's own words."""
    return {"key": kept.key, "said": kept.told.said(), **kept.told.model_dump(exclude_defaults=True)}


def typed(args: Remember, vocabulary: Vocabulary, currency: str) -> Told:
    """Return an entry in the shop's own words.

    Raises:
        ToolError: "unknown_word".
    """
    if args.whom is not None and args.whom not in HOUSEHOLD:
        raise _wrong("whom", f"{args.whom!r} is nobody of a household.")
    return _typed(args, vocabulary, currency).model_copy(update={"whom": args.whom or ""})


def _typed(args: Remember, vocabulary: Vocabulary, currency: str) -> Told:
    match args.kind:
        case "size":
            return Told(kind="size", value=_size(args.value, vocabulary), of=_scope(args.of, vocabulary))
        case "budget":
            if args.amount is None:
                raise _wrong("amount", "A budget needs its amount.")
            return Told(kind="budget", amount=args.amount, currency=currency, of=_scope(args.of, vocabulary))
        case "room":
            return _room(args)
        case "owns":
            detail = _taste(args.detail, vocabulary, _FACETS[:2])[1] if args.detail else ""
            return Told(kind="owns", value=_product(args.value, vocabulary), detail=detail)
        case "like" | "dislike":
            facet, word = _taste(args.value, vocabulary, _FACETS)
            return Told(kind=args.kind, facet=facet, value=word)


def _size(said: str | None, vocabulary: Vocabulary) -> str:
    known = in_shop_words(Filters(sizes=(said or "",)), vocabulary).sizes[0]
    if known in vocabulary.sizes or _SIZE.fullmatch(normal(known)):
        return normal(known) if len(known) < 6 else known
    raise _wrong("value", f"{said!r} is no size as shops label them.")


def _scope(said: str | None, vocabulary: Vocabulary) -> str:
    if said is None or said in ("clothes", "shoes"):
        return said or ""
    return _product(said, vocabulary)


def _product(said: str | None, vocabulary: Vocabulary) -> str:
    """Return the kind of product in the shop's words; the last word of several kinds ("chair") counts, too."""
    kinds = list(vocabulary.product_types)
    wanted = forms(said or "")
    same = [kind for kind in kinds if forms(kind) & wanted]
    heads = sorted({kind.split()[-1] for kind in kinds if forms(kind.split()[-1]) & wanted})
    if not (same or heads):
        raise _wrong("value", f"The shop has no kind of product called {said!r}.")
    return (same or heads)[0]


def _taste(said: str | None, vocabulary: Vocabulary, facets: tuple[Facet, ...]) -> tuple[Facet, str]:
    """Return the field and the shop's word of a taste."""
    word = said or ""
    own = in_shop_words(Filters(materials=(word,), colours=(word,), styles=(word,), brands=(word,)), vocabulary)
    fields: dict[Facet, tuple[str, Mapping[str, int]]] = {
        "material": (own.materials[0], vocabulary.materials),
        "colour": (own.colours[0], vocabulary.colours),
        "style": (own.styles[0], vocabulary.styles),
        "brand": (own.brands[0], vocabulary.brands),
    }
    for facet in facets:
        value, known = fields[facet]
        if value in known:
            return facet, value
    if facets != _FACETS:
        raise _wrong("detail", f"The shop has no colour or material called {said!r}.")
    raise _wrong("value", f"The shop has no colour, material, style or brand called {said!r}.")


def _room(args: Remember) -> Told:
    if args.value not in ROOMS or (args.detail is not None and args.detail not in TRAITS):
        raise _wrong("value", f"A room is one of {', '.join(ROOMS)}; it may be {', '.join(TRAITS)}.")
    return Told(
        kind="room", value=args.value, detail=args.detail or "", width_cm=args.width_cm, length_cm=args.length_cm
    )


def _own_words(args: Remember, words: tuple[str, ...]) -> str:
    """Return the message that says it; after "yes" to our question that is the one before."""
    said = args.value or (str(args.amount // 100) if args.amount is not None else "")
    last = words[-1] if words else ""
    if len(words) < 2 or re.search(rf"\b{re.escape(said)}\b", last.replace(",", ""), re.IGNORECASE):
        return last
    return f"{words[-2]} … {last}"


def _wrong(field: Literal["value", "detail", "amount", "whom"], text: str) -> ToolError:
    return ToolError("unknown_word", f"{text} Ask the shopper for the word the shop uses.", {"field": field})


REMEMBER = Tool(
    name="remember",
    reach=Reach.DRAFT,
    arguments=Remember,
    run=remember,
    description="Keep one thing in the shopper's word (value), only when this message asks for it.",
    status="Noting that down",
    unlisted=frozenset({"detail", "width_cm", "length_cm", "whom"}),
)
FORGET = Tool(
    name="forget",
    reach=Reach.DRAFT,
    arguments=Forget,
    run=forget,
    description="Only when this message asks for it.",
    status="Forgetting that",
)
