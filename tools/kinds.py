"""Kinds of things people wear, by which of a shopper's sizes they come in."""

FOOTWEAR = frozenset(
    {"sneakers", "heels", "boots", "loafers", "sandals", "flats", "ankle boots", "shoes", "slippers", "trainers"}
)
GARMENTS = frozenset(
    {"shirt", "t-shirt", "blouse", "sweater", "top", "hoodie", "trousers", "skirt", "jeans", "shorts", "coat",
     "jacket", "raincoat", "dress", "cardigan", "suit", "leggings", "pyjamas", "jumpsuit", "vest", "hat", "belt",
     "gloves"}
)  # fmt: skip
