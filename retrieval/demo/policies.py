"""Policies: the demo shop's terms in plain words; prices and days are those of policies/policy.toml."""

from retrieval.product import Policy

POLICIES: tuple[Policy, ...] = (
    Policy(
        topic="delivery",
        title="Delivery",
        text=(
            "Standard delivery takes 3-5 working days and costs $9. From $150 it is free. Express delivery arrives "
            "the next working day and costs $24, whatever the order comes to. Furniture is carried to the room you "
            "choose; smaller things come by parcel. We deliver to Germany, Austria, Switzerland and the United States. "
            "You see the delivery cost before you order."
        ),
    ),
    Policy(
        topic="returns",
        title="Returns",
        text=(
            "You can return anything within 30 days of delivery, for any reason, unworn and in the state it came. "
            "Returning a parcel is free; we collect furniture from your door. The money goes back to the card you "
            "paid with within 5 working days of the return reaching us."
        ),
    ),
    Policy(
        topic="exchanges",
        title="Exchanges",
        text=(
            "Wrong size or colour? Exchange it within 30 days of delivery. We send the other one as soon as yours is "
            "on its way back, at no charge. If it costs more or less, you pay or get back the difference."
        ),
    ),
    Policy(
        topic="cancellation",
        title="Cancelling an order",
        text=(
            "An order can be cancelled free of charge until it is shipped. After that, send it back within 30 days "
            "like any other return."
        ),
    ),
    Policy(
        topic="warranty",
        title="Warranty",
        text=(
            "Everything comes with a warranty of 2 years against faults in material and making. We repair it, replace "
            "it, or refund it. Ordinary wear, and damage from use it was not made for, are not covered. Your rights "
            "by law stay as they are."
        ),
    ),
    Policy(
        topic="payment",
        title="Payment",
        text=(
            "You pay by card, in US dollars. The card is charged when you have checked the order and pressed the "
            "button, not before. Prices are the ones on the card you press; tax is shown there as its own line."
        ),
    ),
    Policy(
        topic="discounts",
        title="Sales and codes",
        text=(
            "Reduced prices are shown next to the price they had before. A code can be entered in the cart; one code "
            "an order. Nobody in the shop can give a discount that is not on the page."
        ),
    ),
    Policy(
        topic="stock",
        title="Out of stock",
        text=(
            "What is marked out of stock cannot be ordered. We do not take orders ahead, and we do not know the day "
            "something returns before it is here."
        ),
    ),
    Policy(
        topic="care",
        title="Care",
        text=(
            "Care is on each product's page. In short: oil solid wood once a year and keep it from radiators, wash "
            "linen and cotton at 30 °C, air wool rather than washing it, and feed leather twice a year."
        ),
    ),
    Policy(
        topic="assembly",
        title="Assembly",
        text=(
            "Most furniture comes in two or three parts with the tools it needs; the page says how long assembly "
            "takes where we have timed it. We do not assemble at home."
        ),
    ),
    Policy(
        topic="sizes",
        title="Sizes",
        text=(
            "Clothes run XS to XL, dresses and skirts in US sizes 2 to 14, shoes in US sizes 5 to 12. Furniture, rugs "
            "and mirrors are measured in centimetres. Between two sizes, take the larger in wool and the smaller in "
            "linen, or order both and return one."
        ),
    ),
    Policy(
        topic="gift",
        title="Gifts",
        text=(
            "We can leave the prices off the slip. Gift wrapping and gift cards are not something we have. A gift can "
            "be exchanged within 30 days of delivery."
        ),
    ),
    Policy(
        topic="privacy",
        title="Privacy",
        text=(
            "We keep what an order needs: your name, address, what you bought and how it was paid. Card numbers stay "
            "with the payment service. We sell no data. You can ask for everything we hold about you, and have it "
            "deleted."
        ),
    ),
    Policy(
        topic="contact",
        title="Contact",
        text=(
            "Write to hello@shop.example on working days between 9 and 17; a person answers within one working day. "
            "This assistant is automated and can pass a question on only by telling you that address."
        ),
    ),
)
