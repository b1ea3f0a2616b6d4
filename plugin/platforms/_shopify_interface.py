"""What Shopify can do beyond sending events: be asked for orders, be told where to write, renew its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vefa.exchange import Shop
from vefa.platforms import Fetched, Installed, Page
from vefa.platforms import _shopify_fetch as interface
from vefa.platforms import _shopify_install as webhooks
from vefa.platforms import _shopify_token as token


class Interface:
    """Shopify's Admin GraphQL interface, and the tokens that open it."""

    def base(self, account: str | None, url: str | None) -> str | None:
        """Return the origin of a shop's interface from its name or its address; None if it is neither."""
        return interface.base_of(account, url)

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        """Return one page of what changed; source: the ``orders`` query, by ``updatedAt``."""
        return interface.page_of(shop, since, cursor)

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        """Return one order as Shopify answers it, nothing where it does not know it."""
        return interface.one_of(shop, number)

    def install(self, shop: Shop, address: str, secret: str) -> Installed:
        """See to the shop's own webhooks; Shopify signs them with the secret of the application that makes them.

        Raises as ``fetch``.
        """
        return webhooks.install(shop, address)

    def is_due(self, keys: Mapping[str, str], now: datetime) -> bool:
        """Say whether another token has to be asked for; ``now`` is real time."""
        return token.is_due(keys, now)

    def renew(self, shop: Shop, app: tuple[str, str] | None, now: datetime) -> Mapping[str, str]:
        """Return the store's keys with a token that holds; raises as ``fetch``."""
        return token.renewed(shop, token.App(*app) if app else None, now)

    def joined(self, before: Mapping[str, str], entered: Mapping[str, str]) -> Mapping[str, str]:
        """Return the keys after a person entered some: another pair, or a token of one's own, forgets the last."""
        return token.joined(before, entered)
