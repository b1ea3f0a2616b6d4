"""Asks a store for the keys that its platform signs with, at most once a minute, whoever claims to use a new one."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from vefa import key_sets
from vefa.database import Databases, reading
from vefa.errors import StaleKeysError, VefaError
from vefa.inbound.shop import StoreShop, shop_of
from vefa.platforms import Platform, PublishesAtOneHost, PublishesKeys
from vefa.stores import access, shops
from vefa.stores import records as stores
from vefa.stores.sealing import Key
from vefa.turns import writing

log = logging.getLogger("vefa.inbound")
NOT_OFTENER = timedelta(minutes=1)
# The sender waits for an answer, and gives up after some twenty seconds.
TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Keys:
    """Where published keys are kept; ``allow_private`` names hosts of private networks that may be asked."""

    databases: Databases
    master: Key
    allow_private: frozenset[str] = frozenset()

    def renew(self, platform: Platform, store_id: int, now: datetime) -> list[str]:
        """Return a connection's secrets with the keys that the store publishes at ``now``, which is real time.

        The note that the store is being asked is committed before it is. Raises ``StaleKeysError``, after which a
        sender tries again, where it was asked within the last minute or does not answer.
        """
        if not isinstance(platform, PublishesKeys):
            raise StaleKeysError("The key that signed is not known here.")
        shop = self._shop(platform, store_id)
        self._note(platform.name, store_id, now)
        try:
            published = platform.keys_of(shop)
        except VefaError as error:
            log.warning("the keys of store %d could not be asked for: %s", store_id, error)
            raise StaleKeysError("The store does not tell its keys at present.") from error
        return self._write(platform.name, store_id, published, now)

    def _note(self, name: str, store_id: int, now: datetime) -> None:
        with writing(self.databases.main, store_id) as connection:
            key = stores.key_of(connection, store_id, self.master)
            secrets = stores.secrets_of(connection, store_id, name, key)
            last = key_sets.asked_at(secrets)
            if last is not None and now - last < NOT_OFTENER:
                raise StaleKeysError("The key that signed is not known here, and the store was just asked.")
            stores.set_secrets(connection, store_id, name, key_sets.noted(secrets, now), key)

    def _shop(self, platform: Platform, store_id: int) -> StoreShop:
        if isinstance(platform, PublishesAtOneHost):
            return StoreShop(platform.keys_host, {}, self.allow_private, TIMEOUT)
        with reading(self.databases.main) as connection:
            key = stores.key_of(connection, store_id, self.master)
            given = access.of(connection, store_id, platform.name, key)
            account = shops.accounts_of(connection, store_id).get(platform.name)
        if given is not None:
            return shop_of(given, self.allow_private, TIMEOUT)
        if account is None:
            raise StaleKeysError("It is not known here at which address the store publishes its keys.")
        return StoreShop(f"https://{account}", {}, self.allow_private, TIMEOUT)

    def _write(self, name: str, store_id: int, published: str, now: datetime) -> list[str]:
        with writing(self.databases.main, store_id) as connection:
            key = stores.key_of(connection, store_id, self.master)
            secrets = key_sets.renewed(stores.secrets_of(connection, store_id, name, key), published, now)
            stores.set_secrets(connection, store_id, name, secrets, key)
        return secrets
