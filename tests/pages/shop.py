"""Two stores with orders in every state, and the links that their customers were sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from tests.panel.shop import NOW, Shop, delivered, event, make_shop, ordinary_orders, placed, shipped
from tests.panel.shop import plain as words_of
from werkzeug.test import TestResponse

from vefa.customers.link import Link, Scope, seal
from vefa.database import Databases, metadata, reading
from vefa.promises.given import given
from vefa.stores.records import by_slug, with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store

TIME = re.compile("</?time[^>]*>")
MARK = re.compile(r'name="form" value="([^"]+)"')
DAY = timedelta(days=1)
NOTHING = "standard:1404"
ORDER = "standard:1001"
GOOD = "standard:1009"


def plain(text: str) -> str:
    """Return a page's words without its markup, days in one piece."""
    return words_of(TIME.sub("", text))


@dataclass
class Pages:
    """A world with customers' pages, and a browser without cookies."""

    shop: Shop
    client: FlaskClient

    def store(self, slug: str) -> tuple[Store, Key]:
        with reading(self.shop.world.databases.main) as connection:
            store = by_slug(connection, slug)
            return with_key(connection, store.id, self.shop.world.master)

    def token(
        self,
        scope: Scope,
        order_id: str | None = ORDER,
        slug: str = "mercan",
        *,
        holder: str | None = None,
        expires_at: datetime = NOW + 30 * DAY,
        language: str | None = "en",
        **more: Any,
    ) -> str:
        whose = holder or (order_id or ORDER).replace(":", ":c")
        link = Link(scope, whose, expires_at, order_id=order_id, language=language, **more)
        return seal(link, self.store(slug)[1])

    def address(self, scope: Scope, order_id: str | None = ORDER, slug: str = "mercan", **more: Any) -> str:
        return f"/vefa/c/{slug}/{self.token(scope, order_id, slug, **more)}"

    def get(self, address: str, **options: Any) -> TestResponse:
        return self.client.get(address, **options)

    def post(self, address: str, **fields: str) -> TestResponse:
        """Open a page and send its form, following to where it leads."""
        found = MARK.search(self.get(address).text)
        assert found, "there is no form on this page"
        return self.client.post(address, data={"form": unescape(found[1])} | fields, follow_redirects=True)

    def rows(self) -> dict[str, list[Any]]:
        """Return every row of every table."""
        with reading(self.shop.world.databases.main) as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.select(table))))
                for name, table in metadata.tables.items()
            }

    def table(self, table: sa.Table) -> list[Any]:
        with reading(self.shop.world.databases.main) as connection:
            return list(connection.execute(sa.select(table)))

    def promises(self) -> list[Any]:
        return self.table(given)


def nested(number: str, at: datetime) -> list[dict[str, Any]]:
    """Return an order with several items that arrived in time."""
    lines = [
        {"id": "1", "title": "Bakır cezve", "quantity": 2},
        {"id": "2", "title": "قوری چدنی با درپوش", "quantity": 1},
    ]
    due = (at + 5 * DAY).date().isoformat()
    return [
        placed(number, at, due, lines=lines, payment={"method": "card"}),
        shipped(number, at + DAY),
        delivered(number, at + 3 * DAY),
    ]


def revised(number: str, at: datetime, due: str) -> dict[str, Any]:
    """Return the store's word that an order comes on another day."""
    return event("promise.revised", at, order_id=number, deliver_by=due)


def make_pages(databases: Databases, public_url: str = "https://vefa.example") -> Iterator[Pages]:
    """Yield two stores, the first in three languages, with their customers' pages."""
    for shop in make_shop(databases, public_url):
        shop.add(
            "mercan",
            name="Mercan",
            languages=["tr", "en", "fa"],
            signed_by="Deniz Acar",
            phone="0212 900 22 33",
            brand_colour="#d2691e",
        )
        shop.feed(
            "mercan",
            sorted([*ordinary_orders(), *nested("1009", NOW - 6 * DAY)], key=lambda e: e["timestamp"]),
        )
        shop.add("golestan", name="گلستان", country="IR", timezone="Asia/Tehran", languages=["fa"])
        shop.feed("golestan", [placed("7001", NOW - 10 * DAY, "2026-11-17", ship_to={"country": "IR"})])
        yield Pages(shop, shop.app.test_client(use_cookies=False))
