"""Gold calls approved by a process that dies at a point of its writes, and by the next one that goes on: same end."""

import json
import random
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evals.gate.dying import NEVER, dying, in_child
from evals.gate.place import Place, Site
from evals.gate.replay_data import Call, Json
from evals.gate.replay_shop import Shop, open_shop
from evals.gate.replay_state import differences, ours
from evals.gate.replay_wish import press
from policies.errors import Refused
from policies.principal import Principal
from shop.home import is_home
from shop.views import Card

_SETTLE = 3


@dataclass(frozen=True, slots=True)
class Approval:
    """A card that was drawn, before its press, with the shop as it was, and how it has to end.

    Args:
        call: What it is for.
        place: A copy of the shop.
        orders: Our id of each order, by tau2's.
        users: Whose state is compared.
        who: Whose press.
        card: To press.
        end: Our state after the press, undisturbed.
    """

    call: Call
    place: Place
    orders: Mapping[str, str]
    users: tuple[str, ...]
    who: Principal
    card: Card
    end: Json


def place_at(home: Path) -> Place:
    """Return the place of a shop whose files lie in a folder."""
    return Place(home, f"sqlite:///{home / 'books.sqlite'}")


def copy_of(place: Place, home: Path) -> None:
    """Copy a shop that is open."""
    home.mkdir(parents=True)
    for name in ("books.sqlite", "payments.sqlite"):
        with closing(sqlite3.connect(place.home / name)) as source, closing(sqlite3.connect(home / name)) as target:
            source.backup(target)


def points_of(site: Site, approval: Approval) -> int:
    """Return how many points an undisturbed press has: two for each write."""
    with site.place(like=approval.place) as place:
        if in_child(partial(_press, approval, place, NEVER)) != 0:
            raise LookupError(f"{approval.call} could not be pressed again; see above")
        return 2 * int((place.home / "writes").read_text(encoding="ascii"))


def killed(site: Site, approval: Approval, point: int, chance: random.Random) -> tuple[int, str]:
    """Die at a point, then at a random one of the recovery; returns the kills and what is wrong, "" for nothing."""
    with site.place(like=approval.place) as place:
        again = chance.randint(NEVER, point)
        first, second = (
            in_child(partial(work, approval, place, at)) for work, at in ((_press, point), (_recover, again))
        )
        if {first, second} - {0, -signal.SIGKILL}:
            return 0, "a bug surfaced; see above"
        kills = (first, second).count(-signal.SIGKILL)
        if in_child(partial(_finish, approval, place)) != 0:
            return kills, "a bug surfaced; see above"
        return kills, (place.home / "verdict").read_text(encoding="utf-8")


async def _press(approval: Approval, place: Place, point: int) -> None:
    async with open_shop(place) as ground:
        writes = dying(point)
        await press(Shop(ground), approval.who, approval.card)
        await ground.books.worker.changes.drive()
        (place.home / "writes").write_text(str(writes()), encoding="ascii")


async def _recover(_: Approval, place: Place, point: int) -> None:
    async with open_shop(place) as ground:
        dying(point)
        await ground.books.recover()


async def _finish(approval: Approval, place: Place) -> None:
    async with open_shop(place) as ground:
        shop = Shop(ground, dict(approval.orders))
        said = ""
        for _ in range(_SETTLE):
            await ground.books.recover()
        try:
            await press(shop, approval.who, approval.card)
        except Refused as refused:
            said = f"the repeat was refused as {refused.code}"
        for _ in range(_SETTLE):
            await ground.books.recover()
        wrong = differences(approval.end, json.loads(json.dumps(await ours(shop, approval.users))))
        audit = await ground.books.audit.verify()
        made = 1 if is_home(approval.card.quote_id) else len(_made(shop, approval))
        problems = [said, *wrong, audit.problem, "" if made == 1 else f"{made} changes were made"]
        (place.home / "verdict").write_text("; ".join(each for each in problems if each), encoding="utf-8")


def _made(shop: Shop, approval: Approval) -> list[Json]:
    return shop.ground.rows("SELECT change_id FROM order_changes WHERE quote_id = ?", approval.card.quote_id)
