"""A store's interface with a key that still holds: one that ends soon is renewed, and kept, before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from vefa.database import Databases
from vefa.errors import RefusedByShopError
from vefa.exchange import Shop
from vefa.inbound.shop import StoreShop, shop_of
from vefa.platforms import Renews
from vefa.settings import Settings
from vefa.stores import access
from vefa.stores import records as stores
from vefa.stores.access import Access
from vefa.stores.sealing import Key
from vefa.turns import writing


@dataclass(frozen=True, slots=True)
class Renewing:
    """Where keys are kept; ``settings`` name the operator's applications and what may be asked."""

    databases: Databases
    master: Key
    settings: Settings

    def shop(self, platform: object, store_id: int, name: str, given: Access, now: datetime) -> StoreShop:
        """Return the host that a store's access leads to; ``now`` is real time.

        Raises as ``Fetches.fetch`` where a key that has to be renewed cannot be.
        """
        shop = shop_of(given, self.settings.allow_private)
        if not isinstance(platform, Renews) or not platform.is_due(given.keys, now):
            return shop
        keys = renewed(platform, shop, name, self.settings, now)
        self._keep(store_id, name, given, keys)
        return replace(shop, keys=keys)

    def _keep(self, store_id: int, name: str, before: Access, keys: Mapping[str, str]) -> None:
        """Keep renewed keys, unless others were given since."""
        with writing(self.databases.main, store_id) as connection:
            key = stores.key_of(connection, store_id, self.master)
            if (standing := access.of(connection, store_id, name, key)) == before and standing is not None:
                access.give(connection, store_id, name, replace(standing, keys=keys), key)


def renewed(platform: Renews, shop: Shop, name: str, settings: Settings, now: datetime) -> Mapping[str, str]:
    """Return the keys of a store, renewed with the first secret of the operator's application that is taken."""
    client, refused = settings.app_clients.get(name), None
    for secret in settings.app_secrets.get(name, ()) if client else ():
        try:
            return platform.renew(shop, (str(client), secret), now)
        except RefusedByShopError as error:
            refused = error
    if refused is not None:
        raise refused
    return platform.renew(shop, None, now)
