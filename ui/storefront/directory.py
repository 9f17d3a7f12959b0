"""The parts of the shop as its header and front page list them: departments, and kinds with a picture each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.browse import Browse
from retrieval.catalog import Catalog
from retrieval.filters import fold
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
        not_sold: Products the policy sells to nobody; they are in no list, and are not counted.
    """

    version: str = ""
    products: int = 0
    departments: tuple[Department, ...] = ()
    words: tuple[tuple[str, Filters], ...] = ()
    not_sold: tuple[str, ...] = ()

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


async def read_directory(catalog: Catalog, not_sold: tuple[str, ...] = ()) -> Directory:
    """Read the parts of the shop, departments and kinds with most products first, without what is `not_sold`."""
    vocabulary = await catalog.vocabulary()
    by_department: dict[str, list[Outlined]] = {}
    for part in await _sold(catalog, await catalog.outline(), not_sold):
        by_department.setdefault(part.department, []).append(part)
    sized = sorted(by_department.items(), key=lambda pair: (not pair[0], -sum(part.count for part in pair[1])))
    departments = tuple(_department(word, parts) for word, parts in sized[:_MOST_DEPARTMENTS])
    kinds = [(word, Filters(product_types=(word,))) for word in vocabulary.product_types]
    wholes = [(word, Filters(departments=(word,))) for word in vocabulary.departments]
    count = await catalog.count() - len(await catalog.get(not_sold)) if not_sold else await catalog.count()
    return Directory(vocabulary.version, count, departments, (*kinds, *wholes), not_sold)


async def _sold(catalog: Catalog, parts: Sequence[Outlined], not_sold: tuple[str, ...]) -> list[Outlined]:
    """Return the parts counted and pictured by what is sold of them; those of which nothing is are left out."""
    if not not_sold:
        return list(parts)
    products = (await catalog.get(not_sold)).values()
    touched = {(fold(product.department), fold(product.product_type)) for product in products}
    kept: list[Outlined] = []
    for part in parts:
        if (part.department, part.product_type) not in touched or not (part.department and part.product_type):
            kept.append(part)
            continue
        whole = Filters(departments=(part.department,), product_types=(part.product_type,), not_ids=not_sold)
        left = await catalog.browse(Browse(within=whole, limit=1))
        kept += [replace(part, count=left.total, best=left.hits[0].product)] if left.hits else []
    return kept


def _department(word: str, parts: Sequence[Outlined]) -> Department:
    kinds = [_part(part.product_type, wording.plural(part.product_type), part) for part in parts if part.product_type]
    whole = _part(word, wording.name(word), parts[0])
    return Department(replace(whole, count=sum(part.count for part in parts)), tuple(kinds[:_MOST_KINDS]))


def _part(word: str, name: str, part: Outlined) -> Part:
    picture = wording.picture(part.best.image_url, _PICTURE)
    return Part(word, name, wording.part_address(word), part.count, picture)
