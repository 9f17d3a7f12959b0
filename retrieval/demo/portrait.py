"""Portrait: everything true of one product, drawn once; titles, descriptions and reviews only repeat it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from retrieval.demo.grammar import pick, tag
from retrieval.demo.kinds import Attribute, Form, Kind, Material
from retrieval.demo.layout import Layout, Place

# Which sentences make up a description, in turn; "stuff" speaks of the material.
SHAPES = (
    ("open", "stuff"),
    ("open", "detail", "close"),
    ("open", "stuff", "detail"),
    ("open", "detail", "stuff"),
    ("open", "stuff", "close"),
    ("open", "detail"),
)
LEANING = 4  # how much more often a style takes what it leans to
SECOND_STYLE_SHARE = 0.25
BLEND_SHARE = 0.3
COMPOSED = ("clothing", "knit")  # uses whose pages state a composition
CLOTHS = {"denim": "cotton", "canvas": "cotton", "satin": "viscose", "velvet": "cotton"}  # what a cloth is spun of
NOT_SPUN = ("leather", "suede", "straw")


@dataclass(frozen=True, slots=True)
class Portrait:
    """The facts of one product; `facts` fills sentence slots, `tags` are what conditions test."""

    brand: str
    form: str
    materials: tuple[str, ...]
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    styles: tuple[str, ...]
    attributes: dict[str, str]
    factor: float
    facts: dict[str, str]
    tags: frozenset[str]


def draw(place: Place, layout: Layout, material: Material, rng: Random) -> Portrait:
    """Draw a product's facts: form, materials, colours, sizes, styles, attributes."""
    kind, lean = place.kind, frozenset(material.words.styles[place.kind.department][place.style])
    form_name = _form(kind, place.style, rng)
    form = kind.forms[form_name]
    main = _leaning(form.materials or tuple(kind.materials), lean, rng)
    stuff = kind.materials[main]
    second, extra = _second(kind, form, main, rng)
    materials = (main, second) if second else (main,)
    colours = _colours(kind, stuff.colours, lean, rng)
    sizes = _sizes(kind, rng)
    brand = layout.brand(place)
    attributes = _attributes(kind.attributes | stuff.attributes | form.attributes, form, rng) | _composition(
        kind, main, second, rng
    )
    attributes["care"] = kind.care.get(main) or material.uses[kind.use].care[main]
    facts = _facts(attributes, colours) | {
        "name": layout.name(place),
        "form": form_name,
        "material": main,
        "brand": brand,
        "style": place.style,
    }
    if second:
        facts |= {"second": second, "extra": extra} if extra else {"second": second, "blend": second}
    styles = _styles(place, material.words.brands[kind.department][brand].styles, rng)
    tags = frozenset(map(tag, (form_name, *materials, *styles, *colours, extra)))
    tags |= {f"kind:{tag(kind.name)}"} | {f"{tag(key)}:{tag(value)}" for key, value in attributes.items()}
    factor = form.factor * stuff.factor * material.words.brands[kind.department][brand].level
    return Portrait(brand, form_name, materials, colours, sizes, styles, attributes, factor, facts, tags)


def title(place: Place, portrait: Portrait) -> str:
    """The name shoppers use: 'Fen desk in walnut'; never 'denim jacket in denim'."""
    titles = place.kind.titles
    if portrait.materials[0] in portrait.form:
        titles = tuple(pattern for pattern in titles if "{material}" not in pattern)
    return titles[place.rank % len(titles)].format_map(portrait.facts)


def describe(place: Place, portrait: Portrait, material: Material, rng: Random) -> str:
    """Two or three sentences in which everything said is in the portrait."""
    kind = place.kind
    pools = {
        "open": kind.open,
        "detail": kind.detail,
        "close": kind.close,
        "stuff": material.uses[kind.use].say.get(portrait.materials[0], ()),
    }
    said: list[str] = []
    for part in SHAPES[place.rank % len(SHAPES)]:
        if line := pick(pools[part], place.rank, portrait.facts, portrait.tags):
            said.append(line.say(portrait.facts, rng))
    return " ".join(said)


def _form(kind: Kind, style: str, rng: Random) -> str:
    return rng.choice([name for name, form in kind.forms.items() if not form.styles or style in form.styles])


def _leaning(options: Sequence[str], lean: frozenset[str], rng: Random) -> str:
    return rng.choices(options, [LEANING if option in lean else 1 for option in options])[0]


def _second(kind: Kind, form: Form, main: str, rng: Random) -> tuple[str, str]:
    stuff = kind.materials[main]
    if stuff.blends and rng.random() < BLEND_SHARE:
        return rng.choice(stuff.blends), ""
    allowed = [set(limit) for limit in (form.extras, stuff.extras) if limit is not None]
    fitting = [
        (second, words)
        for words, second in kind.extras.items()
        if second != main and all(words in limit for limit in allowed)
    ]
    return rng.choice(fitting) if fitting and rng.random() < kind.extras_share else ("", "")


def _colours(kind: Kind, offered: tuple[str, ...], lean: frozenset[str], rng: Random) -> tuple[str, ...]:
    left, taken = list(offered), list[str]()
    for _ in range(min(len(left), rng.randint(*kind.colours))):
        taken.append(_leaning(left, lean, rng))
        left.remove(taken[-1])
    return tuple(taken)


def _sizes(kind: Kind, rng: Random) -> tuple[str, ...]:
    if not kind.sizes:
        return ()
    count = rng.randint(*kind.sizes_taken)
    first = rng.randint(0, len(kind.sizes) - count)
    return kind.sizes[first : first + count]


def _attributes(stated: Mapping[str, Attribute], form: Form, rng: Random) -> dict[str, str]:
    drawn = {key: attribute.draw(rng) for key, attribute in stated.items()}
    return {key: value for key, value in drawn.items() if value is not None and key not in form.without}


def _composition(kind: Kind, main: str, second: str, rng: Random) -> dict[str, str]:
    if kind.use not in COMPOSED or main in NOT_SPUN:
        return {}
    share = rng.choice((60, 70, 80, 90)) if second else 100
    rest = f", {100 - share} % {second}" if second else ""
    return {"composition": f"{share} % {CLOTHS.get(main, main)}{rest}"}


def _styles(place: Place, brand_styles: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    others = [style for style in brand_styles if style != place.style]
    return (place.style, rng.choice(others)) if others and rng.random() < SECOND_STYLE_SHARE else (place.style,)


def _facts(attributes: dict[str, str], colours: tuple[str, ...]) -> dict[str, str]:
    facts = {key.replace(" ", "_"): value for key, value in attributes.items()} | {"colour": colours[0]}
    if len(colours) > 1:
        facts["colours"] = f"{', '.join(colours[:-1])} and {colours[-1]}"
    return facts
