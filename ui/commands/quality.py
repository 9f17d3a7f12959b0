"""`aisle catalog quality`: what the merchant should mend, as text, JSON or a page with pictures."""

import html
import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from ui.client import ProblemError, connect
from ui.commands.importing import ROUTE
from ui.commands.pictures_read import found_in_pictures
from ui.commands.running import no_fill, run
from ui.home_server import server_of

_TITLES = {
    "missing": "Missing facts",
    "same_picture": "The same picture",
    "alike_pictures": "Nearly the same picture",
    "near_duplicate": "Listed twice, or nearly",
    "price_outlier": "Prices far from their kind",
    "implausible_price": "Implausible prices",
    "counterfeit": "May not be genuine",
    "unsuitable": "Pictures that may not be fit to be shown",
    "text": "Text",
    "not_buyable": "Cannot be bought",
}
_FIRST = 5
_ON_PAGE = 200
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "li{display:flex;gap:.8rem;padding:.5rem 0;border-top:1px solid #ddd}ul{padding:0;list-style:none}"
    "img{width:64px;height:64px;object-fit:contain;background:#f4f4f2;flex:none}small{color:#666}"
)


def quality(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    out: Annotated[Path | None, typer.Option("--html", help="Write a page with pictures to this file.")] = None,
    read: Annotated[
        int, typer.Option("--read-pictures", min=0, help="Look into so many pictures not read before: text, indecency.")
    ] = 0,
) -> None:
    """Look the catalogue over: gaps, doubles, odd prices, spoilt text, what cannot be bought, searches in vain.

    Example:
        aisle catalog quality --html quality.html
        aisle catalog quality --read-pictures 200
    """

    async def work(settings: Settings) -> None:
        async with server_of(settings, no_fill) as note, connect(note.url) as http:
            headers = {"Authorization": f"Bearer {note.operator_token}"}
            response = await http.get(f"{ROUTE}/quality", headers=headers, timeout=600)
            if response.is_error:
                raise ProblemError(response.status_code, response.json())
        found = response.json()
        found["findings"] += [one.model_dump(mode="json") for one in await found_in_pictures(settings, read)]
        if out is not None:
            await _write(out, page(found, note.url if note.url.startswith("http") else ""))
        if as_json:
            typer.echo(json.dumps(found))
        else:
            _show(found)

    run(work)


async def _write(out: Path, text: str) -> None:
    out.write_text(text, encoding="utf-8")  # noqa: ASYNC240  # The command does nothing else meanwhile.
    typer.echo(f"Written to {out}", err=True)


def _show(found: dict[str, Any]) -> None:
    console = Console()
    counts = Counter(finding["kind"] for finding in found["findings"])
    console.print(f"{found['products']:,} products, {found['variants']:,} variants")
    for kind, title in _TITLES.items():
        if not counts[kind]:
            continue
        table = Table("product", "what", title=f"{title}: {counts[kind]:,}", title_justify="left", box=None)
        for finding in [one for one in found["findings"] if one["kind"] == kind][:_FIRST]:
            table.add_row(f"{', '.join(finding['product_ids'][:3])} {finding['title'][:50]}", finding["says"])
        console.print(table)
    for search in found["searches_without_result"][: 2 * _FIRST]:
        console.print(f"searched in vain {search['times']}×: {search['query']}", markup=False)
    if not found["findings"]:
        console.print("Nothing to mend.")


def page(found: dict[str, Any], server: str) -> str:
    """Return the report as a page; pictures of the shop's own are taken from its server when it runs."""
    parts = [f"<h1>Catalogue quality</h1><p>{found['products']:,} products, {found['variants']:,} variants</p>"]
    for kind, title in _TITLES.items():
        findings = [one for one in found["findings"] if one["kind"] == kind]
        if findings:
            items = "".join(_item(finding, server) for finding in findings[:_ON_PAGE])
            parts.append(f"<h2>{title}: {len(findings):,}</h2><ul>{items}</ul>")
    searches = "".join(f"<li>{s['times']}× {html.escape(s['query'])}</li>" for s in found["searches_without_result"])
    parts.append(f"<h2>Searched in vain</h2><ul>{searches or '<li>Nothing yet.</li>'}</ul>")
    head = f'<meta charset="utf-8"><title>Catalogue quality</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _item(finding: dict[str, Any], server: str) -> str:
    url = finding["image_url"] or ""
    url = f"{server}{url}" if url.startswith("/") and server else url
    picture = f'<img src="{html.escape(url)}" alt="" loading="lazy">' if url.startswith("http") else ""
    ids = html.escape(", ".join(finding["product_ids"][:8]))
    words = f"{html.escape(finding['title'])}<br>{html.escape(finding['says'])}<br><small>{ids}</small>"
    return f"<li>{picture}<div>{words}</div></li>"
