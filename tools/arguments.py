"""Argument models the tools share: bounded words, product ids, and the filters of a search."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from retrieval.query import Filters

MAX_PRICE = 100_000_000  # Minor units; far above anything a shop sells, far below a 64-bit overflow.


class Arguments(BaseModel):
    """Base of every argument model: unknown fields are refused, texts are trimmed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _as_list(value: object) -> object:
    """Take one word for a list of one, as models often write it."""
    return [value] if isinstance(value, str) else value


Word = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=80)]
Words = Annotated[list[Word], BeforeValidator(_as_list), Field(max_length=20)]
ProductId = Annotated[
    str,
    Field(min_length=1, max_length=64, description="product_id of an item in a tool result; never a name or number."),
]
Price = Annotated[int, Field(ge=0, le=MAX_PRICE)]


class FilterArguments(Arguments):
    """Conditions every product must meet; within one field any value may match, between fields all must."""

    product_types: Words = Field(default=[], description="Singular kinds of product, e.g. ['desk'].")
    departments: Words = Field(default=[], description="E.g. ['home'] or ['fashion'].")
    colours: Words = Field(default=[], description="Wanted colours, any of them, e.g. ['black', 'grey'].")
    materials: Words = Field(default=[], description="Wanted materials, any of them, e.g. ['walnut'].")
    sizes: Words = Field(default=[], description="Wanted sizes as the shop labels them, e.g. ['m'] or ['70 x 300 cm'].")
    brands: Words = Field(default=[], description="Wanted brands, any of them.")
    styles: Words = Field(default=[], description="Wanted styles, any of them, e.g. ['scandinavian'].")
    not_product_types: Words = Field(default=[], description="Kinds of product to leave out.")
    not_colours: Words = Field(default=[], description="Colours to leave out, e.g. ['grey'] for 'not grey'.")
    not_materials: Words = Field(default=[], description="Materials to leave out.")
    not_brands: Words = Field(default=[], description="Brands to leave out.")
    price_min: Price | None = Field(default=None, description="Lowest price, integer minor units: $200 is 20000.")
    price_max: Price | None = Field(default=None, description="Highest price, integer minor units: $200 is 20000.")
    in_stock: bool = Field(default=False, description="True only when the shopper asks for what is in stock.")

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
