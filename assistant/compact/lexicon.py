"""Shop English: words that mean the same, wider words, near colours, and words that carry no search meaning."""

# Words of one group name the same kind of product; whichever the catalogue uses stands for the others.
SAME_TYPE: tuple[tuple[str, ...], ...] = (
    ("sofa", "couch", "settee", "loveseat", "sectional", "chesterfield"),
    ("armchair", "lounge chair", "easy chair", "accent chair", "reading chair", "club chair"),
    ("desk", "writing desk", "work desk", "computer desk", "writing table", "workstation"),
    ("office chair", "desk chair", "task chair", "computer chair", "swivel chair"),
    ("dining table", "kitchen table", "dinner table"),
    ("dining chair", "kitchen chair"),
    ("coffee table", "cocktail table", "lounge table"),
    ("side table", "end table", "occasional table"),
    ("nightstand", "bedside table", "night table", "bedside cabinet"),
    ("bookcase", "bookshelf", "shelf", "shelving unit", "bookshelves", "shelving"),
    ("wardrobe", "armoire"),
    ("dresser", "chest of drawers"),
    ("sideboard", "credenza", "buffet"),
    ("cabinet", "cupboard"),
    ("ottoman", "footstool", "pouffe", "pouf"),
    ("stool", "bar stool", "counter stool"),
    ("floor lamp", "standing lamp", "reading lamp"),
    ("table lamp", "bedside lamp", "night light"),
    ("pendant lamp", "pendant light", "hanging lamp", "ceiling lamp", "ceiling light", "pendant", "chandelier"),
    ("desk lamp", "task lamp"),
    ("rug", "carpet", "area rug"),
    ("runner", "hallway runner", "hall runner", "runner rug"),
    ("throw", "blanket", "throw blanket"),
    ("cushion", "throw pillow", "scatter cushion", "pillow"),
    ("curtain", "drape", "drapery"),
    ("mirror", "looking glass"),
    ("vase", "flower vase"),
    ("planter", "plant pot", "flower pot", "pot"),
    ("bedding", "duvet cover", "bed linen"),
    ("dress", "gown", "frock"),
    ("shirt", "button up", "button down", "dress shirt"),
    ("t shirt", "tee", "tshirt", "tee shirt"),
    ("sweater", "jumper", "pullover", "knit"),
    ("hoodie", "hooded sweatshirt", "sweatshirt"),
    ("trousers", "pants", "slacks", "chinos"),
    ("jeans", "denims"),
    ("coat", "overcoat", "winter coat", "parka"),
    ("jacket", "blazer"),
    ("raincoat", "rain jacket", "trench coat", "trench", "mac"),
    ("sneakers", "trainers", "kicks", "tennis shoes", "running shoes", "gym shoes", "sneaker"),
    ("heels", "high heels", "pumps", "stilettos", "heel"),
    ("boots", "ankle boots", "chelsea boots", "booties"),
    ("loafers", "moccasins", "slip ons"),
    ("sandals", "flip flops"),
    ("flats", "ballet flats", "ballerinas"),
    ("tote", "tote bag", "shopper bag"),
    ("crossbody bag", "crossbody", "cross body bag", "shoulder bag", "messenger bag"),
    ("backpack", "rucksack", "knapsack"),
    ("clutch", "evening bag", "clutch bag", "purse"),
    ("sunglasses", "shades", "sunnies"),
    ("watch", "wristwatch", "wrist watch", "timepiece"),
    ("belt", "waist belt"),
    ("scarf", "shawl"),
    ("hat", "cap", "beanie"),
    ("necklace", "pendant necklace", "chain"),
    ("bracelet", "bangle"),
    ("earrings", "studs", "hoops"),
    ("wallet", "billfold"),
)

