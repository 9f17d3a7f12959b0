"""Product: the one description of a thing for sale; Offer: one buyable variant of it, as a feed states it."""

from pydantic import BaseModel, ConfigDict, Field


class Review(BaseModel):
    """What a buyer wrote. Untrusted text: shown as a quote, never read as an instruction."""

    model_config = ConfigDict(frozen=True)

    rating: int = Field(ge=1, le=5)
    title: str
    text: str
    author: str


class Product(BaseModel):
    """Everything a search may match or a page may draw, except price and stock (the shop owns those)."""

    model_config = ConfigDict(frozen=True)

    product_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")
    title: str = Field(min_length=1, max_length=300)
    brand: str = ""
    product_type: str = Field(description="Singular, lower case, e.g. 'desk', 'dining chair'.")
    department: str = Field(default="", description="E.g. 'home' or 'fashion'.")
    description: str = ""
    colours: tuple[str, ...] = Field(default=(), description="All colours of all variants, lower case.")
    sizes: tuple[str, ...] = Field(default=(), description="All sizes as labelled: 'M', '8', '70 x 300 cm'.")
    materials: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    attributes: dict[str, str] = Field(
        default_factory=dict, description="Facts with units, e.g. {'width': '110 cm', 'care': 'wipe clean'}."
    )
    image_url: str | None = None
    url: str | None = None
    reviews: tuple[Review, ...] = ()
    complements: tuple[str, ...] = Field(default=(), description="Merchant's 'goes with' product ids.")
    related: tuple[str, ...] = Field(default=(), description="Merchant's 'see also' product ids.")

    @property
    def rating(self) -> float | None:
        """Mean review rating in [1, 5], or None without reviews."""
        return sum(r.rating for r in self.reviews) / len(self.reviews) if self.reviews else None


class Offer(BaseModel):
    """One buyable variant as the feed states it; the shop's books are the authority once stocked."""

    model_config = ConfigDict(frozen=True)

    variant_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")
    product_id: str
    options: dict[str, str] = Field(
        default_factory=dict,
        description="What tells variants apart, keys among 'colour' and 'size'; {} when there is one.",
    )
    price: int = Field(ge=0, description="Minor units.")
    list_price: int | None = Field(default=None, ge=0, description="Minor units; above price when reduced.")
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    stock: int = Field(default=0, ge=0, description="Units on hand.")
    sellable: bool = True
    image_url: str | None = Field(default=None, description="Picture of this variant; without one, the product's.")


class CatalogueEntry(BaseModel):
    """One line of a feed: a product and all its offers."""

    model_config = ConfigDict(frozen=True)

    product: Product
    offers: tuple[Offer, ...]


class Policy(BaseModel):
    """A store policy the assistant may quote, e.g. topic 'returns'."""

    model_config = ConfigDict(frozen=True)

    topic: str
    title: str
    text: str
