"""Addresses are kept sealed with a key of their shopper's own; once that key is gone, no copy of them can be read."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Unavailable
from shop.privacy_tables import subject_keys

_SEALED = "sealed"
_KEY_BYTES, _NONCE_BYTES = 32, 12
_KEY = select(subject_keys.c.wrapped).where(subject_keys.c.subject == bindparam("whose"))
_KEEP = insert(subject_keys)


@dataclass(frozen=True, slots=True)
class Seal:
    """One shopper's key. What it sealed can be read neither without it nor as another shopper's."""

    subject: str
    cipher: AESGCM

    def close(self, content: Mapping[str, str]) -> dict[str, str]:
        """Return a record of strings sealed; twice the same record looks different."""
        return {_SEALED: _encrypted(self.cipher, json.dumps(dict(content)).encode(), self.subject)}

    def open(self, content: Mapping[str, str]) -> dict[str, str]:
        """Return a record as it was before it was sealed; one that never was is returned as it is.

        Raises:
            Unavailable: It was changed from outside, or is another shopper's.
        """
        if _SEALED not in content:
            return dict(content)
        opened: dict[str, str] = json.loads(_decrypted(self.cipher, content[_SEALED], self.subject))
        return opened


class Seals:
    """Makes and finds shoppers' keys; in the books they lie encrypted with a key that only the home has."""

    def __init__(self, home_key: bytes) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"aisle subject keys").derive(home_key)
        self._home = AESGCM(derived)

    async def of(self, connection: AsyncConnection, subject: str) -> Seal | None:
        """Return the shopper's key, None where they have none.

        Raises:
            Unavailable: It was changed from outside, or the home's key is another.
        """
        wrapped = (await connection.execute(_KEY, {"whose": subject})).scalar_one_or_none()
        return None if wrapped is None else Seal(subject, AESGCM(_decrypted(self._home, wrapped, subject)))

    async def made(self, connection: AsyncConnection, subject: str) -> Seal:
        """Return the shopper's key, a new one where there is none, within a write that names the shopper."""
        known = await self.of(connection, subject)
        if known is not None:
            return known
        key = os.urandom(_KEY_BYTES)
        await connection.execute(_KEEP, {"subject": subject, "wrapped": _encrypted(self._home, key, subject)})
        return Seal(subject, AESGCM(key))

    async def opened(self, connection: AsyncConnection, subject: str, content: Mapping[str, str]) -> dict[str, str]:
        """Return one record of the shopper's as it was before it was sealed.

        Raises:
            Unavailable: It can't be opened.
        """
        seal = await self.of(connection, subject)
        if seal is None and _SEALED in content:
            raise Unavailable("An address is sealed with a key that is gone.")
        return dict(content) if seal is None else seal.open(content)


def _encrypted(cipher: AESGCM, data: bytes, subject: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + cipher.encrypt(nonce, data, subject.encode())).decode()


def _decrypted(cipher: AESGCM, text: str, subject: str) -> bytes:
    data = base64.b64decode(text)
    try:
        return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], subject.encode())
    except InvalidTag as error:
        raise Unavailable("A sealed address can't be opened: it, or the home's pseudonym.key, was changed.") from error