# A wider word stands for every listed type the catalogue has.
WIDER_TYPE: dict[str, tuple[str, ...]] = {
    "shoe": ("sneakers", "heels", "boots", "loafers", "sandals", "flats", "ankle boots"),
    "footwear": ("sneakers", "heels", "boots", "loafers", "sandals", "flats", "ankle boots"),
    "bag": ("tote", "crossbody bag", "clutch", "backpack", "handbag", "weekender"),
    "handbag": ("tote", "crossbody bag", "clutch"),
    "seating": ("sofa", "armchair", "dining chair", "office chair", "stool", "bench", "ottoman"),
    "chair": ("armchair", "dining chair", "office chair"),
    "table": ("dining table", "coffee table", "side table", "console table", "nightstand"),
    "light": ("lamp", "floor lamp", "table lamp", "desk lamp", "pendant lamp"),
    "lighting": ("lamp", "floor lamp", "table lamp", "desk lamp", "pendant lamp"),
    "lamp": ("lamp", "floor lamp", "table lamp", "desk lamp", "pendant lamp"),
    "storage": ("bookcase", "wardrobe", "dresser", "sideboard", "cabinet", "shelf", "basket"),
    "jewellery": ("necklace", "bracelet", "earrings", "ring", "watch"),
    "jewelry": ("necklace", "bracelet", "earrings", "ring", "watch"),
    "top": ("shirt", "t-shirt", "blouse", "sweater", "top", "hoodie"),
    "knitwear": ("sweater", "cardigan"),
    "bottom": ("trousers", "skirt", "jeans", "shorts"),
    "outerwear": ("coat", "jacket", "raincoat"),
    "accessory": ("watch", "belt", "scarf", "hat", "sunglasses", "wallet"),
    "soft furnishing": ("cushion", "throw", "curtain", "rug"),
}

DEPARTMENT_WORDS: dict[str, str] = {
    "clothes": "fashion",
    "clothing": "fashion",
    "apparel": "fashion",
    "fashion": "fashion",
    "outfit": "fashion",
    "furniture": "home",
    "homeware": "home",
    "furnishing": "home",
    "home decor": "home",
    "decor": "home",
}

# Spellings and everyday names of one colour.
SAME_COLOUR: tuple[tuple[str, ...], ...] = (
    ("grey", "gray"),
    ("navy", "navy blue", "dark blue"),
    ("charcoal", "dark grey", "dark gray", "anthracite"),
    ("off white", "offwhite", "off-white"),
    ("multicolour", "multicolor", "multi colour", "multicoloured"),
    ("light blue", "pale blue", "baby blue", "sky blue"),
)

# Nearest shop colours, best first, for a colour the catalogue does not name.
NEAR_COLOUR: dict[str, tuple[str, ...]] = {
    "terracotta": ("rust", "orange", "brown"),
    "burnt orange": ("rust", "orange"),
    "burgundy": ("wine", "plum", "red"),
    "maroon": ("burgundy", "wine", "plum", "red"),
    "wine": ("burgundy", "plum", "red"),
    "crimson": ("red",),
    "scarlet": ("red",),
    "cream": ("ivory", "ecru", "off white", "beige", "sand", "white"),
    "ivory": ("cream", "ecru", "off white", "white"),
    "beige": ("sand", "cream", "oat", "stone", "natural", "tan"),
    "sand": ("beige", "cream", "oat"),
    "tan": ("camel", "cognac", "brown", "beige"),
    "camel": ("tan", "cognac", "brown", "beige"),
    "cognac": ("tan", "camel", "brown"),
    "chocolate": ("brown",),
    "brown": ("cognac", "tan", "chocolate", "walnut"),
    "silver": ("grey", "steel"),
    "charcoal": ("grey", "black"),
    "slate": ("grey", "charcoal"),
    "grey": ("charcoal", "slate", "stone"),
    "olive": ("moss", "sage", "green"),
    "khaki": ("olive", "sage", "green", "beige"),
    "emerald": ("green", "forest"),
    "sage": ("moss", "olive", "green"),
    "moss": ("olive", "sage", "green"),
    "mint": ("sage", "green"),
    "green": ("moss", "sage", "olive", "forest"),
    "forest": ("green", "moss"),
    "turquoise": ("teal", "blue"),
    "teal": ("turquoise", "blue", "petrol"),
    "indigo": ("navy", "blue"),
    "denim": ("blue", "navy", "indigo"),
    "navy": ("blue",),
    "light blue": ("blue",),
    "blue": ("navy", "indigo", "sky", "teal"),
    "violet": ("purple", "plum", "lilac"),
    "lavender": ("lilac", "purple"),
    "lilac": ("lavender", "purple"),
    "purple": ("plum", "lilac", "violet"),
    "blush": ("pink", "rose"),
    "rose": ("pink", "blush"),
    "pink": ("blush", "rose"),
    "coral": ("pink", "orange", "rust"),
    "peach": ("orange", "blush", "pink"),
    "mustard": ("ochre", "yellow"),
    "ochre": ("mustard", "yellow"),
    "gold": ("brass", "yellow", "mustard"),
    "yellow": ("mustard", "ochre"),
    "orange": ("rust",),
    "rust": ("terracotta", "orange"),
    "red": ("rust", "burgundy", "wine"),
    "off white": ("ivory", "cream", "white"),
    "white": ("ivory", "cream", "off white"),
    "black": ("charcoal", "ink"),
}

