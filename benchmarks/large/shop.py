"""Two stores in a fresh database, and their life up to now: what their platforms tell, what their people do."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection

from vefa.channels import Sink
from vefa.cli.migrate import upgrade
from vefa.database import Databases, open_databases, reading
from vefa.extension import create_app
from vefa.inbound.keep import raw_purpose
from vefa.inbound.move import enter
from vefa.journal import Kept
from vefa.settings import Settings
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.stores import records as stores
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, looks
from vefa.work import drain, next_due

PUBLIC_URL = "https://vefa.example"
STORES: tuple[dict[str, Any], ...] = (
    {
        "slug": "zaferan",
        "name": "زعفران",
        "country": "IR",
        "timezone": "Asia/Tehran",
        "languages": ["fa", "en"],
    },
    {
        "slug": "mercan",
        "name": "Mercan",
        "country": "TR",
        "timezone": "Europe/Istanbul",
        "languages": ["tr", "en"],
    },
)
Act = Callable[["Shop", Connection, Store, Key, datetime], None]


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a store's platform."""

    topic: str
    data: dict[str, Any]


@dataclass
class Shop:
    """The databases of two stores that send, with an owner, and what is still to happen in them."""

    app: Flask
    databases: Databases
    master: Key
    stores: list[Store] = field(default_factory=list)
    owner: Account | None = None
    _ahead: list[tuple[datetime, int, int, Told | Act]] = field(default_factory=list)
    _counter: Iterator[int] = field(default_factory=count)

    def plan(self, store_id: int, at: datetime, what: Told | Act) -> None:
        """Let something happen in a store at an instant."""
        heapq.heappush(self._ahead, (at, next(self._counter), store_id, what))

    @contextmanager
    def writing(self, store_id: int) -> Iterator[tuple[Connection, Store, Key]]:
        """Open a transaction in a store."""
        with self.databases.main.begin() as connection:
            yield connection, *stores.with_key(connection, store_id, self.master)

    def live(self, until: datetime) -> None:
        """Let everything happen that is planned, and do what is due in between."""
        chores = looks(self.databases.main, self.master, Sink, "bench", PUBLIC_URL)
        due = None
        while self._ahead or due:
            now = min(at for at in (due, self._ahead[0][0] if self._ahead else None) if at)
            if now > until:
                return
            while self._ahead and self._ahead[0][0] <= now:
                _, _, store_id, what = heapq.heappop(self._ahead)
                self._happen(store_id, what, now)
            # A look counts what lies before its moment; at the very moment it would ask to be called again.
            now += timedelta(microseconds=1)
            drain(self.databases.main, chores, now)
            with reading(self.databases.main) as connection:
                due = next_due(connection)
            due = max(due, now) if due else None

    def _happen(self, store_id: int, what: Told | Act, now: datetime) -> None:
        if not isinstance(what, Told):
            with self.writing(store_id) as (connection, store, key):
                what(self, connection, store, key, now)
            return
        with reading(self.databases.main) as connection:
            _, key = stores.with_key(connection, store_id, self.master)
        identity = f"{what.topic}:{what.data.get('order_id') or what.data['order']['id']}:{now.isoformat()}"
        body = {"id": identity, "type": what.topic, "timestamp": now.isoformat(), "data": what.data}
        name = f"standard:{identity}"
        sealed = key.seal(json.dumps(body, ensure_ascii=False).encode(), raw_purpose(store_id, name))
        kept = Kept(store_id, name, "standard", what.topic, now, sealed)
        enter(self.databases, self.master, FACTS_WAKE, store_id, [kept], now)


def open_shop(folder: Path, since: datetime) -> Shop:
    """Make a database in a folder, with two stores of one owner that send since an instant."""
    databases = open_databases(folder / "vefa.db")
    upgrade(databases)
    app = create_app(Settings(public_url=PUBLIC_URL), databases)
    shop = Shop(app, databases, app.extensions["vefa"].master)
    with databases.main.begin() as connection:
        shop.owner = staff.add(connection, "owner@zaferan.example", name="Owner", language="en", now=since)
        for document in STORES:
            more = {"reply_to": f"care@{document['slug']}.example", "weekend": ["friday"]}
            store = stores.add(connection, document | more, ["secret"], master=shop.master, now=since)
            staff.join(connection, store.id, shop.owner.id, now=since)
            stores.switch(connection, store, sending=True, now=since)
            shop.stores.append(stores.by_id(connection, store.id))
    return shop
