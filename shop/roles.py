"""What the planner's connection may write, on either database, and the PostgreSQL role that holds to it (G1)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import SettingsError

PLANNER = "aisle_planner"

# What buys, what is owed, what goods cost, where goods go and what pays for them.
SEALED = (
    "challenges",
    "intents",
    "reservations",
    "orders",
    "payment_calls",
    "change_challenges",
    "order_changes",
    "change_reservations",
    "change_calls",
    "order_payments",
    "order_contents",
    "order_reviews",
    "change_addresses",
    "home_quotes",
    "home_challenges",
    "gift_cards",
    "gift_holds",
    "gift_calls",
    "offers",
    "offer_changes",
    "addresses",
    "payment_handles",
    "subject_keys",
    "erasures",
    "spent_sign_ins",
    "learning_allowed",
    "alembic_version",
)
WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})
# Writes a planner's connection may make, by table; tables that are not named are its own: all three.
MAY_WRITE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(SEALED, frozenset[str]()),
    "audit": frozenset({"INSERT"}),
    "audit_head": frozenset({"INSERT", "UPDATE"}),
    "quotes": frozenset({"INSERT", "UPDATE"}),
    "change_quotes": frozenset({"INSERT", "UPDATE"}),
    "cases": frozenset({"INSERT", "UPDATE"}),
    "case_words": frozenset({"INSERT"}),
    "case_deliveries": frozenset({"INSERT"}),
    "sponsored_places": frozenset({"INSERT"}),
    "shoppers": frozenset({"UPDATE"}),
    "behaviour": frozenset({"INSERT"}),
}

_VOIDS = "FOR UPDATE TO {0} USING (true) WITH CHECK (state IN ('superseded', 'expired'))"
# PostgreSQL looks at the rows too: a planner draws up quotes and voids them, and can record nothing else.
_POLICIES = {
    ("audit", "planner_reads"): "FOR SELECT TO {0} USING (true)",
    ("audit", "planner_appends"): "FOR INSERT TO {0} WITH CHECK (entity = 'quote' AND action IN "
    "('quote.quoted', 'quote.superseded', 'quote.expired'))",
    ("quotes", "planner_reads"): "FOR SELECT TO {0} USING (true)",
    ("quotes", "planner_draws"): "FOR INSERT TO {0} WITH CHECK (state = 'quoted')",
    ("quotes", "planner_voids"): _VOIDS,
    ("change_quotes", "planner_reads"): "FOR SELECT TO {0} USING (true)",
    ("change_quotes", "planner_draws"): "FOR INSERT TO {0} WITH CHECK (state = 'quoted')",
    ("change_quotes", "planner_voids"): _VOIDS,
}

_ROLE = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
_VERSION = text("SELECT current_setting('server_version_num')::int")
_MEMBER = "SELECT pg_has_role(current_user, '{0}', '{1}')"
_RIGHTS = text(
    "SELECT c.relname, r.name, has_table_privilege(:role, c.oid, r.name) FROM pg_class c "
    "CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS r (name) "
    "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
)
_GIVEN = text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()")
_ME = text("SELECT current_user")


def prepare(connection: Connection, tables: Iterable[str]) -> None:
    """Make the planner's role and give it exactly its rights on `tables`; changes nothing where they are right.

    Raises:
        SettingsError: The connection's user may not make the role; says what an administrator must run.
    """
    _make_role(connection)
    wanted = {*tables, "alembic_version"}
    given = _rights(connection, PLANNER)
    for name in sorted(wanted & set(given)):
        if given[name] != {"SELECT"} | _may(name):
            connection.execute(text(f'REVOKE ALL ON "{name}" FROM {PLANNER}'))
            rights = ", ".join(sorted({"SELECT"} | _may(name)))
            connection.execute(text(f'GRANT {rights} ON "{name}" TO {PLANNER}'))
    known = {(row[0], row[1]) for row in connection.execute(_GIVEN)}
    for (name, policy), rule in _POLICIES.items():
        if name in given and (name, policy) not in known:
            connection.execute(text(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"))
            connection.execute(text(f"CREATE POLICY {policy} ON {name} {rule.format(PLANNER)}"))


async def require_sealed(connection: AsyncConnection) -> None:
    """Raise SettingsError when a planner's PostgreSQL connection could write what it must not."""
    me = (await connection.execute(_ME)).scalar_one()
    given = await connection.run_sync(_rights, me)
    open_to = sorted(name for name, rights in given.items() if name in MAY_WRITE and rights - {"SELECT"} - _may(name))
    if open_to:
        raise SettingsError(
            f"The planner's database user {me} may write {', '.join(open_to)}. Make it a plain member of {PLANNER}, "
            "and no superuser or owner; then run `aisle migrate`."
        )


def _may(name: str) -> frozenset[str]:
    return MAY_WRITE.get(name, WRITES)


def _rights(connection: Connection, role: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, right, granted in connection.execute(_RIGHTS, {"role": role}):
        found.setdefault(name, set()).update({right} if granted else ())
    return found


def _make_role(connection: Connection) -> None:
    try:
        with connection.begin_nested():
            if not connection.execute(_ROLE, {"role": PLANNER}).scalar_one():
                connection.execute(text(f"CREATE ROLE {PLANNER} NOLOGIN"))
            # Since 16 a role's maker may hand it out but not put it on.
            membership = "SET" if connection.execute(_VERSION).scalar_one() >= 160_000 else "MEMBER"
            if not connection.execute(text(_MEMBER.format(PLANNER, membership))).scalar_one():
                connection.execute(text(f"GRANT {PLANNER} TO CURRENT_USER"))
    except ProgrammingError as error:
        raise SettingsError(
            f"The database user may not make the planner's role. Let an administrator run: CREATE ROLE {PLANNER} "
            f"NOLOGIN; GRANT {PLANNER} TO the user of AISLE_DATABASE_URL; then start again."
        ) from error
    except DBAPIError as error:
        # Another database of the same server made it at the same moment.
        if getattr(error.orig, "sqlstate", None) not in {"23505", "42710", "XX000"}:
            raise
