"""Which store policy a question is about."""

import re

_TOPICS = (
    (
        "discounts",
        re.compile(
            r"\bdiscounts?\b|\bcoupons?\b|\bpromo|\bvouchers?\b|"
            r"\bcodes?\b|\bprice match\b|\bmatch (?:that|their|the|it|this)\b|\bcompetitor"
            r"|\bon sale\b|\boff$|% off|\bpercent off|\bmoney off"
        ),
    ),
    ("exchanges", re.compile(r"\bexchange|\bswap\b")),
    (
        "returns",
        re.compile(
            r"\breturn|\brefund|\bmoney back\b|\bsend (?:it|them|something|things) back\b|\bwhat if (?:it|they|"
            r"the \w+) (?:doesn't|don't|does not|do not|isn't|aren't)\b|\bdoesn't fit\b"
        ),
    ),
    ("warranty", re.compile(r"\bwarrant|\bguarantee|\bbreaks?\b|\bbroken\b|\bfault|\brepair")),
    ("cancellation", re.compile(r"\bcancel")),
    ("payment", re.compile(r"\bpay|\bcard\b|\btax|\binvoice|\bpaypal\b|\bklarna\b|\binstal")),
    ("gift", re.compile(r"\bgift|\bwrap")),
    ("assembly", re.compile(r"\bassembl|\binstallation\b")),
    ("privacy", re.compile(r"\bprivacy\b|\bmy (?:data|details|account|profile|history)\b")),
    (
        "contact",
        re.compile(r"\bhours\b|\bopen\b|\bclose\b|\bcontact\b|" r"\bwhere (?:are you|is your)\b|\bphone\b|\bemail\b"),
    ),
    ("sizes", re.compile(r"\bsize (?:guide|chart)\b|\bsizing\b")),
    ("care", re.compile(r"\bcare (?:policy|instructions)\b")),
    (
        "delivery",
        re.compile(
            r"\bdeliver|\bship|\barriv|\bhow (?:long|soon|fast|quickly)\b|\bpost\b|\bget here\b|\bsend\b|"
            r"\bin time for\b|"
            r"\b(?:get|have|receive) (?:it|this|that|them|these|those|one)\b.{0,20}\b(?:by|before|in time)\b"
        ),
    ),
)


def topic_of(text: str) -> str:
    """Return the policy topic a question is about; its own words where none is known."""
    return known_topic(text) or text.strip(" ?.!")[:80] or "policy"


def known_topic(text: str) -> str | None:
    """Return the policy topic a question is about, None where its words name none."""
    return next((topic for topic, pattern in _TOPICS if pattern.search(text)), None)
