"""Builds every client from the settings and hands it down; nothing else constructs one."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from opentelemetry.trace import Tracer

from assistant.accounts import Accounts
from assistant.beside import anchored, beside_requests, ending_dead_turns
from assistant.checkpoints import ConversationSaver, ForgettingSaver, open_saver
from assistant.checkpoints_postgres import PostgresConversationSaver, open_postgres_saver
from assistant.compact.planner import CompactPlanner
from assistant.compact.trained import read_trained
from assistant.cost import Purse
from assistant.erasure_journal import ErasureJournal
from assistant.graph import build_graph
from assistant.home import prepare_home, secret_file
from assistant.models import planner_chain
from assistant.pace import Pace
from assistant.privacy import Keeping, Privacy
from assistant.registry import load_registry
from assistant.session import Assistant, TurnLimits
from assistant.settings import Settings
from assistant.state import TurnContext
from assistant.telemetry import Telemetry
from assistant.telling import telling, told_by
from assistant.voice import Voice
from policies.limits import ShopPolicy, load_policy
from policies.principal import Principal
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.judging import open_judge
from retrieval.looking import Looking
from retrieval.photos import photos
from retrieval.picture import PictureCleaner
from retrieval.vision.choice import OWN_EYE, EyeChoice
from retrieval.vision.decency import open_decency
from shop.books import BookSettings, GateBooks, migrate, open_books
from shop.retention import Periods
from tools.uploads import Uploads


@dataclass(frozen=True, slots=True)
class App:
    """Everything one server process works with.

    Args:
        settings: As read at the start.
        assistant: Runs conversations; holds the planner's side of the books only.
        books: The gate's side of the books, for the trusted surface and the operator.
        catalog: The product index.
        readiness: Names each part with "ready" or what it waits for.
        cleaner: Makes shoppers' pictures safe; the only way in for them.
        uploads: The pictures of open conversations.
        looking: Looks at the products' pictures; whoever serves shoppers runs it.
        shop_name: The policy's seller, as pages and order cards name it.
        pace: Says no to what is switched off or asked too often.
        privacy: Copies and forgets what is kept of shoppers.
        telemetry: Tells watchers what turns do.
        voice: Hears and speaks, where the registry names who does.
    """

    settings: Settings
    assistant: Assistant
    books: GateBooks
    catalog: Catalog
    readiness: Callable[[], dict[str, str]]
    cleaner: PictureCleaner
    uploads: Uploads
    looking: Looking
    shop_name: str
    privacy: Privacy
    pace: Pace
    telemetry: Telemetry
    voice: Voice


@asynccontextmanager
async def open_app(settings: Settings, tracer: Tracer | None = None) -> AsyncGenerator[App]:
    """Open the home and start what runs beside requests: the order worker and the index's feed of changes.

    Args:
        settings: Of the home.
        tracer: Draws spans of turns; None draws none.

    Raises:
        SettingsError: A setting is wrong, or another server uses this home.
    """
    home = prepare_home(settings.home_path)
    policy = load_policy(settings.policy)
    registry = load_registry(settings.models)
    async with AsyncExitStack() as stack:
        catalog = await open_index(index_settings(settings))
        stack.push_async_callback(catalog.aclose)
        cleaner = PictureCleaner()
        stack.push_async_callback(cleaner.aclose)
        gate = await stack.enter_async_context(_gate(settings, policy))
        await gate.recover()
        if settings.anchor_path is not None:
            await stack.enter_async_context(anchored(gate, settings.anchor_path, settings.audit_anchor_s))
        planner_books = gate.for_planner()
        saver = await stack.enter_async_context(_saver(settings))
        decency = open_decency(settings.indecent_above) if settings.indecent_above < 1 else None
        uploads = Uploads(home / "uploads", kept_s=settings.keep_pictures_h * 3600, decency=decency)
        privacy = privacy_over(settings, gate, saver, uploads)
        await privacy.catch_up()
        compact = await _compact(settings, policy, catalog)
        purse, telemetry = Purse(planner_books.ledger, registry.caps, settings.tenant), Telemetry(tracer)
        models = planner_chain(registry, settings.planner, compact, purse, telemetry)
        shared = (catalog, planner_books, models, policy, settings.max_steps, uploads)
        accounts = Accounts(purse, telemetry)

        def context_of(principal: Principal) -> TurnContext:
            return TurnContext(principal, *shared, accounts=accounts)

        pace = Pace(policy)
        limits = TurnLimits(settings.max_message_chars, settings.turn_deadline_s, settings.turn_grace_s)
        assistant = Assistant(build_graph(saver), saver, planner_books, context_of, limits, pace)
        stack.push_async_callback(assistant.aclose)
        await stack.enter_async_context(telling(gate, settings))
        workers = await stack.enter_async_context(beside_requests(gate, catalog, privacy))
        await stack.enter_async_context(ending_dead_turns(planner_books, settings))
        looking = Looking(catalog, cleaner, photos(fetched=settings.fetch_pictures, folder=settings.photos))
        shown = (catalog, workers, cleaner, uploads, looking, policy.seller)
        yield App(settings, assistant, gate, *shown, privacy, pace, telemetry, Voice(registry, purse))


async def _compact(settings: Settings, policy: ShopPolicy, catalog: Catalog) -> CompactPlanner:
    """Return the compact planner with everything read, so that the first shopper does not wait."""
    compact = CompactPlanner(
        encoder=catalog.encoder,
        vocabulary=catalog.vocabulary,
        currency=policy.currency,
        trained=read_trained(settings.heads),
    )
    await compact.warm()
    return compact


def book_settings(settings: Settings, policy: ShopPolicy) -> BookSettings:
    """Return where the books are and by which rules they are kept."""
    home = settings.home_path
    return BookSettings(
        database_url=settings.books_url,
        payments_path=home / "sandbox-payments.sqlite",
        policy=policy,
        pseudonym_key=secret_file(home / "pseudonym.key"),
        planner_url=settings.planner_database_url,
        told_by=told_by(settings),
    )


@asynccontextmanager
async def _gate(settings: Settings, policy: ShopPolicy) -> AsyncGenerator[GateBooks]:
    """Open the books at the schema of this version."""
    await migrate(settings.books_url)
    gate = await open_books(book_settings(settings, policy), role="gate")
    try:
        yield gate
    finally:
        await gate.aclose()


def _saver(settings: Settings) -> AbstractAsyncContextManager[ConversationSaver | PostgresConversationSaver]:
    if settings.books_in_home:
        return open_saver(settings.home_path / "conversations.sqlite")
    return open_postgres_saver(settings.books_url, settings.planner_database_url)


def privacy_over(settings: Settings, books: GateBooks, saver: ForgettingSaver, uploads: Uploads) -> Privacy:
    """Return what copies and forgets shoppers' data in these stores, by the settings' periods."""
    days = (settings.keep_chats_days, settings.keep_quotes_days, settings.keep_profiles_days)
    days += (settings.keep_orders_days, settings.keep_events_days)
    periods = Periods(*(timedelta(days=each) for each in days))
    keeping = Keeping(periods, timedelta(days=settings.keep_memory_days))
    return Privacy(books, saver, uploads, ErasureJournal(settings.journal_path), keeping)


@asynccontextmanager
async def open_privacy(settings: Settings) -> AsyncGenerator[Privacy]:
    """Open what holds shoppers' data and nothing else, as for a command beside a server or without one.

    Raises:
        SettingsError: A setting is wrong, or the books have another schema.
        Unavailable: A store can't be opened.
    """
    home = prepare_home(settings.home_path)
    async with AsyncExitStack() as stack:
        gate = await stack.enter_async_context(_gate(settings, load_policy(settings.policy)))
        saver = await stack.enter_async_context(_saver(settings))
        uploads = Uploads(home / "uploads", kept_s=settings.keep_pictures_h * 3600)
        yield privacy_over(settings, gate, saver, uploads)


def index_settings(settings: Settings) -> IndexSettings:
    """Return where the index lies and which weights encode it."""
    home = settings.home_path
    return IndexSettings(
        path=home / "index",
        model_path=settings.encoder,
        cache_dir=home / "models",
        qdrant_url=settings.qdrant_url,
        qdrant_api_key=settings.qdrant_api_key,
        judge=open_judge(settings.cross_encoder) if settings.cross_encoder else None,
        eye=EyeChoice(settings.picture_encoder, home / "models" / OWN_EYE),
    )
