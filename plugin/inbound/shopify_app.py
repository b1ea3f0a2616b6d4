"""How a shop comes to the operator's own Shopify application: by Shopify's page, or by opening it in the admin.

Both give a token for one store here: for that from which a member who may connect set out, or whose member opened it.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vefa import clock
from vefa.database import Databases, dump_json
from vefa.errors import ConfigurationError, RefusedByShopError, SignatureError, VefaError
from vefa.inbound import reconcile
from vefa.inbound.shop import StoreShop
from vefa.platforms import _shopify_signed as signed
from vefa.platforms import _shopify_token as token
from vefa.platforms.shopify import PLUGIN
from vefa.settings import Settings
from vefa.stores import access, shops
from vefa.stores import records as stores
from vefa.stores.access import Access
from vefa.stores.sealing import Key
from vefa.turns import writing

log = logging.getLogger("vefa.inbound")
PURPOSE = "shopify_state"
LONGEST_VISIT = timedelta(minutes=10)
# A person waits, or Shopify's frame does.
TIMEOUT = 6.0


@dataclass(frozen=True, slots=True)
class Installing:
    """Takes tokens of the operator's application; ``settings`` name it and what may be asked."""

    databases: Databases
    master: Key
    settings: Settings

    @property
    def client(self) -> str | None:
        """The client id of the application, or None where the operator has none."""
        has_secret = bool(self.settings.app_secrets.get(PLUGIN.name))
        return self.settings.app_clients.get(PLUGIN.name) if has_secret else None

    def set_out(self, store_id: int, shop: str, now: datetime) -> tuple[str, str]:
        """Return Shopify's page for a shop, and the word that the browser has to bring back; ``now`` is real time."""
        word = clock.token()
        until = (now + LONGEST_VISIT).isoformat()
        sealed = self.master.seal(dump_json([store_id, shop, word, until]).encode(), PURPOSE)
        state = base64.urlsafe_b64encode(sealed).decode()
        address = _base(signed.shop_of(shop))
        return signed.authorize_url(address, self.client or "", self.settings.public_url, state), word

    def come_back(self, query: Mapping[str, str], word: str | None, now: datetime) -> int:
        """Take the token for a query that Shopify signed, and return the store that set out; ``now`` is real time.

        Raises ``SignatureError`` where the query, its state or the browser is another, else as ``Fetches.fetch``.
        """
        shop = signed.verify(query, self.settings.app_secrets.get(PLUGIN.name, ()), now)
        store_id = self._opened(query.get("state", ""), shop, word, now)
        code = query.get("code", "")
        if not code:
            raise SignatureError("Shopify gave no code.")
        self._take(store_id, shop, lambda at, app: token.by_code(at, app, code, now))
        return store_id

    def take_session(self, store_id: int, shop: str, session: str, now: datetime) -> bool:
        """Exchange the token of whoever opened the application for one that holds; a failure is logged alone."""
        try:
            self._take(store_id, shop, lambda at, app: token.by_session(at, app, session, now))
        except VefaError as error:
            log.warning("store %d has no token of Shopify's: %s", store_id, error)
            return False
        return True

    def _opened(self, state: str, shop: str, word: str | None, now: datetime) -> int:
        try:
            plain = self.master.open(base64.urlsafe_b64decode(state.encode()), PURPOSE)
        except (ValueError, ConfigurationError) as error:
            raise SignatureError("The state is not one of Vefa's.") from error
        store_id, meant, expected, until = json.loads(plain)
        if not word or not hmac.compare_digest(word.encode(), expected.encode()):
            raise SignatureError("Another browser set out.")
        if meant != shop or now > datetime.fromisoformat(until):
            raise SignatureError("The state is of another shop, or too old.")
        return int(store_id)

    def _take(self, store_id: int, shop: str, grant: token.Grant) -> None:
        at = StoreShop(_base(shop), {}, self.settings.allow_private, TIMEOUT, tries=1)
        keys = self._granted(at, grant)
        with writing(self.databases.main, store_id) as connection:
            if shops.accounts_of(connection, store_id).get(PLUGIN.name) != shop:
                raise RefusedByShopError("The store is connected to another shop by now.")
            key = stores.key_of(connection, store_id, self.master)
            before = access.of(connection, store_id, PLUGIN.name, key)
            own = {**(before.keys if before else {}), **keys}
            access.give(connection, store_id, PLUGIN.name, Access(at.url, own), key)
            shops.prove(connection, store_id, PLUGIN.name, clock.now())
            reconcile.begin(connection, store_id, PLUGIN.name, clock.now())

    def _granted(self, at: StoreShop, grant: token.Grant) -> Mapping[str, str]:
        """Ask with each of the application's secrets, of which there are two while one is being changed."""
        refused = RefusedByShopError("The operator has no application of Shopify's.")
        for secret in self.settings.app_secrets.get(PLUGIN.name, ()) if self.client else ():
            try:
                return grant(at, token.App(str(self.client), secret))
            except RefusedByShopError as error:
                refused = error
        raise refused


def _base(shop: str) -> str:
    base = PLUGIN.base(shop, None)
    if base is None:
        raise SignatureError("This is no shop of Shopify's.")
    return base
