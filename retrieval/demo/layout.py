"""Layout: which type, name, style and brand stands at an index, by arithmetic, so that links need no second pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from retrieval.demo.kinds import Kind, Material

_MASK = (1 << 64) - 1


def product_id(index: int) -> str:
    """The stable id of the product at an index: 41 is 'p-00042'."""
    return f"p-{index + 1:05d}"


def mix(*parts: int) -> int:
    """Integers scrambled into 64 bits (splitmix64 steps), the same everywhere."""
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = (state + part * 0xBF58476D1CE4E5B9 + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state


@dataclass(frozen=True, slots=True)
class Place:
    """Who stands at an index: the kind, the rank within the kind, and the style."""

    index: int
    kind: Kind
    rank: int
    style: str


class Layout:
    """The order of a shop of `products` products under a seed."""

    def __init__(self, material: Material, products: int, seed: int) -> None:
        self.products = products
        self.seed = seed
        self._material = material
        rng = Random(f"aisle-demo:{seed}:layout")
        self._cycle = [kind for kind in material.kinds for _ in range(kind.weight)]
        rng.shuffle(self._cycle)
        self._slots: dict[str, list[int]] = {kind.name: [] for kind in material.kinds}
        self._turn: list[int] = []
        for slot, kind in enumerate(self._cycle):
            self._turn.append(len(self._slots[kind.name]))
            self._slots[kind.name].append(slot)
        self._names = {kind.name: _names(kind, material.words.names, rng) for kind in material.kinds}

    def place(self, index: int) -> Place:
        """What stands at an index in [0, products)."""
        cycle, slot = divmod(index, len(self._cycle))
        kind = self._cycle[slot]
        rank = cycle * kind.weight + self._turn[slot]
        styles = kind.styles or tuple(self._material.words.styles[kind.department])
        return Place(index, kind, rank, styles[mix(self.seed, index, 1) % len(styles)])

    def count(self, product_type: str) -> int:
        """How many products of a type there are."""
        full, rest = divmod(self.products, len(self._cycle))
        slots = self._slots[product_type]
        return full * len(slots) + sum(slot < rest for slot in slots)

    def at(self, product_type: str, rank: int) -> Place:
        """The place of the rank-th product of a type."""
        slots = self._slots[product_type]
        return self.place((rank // len(slots)) * len(self._cycle) + slots[rank % len(slots)])

    def name(self, place: Place) -> str:
        """A name that no other product of the type has: 'Fen', then 'North Fen', then 'North Fen No. 2'."""
        names, prefixes = self._names[place.kind.name], self._material.words.prefixes
        turn, at = divmod(place.rank, len(names))
        series, prefix = divmod(turn, len(prefixes) + 1)
        words = f"{prefixes[prefix - 1]} {names[at]}" if prefix else names[at]
        return f"{words} No. {series + 1}" if series else words

    def brand(self, place: Place) -> str:
        """A brand that works in the product's style."""
        brands = self._material.words.brands[place.kind.department]
        fitting = [name for name, brand in brands.items() if place.style in brand.styles]
        return fitting[mix(self.seed, place.index, 2) % len(fitting)]

    def related(self, place: Place, wanted: int) -> tuple[str, ...]:
        """Ids of up to `wanted` others of the same type, those of the same style first."""
        others = [other for other in self._sample(place, place.kind.name, 8) if other.index != place.index]
        others.sort(key=lambda other: other.style != place.style)
        return tuple(product_id(other.index) for other in others[:wanted])

    def complements(self, place: Place, wanted: int) -> tuple[str, ...]:
        """Ids of what goes with it, one of each complementary type in turn, in the same style where there is one."""
        types, first = place.kind.complements, place.rank % len(place.kind.complements)
        found: list[str] = []
        for product_type in (types[first:] + types[:first])[:wanted]:
            others = sorted(self._sample(place, product_type, 8), key=lambda other: other.style != place.style)
            found.extend(product_id(other.index) for other in others[:1])
        return tuple(found)

    def _sample(self, place: Place, product_type: str, size: int) -> Iterator[Place]:
        count = self.count(product_type)
        start = mix(self.seed, place.index, 3, len(product_type)) % max(count, 1)
        return (self.at(product_type, (start + step) % count) for step in range(min(size, count)))


def _names(kind: Kind, names: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    rest = [name for name in names if name not in kind.names]
    rng.shuffle(rest)
    return kind.names + tuple(rest)
