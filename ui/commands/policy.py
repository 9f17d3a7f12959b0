"""`aisle policy`: what the shop's policy says, and whether a changed file would be understood."""

import tomllib
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from assistant.settings import Settings
from policies.limits import PACKAGED, ShopPolicy, load_policy, mistakes_of
from policies.money import format_minor
from ui.commands.running import Failed, run

app = typer.Typer(help="Show the shop's policy, or check a changed file.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def show() -> None:
    """Print what this home's policy allows, and its hash as quotes and the audit log carry it."""

    async def work(settings: Settings) -> None:
        typer.echo(f"{settings.policy or PACKAGED}")
        typer.echo("\n".join(_told(load_policy(settings.policy))))

    run(work)


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The policy.toml to check.")]) -> None:
    """Say whether a server would start with FILE, naming line and field of everything wrong in it.

    A running server keeps the policy it started with: restart it to put a changed file, or a switch, into force.
    Order cards that are open then are refused and prepared anew.

    Example:
        aisle policy check my-policy.toml
    """

    async def work(settings: Settings) -> None:
        wrong = _mistakes(file)
        if wrong:
            raise Failed(f"{file} is wrong:\n" + "\n".join(f"  {each}" for each in wrong))
        policy = load_policy(file)
        same = " It is the one in force here." if policy.digest == _in_force(settings) else ""
        typer.echo(f"{file} is fine: version {policy.version}, {policy.digest[:12]}.{same}")

    run(work)


def _in_force(settings: Settings) -> str:
    return load_policy(settings.policy).digest


def _mistakes(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        return [f"it can't be read ({error.strerror})"]
    except UnicodeDecodeError as error:
        return [f"byte {error.start + 1} is not UTF-8"]
    try:
        ShopPolicy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return [str(error)]
    except ValidationError as error:
        lines = text.splitlines()
        return [f"{_line(lines, where)}{where}: {problem}" for where, problem in mistakes_of(error)]
    return []


def _line(lines: list[str], where: str) -> str:
    """Return 'line 12, ' for a field such as 'limits.order' or 'delivery.1.price'; "" where it is missing."""
    *path, field = where.split(".")
    section, skip = [part for part in path if not part.isdigit()], next((int(p) for p in path if p.isdigit()), 0)
    heads = (f"[{'.'.join(section)}]", f"[[{'.'.join(section)}]]")
    inside, seen = not section, 0
    for number, line in enumerate(lines, start=1):
        bare = line.split("#")[0].strip()
        if bare.startswith("["):
            inside = bare in heads and seen == skip
            seen += bare in heads
        elif inside and bare.split("=")[0].strip() == field:
            return f"line {number}, "
    return ""


def _told(policy: ShopPolicy) -> list[str]:
    limits, step_up, rates = policy.limits, policy.step_up, policy.rates

    def money(amount: int) -> str:
        return format_minor(amount, policy.currency)

    session = f", one conversation {money(limits.session)}" if limits.session is not None else ""
    above = f", above {money(step_up.above)}" if step_up.above is not None else ""
    switched = [name for name, on in policy.switches.actions.items() if not on]
    return [
        f"version {policy.version}, {policy.digest}",
        f"seller: {policy.seller}, {policy.currency}",
        f"limits: one order {money(limits.order)}, a day {money(limits.day)} in {limits.orders_per_day} orders{session}"
        f", {limits.line_quantity} of one item, {limits.lines} lines",
        f"blocked goods: {len(policy.goods.blocked)}; for grown-ups only: {len(policy.goods.restricted)}",
        f"fresh sign-in: {', '.join(step_up.when) or 'never'}{above}, at most {step_up.max_age_s} s old",
        f"rates: {rates.turns_per_min} messages a minute (guests {rates.guest_turns_per_min}), "
        f"{rates.pictures_per_hour} pictures an hour (guests {rates.guest_pictures_per_hour}), "
        f"{rates.quotes_per_min} order cards a minute, {rates.cool_down_s} s after failed approvals",
        f"switched off: {'everything but talking' if policy.switches.read_only else ', '.join(switched) or 'nothing'}",
        f"tools: {', '.join(f'{tool} ({reach})' for tool, reach in policy.tools.items())}",
    ]
