"""Two stores with orders in every state, their owners, and browsers to look at them with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from tests.support import World, make_world
from werkzeug.test import TestResponse

from vefa import journal
from vefa.database import Databases
from vefa.extension import create_app
from vefa.inbound.keep import raw_purpose
from vefa.settings import Settings
from vefa.staff import records as staff
from vefa.staff import session_records
from vefa.staff.account import Account
from vefa.stores.records import by_slug, key_of
from vefa.stores.sealing import Key
from vefa.stores.store import Store

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
PASSWORD = "a password for tests"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

Event = dict[str, Any]


def plain(text: str) -> str:
    """Return a page's words without its markup."""
    apart = re.sub("<[^>]+>", " ", re.sub("</?(?:bdi|a)\\b[^>]*>", "", text))
    return " ".join(unescape(apart).split())


def event(kind: str, at: datetime, **data: Any) -> Event:
    """Return a canonical event; its identity is its content."""
    identity = f"{kind}:{at.isoformat()}:{data.get('order_id') or data['order']['id']}"
    return {"id": identity, "type": kind, "timestamp": at.isoformat(), "data": data}


def placed(number: str, at: datetime, due: str | None, **changed: Any) -> Event:
    """Return the event of an order with one item and a promised day."""
    order: dict[str, Any] = {
        "id": number,
        "number": number,
        "placed_at": at.isoformat(),
        "currency": "TRY",
        "total": "499.90",
        "customer": {"id": f"c{number}", "email": f"c{number}@example.com", "name": f"Müşteri {number}"},
        "ship_to": {"country": "TR", "city": "Van"},
        "lines": [{"id": "1", "title": "Bakır cezve", "quantity": 2}],
    }
    if due:
        order["promise"] = {"deliver_by": due, "source": "checkout"}
    return event("order.placed", at, order=order | changed)


def shipped(number: str, at: datetime) -> Event:
    """Return the event that a parcel was handed over."""
    parcel = {"carrier": "Aras Kargo", "tracking_number": f"TRK{number}", "shipped_at": at.isoformat()}
    return event("shipment.shipped", at, order_id=number, shipment_id="S1", **parcel)


def delivered(number: str, at: datetime) -> Event:
    """Return the event that a parcel arrived."""
    return event("shipment.delivered", at, order_id=number, shipment_id="S1", delivered_at=at.isoformat())


def scanned(number: str, at: datetime, status: str) -> Event:
    """Return a carrier's scan."""
    return event("shipment.scanned", at, order_id=number, shipment_id="S1", status=status, place="Erzincan")


def ordinary_orders(now: datetime = NOW) -> list[Event]:
    """Return orders that end late, at risk, delivered late, on track, not watched, lost and cancelled."""
    start = now - timedelta(days=10)
    day = timedelta(days=1)

    def due(days: int) -> str:
        return (now + days * day).date().isoformat()

    found = [placed("1001", start, due(-3)), shipped("1001", start + day)]
    found += [placed("1002", start + day, due(1)), shipped("1002", start + 2 * day)]
    found += [scanned("1002", now - 2 * day, "exception")]
    found += [placed("1003", start, due(-4)), shipped("1003", start + day), delivered("1003", now - 2 * day)]
    found += [placed("1004", now - 2 * day, due(5))]
    found += [placed("1005", now - 3 * day, None)]
    found += [placed("1006", now - 60 * day, due(-50)), shipped("1006", now - 59 * day)]
    found += [
        placed("1007", start, due(3)),
        event("order.cancelled", now - day, order_id="1007", by="customer"),
    ]
    nasty = {"id": "c1008", "email": "c1008@example.com", "name": "<b>Kemal</b> سارا"}
    found += [
        placed("1008", start, due(-1), customer=nasty, lines=[{"id": "1", "title": "<script>x</script>"}])
    ]
    return sorted(found, key=lambda one: one["timestamp"])


@dataclass
class Browser:
    """A test client that fills in forms as a person does."""

    client: FlaskClient
    last: TestResponse | None = None

    def get(self, address: str, **options: Any) -> TestResponse:
        """Open a page."""
        self.last = self.client.get(address, **options)
        return self.last

    def post(self, address: str, page: str | None = None, **fields: str) -> TestResponse:
        """Send a form that stands on a page; without one, on the last."""
        text = self.get(page).text if page else self.text
        found = TOKEN.search(text)
        token = {"csrf_token": unescape(found[1])} if found else {}
        return self.client.post(address, data=token | fields)

    @property
    def text(self) -> str:
        """The page that was opened last."""
        return self.last.text if self.last else ""


@dataclass
class Shop:
    """A world with the panel on top."""

    world: World
    app: Flask
    owners: dict[str, Account] = field(default_factory=dict)

    def add(self, slug: str, **settings: Any) -> Store:
        """Add a store with its owner."""
        defaults = {
            "timezone": "Europe/Istanbul",
            "country": "TR",
            "languages": ["tr", "en"],
            "name": f"Shop {slug}",
        }
        store = self.world.add_store(slug, NOW - timedelta(days=90), **(defaults | settings))
        with self.world.databases.main.begin() as connection:
            owner = staff.add(
                connection, f"owner@{slug}.example", name=f"Owner of {slug}", language="en", now=NOW
            )
            staff.join(connection, store.id, owner.id, now=NOW)
        self.owners[slug] = owner
        return store

    def feed(self, slug: str, events: list[Event], *, now: datetime = NOW, work: bool = True) -> None:
        """Let events arrive when they happened, and work through the time in between."""
        with self.world.databases.main.connect() as connection:
            store = by_slug(connection, slug)
            key = key_of(connection, store.id, self.world.master)
        kept = [_kept(store, key, one) for one in events]
        with self.world.databases.intake.begin() as connection:
            journal.keep(connection, kept)
        if work:
            self.world.run(min(one.received_at for one in kept), now)

    def browser(self, slug: str | None = None) -> Browser:
        """Return a browser, signed in as the owner of a store."""
        browser = Browser(self.app.test_client())
        if slug is not None:
            with self.world.databases.main.begin() as connection:
                store = by_slug(connection, slug)
                secret = session_records.make_link(connection, self.owners[slug].id, store.id, now=NOW)
            answer = browser.post(f"/vefa/sign-in/{secret}", f"/vefa/sign-in/{secret}", password=PASSWORD)
            assert answer.status_code == 303, answer.text
        return browser


def _kept(store: Store, key: Key, one: Event) -> journal.Kept:
    identity, at = f"standard:{one['id']}", datetime.fromisoformat(one["timestamp"])
    sealed = key.seal(json.dumps(one).encode(), raw_purpose(store.id, identity))
    return journal.Kept(store.id, identity, "standard", one["type"], at, sealed)


def make_shop(databases: Databases, public_url: str = "https://vefa.example") -> Iterator[Shop]:
    """Yield a world with the panel on top."""
    world = make_world(databases)
    app = create_app(Settings(public_url=public_url), databases)
    app.testing = True
    world.master = app.extensions["vefa"].master
    yield Shop(world, app)
