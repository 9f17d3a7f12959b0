"""New addresses for the orders to come: asked for, shown, pressed, forged, and what must be true of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from evals.gate.ground import Ground, Step
from evals.gate.place import Row
from evals.gate.shadow import Shadow
from evals.gate.violation import Violation, hold
from policies.errors import Refused
from policies.order_address import NewAddress
from policies.principal import Principal
from shop.home_terms import HomeView
from shop.views import Card

_MADE = "SELECT quote_id, subject FROM home_quotes WHERE state = 'confirmed' AND subject IN ({})"
_MINE = """
    SELECT addresses.subject, addresses.label, addresses.handle = shoppers.address AS chosen
    FROM addresses JOIN shoppers ON shoppers.subject = addresses.subject WHERE addresses.subject IN ({})
"""
_IN_CLEAR = """
    SELECT 1 AS found FROM addresses WHERE CAST(content AS TEXT) LIKE ?
    UNION ALL SELECT 1 FROM change_addresses WHERE CAST(content AS TEXT) LIKE ?
    UNION ALL SELECT 1 FROM home_quotes WHERE CAST(content AS TEXT) LIKE ? OR terms LIKE ?
"""
_CHALLENGE = "SELECT 1 AS found FROM home_quotes WHERE quote_id = ? AND terms LIKE ?"
_STREET = "Larkspur Mews"
# The last is not delivered to.
_PLACES = (("Leipzig", "DE"), ("Graz", "AT"), ("Porto", "PT"))


@dataclass(frozen=True, slots=True)
class _Asked:
    owner: Principal
    new: NewAddress
    before: str
    expires: float


@dataclass(frozen=True, slots=True)
class _Shown:
    asked: _Asked
    card: Card


@dataclass(slots=True)
class HomeShadow:
    """What the rig knows of new addresses from having asked for them itself."""

    asked: dict[str, _Asked] = field(default_factory=dict[str, _Asked])
    newest: dict[str, str] = field(default_factory=dict[str, str])  # by subject
    shown: list[_Shown] = field(default_factory=list[_Shown])
    made: dict[str, str] = field(default_factory=dict[str, str])  # subject by quote


def new_address(chance: Random) -> NewAddress:
    """Draw an address that nobody has; its label is its own, too."""
    city, region = chance.choice([_PLACES[0], _PLACES[1], chance.choice(_PLACES)])
    postcode = f"{chance.randrange(10**9):09}"
    return NewAddress(street=f"{_STREET} {chance.randint(1, 99)}", postcode=postcode, city=city, region=region)


class HomeSteps:
    """Steps of a sequence around the address that orders go to.

    Args:
        ground: The shop.
        base: What the sequence knows; it learns of addresses here.
        chance: Of the sequence.
        likely: Makes a step likely to be the next one.
    """

    def __init__(
        self,
        ground: Ground,
        base: Shadow,
        chance: Random,
        likely: Callable[[Step, Principal], None],
    ) -> None:
        self.shadow = HomeShadow()
        self._ground, self._base, self._chance, self._likely = ground, base, chance, likely
        self._home = ground.books.home

    async def move(self, who: Principal) -> None:
        """Ask for a new address for the orders to come."""
        new = new_address(self._chance)
        view = await self._home.prepare(who, new)
        self._note(who, new, view)
        self._likely(self.show_home, who)

    async def show_home(self, who: Principal) -> None:
        """Draw a card of an address that was asked for: it says the whole of it."""
        mine = [quote_id for quote_id, asked in self.shadow.asked.items() if asked.owner == who]
        if not mine:
            return await self.move(who)
        quote_id = self._chance.choice([mine[-1], mine[-1], self._chance.choice(mine)])
        card, asked = await self._home.render(who, quote_id), self.shadow.asked[quote_id]
        text = str(card.card["facts"])
        hold(all(part in text for part in (asked.new.street, asked.new.label.split(", ")[1])), "G3: another address")
        self.shadow.shown.append(_Shown(asked, card))
        return self._likely(self.press_home, who)

    async def press_home(self, who: Principal) -> None:
        """Press a card of an address that was shown to this shopper."""
        mine = [shown for shown in self.shadow.shown if shown.asked.owner == who]
        if not mine:
            return await self.move(who)
        shown = self._chance.choice([mine[-1], mine[-1], self._chance.choice(mine)])
        quote_id, known = shown.card.quote_id, shown.card.quote_id in self.shadow.made
        counts = self._must_count(shown) and not self._base.cools(self._ground, who)
        try:
            await self._press(shown.card, who)
        except Refused as refused:
            if counts and not known:
                raise Violation(f"an address whose press had to count was refused: {refused.code}") from refused
            self._base.ended.update([quote_id] if refused.code == "quote_superseded" else [])
            raise
        if not known:
            hold(counts, "a press of an address counted that must not")
            self.shadow.made[quote_id] = who.subject
            self._base.joined(who.subject, shown.asked.new.label)
            self._base.chose(who.subject, shown.asked.new.label)
        return None

    async def forge_home(self, who: Principal) -> None:
        """Press or read an address's card as somebody else, or with something that was not shown."""
        if not self.shadow.shown:
            return await self.move(who)
        shown = self._chance.choice(self.shadow.shown)
        owner, card = shown.asked.owner, shown.card
        other = next(person for person in self._base.people if person != owner)
        hold(await self._home.get(other, card.quote_id) is None, "G14: a foreign address was read")
        elsewhere = self._chance.choice(self.shadow.shown).card
        challenge = elsewhere.challenge if elsewhere.quote_id != card.quote_id else ""
        forged, presser = self._chance.choice(
            [
                (card, other),
                (card, replace(owner, session_id="ses_elsewhere")),
                (card, replace(owner, scopes=frozenset())),
                (card.model_copy(update={"challenge": challenge}), owner),
                (card.model_copy(update={"digest": "f" * 64}), owner),
            ]
        )
        try:
            await self._press(forged, presser)
        except Refused as refused:
            if refused.code in {"wrong_digest", "wrong_challenge"} and card.quote_id not in self.shadow.made:
                self._base.failure(card.quote_id, owner)
            raise
        raise Violation("G3: a forged press of an address counted")

    async def insist_home(self, who: Principal) -> None:
        """Fail three times at one card; pressed as it was drawn, it must not count any more, nor another one soon."""
        mine = [shown.card for shown in self.shadow.shown if shown.asked.owner == who]
        for _ in range(3 if mine else 0):
            try:
                await self._press(mine[-1].model_copy(update={"challenge": "yes"}), who)
            except Refused as refused:
                if refused.code == "wrong_challenge" and mine[-1].quote_id not in self.shadow.made:
                    self._base.failure(mine[-1].quote_id, who)
        self._likely(self._chance.choice([self.press_home, self.move]), who)

    async def stay(self, who: Principal) -> None:
        """Set the newest card of an address aside."""
        quote_id = self.shadow.newest.get(who.subject)
        if quote_id is None:
            return
        await self._home.decline(who, quote_id)
        self._base.ended.add(quote_id)

    def look(self) -> None:
        """Check that addresses joined, and were chosen, by presses and choices alone.

        Raises:
            Violation: One was not.
        """
        rows = self._rows(_MADE)
        hold({row["quote_id"]: row["subject"] for row in rows} == self.shadow.made, "G1: new addresses and presses")
        mine: dict[str, set[str]] = {}
        for row in self._rows(_MINE):
            mine.setdefault(row["subject"], set()).add(row["label"])
            right = not row["chosen"] or row["label"] == self._base.address[row["subject"]]
            hold(right, "G1: orders go to an address that was not chosen")
        hold(mine == self._base.addresses, "G1: an address joined that nobody approved, or is gone")

    def settle(self) -> None:
        """Check that nothing secret of new addresses is kept in clear.

        Raises:
            Violation: Something is.
        """
        street = f"%{_STREET}%"
        hold(not self._ground.rows(_IN_CLEAR, street, street, street, street), "G23: an address is in clear")
        for shown in self.shadow.shown:
            found = self._ground.rows(_CHALLENGE, shown.card.quote_id, f"%{shown.card.challenge}%")
            hold(not found, "G2: a challenge is in clear")

    async def _press(self, card: Card, who: Principal) -> HomeView:
        return await self._home.approve(who, card.quote_id, card.digest, card.challenge)

    def _note(self, who: Principal, new: NewAddress, view: HomeView) -> None:
        before = self._base.address[who.subject]
        hold((view.before, view.ship_to) == (before, new.label), "G4: an address was drawn up that nobody asked for")
        expires = (view.expires_at - self._ground.clock.now).total_seconds() + self._base.time
        self.shadow.asked[view.quote_id] = _Asked(who, new, before, expires)
        self.shadow.newest[who.subject] = view.quote_id

    def _must_count(self, shown: _Shown) -> bool:
        asked, quote_id = shown.asked, shown.card.quote_id
        alive = quote_id not in self._base.ended and self.shadow.newest[asked.owner.subject] == quote_id
        return alive and self._base.time < asked.expires and self._base.address[asked.owner.subject] == asked.before

    def _rows(self, statement: str) -> list[Row]:
        people = list(self._base.addresses)
        return self._ground.rows(statement.format(", ".join("?" * len(people))), *people)
