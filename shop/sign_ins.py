"""Which tokens of the shop's backend have been used: each signs a shopper in once, whichever server it is shown to."""

import hashlib
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, delete, insert, select

from shop.context import ShopContext
from shop.privacy_tables import spent_sign_ins

_DIGEST: BindParameter[str] = bindparam("which")
_NOW: BindParameter[datetime] = bindparam("now")
_KNOWN = select(spent_sign_ins.c.digest).where(spent_sign_ins.c.digest == _DIGEST)
_OVER = delete(spent_sign_ins).where(spent_sign_ins.c.expires_at <= _NOW)
_SPEND = insert(spent_sign_ins)


class SignIns:
    """Remembers used tokens until they have run out; of a token only a digest is kept."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def spend(self, token_id: str, expires_at: datetime) -> bool:
        """Use a token up; False when it was used before.

        Args:
            token_id: The token's own id (`jti`), unique at its issuer.
            expires_at: When it runs out, aware UTC; it can be forgotten then.
        """
        digest = hashlib.sha256(token_id.encode()).hexdigest()
        async with self._context.database.writing(digest) as connection:
            await connection.execute(_OVER, {"now": self._context.now()})
            if (await connection.execute(_KNOWN, {"which": digest})).first() is not None:
                return False
            await connection.execute(_SPEND, {"digest": digest, "expires_at": expires_at})
            return True
