"""The fields we understand, and the names that feeds give them."""

from collections.abc import Mapping

# Our field -> folded column names, the first filled wins.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("variant_sku", "sku", "id", "item_id", "variant_id", "product_id", "productid", "artikelnummer", "art_nr",
           "article_number", "code"),
    "group": ("item_group_id", "group_id", "url_handle", "handle", "parent_sku", "parent_id", "productgroupid"),
    "title": ("title", "name", "product_name", "product_title", "produktname", "bezeichnung", "titel", "nom", "nombre"),
    "group_title": ("item_group_title", "group_title"),
    "description": ("description", "body_html", "long_description", "beschreibung", "produktbeschreibung",
                    "descripcion", "content", "summary", "short_description"),
    "link": ("link", "url", "product_url", "permalink"),
    "image": ("variant_image_url", "variant_image", "image_link", "image_url", "image", "images", "image_src",
              "product_image_url", "picture", "photo", "bild", "bild_url", "thumbnail"),
    "price": ("variant_price", "regular_price", "price", "preis", "precio", "prix", "unit_price"),
    "sale_price": ("sale_price", "special_price", "angebotspreis"),
    "sale_dates": ("sale_price_effective_date",),
    "sale_from": ("date_sale_price_starts",),
    "sale_to": ("date_sale_price_ends",),
    "list_price": ("variant_compare_at_price", "compare_at_price", "list_price", "msrp", "rrp", "uvp"),
    "currency": ("currency", "price_currency", "pricecurrency", "wahrung"),
    "availability": ("availability", "stock_status", "in_stock", "available", "verfugbarkeit"),
    "quantity": ("variant_inventory_qty", "inventory_quantity", "quantity_to_sell_on_facebook", "quantity",
                 "stock_quantity", "current_stock", "stock", "qty", "inventory", "lagerbestand", "bestand"),
    "backorders": ("variant_inventory_policy", "continue_selling_when_out_of_stock", "backorders_allowed"),
    "tracked": ("variant_inventory_tracker", "inventory_tracker"),
    "published": ("published", "published_on_online_store", "status", "is_eligible_search", "enable_search"),
    "brand": ("brand", "vendor", "manufacturer", "supplier", "brands", "marke", "hersteller"),
    "gtin": ("gtin", "variant_barcode", "barcode", "ean", "upc", "isbn", "gtin13", "gtin_upc_ean_or_isbn"),
    "mpn": ("mpn",),
    "colour": ("color", "colour", "farbe", "couleur"),
    "size": ("size", "grosse", "groesse", "taille"),
    "material": ("material", "materials"),
    "style": ("style", "styles"),
    "pattern": ("pattern",),
    "product_type": ("product_type", "type", "category", "product_category", "categories", "google_product_category",
                     "kategorie", "warengruppe"),
    "department": ("department",),
    "complements": ("cross_sells",),
    "related": ("upsells",),
    "option1_name": ("option1_name", "custom_variant1_category"),
    "option1_value": ("option1_value", "custom_variant1_option"),
    "option2_name": ("option2_name", "custom_variant2_category"),
    "option2_value": ("option2_value", "custom_variant2_option"),
    "option3_name": ("option3_name", "custom_variant3_category"),
    "option3_value": ("option3_value", "custom_variant3_option"),
}  # fmt: skip

# Columns that are facts of their own in any feed.
FACTS = frozenset({
    "width", "height", "depth", "length", "diameter", "weight", "dimensions", "capacity", "volume", "power", "wattage",
    "voltage", "gender", "age_group", "condition", "pattern", "season", "fit", "care", "product_width",
    "product_height", "product_length", "product_weight", "shipping_weight", "size_system", "size_type",
    "energy_efficiency_class", "weight_kg", "length_cm", "width_cm", "height_cm", "warranty", "country_of_origin",
    "mpn", "seller", "seller_name",
})  # fmt: skip

COLOURS = frozenset({"color", "colour", "farbe", "couleur", "colors", "colours"})
SIZES = frozenset({"size", "grosse", "groesse", "taille", "sizes"})
MATERIALS = frozenset({"material", "materials", "fabric"})
