"""`aisle widget`: what a storefront of another origin puts in its pages, and keys to say who is signed in there."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from ui.widget import routes

app = typer.Typer(help="Put the assistant on a storefront of another origin.", no_args_is_help=True)

PRIVATE, PUBLIC = "sign-in-key.json", "jwks.json"
_TAG = '<script src="{base}/widget.js" defer></script>'
_PINNED = '<script src="{base}{address}" integrity="{integrity}" crossorigin="anonymous" defer></script>'


def policy(base: str) -> dict[str, str]:
    """Return what a storefront's Content-Security-Policy has to allow, by directive."""
    return {"script-src": base, "connect-src": base, "img-src": f"{base} blob:", "frame-src": base}


@app.command()
def tag(
    url: Annotated[str, typer.Option(help="Where shoppers' browsers reach Aisle.")] = "http://127.0.0.1:8000",
    pinned: Annotated[bool, typer.Option(help="Pin the launcher to this version by its digest.")] = False,
) -> None:
    """Print the script tag for the storefront's pages, and what their Content-Security-Policy has to allow.

    List the storefront's origin in AISLE_ALLOWED_ORIGINS. The plain tag follows updates of Aisle; a pinned one
    is refused by browsers once the server has another version.
    """
    base = url.rstrip("/")
    part = routes.manifest()[routes.LAUNCHER]
    text = _PINNED.format(base=base, address=routes.address(routes.LAUNCHER), integrity=part.integrity)
    typer.echo(text if pinned else _TAG.format(base=base))
    typer.echo("")
    typer.echo("A Content-Security-Policy needs:")
    for directive, sources in policy(base).items():
        typer.echo(f"  {directive} {sources}")


@app.command()
def keys(
    folder: Annotated[Path, typer.Argument(help="Where the two files go.")],
) -> None:
    """Make a key with which your backend signs who is signed in, and the public part that Aisle checks it by.

    The private file belongs to the backend and nowhere else. Name the public one in AISLE_SHOPPER_JWKS.
    """
    private, public = folder / PRIVATE, folder / PUBLIC
    for path in (private, public):
        if path.exists():
            raise typer.BadParameter(f"{path} is there already; choose another folder.")
    key = Ed25519PrivateKey.generate()
    known = {"kid": _thumb(key), "alg": "EdDSA", "use": "sig"}
    folder.mkdir(parents=True, exist_ok=True)
    secret = json.dumps(OKPAlgorithm.to_jwk(key, as_dict=True) | known, indent=2)
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{secret}\n")
    told = {"keys": [OKPAlgorithm.to_jwk(key.public_key(), as_dict=True) | known]}
    public.write_text(f"{json.dumps(told, indent=2)}\n", encoding="utf-8")
    typer.echo(f"{private} signs: for your backend only.")
    typer.echo(f"{public} checks: AISLE_SHOPPER_JWKS={public.resolve()}")


def _thumb(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()[:16]
