"""The web app: routes, guards and page around one opened Aisle, and the process that serves it."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from assistant.settings import Settings
from assistant.wiring import App, open_app
from policies.errors import SettingsError
from ui import api_routes, openapi, problems
from ui.auth import TokenAuthority, new_operator_token, signing_secret
from ui.chat.mount import mount_chat
from ui.counting import CountRequests
from ui.guard import BodyGuard, SecurityHeaders
from ui.home import ServerNote, held, noted
from ui.metrics import new_metrics, watched
from ui.picture_shelf import PictureShelf
from ui.services import Background, Services
from ui.sign_in import sign_in_reader
from ui.storefront import routes as storefront
from ui.tracing import tracing
from ui.version import VERSION
from ui.watching import Caches, Counters
from ui.widget import routes as widget

_log = logging.getLogger(__name__)
# Open streams are told to end at once; a turn that still runs gets this long, seconds.
_STOP_S = 5
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def utc_now() -> datetime:
    """Return the server's clock: aware, UTC."""
    return datetime.now(UTC)


def create_app(app: App, authority: TokenAuthority, stopping: asyncio.Event | None = None) -> FastAPI:
    """Build the web app around an opened Aisle.

    Args:
        app: What `assistant.wiring.open_app` opened; it is closed by whoever opened it.
        authority: Issues and reads tokens.
        stopping: Set when the server shuts down; open streams then end.
    """
    web = FastAPI(title="Aisle", version=VERSION, docs_url=None, redoc_url=None)
    folder = app.settings.home_path / "pictures"
    services = Services(
        app,
        authority,
        new_metrics(),
        stopping or asyncio.Event(),
        Background(),
        PictureShelf(folder, app.cleaner),
        sign_in_reader(app.settings, authority.clock),
    )
    web.state.services = services
    app.telemetry.watch(Counters(services.metrics.registry))
    services.metrics.registry.register(Caches(app.catalog.remembered.tallies))
    api_routes.install(web)
    problems.install(web)
    storefront.install(web, services)
    web.include_router(widget.router)
    web.state.chat = mount_chat(web, services)
    web.openapi = lambda: openapi.document(web)
    web.add_middleware(BodyGuard)
    if app.settings.allowed_origins:
        web.add_middleware(
            CORSMiddleware,
            allow_origins=app.settings.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "Last-Event-ID"],
            expose_headers=["ETag"],
        )
    web.add_middleware(SecurityHeaders)
    web.add_middleware(CountRequests, counter=services.metrics.requests)
    return web


class AisleServer(uvicorn.Server):
    """A uvicorn server that says when it answers and ends its streams when it stops."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop in order on a signal, and return: what was opened around the server is closed then, too.

        Uvicorn's own would raise the signal again, which ends the process on the spot.
        """
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _STOP_SIGNALS:
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then stop answering."""
        self._stopping.set()
        await super().shutdown(sockets)


class _BesideServer(AisleServer):
    """A server beside a command, which keeps the process's signals for itself."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


def check_workers(settings: Settings) -> None:
    """Refuse more processes than the storage allows.

    Raises:
        SettingsError: More than one worker was asked for.
    """
    if settings.workers <= 1:
        return
    if settings.embedded:
        raise SettingsError(
            f"{settings.workers} workers cannot share embedded storage. Use --workers 1, or set AISLE_DATABASE_URL "
            "and AISLE_QDRANT_URL."
        )
    raise SettingsError("One server runs one worker. Start a server per worker, each with its own AISLE_HOME.")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, before anything slow has begun.

    Raises:
        SettingsError: The port is taken or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves out TCP_NODELAY and every response waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"{host}:{port} cannot be used ({error.strerror or error}). Choose another with --port."
        ) from error
    return listener


@asynccontextmanager
async def prepared(
    settings: Settings, prepare: Callable[[App], Awaitable[None]]
) -> AsyncGenerator[tuple[App, TokenAuthority]]:
    """Open a home for serving: hold it, open its stores, fill them on first start.

    Args:
        settings: Of the home to open.
        prepare: Fills an empty shop; called once everything is open.

    Raises:
        SettingsError: The home is served by another process, or a setting is wrong.
    """
    check_workers(settings)
    home = settings.home_path
    with held(home), tracing() as tracer:
        authority = TokenAuthority(signing_secret(home), utc_now, new_operator_token())
        async with open_app(settings, tracer) as app:
            await prepare(app)
            async with _looking(app):
                yield app, authority


@asynccontextmanager
async def _looking(app: App) -> AsyncGenerator[None]:
    """Look at the products' pictures in the background until the block ends."""
    looking = asyncio.create_task(app.looking.run(asyncio.Event()))
    looking.add_done_callback(_report)
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


def _report(looking: "asyncio.Task[None]") -> None:
    """Log why looking ended by itself; the shop goes on, and finds by the pictures seen so far."""
    if not looking.cancelled() and (error := looking.exception()) is not None:
        _log.error("looking at the products' pictures ended", exc_info=error)


async def serve(settings: Settings, prepare: Callable[[App], Awaitable[None]], say: Callable[[str], None]) -> None:
    """Serve one home until told to stop.

    Args:
        settings: Host, port and home.
        prepare: Fills an empty shop.
        say: Tells the operator where the server listens.

    Raises:
        SettingsError: Something the operator must change; the text says what.
    """
    check_workers(settings)
    listener = listen(settings.host, settings.port)
    stopping = asyncio.Event()
    try:
        async with prepared(settings, prepare) as (app, authority):
            url = _address(settings.host, listener.getsockname()[1])
            web = create_app(app, authority, stopping)

            def ready() -> None:
                say(f"Aisle is listening on {url}")
                web.state.services.background.start(web.state.chat.begin())
                web.state.services.background.start(web.state.storefront.directory())

            server = AisleServer(_config(web), ready, stopping)
            note = ServerNote(url, os.getpid(), authority.operator_token)
            counters = web.state.services.metrics
            with noted(settings.home_path, note), watched(counters, settings.metrics_host, settings.metrics_port):
                await server.serve(sockets=[listener])
                await web.state.services.background.settle(_STOP_S)
    finally:
        listener.close()


@asynccontextmanager
async def beside(web: FastAPI, path: str, stopping: asyncio.Event) -> AsyncGenerator[None]:
    """Serve on a Unix socket beside the caller's own work, and stop when that is done.

    Args:
        web: The app to serve.
        path: Where the socket is made; its folder must be private to the caller.
        stopping: The event the app was built with.
    """
    answering = asyncio.Event()
    config = _config(web)
    config.uds = path
    server = _BesideServer(config, answering.set, stopping)
    running = asyncio.create_task(server.serve())
    try:
        await _until(answering, running)
        yield
    finally:
        server.should_exit = True
        await running
        await web.state.services.background.settle(_STOP_S)


async def _until(answering: asyncio.Event, running: "asyncio.Task[None]") -> None:
    waiting = asyncio.create_task(answering.wait())
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        waiting.cancel()
        running.result()


def _config(web: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        web,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_STOP_S,
        h11_max_incomplete_event_size=32 * 1024,
    )


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
