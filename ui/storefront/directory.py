"""The parts of the shop as its header and front page list them: departments, and kinds with a picture each."""

from dataclasses import dataclass

from retrieval.browse import Browse
from retrieval.catalog import Catalog
from retrieval.filters import fold
from retrieval.query import Filters
from ui.storefront import wording

_MOST_DEPARTMENTS = 6
_MOST_KINDS = 60
_PICTURE = 256


@dataclass(frozen=True, slots=True)
class Part:
    """A kind or a department: `count` products, one of them pictured."""

    word: str
    name: str
    address: str
    count: int
    picture: str | None


@dataclass(frozen=True, slots=True)
class Department:
    """A department with its kinds, most products first; the one named "" holds kinds without a department."""

    part: Part
    kinds: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """All parts of one version of the catalogue."""

    version: str = ""
    products: int = 0
    departments: tuple[Department, ...] = ()

    @property
    def named(self) -> tuple[Department, ...]:
        """The departments that have a name."""
        return tuple(department for department in self.departments if department.part.word)

    @property
    def kinds(self) -> tuple[Part, ...]:
        """All kinds, each once, in the departments' order."""
        return tuple({kind.word: kind for department in self.departments for kind in department.kinds}.values())

    def meant(self, address: str) -> tuple[Part, Filters] | None:
        """Return the part a word in an address names: a kind before a department; None when the shop has neither."""
        wanted = wording.slug(address)
        for kind in self.kinds:
            if wording.slug(kind.word) == wanted:
                return kind, Filters(product_types=(kind.word,))
        for department in self.named:
            if wording.slug(department.part.word) == wanted:
                return department.part, Filters(departments=(department.part.word,))
        return None


async def read_directory(catalog: Catalog) -> Directory:
    """Read the parts of the shop; a second or less, so that it is done once per version."""
    words = await catalog.vocabulary()
    whole = await catalog.browse(Browse(limit=0))
    departments: list[Department] = []
    for word in [*list(words.departments)[:_MOST_DEPARTMENTS], ""]:
        within = Filters(departments=(word,))
        listed = await catalog.browse(Browse(within=within, limit=1))
        if not listed.total:
            continue
        counts = list(listed.facets.counts["product_types"].items())[:_MOST_KINDS]
        kinds = [
            await _part(catalog, Filters(departments=(word,), product_types=(kind,)), kind, n) for kind, n in counts
        ]
        departments.append(Department(await _part(catalog, within, word, listed.total), tuple(kinds)))
    return Directory(words.version, whole.total, tuple(departments))


async def _part(catalog: Catalog, within: Filters, word: str, count: int) -> Part:
    listed = await catalog.browse(Browse(within=within, limit=1))
    product = listed.hits[0].product if listed.hits else None
    url = product.image_url if product else None
    return Part(fold(word), wording.name(word), wording.part_address(word), count, wording.picture(url, _PICTURE))
