"""The shop's own policies: delivery, returns, warranty and the like, quoted and never invented."""

from collections.abc import Sequence

from pydantic import Field

from policies.reach import Reach
from retrieval.product import Policy
from tools.arguments import Arguments
from tools.tool import Tool, ToolContext, ToolError, ToolResult

# What shoppers call the topics that shops name otherwise; both sides without plural.
_ALSO_CALLED = {
    "shipping": "delivery",
    "ship": "delivery",
    "shipment": "delivery",
    "deliver": "delivery",
    "post": "delivery",
    "postage": "delivery",
    "refund": "return",
    "exchange": "return",
    "swap": "exchange",
    "cancel": "cancellation",
    "guarantee": "warranty",
    "repair": "warranty",
    "pay": "payment",
    "card": "payment",
    "coupon": "discount",
    "sale": "discount",
    "data": "privacy",
}
_SAY_NOTHING = frozenset({"a", "an", "and", "for", "my", "of", "on", "order", "policy", "shop", "store", "the", "your"})


class StorePolicy(Arguments):
    """Which policy."""

    topic: str = Field(min_length=1, max_length=80)


async def store_policy(args: StorePolicy, context: ToolContext) -> ToolResult:
    """Return the policy on a topic word for word, with the names of the others."""
    policies = await context.catalog.policies()
    topics = [policy.topic for policy in policies]
    policy = policy_on(args.topic, policies)
    if policy is None:
        raise ToolError(
            "unknown_topic",
            "The shop has no policy on that; say so and name the topics there are.",
            {"asked": args.topic, "topics": topics},
        )
    return ToolResult(facts={"policy": policy.model_dump(), "topics": topics})


def policy_on(topic: str, policies: Sequence[Policy]) -> Policy | None:
    """Return the policy whose topic or title is meant, or None; texts are not searched, so as not to guess."""
    asked = _stems(topic)
    called = {_ALSO_CALLED[word] for word in asked if word in _ALSO_CALLED}
    for words in (asked, called):
        by_topic = [policy for policy in policies if words & _stems(policy.topic)]
        by_title = [policy for policy in policies if words & _stems(policy.title)]
        if by_topic or by_title:
            return (by_topic or by_title)[0]
    return None


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in text.lower().replace("_", " ").split()} - _SAY_NOTHING


def _stem(word: str) -> str:
    """Return the word without the plural ending: "returns" is "return", "deliveries" is "delivery"."""
    plain = word.strip(".,?!")
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    return plain.removesuffix("s") if not plain.endswith("ss") else plain


STORE_POLICY = Tool(
    name="store_policy",
    reach=Reach.READ,
    arguments=StorePolicy,
    run=store_policy,
    description=(
        "The shop's text on returns, delivery, warranty, payment and so on; call it before answering how the "
        "shop works."
    ),
    status="Looking up the shop's policy",
)