COLOUR_FAMILY: dict[str, tuple[str, ...]] = {
    "neutral": ("beige", "cream", "sand", "grey", "white", "ivory", "stone", "oat", "natural", "black"),
    "pastel": ("blush", "lilac", "mint", "pink", "sage", "peach"),
}

SAME_MATERIAL: tuple[tuple[str, ...], ...] = (
    ("aluminium", "aluminum"),
    ("solid wood", "timber"),
    ("stainless steel", "inox"),
    ("jute", "hessian"),
    ("rattan", "wicker", "cane"),
)

WIDER_MATERIAL: dict[str, tuple[str, ...]] = {
    "wood": ("oak", "walnut", "pine", "ash", "beech", "birch", "teak", "mango wood", "acacia", "bamboo", "wood"),
    "wooden": ("oak", "walnut", "pine", "ash", "beech", "birch", "teak", "mango wood", "acacia", "bamboo", "wood"),
    "metal": ("steel", "brass", "iron", "aluminium", "metal", "stainless steel"),
    "woollen": ("wool", "merino"),
    "woolen": ("wool", "merino"),
    "leathery": ("leather",),
}

LETTER_SIZES: dict[str, tuple[str, ...]] = {
    "extra small": ("xs",),
    "x small": ("xs",),
    "small": ("s", "small"),
    "medium": ("m", "medium"),
    "large": ("l", "large"),
    "extra large": ("xl",),
    "x large": ("xl",),
}

