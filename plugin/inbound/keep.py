"""Keeps a webhook: who signed it, which event it is, and one durable commit before the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vefa import clock, journal
from vefa.database import Databases, reading
from vefa.errors import TooLargeError, UnknownAddressError
from vefa.platforms import Incoming, platforms
from vefa.settings import MEBIBYTE
from vefa.stores import records as stores
from vefa.stores.sealing import Key


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook as it came: the store and platform of its address, its headers and exact bytes."""

    store: str
    platform: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Inbound:
    """The place where webhooks are kept; ``body_limit`` is in bytes."""

    databases: Databases
    master: Key
    body_limit: int = MEBIBYTE

    def keep(self, request: Request, received_at: datetime) -> str | None:
        """Verify a webhook and keep it durably; return its key, or None for a ping, of which nothing is kept.

        ``received_at`` travels with the kept body. Raises ``UnknownAddressError``, ``TooLargeError`` or
        ``SignatureError``, after which nothing is kept.
        """
        platform = platforms().get(request.platform)
        if platform is None:
            raise UnknownAddressError(f"There is no platform {request.platform!r}.")
        if len(request.body) > self.body_limit:
            raise TooLargeError(f"The body has more than {self.body_limit} bytes.")
        with reading(self.databases.main) as connection:
            store = stores.by_slug(connection, request.store)
            key = stores.key_of(connection, store.id, self.master)
            secrets = stores.secrets_of(connection, store.id, request.platform, key)
        incoming = Incoming({name.lower(): value for name, value in request.headers.items()}, request.body)
        if platform.is_ping(incoming):
            return None
        # The age of a signature is a question of real time, not of the time the caller works in.
        platform.verify(incoming, secrets, clock.real_now())
        identity = platform.identify(incoming, received_at)
        body = journal.Kept(
            store.id,
            identity.key,
            platform.name,
            identity.topic,
            received_at,
            key.seal(request.body, raw_purpose(store.id, identity.key)),
        )
        with self.databases.intake.begin() as connection:
            journal.keep(connection, [body])
        return identity.key


def raw_purpose(store_id: int, key: str) -> str:
    """Return what a raw body is sealed for."""
    return f"raw body:{store_id}:{key}"
