"""Keeps editions of the catalogue on a Qdrant server, shared by any number of Aisle processes."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from qdrant_client import AsyncQdrantClient, models

from policies.errors import SettingsError, Unavailable
from retrieval.product import Policy
from retrieval.server import ServerIndex, asked, create_collection
from retrieval.storage import EMPTY_VERSION, LAYOUT, Edition, noted

_ALIAS, _NOTES = "aisle", "aisle-notes"
_POLICIES, _DRAFT, _WEIGHTS = "policies", "draft", "weights"
_FOLLOWED_S = 15.0  # they look every five seconds, and between two batches of pictures


async def open_server(url: str, api_key: str | None) -> "ServerStorage":
    """Connect to a Qdrant server.

    Raises:
        SettingsError: The server does not answer, or does not accept the key.
    """
    client = AsyncQdrantClient(url=url, api_key=api_key, check_compatibility=False)
    try:
        await asked(client.get_collections())
    except Unavailable as problem:
        await client.close()
        raise SettingsError(
            f"The Qdrant server at {url} cannot be used ({problem.__cause__}); start it and check AISLE_QDRANT_URL and "
            "AISLE_QDRANT_API_KEY, or unset AISLE_QDRANT_URL to use the embedded index."
        ) from problem
    return ServerStorage(client)


class ServerStorage:
    """Editions are collections; the alias `aisle` names the current one and moves in a single step.

    Every process reads through the alias, so all see a new edition at once; what a process learned of the words of
    the old one it keeps until it opens the catalogue again. A crash during an import leaves a collection
    `aisle-v-<id>` without alias: the same feed goes on with it, otherwise it is the operator's to delete, as another
    process may still be writing it.

    Args:
        client: Of the server.
        followed_s: See Sharing.
    """

    def __init__(self, client: AsyncQdrantClient, followed_s: float = _FOLLOWED_S) -> None:
        self._client = client
        self.followed_s = followed_s

    @property
    def sharing(self) -> "ServerStorage":
        """See Storage."""
        return self

    async def noted_now(self, edition: Edition) -> Edition:
        """See Sharing."""
        name = await self._current_name()
        if name is None:
            return edition
        note = await self._note(name)
        return replace(edition, name=name, version=note.get("version", edition.version), eye=note.get("eye"))

    async def keep_weights(self, name: str, files: Mapping[str, bytes]) -> None:
        """See Sharing."""
        texts = {file: b64encode(data).decode() for file, data in files.items()}
        await self._write_note(_WEIGHTS, {"name": name, "files": texts})

    async def weights(self, name: str) -> Mapping[str, bytes]:
        """See Sharing."""
        note = await self._note(_WEIGHTS)
        return {file: b64decode(text) for file, text in note["files"].items()} if note.get("name") == name else {}

    async def current(self) -> Edition:
        """See Storage."""
        name = await self._current_name()
        if name is None:
            return await self.publish(await self.draft(), EMPTY_VERSION)
        note = await self._note(name)
        if note.get("layout") != LAYOUT:
            raise SettingsError(
                f"The catalogue in Qdrant's collection {name} was written by another version of Aisle; delete the "
                f"alias {_ALIAS} and import the catalogue again."
            )
        return Edition(name, note["version"], ServerIndex(self._client, _ALIAS), eye=note.get("eye"))

    async def draft(self) -> Edition:
        """See Storage."""
        name = f"{_ALIAS}-v-{uuid4().hex[:12]}"
        return Edition(name, EMPTY_VERSION, await create_collection(self._client, name))

    async def resumed(self, key: str) -> tuple[Edition, int] | None:
        """See Storage."""
        note = await self._note(_DRAFT)
        name = str(note.get("name", ""))
        if (note.get("key"), note.get("layout")) != (key, LAYOUT) or name == await self._current_name():
            return None
        if not await asked(self._client.collection_exists(name)):
            return None
        return Edition(name, EMPTY_VERSION, ServerIndex(self._client, name)), int(note["done"])

    async def mark(self, edition: Edition, key: str, done: int) -> None:
        """See Storage."""
        await edition.index.flush()
        await self._write_note(_DRAFT, {"layout": LAYOUT, "key": key, "name": edition.name, "done": done})

    async def publish(self, edition: Edition, version: str) -> Edition:
        """See Storage."""
        published = await self.rename(edition, version)
        changes: list[models.AliasOperations] = []
        if await self._current_name() is not None:
            changes.append(models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=_ALIAS)))
        alias = models.CreateAlias(collection_name=edition.name, alias_name=_ALIAS)
        changes.append(models.CreateAliasOperation(create_alias=alias))
        await asked(self._client.update_collection_aliases(changes))
        return replace(published, index=ServerIndex(self._client, _ALIAS))

    async def discard(self, edition: Edition) -> None:
        """See Storage."""
        await asked(self._client.delete_collection(edition.name))

    async def rename(self, edition: Edition, version: str) -> Edition:
        """See Storage."""
        await self._write_note(edition.name, noted(edition, version))
        return replace(edition, version=version)

    async def policies(self) -> list[Policy]:
        """See Storage."""
        stored = (await self._note(_POLICIES)).get("policies", [])
        return [Policy.model_validate(policy) for policy in stored]

    async def write_policies(self, policies: Sequence[Policy]) -> None:
        """See Storage."""
        await self._write_note(_POLICIES, {"policies": [policy.model_dump() for policy in policies]})

    async def close(self) -> None:
        """See Storage."""
        await self._client.close()

    async def _current_name(self) -> str | None:
        aliases = (await asked(self._client.get_aliases())).aliases
        return next((alias.collection_name for alias in aliases if alias.alias_name == _ALIAS), None)

    async def _note(self, name: str) -> dict[str, Any]:
        if not await asked(self._client.collection_exists(_NOTES)):
            return {}
        notes = await asked(self._client.retrieve(_NOTES, [_note_id(name)]))
        return notes[0].payload or {} if notes else {}

    async def _write_note(self, name: str, payload: dict[str, Any]) -> None:
        if not await asked(self._client.collection_exists(_NOTES)):
            await asked(self._client.create_collection(_NOTES, vectors_config={}))
        point = models.PointStruct(id=_note_id(name), vector={}, payload=payload)
        await asked(self._client.upsert(_NOTES, [point]))


def _note_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"aisle:note:{name}"))
