"""Fetches a feed by its address: nothing of a private network, never more than allowed, only what changed."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from policies.errors import SettingsError

MOST_BYTES = 2_000_000_000  # as it comes over the wire
_MOST_REDIRECTS = 5
_MOST_S = 3600.0
_WAITS = httpx.Timeout(30.0, connect=10.0)
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a feed is fetched from.

    Args:
        url: https, or http where allowed.
        allow_http: A feed without encryption may be changed on its way.
        allow_private: Addresses of the shop's own network may be asked.
        etag: Of the copy that is in the shop already; "" asks for the feed in any case.
        modified: Its Last-Modified.
    """

    url: str
    allow_http: bool = False
    allow_private: bool = False
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed that lies in a file; `unchanged` where the server says that the shop has it already."""

    unchanged: bool
    etag: str
    modified: str


async def fetch_feed(
    source: Source, to: Path, progress: Callable[[int], None] = lambda _: None, most: int = MOST_BYTES
) -> Fetched:
    """Write a feed to a file.

    Args:
        source: Where it is.
        to: Replaced when the whole feed has come.
        progress: Told the number of bytes so far.
        most: Bytes; more is refused.

    Raises:
        SettingsError: The address is not allowed, does not answer, or sends something that is no feed of this size.
    """
    part = to.with_name(f"{to.name}.part")
    try:
        async with asyncio.timeout(_MOST_S), _answered(source) as response:
            if response.status_code == HTTPStatus.NOT_MODIFIED:
                return Fetched(True, source.etag, source.modified)
            if response.status_code != HTTPStatus.OK:
                raise SettingsError(f"{source.url} answers {response.status_code}; check the address and its access.")
            await _write(response, part, progress, most)
        part.replace(to)
        return Fetched(False, response.headers.get("etag", ""), response.headers.get("last-modified", ""))
    except (httpx.HTTPError, TimeoutError) as problem:
        why = str(problem) or type(problem).__name__
        raise SettingsError(f"{source.url} could not be fetched ({why}); the shop stays as it is.") from problem
    finally:
        part.unlink(missing_ok=True)


async def _write(response: httpx.Response, part: Path, progress: Callable[[int], None], most: int) -> None:
    size = 0
    with part.open("wb") as file:
        # Raw: a packed feed is unpacked when it is read, within limits of its own.
        async for chunk in response.aiter_raw(_PART):
            size += len(chunk)
            if size > most:
                raise SettingsError(f"The feed is larger than {most:,} bytes; split it or import it from a file.")
            await asyncio.to_thread(file.write, chunk)
            progress(size)


@asynccontextmanager
async def _answered(source: Source) -> AsyncGenerator[httpx.Response]:
    """Yield the answer at the end of the redirects; every address on the way is checked."""
    url = source.url
    headers = {"Accept-Encoding": "gzip, identity;q=0.5", "User-Agent": "aisle-feed"}
    headers |= {"If-None-Match": source.etag} if source.etag else {}
    headers |= {"If-Modified-Since": source.modified} if source.modified else {}
    async with httpx.AsyncClient(timeout=_WAITS, follow_redirects=False, trust_env=False) as client:
        for _ in range(_MOST_REDIRECTS + 1):
            request = await _request(client, url, source, headers)
            response = await client.send(request, stream=True)
            try:
                if not response.has_redirect_location:
                    yield response
                    return
                url = urljoin(url, response.headers["location"])
            finally:
                await response.aclose()
    raise SettingsError(f"{source.url} redirects more than {_MOST_REDIRECTS} times; give the last address.")


async def _request(client: httpx.AsyncClient, url: str, source: Source, headers: Mapping[str, str]) -> httpx.Request:
    """Return a request to the checked address itself, so that a name cannot mean another one by then."""
    parts = urlsplit(url)
    schemes = {"https", "http"} if source.allow_http else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        how = "" if source.allow_http else "; --allow-http takes one without encryption"
        raise SettingsError(f"{url} is no {' or '.join(sorted(schemes))} address{how}.")
    if parts.username or parts.password:
        raise SettingsError("An address with a password in it is not asked; let the server allow this machine instead.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = await _checked(parts.hostname, port, source)
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    there = httpx.URL(url).copy_with(host=address)
    extensions = {"sni_hostname": parts.hostname}
    return client.build_request("GET", there, headers={**headers, "Host": host}, extensions=extensions)


async def _checked(host: str, port: int, source: Source) -> str:
    """Return an address of the host; refused when any of its addresses is private, local or reserved."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise SettingsError(f"There is no host {host!r}; check the address.") from problem
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    for address in addresses:
        if not source.allow_private and not _is_public(address):
            raise SettingsError(f"{host} is an address of a private network; --allow-private asks it all the same.")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        # Private addresses also hide behind these.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return _is_public(str(inner))
    return ip.is_global and not ip.is_multicast
