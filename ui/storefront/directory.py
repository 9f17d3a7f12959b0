"""The parts of the shop as its header and front page list them: departments, and kinds with a picture each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.catalog import Catalog
from retrieval.parts import Part as Outlined
from retrieval.query import Filters
from ui.storefront import wording

_MOST_DEPARTMENTS = 8
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
    """The parts of one version of the catalogue.

    Args:
        version: Of the catalogue.
        products: How many there are.
        departments: The largest, pictured.
        words: Every kind the catalogue knows, then every department, each with what it stands for.
    """

    version: str = ""
    products: int = 0
    departments: tuple[Department, ...] = ()
    words: tuple[tuple[str, Filters], ...] = ()

    @property
    def named(self) -> tuple[Department, ...]:
        """The departments that have a name."""
        return tuple(department for department in self.departments if department.part.word)

    @property
    def kinds(self) -> tuple[Part, ...]:
        """The kinds of these departments, each once."""
        return tuple({kind.word: kind for department in self.departments for kind in department.kinds}.values())

    def meant(self, address: str) -> tuple[str, Filters] | None:
        """Return the word an address names and what it stands for; None when the shop has no such part."""
        wanted = wording.part_address(address)
        return next((each for each in self.words if wording.part_address(each[0]) == wanted), None)


async def read_directory(catalog: Catalog) -> Directory:
    """Read the parts of the shop, departments and kinds with most products first."""
    vocabulary = await catalog.vocabulary()
    by_department: dict[str, list[Outlined]] = {}
    for part in await catalog.outline():
        by_department.setdefault(part.department, []).append(part)
    sized = sorted(by_department.items(), key=lambda pair: (not pair[0], -sum(part.count for part in pair[1])))
    departments = tuple(_department(word, parts) for word, parts in sized[:_MOST_DEPARTMENTS])
    kinds = [(word, Filters(product_types=(word,))) for word in vocabulary.product_types]
    wholes = [(word, Filters(departments=(word,))) for word in vocabulary.departments]
    return Directory(vocabulary.version, await catalog.count(), departments, (*kinds, *wholes))


def _department(word: str, parts: Sequence[Outlined]) -> Department:
    kinds = [_part(part.product_type, wording.plural(part.product_type), part) for part in parts if part.product_type]
    whole = _part(word, wording.name(word), parts[0])
    return Department(replace(whole, count=sum(part.count for part in parts)), tuple(kinds[:_MOST_KINDS]))


def _part(word: str, name: str, part: Outlined) -> Part:
    picture = wording.picture(part.best.image_url, _PICTURE)
    return Part(word, name, wording.part_address(word), part.count, picture)