# Words that steer the conversation and say nothing about a product.
FILLER = frozenset(
    ["a", "an", "the", "some", "any", "one", "ones", "of", "in", "on", "at", "to", "for", "with", "from", "by", "and", "or", "but", "so", "than", "then", "as", "is", "are", "was", "were", "be", "been", "am", "do", "does", "did", "have", "has", "had", "having", "get", "gets", "got", "can", "could", "would", "will", "should", "shall", "may", "might", "must", "i", "i'm", "i'd", "i'll", "i've", "me", "my", "mine", "we", "us", "our", "you", "your", "you're", "he", "she", "him", "his", "her", "it", "it's", "its", "this", "that", "these", "those", "they", "them", "their", "there", "here", "what", "what's", "which", "who", "where", "when", "how", "why", "please", "pls", "plz", "thanks", "thank", "hi", "hello", "hey", "ok", "okay", "yes", "no", "yeah", "yep", "nope", "not", "without", "just", "only", "really", "very", "quite", "pretty", "bit", "little", "lot", "too", "also", "again", "still", "now", "then", "maybe", "perhaps", "actually", "instead", "else", "other", "another", "more", "most", "less", "least", "much", "many", "few", "several", "something", "anything", "everything", "nothing", "someone", "anyone", "thing", "things", "stuff", "item", "items", "product", "products", "option", "options", "kind", "kinds", "type", "types", "sort", "sorts", "show", "see", "look", "looking", "find", "search", "want", "wanted", "need", "needs", "like", "love", "prefer", "buy", "buying", "bought", "shop", "shopping", "give", "tell", "let", "let's", "make", "go", "going", "goes", "come", "comes", "take", "bring", "carry", "sell", "stock", "available", "right", "left", "new", "good", "great", "nice", "cool", "perfect", "hmm", "um", "uh", "well", "oh", "ah", "wow", "sure", "fine", "back", "first", "second", "third", "last", "next", "about", "around", "under", "over", "below", "above", "between", "up", "down", "out", "off", "through", "into", "onto", "around", "roughly", "less", "than", "max", "min", "maximum", "minimum", "most", "budget", "price", "priced", "cost", "costs", "costing", "dollars", "dollar", "bucks", "buck", "usd", "euro", "euros", "eur", "cheap", "cheaper", "cheapest", "affordable", "inexpensive", "expensive", "pricier", "priciest", "pricey", "dearer", "cheaply", "spend", "spending", "rated", "rating", "reviewed", "reviews", "best", "top", "highest", "popular", "colour", "colours", "color", "colors", "coloured", "colored", "size", "sizes", "sized", "made", "material", "materials", "brand", "brands", "style", "styles", "styled", "if", "don't", "doesn't", "didn't", "isn't", "aren't", "can't", "won't", "i'am", "im", "ive", "id", "ill", "dont", "whats", "thats", "that's", "lets", "got", "gotta", "wanna", "gonna", "any", "anybody", "each", "every", "all", "both", "either", "neither", "range", "ranges", "total", "tops", "altogether", "except", "avoid", "hate", "rather", "same", "different", "similar", "keep", "stay", "today", "tomorrow", "tonight", "week", "currently", "selection", "collection", "choose", "pick", "help", "consider", "suitable", "suit", "suits", "preferably", "ideally", "possibly", "probably", "must", "mustn't", "shouldn't", "wouldn't", "couldn't", "haven't", "hasn't", "cart", "basket", "order", "add", "remove", "carrying", "selling", "offer", "offers", "having", "browse", "browsing", "exactly", "else's", "piece", "pieces", "pair", "pairs", "set", "sets", "exist", "exists", "happen", "idea", "ideas", "recommend", "recommendation", "recommendations", "suggest", "suggestion", "suggestions", "surprise", "inspire", "free", "wait", "no-one", "tone", "tones", "vibe", "vibes", "look", "looks", "match", "matches", "matching", "matched", "wear", "wearing", "pair", "pairing", "paired", "complement", "complete", "similar", "alternative", "alternatives", "compare", "comparison", "versus", "vs", "difference", "differences", "between", "want's", "ready", "pay", "hand", "part", "kinda", "sort-of", "whatever", "somehow", "anyway", "hers"]
)

