"""The words that make a claim, by kind: orders, deeds, discounts, days, stock, properties, ratings, health."""

import re
from collections.abc import Mapping


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DONE = r"(?:i|we)(?:['’]ve| have)?(?: just| already| also| now)*"
_BEEN = r"(?:is|are|was|were|been|has been|have been|gets?|got)(?: now| just| already| successfully| \w+ and)*"
_COUNT = (
    r"(?:\d(?:[\d.,]*\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|fifty|a few|several)"
)

NEGATED = _any(
    r"\b(?:nothing|not|never|nobody|none|no one|neither|nor|without|cannot|hardly)\b",
    r"\bno (?!problem|worries|doubt|need|time|questions)\b",
    r"n['’]t\b",
)
PENDING = _any(
    r"\b(?:if|unless|whether|as soon as)\b|\buntil (?:you|it|the|they)\b",
    r"\b(?:once|when|after|before) (?:you|your|the (?:shopper|button|card|order))\b",
)
SETTLED = _any(
    rf"\b{_DONE} (?:placed|ordered|paid|bought|purchased|cancell?ed|refunded|returned|exchanged"
    r"|checked (?:you )?out)\b",
    rf"\b{_BEEN} (?:ordered|paid|purchased|bought|cancell?ed|refunded|confirmed|shipped|charged|dispatched|placed)\b",
    r"\b(?:order|purchase|payment|refund|cancell?ation) (?:is |was |has been |went |has )?"
    r"(?:placed|confirmed|complete|completed|through|successful|gone through|made|approved)\b",
    r"\bon (?:its|the|their) way\b",
    r"\bbeing (?:processed|shipped|packed|prepared|refunded)\b",
    r"\bconsider it (?:done|bought|ordered|yours|paid)\b",
    r"\b(?:is|are) (?:all )?yours\b(?! (?:to|for))",
    r"\bthank(?:s| you) for (?:your|the) (?:purchase|order|payment)\b",
    r"^(?:ordered|purchased|paid|bought|all done|done|confirmed)\b",
    r"\border (?:number|no\.|#)",
)
# What may be said only of an order that the books have as undone.
UNDONE = _any(
    rf"\b{_DONE} (?:cancell?ed|refunded|returned|exchanged)\b",
    rf"\b{_BEEN}(?: fully)? (?:cancell?ed|refunded|exchanged)\b",
    r"\b(?:refund|cancell?ation) (?:is |was |has been |went )?(?:made|confirmed|completed?|through|successful)\b",
    r"\brefund is being\b",
)
# What is said to be done, by what must have happened in this turn for it to be true.
DEEDS: Mapping[str, re.Pattern[str]] = {
    "cart": _any(
        rf"\b{_DONE} (?:added|removed|taken|took|changed|updated|swapped|put|deleted|increased|reduced)\b",
        r"^(?:added|removed|changed|updated|swapped)\b",
        rf"\b{_BEEN} (?:added|removed|updated)\b",
    ),
    "memory": _any(rf"\b{_DONE} (?:saved|remembered|noted|stored|forgotten|forgot)\b"),
    "told": _any(
        rf"\b{_DONE} (?:told|informed|notified|contacted|called|e-?mailed|messaged|forwarded|passed|escalated|alerted"
        r"|arranged|scheduled|spoken|spoke|asked|written|wrote|sent|reported)\b",
        rf"\b{_BEEN} (?:forwarded|escalated|notified|informed|passed on)\b",
    ),
    "looked": _any(rf"\b{_DONE} (?:searched|looked|found|compared|checked)\b"),
    "read": _any(
        rf"\b{_DONE} (?:read|studied)\b",
        rf"\b{_DONE} (?:looked at|looked up|checked|read) (?:the|its|their) (?:page|pages|reviews?|details|policy)\b",
    ),
    "never": _any(
        rf"\b{_DONE} (?:applied|reserved|held|booked|blocked|set (?:one|it|them|this) aside|kept one|negotiated"
        r"|unlocked|upgraded|discounted|waived|authori[sz]ed|approved|verified)\b",
        rf"\b{_DONE} checked with\b",
        rf"\b{_BEEN} (?:reserved|set aside|approved|waived|put on hold)\b",
    ),
}
PEOPLE = _any(
    r"\b(?:a colleague|someone|somebody|a person|a human|our (?:team|staff|people|experts?)|the (?:team|manager|boss|"
    r"warehouse|staff)|a manager|customer (?:service|care)|support|an agent|a (?:member|specialist))\b.*"
    r"\b(?:will|has|have|is going to|can call|confirmed|approved|says?|said)\b"
)
DISCOUNT = _any(
    r"\b(?:\d+|\w+)(?: ?%| percent| per cent)(?: (?:off|discount|less|cheaper|reduction))?",
    r"\b(?:coupon|promo(?:tion)?|voucher|discount|rebate) codes?\b",
    r"\bcode [A-Z0-9]{4,}\b",
    r"\bfree (?:gift|delivery|shipping|returns?|of charge)\b",
    r"\b(?:is|are|ships?|comes?) (?:always |now )?free\b",
    r"\b(?:one|two|second) free\b|\bfor free\b",
    r"\bhalf (?:the )?price\b|\bspecial (?:offer|price|deal)\b|\bbargain\b",
    r"\b(?:flash |summer |winter |big )?sale\b(?! price)",
    r"\b(?:knock|take|get)(?:ting)? (?:something|a bit|some)?\s?off\b|\boff the price\b|\bthrow in\b",
    r"\bmatch (?:any|that|their|the) price\b|\bprice match\b|\bbetter price\b|\b(?:give|offer|get) you a discount\b",
)
DELIVERY = _any(r"\b(?:arriv|deliver|ship|courier|parcel|there by|have it|get it|receive|in your hands)\w*")
TIMES = _any(
    r"\b(?:tomorrow|today|tonight|midnight|christmas|easter|this (?:week|month|evening|afternoon)"
    r"|next (?:day|week|month)|same day|over ?night|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b",
    rf"\b{_COUNT}(?:[\s-]+(?:to|or|-|–)[\s-]+{_COUNT})?[\s-]+(?:working |business )?"
    r"(?:minutes?|hours?|days?|weeks?|months?|years?)\b",
    r"\b(?:a|an) (?:hour|day|week|month|year)\b",
    r"\bat \d{1,2}(?::\d\d)? ?[ap]\.?m\b",
    r"\blifetime\b|\bforever\b",
)
URGENCY = _any(
    r"\b(?:selling fast|last chance|hurry|almost gone|while stocks? lasts?|going fast|won't last)\b",
    r"\bpeople (?:are|have) (?:looking|viewing|bought)\b|\bin high demand\b",
)
IN_STOCK = _any(r"\bin stock\b", r"\bavailable\b")
SOLD_OUT = _any(r"\b(?:sold out|out of stock|unavailable)\b")
NAMED_BY = _any(r"\b(?:called|named|carry|sell|stock|have|say|says|page)\b")
COMPARED = _any(
    r"\b(?:less|more|off|cheaper|dearer|than|under|over|below|above|up to|between|from|to spare|left|differ\w*|down"
    r"|at most|at least|wider|narrower|taller|lower|higher|shorter|longer|deeper|lighter|heavier|saves?|saving|lowest"
    r"|highest|within|around|about|budget|save)\b"
)
TOGETHER = _any(r"\b(?:together|both|in all|sum|altogether|all (?:two|three|four|in)|the two|corner|outfit|set)\b")
BOUND = re.compile(
    r"\b(?P<under>under|below|less than|up to|at most|no more than|within)\b|\b(?:over|above|more than|at least)\b",
    re.I,
)
UNSURE = _any(r"\b(?:can['’]t|cannot|don['’]t know|only know|not able|don['’]t (?:carry|sell|have))\b")
LEFT = re.compile(
    rf"\b(?P<count>{_COUNT})(?: of (?:them|these|those))?(?: more)? (?:left|remaining|in stock)\b", re.IGNORECASE
)
PROPERTIES = _any(
    r"\b(?:water-?(?:proof|resistant|repellent)|(?:machine[- ])?washable|dimmable|hand-?made|organic|vegan|fire-?proof"
    r"|flame-?retardant|hypo-?allergenic|recycled|recyclable|sustainab\w+|certified|eco-?friendly|ergonomic|adjustable"
    r"|fold(?:able|s flat)|wireless|rechargeable|scratch-?(?:proof|resistant)|non-?toxic|stain-?(?:proof|resistant)"
    r"|child-?safe|breathable|patented|best-?sell\w+|most popular|award\w*|limited edition|genuine|fair-?trade"
    r"|solid \w+|made in \w+|height-adjustable|antibacterial|UV-?\w*|won an?|customer favou?rite|designed by|signed"
    r"|endorsed|recommended by|hand-?signed)\b"
)
BUYERS = _any(
    r"\b(?:every|all|most) (?:customers?|buyers?|shoppers?|users?|people)\b",
    r"\b(?:customers|people|everyone|everybody) (?:love|adore|swear|rave)s?\b",
    r"\b(?:thousands|hundreds|millions|dozens) of\b",
)
HEALTH = _any(
    r"\b(?:relie(?:ves?|f)|cures?|heals?|prevents?|treats?|clinical\w*|therapeutic|medical\w*|migraines?|arthritis"
    r"|eczema|pain|insomnia|anxiety|improves? (?:sleep|health|posture))\b"
)
ELSEWHERE = _any(
    r"\b(?:amazon|ikea|ebay|walmart|target|wayfair|zalando|otto|etsy|alibaba|temu|shein|h&m|zara|nike|adidas)\b",
    r"\b(?:anywhere|somewhere|everywhere) else\b|\belsewhere\b",
    r"\b(?:other|another) (?:shops?|stores?|retailers?|sellers?)\b|\bcompetitors?\b|\bon the market\b",
    r"\b(?:lowest|best|lower) price (?:online|anywhere|in town|around)\b",
    r"\bfind (?:a lower|a better|it cheaper|lower|cheaper)\b",
)
MARKUP = re.compile(
    r"https?://\S+|\bwww\.\S+|\b[\w.-]+@[\w-]+\.[\w.]+|\b[\w-]+\.(?:com|net|org|shop|store|io|example|de|co)\b\S*"
    r"|!?\[[^\]]*\](?:\([^)]*\))?|</?[a-z][^>]*>|^\s*\|.*|\|\s*-{2,}.*|\+\d[\d\s()-]{6,}"
    r"|\b(?:click|tap|press|hit) (?:on )?(?:here|below|this|the (?:link|button below|button to pay))\b[^.]*"
    r"|\bbutton below\b|\bhere(?:['’]s| is| are) (?:a|an|the|some) (?:photo|picture|image|video)s?\b[^.]*",
    re.IGNORECASE,
)
# Materials and colours are claimed by naming them.
MATERIALS = _words(
    """
    oak walnut pine teak cherry ash beech birch maple mahogany bamboo rattan marble glass steel iron brass copper
    aluminium gold silver platinum leather suede velvet silk wool cashmere linen cotton denim nylon polyester viscose
    satin canvas rubber jute acetate pearl ceramic stoneware concrete plastic bouclé alpaca mohair titanium acrylic
    red orange yellow green blue purple pink black white grey gray brown beige turquoise violet magenta cream teal
    navy burgundy mustard olive rust sage blush lilac camel xs xl xxl xxxl
    """
)
UNITS = _words(
    """
    cm mm m kg g lb lbs inch inches ft foot litre liter l watt w lumen lm drawer door shelf shelve review star buyer
    customer left
    """
)
STARTERS = _words(
    """
    a an the this that these those all any both each every either neither some no one two three four five six seven
    eight nine ten eleven twelve our your my its their other another more most many few several only which what such
    similar plain small large big wide narrow round new good great nice better best cheaper cheapest matching warm
    simple modern classic light dark low high here compare show see say for in with and or but of as to from under
    over up choose pick take add
    """
)
GERMAN = re.compile(r"\b(?:der|die|das|und|ist|sind|nicht|ein|eine|einen|wir|ich|sie|mit|für|auf|von|zu)\b")
