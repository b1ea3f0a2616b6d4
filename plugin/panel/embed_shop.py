"""The store and platform that a sign-in from a platform's admin is about, and what its tokens are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vefa.database import db, reading
from vefa.errors import SignatureError, StaleKeysError, UnknownAddressError
from vefa.inbound.keys import Keys
from vefa.panel.state import state
from vefa.platforms import Embeds, Enters, Platform, Trust, Visitor, platforms
from vefa.platforms._origin import is_origin, origin_of
from vefa.staff import embed_records
from vefa.stores import access, records, shops
from vefa.stores.store import Store

# What stores give with the keys of their interface that names the application.
CLIENTS = ("client_id", "app_id")
# What they give where their admin is served from elsewhere than their interface.
ADMIN = "dashboard"


@dataclass(frozen=True, slots=True)
class EmbedShop:
    """A store whose platform can sign people in."""

    store: Store
    platform: Platform
    account: str | None
    url: str | None
    client: str | None
    secrets: Sequence[str]
    admin: tuple[str, ...] = ()

    def visitor(self, token: str, now: datetime) -> Visitor:
        """Return whom a token names, also where the platform has changed its keys; raises ``SignatureError``."""
        if not isinstance(self.platform, Embeds):
            raise SignatureError("The platform signs nobody in.")
        try:
            return self.platform.visitor(token, self._trust(self.secrets), now)
        except StaleKeysError:
            program = state()
            keys = Keys(program.databases, program.master, program.settings.allow_private)
            renewed = keys.renew(self.platform, self.store.id, now)
        return self.platform.visitor(token, self._trust(renewed), now)

    def frames(self) -> tuple[str, ...]:
        """Return the origins of the shop's admin, as far as they are known before anybody has signed in."""
        own = self.platform.frames(self.account, self.url) if isinstance(self.platform, Enters) else ()
        with reading(db.engine) as connection:
            last = embed_records.framed_by(connection, self.store.id, self.platform.name)
        found = [*own, origin_of(self.url) or "", *self.admin, *last]
        return tuple(dict.fromkeys(one for one in found if is_origin(one)))

    def _trust(self, secrets: Sequence[str]) -> Trust:
        return Trust(secrets, state().settings.public_url, self.account, self.url, self.client, self.admin)


def named(slug: str, name: str) -> EmbedShop | None:
    """Return the store of this name, or None where there is none or it is not connected to such a platform."""
    with reading(db.engine) as connection:
        try:
            store = records.by_slug(connection, slug)
        except UnknownAddressError:
            return None
    return _shop(store, name)


def of_account(name: str, account: str | None, token: str | None = None) -> EmbedShop | None:
    """Return the store that a shop of an application is, named by itself or, not yet verified, by its token."""
    platform: object = platforms().get(name)
    if account is None and token and isinstance(platform, Enters):
        account = platform.claimed(token)
    if not account:
        return None
    with reading(db.engine) as connection:
        store_id = shops.by_account(connection, name, account)
        store = records.by_id(connection, store_id) if store_id is not None else None
    return _shop(store, name) if store else None


def _shop(store: Store, name: str) -> EmbedShop | None:
    platform = platforms().get(name)
    if platform is None or not isinstance(platform, Embeds):
        return None
    program = state()
    with reading(db.engine) as connection:
        key = records.key_of(connection, store.id, program.master)
        try:
            secrets = records.secrets_of(connection, store.id, name, key)
        except UnknownAddressError:
            return None
        given = access.of(connection, store.id, name, key)
        account = shops.accounts_of(connection, store.id)[name]
    keys = given.keys if given else {}
    return EmbedShop(
        store,
        platform,
        account,
        given.url if given else None,
        next((keys[one] for one in CLIENTS if keys.get(one)), program.settings.app_clients.get(name)),
        [*program.settings.app_secrets.get(name, ()), *secrets],
        tuple(one for one in (origin_of(keys.get(ADMIN)),) if one),
    )