# Everyday words that lie one letter from a shop word and must not be "corrected" to it.
ENGLISH = frozenset(
    ["books", "book", "short", "shorts", "skirt", "skirts", "shirt", "shirts", "boots", "boats", "roots", "tools", "pools", "stools", "tables", "tablet", "tablets", "cable", "cables", "fable", "lamb", "lamps", "camp", "ramp", "damp", "bench", "beach", "peach", "teach", "wench", "desk", "disk", "dusk", "task", "mask", "masks", "vase", "base", "case", "phase", "rug", "mug", "bug", "jug", "rugs", "mugs", "jugs", "dress", "press", "cress", "chess", "sofa", "soda", "coat", "goat", "boat", "oat", "coats", "watch", "match", "catch", "patch", "witch", "which", "hatch", "dutch", "heels", "wheels", "wheel", "feels", "heals", "reels", "peels", "black", "block", "slack", "blank", "white", "while", "write", "whale", "green", "greek", "greed", "grain", "brown", "crown", "drown", "frown", "blown", "blues", "clue", "glue", "grey", "prey", "grew", "great", "silver", "sliver", "linen", "lines", "liner", "liver", "river", "wool", "pool", "tool", "cool", "wood", "food", "good", "hood", "mood", "word", "steel", "steal", "steam", "glass", "class", "grass", "brass", "bass", "pine", "line", "wine", "fine", "mine", "pink", "ring", "rings", "pins", "pens", "print", "cotton", "button", "bottom", "velvet", "leather", "weather", "feather", "heather", "father", "rather", "other", "silk", "milk", "sink", "bulk", "bags", "bugs", "bag", "totes", "notes", "votes", "tote", "chair", "hair", "stair", "stairs", "chain", "choir", "hats", "cats", "rats", "hat", "mat", "mats", "runner", "dinner", "inner", "winner", "tyres", "tires", "wires", "tires", "car", "cars", "bike", "bikes", "helmet", "helmets", "apron", "aprons", "laptop", "laptops", "phone", "phones", "camera", "cameras", "toy", "toys", "bread", "cheese", "coffee", "tea", "flower", "flowers", "plants", "plant", "paint", "paints", "tents", "tent", "table", "fridge", "kettle", "kettles", "jeans", "beans", "means", "leans", "jacket", "packet", "racket", "pocket", "basket", "blanket", "market", "socks", "rocks", "locks", "clocks", "clock", "sock", "gloves", "loves", "cloves", "globe", "cloth", "clothes", "mirror", "minor", "error", "candle", "handle", "candles", "handles", "bundle", "trade", "gift", "gifts", "party", "house", "horse", "mouse", "summer", "winter", "spring", "autumn", "warm", "calm", "modern", "model", "medium", "median", "round", "sound", "large", "small", "tall", "wall", "hall", "ball", "light", "night", "right", "fight", "sight", "tight", "eight", "weight", "sweet", "street", "sheet", "shoes", "shows", "stone", "store", "stove", "shore", "score", "score", "storm", "form", "farm", "frame", "flame", "plane", "plate", "place", "space", "spice", "price", "prize", "prime", "cream", "dream", "crate", "great", "bread", "broad", "board", "beard", "sand", "band", "hand", "land", "stand", "brand", "grand", "gold", "bold", "cold", "fold", "hold", "metal", "medal", "petal", "mental", "rental", "dental", "paper", "pepper", "copper", "rubber", "number", "lumber", "timber", "member", "amber", "ember", "women", "woman", "wooden", "golden", "garden", "harden", "burden", "cordless", "marble", "marvel", "narrow", "barrow", "arrow", "wider", "under", "bowl", "bowls", "towel", "towels", "trowel", "vowel", "pillow", "willow", "yellow", "fellow", "hollow", "follow", "school", "spool", "stool", "teak", "team", "tear", "bear", "pear", "wear", "year", "near", "gear", "dear", "fear", "hear", "rear", "lean", "leaf", "leak", "least", "beast", "feast", "shade", "shape", "share", "shave", "shake", "shame", "throw", "three", "through", "threw", "curtain", "certain", "captain", "running", "cunning", "stunning", "stuff", "staff", "cliff", "sleeve", "sleep", "sheep", "cheap", "cheep", "sheer", "steer", "evening", "opening", "cooking", "looking", "booking", "king", "ping", "sing", "wing", "thing", "things", "bring", "pasta", "paste", "taste", "waste", "haste", "coast", "toast", "roast", "boast", "roast", "chest", "cheat", "wheat", "heat", "heats", "oil", "soil", "boil", "coil", "foil", "toil", "bean", "bead", "head", "read", "lead", "dead", "deal", "meal", "seal", "real", "heal", "fan", "fans", "van", "vans", "can", "cans", "pan", "pans", "man", "men", "pen", "hen", "ten", "den", "rust", "dust", "must", "just", "trust", "crust", "moss", "boss", "loss", "toss", "cross", "dross", "navy", "wavy", "gravy", "army", "party", "olive", "alive", "drive", "five", "rose", "nose", "hose", "pose", "dose", "close", "those", "suit", "suits", "fruit", "fruits", "belt", "melt", "felt", "bell", "belly", "jelly", "scarf", "scare", "wallet", "ballet", "pallet", "mallet", "bullet", "slipper", "slippers", "ladder", "ladders", "shower", "showers", "drill", "drills", "hammer", "hammers", "knife", "knives", "fork", "forks", "spoon", "spoons", "laundry", "guitar", "guitars", "piano", "pianos", "violin", "drum", "drums", "television", "monitor", "monitors", "keyboard", "keyboards", "printer", "mattress", "mattresses", "bed", "beds", "crib", "cribs", "oven", "ovens", "microwave", "toaster", "toasters", "blender", "blenders", "vacuum"]
)
