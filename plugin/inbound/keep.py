"""Keeps a webhook: who signed it, which event it is, and one durable commit before the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vefa import clock, journal
from vefa.database import Databases, reading
from vefa.errors import SignatureError, StaleKeysError, TooLargeError, UnknownAddressError, UnprovedShopError
from vefa.inbound.keys import Keys
from vefa.journal import raw_purpose
from vefa.platforms import Incoming, Platform, PublishesKeys, senders
from vefa.settings import MEBIBYTE
from vefa.stores import records as stores
from vefa.stores import shops
from vefa.stores.sealing import Key

__all__ = ["Inbound", "Request", "raw_purpose"]


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook as it came: the store and platform of its address, its headers and exact bytes.

    ``store`` is None at the one address of an application, where the platform names its shop.
    """

    store: str | None
    platform: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Inbound:
    """The place where webhooks are kept; ``body_limit`` is in bytes.

    ``app_secrets`` are those of the operator's own applications, by platform; ``allow_private`` names hosts of
    private networks that may be asked for their keys.
    """

    databases: Databases
    master: Key
    body_limit: int = MEBIBYTE
    app_secrets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    allow_private: frozenset[str] = frozenset()

    def keep(self, request: Request, received_at: datetime) -> str | None:
        """Verify a webhook and keep it durably; return its key, or None where nothing has to be kept.

        That is a ping, or a rightly signed event of a shop that is no store here (any more): refusing it would only
        make the platform try again. ``received_at`` travels with the kept body. Raises ``UnknownAddressError``,
        ``TooLargeError`` or ``SignatureError``, after which nothing is kept.
        """
        platform = senders().get(request.platform)
        if platform is None or (request.store is None and not platform.describe().app_wide):
            raise UnknownAddressError(f"There is no platform {request.platform!r} at this address.")
        if len(request.body) > self.body_limit:
            raise TooLargeError(f"The body has more than {self.body_limit} bytes.")
        incoming = Incoming({name.lower(): value for name, value in request.headers.items()}, request.body)
        if request.store is None:
            return self._keep_for_shop(platform, incoming, received_at)
        with reading(self.databases.main) as connection:
            store = stores.by_slug(connection, request.store)
            key = stores.key_of(connection, store.id, self.master)
            secrets = stores.secrets_of(connection, store.id, request.platform, key)
        if platform.is_ping(incoming):
            return None
        self._verify(platform, incoming, secrets, store.id)
        return self._keep(platform, incoming, store.id, key, received_at)

    def _keep_for_shop(self, platform: Platform, incoming: Incoming, received_at: datetime) -> str | None:
        """Keep what came to the application's own address; the shop is believed only after the signature.

        What the application signed belongs to a store that has shown that it is the shop: a shop's name alone, which
        anybody can enter, gets nobody its events.
        """
        secrets = list(self.app_secrets.get(platform.name, ()))
        own: list[str] = []
        proved, slug = True, ""
        account = platform.account(incoming)
        with reading(self.databases.main) as connection:
            store_id = shops.by_account(connection, platform.name, account) if account else None
            key = None if store_id is None else stores.key_of(connection, store_id, self.master)
            if store_id is not None and key is not None:
                own = stores.secrets_of(connection, store_id, platform.name, key)
                proved = shops.is_proved(connection, store_id, platform.name)
                slug = stores.by_id(connection, store_id).slug
        if proved or not _signed_by(platform, incoming, secrets):
            self._verify(platform, incoming, [*secrets, *own], store_id)
        elif not _signed_by(platform, incoming, own):
            raise UnprovedShopError(slug)
        if store_id is None or key is None:
            return None
        return self._keep(platform, incoming, store_id, key, received_at)

    def _verify(
        self, platform: Platform, incoming: Incoming, secrets: Sequence[str], store_id: int | None
    ) -> None:
        """Check who signed; where the platform has changed its keys since, with those that it publishes now."""
        # The age of a signature is a question of real time, not of the time the caller works in.
        now = clock.real_now()
        try:
            return platform.verify(incoming, secrets, now)
        except StaleKeysError as error:
            if store_id is None or not isinstance(platform, PublishesKeys):
                raise SignatureError(str(error)) from error
        renewed = Keys(self.databases, self.master, self.allow_private).renew(platform, store_id, now)
        try:
            return platform.verify(incoming, renewed, now)
        except StaleKeysError as error:
            raise SignatureError("The key that signed is none that the store publishes.") from error

    def _keep(
        self, platform: Platform, incoming: Incoming, store_id: int, key: Key, received_at: datetime
    ) -> str:
        identity = platform.identify(incoming, received_at)
        body = journal.Kept(
            store_id,
            identity.key,
            platform.name,
            identity.topic,
            received_at,
            key.seal(incoming.body, raw_purpose(store_id, identity.key)),
            identity.sent_at,
        )
        with self.databases.intake.begin() as connection:
            journal.keep(connection, [body])
        return identity.key


def _signed_by(platform: Platform, incoming: Incoming, secrets: Sequence[str]) -> bool:
    try:
        platform.verify(incoming, secrets, clock.real_now())
    except SignatureError:
        return False
    return True
