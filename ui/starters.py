"""What a new conversation can begin with: four sentences that fit what the shop carries."""

from retrieval.catalog import Catalog

# The first that the shop carries of each row is offered: what to look for, its label, what is said.
_ROWS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        ("desk", "A desk for a small room", "a desk for a small room under $700"),
        ("sofa", "A sofa that fits", "a small sofa under $1,200"),
        ("lamp", "A warm lamp", "a lamp with a warm light under $150"),
    ),
    (
        ("coat", "Something warm to wear", "a wool coat, not black, under $250"),
        ("dress", "A dress for summer", "a light dress under $120"),
        ("rug", "A rug for the hallway", "a calm rug for a hallway"),
    ),
    (("vase", "A gift", "a vase that looks handmade"), ("mug", "A gift", "a mug as a gift")),
)
_ALWAYS = (
    ("How returns work", "what is your returns policy?"),
    ("What is popular", "what do people like most?"),
    ("Something new", "show me something new"),
    ("A present under $50", "a present under $50"),
)
_MOST = 4


async def starters(catalog: Catalog) -> list[tuple[str, str]]:
    """Return up to four pairs of a label and what is said when it is chosen."""
    carried = (await catalog.vocabulary()).product_types
    fitting = [next(((label, says) for kind, label, says in row if _carried(kind, carried)), None) for row in _ROWS]
    return [*filter(None, fitting), *_ALWAYS][:_MOST]


def _carried(kind: str, product_types: dict[str, int]) -> bool:
    return any(kind in known.lower().split() for known in product_types)
