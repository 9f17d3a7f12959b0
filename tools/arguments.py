"""Argument models the tools share: bounded words, product ids, and the filters of a search."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from retrieval.query import Filters

MAX_PRICE = 100_000_000  # Minor units; far above anything a shop sells, far below a 64-bit overflow.


class Arguments(BaseModel):
    """Base of every argument model: unknown fields are refused, texts are trimmed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _as_list(value: object) -> object:
    """Take words with commas between for a list: shorter in every prompt, and how models often write it anyway."""
    return [word for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Word = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=80)]
Words = Annotated[list[Word], BeforeValidator(_as_list), Field(max_length=20), WithJsonSchema({"type": "string"})]
ProductId = Annotated[
    str,
    Field(min_length=1, max_length=64),
]
ProductIds = Annotated[
    list[ProductId], BeforeValidator(_as_list), Field(max_length=100), WithJsonSchema({"type": "string"})
]
Price = Annotated[int, Field(ge=0, le=MAX_PRICE)]


class FilterArguments(Arguments):
    """Conditions every product must meet; within one field any value may match, between fields all must."""

    product_types: Words = []
    departments: Words = []
    colours: Words = []
    materials: Words = []
    sizes: Words = []
    brands: Words = []
    styles: Words = []
    not_product_types: Words = []
    not_colours: Words = []
    not_materials: Words = []
    not_brands: Words = []
    price_min: Price | None = None
    price_max: Price | None = None
    in_stock: bool = False

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise ValueError("price_min must not be above price_max")
        return self

    def filters(self, not_ids: tuple[str, ...] = ()) -> Filters:
        """Return the conditions as retrieval takes them, without repeated words."""
        words = {name: tuple(dict.fromkeys(getattr(self, name))) for name in WORD_FIELDS}
        return Filters(
            **words, price_min=self.price_min, price_max=self.price_max, in_stock=self.in_stock, not_ids=not_ids
        )

    def asked(self) -> dict[str, object]:
        """Return the conditions that were given, JSON-plain, in field order."""
        given = self.model_dump(include=set(FilterArguments.model_fields), exclude_defaults=True)
        return {name: value for name, value in given.items() if value not in ([], None)}


# What prompts leave out of a search that starts from a shown thing: a twist of it is said in few words.
NOT_OF_A_TWIST = frozenset(
    {
        "departments",
        "brands",
        "styles",
        "sizes",
        "not_product_types",
        "not_materials",
        "not_brands",
        "in_stock",
        "price_min",
        "limit",
    }
)
WORD_FIELDS = (
    "product_types",
    "departments",
    "colours",
    "materials",
    "sizes",
    "brands",
    "styles",
    "not_product_types",
    "not_colours",
    "not_materials",
    "not_brands",
)
