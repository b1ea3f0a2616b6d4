"""A store to test with, and the worker's steps without its waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from vefa.channels import Session, Sink
from vefa.cli.order import described
from vefa.database import Databases, intake_metadata, metadata, reading
from vefa.engines import is_sqlite
from vefa.inbound import Inbound
from vefa.inbound.move import move
from vefa.orders import records as orders
from vefa.stores import records as stores
from vefa.stores.sealing import Key, new_key
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, looks
from vefa.work import drain, next_due

PUBLIC_URL = "https://vefa.example"


@dataclass
class World:
    """Databases with stores in them, a sink in place of SMTP, and a clock that tests set."""

    databases: Databases
    master: Key
    sink: Sink
    connect: Callable[[], Session]

    @property
    def inbound(self) -> Inbound:
        return Inbound(self.databases, self.master)

    def add_store(self, slug: str, now: datetime, secrets: list[str] | None = None, **settings: Any) -> Store:
        document = {"slug": slug, "reply_to": f"care@{slug}.example"} | settings
        with self.databases.main.begin() as connection:
            return stores.add(connection, document, secrets or ["secret"], master=self.master, now=now)

    def send(self, store: Store, now: datetime) -> None:
        """Switch sending on."""
        with self.databases.main.begin() as connection:
            stores.switch(connection, store, sending=True, now=now)

    def work(self, now: datetime) -> None:
        """Do everything that is due at ``now``."""
        while move(self.databases, self.master, FACTS_WAKE, now):
            pass
        chores = looks(self.databases.main, self.master, self.connect, "test", PUBLIC_URL)
        drain(self.databases.main, chores, now)

    def run(self, start: datetime, end: datetime) -> None:
        """Work from one instant to another, stopping at every instant at which something is due."""
        self.work(start)
        now = start
        while True:
            with reading(self.databases.main) as connection:
                due = next_due(connection)
            if due is None or due > end:
                break
            now = max(due, now + timedelta(microseconds=1))
            self.work(now)
        self.work(end)

    def order(self, store: Store, number: str, now: datetime) -> dict[str, Any]:
        """Return what ``vefa order show`` says."""
        with reading(self.databases.main) as connection:
            order_id = orders.by_number(connection, store.id, number)
            assert order_id is not None, f"there is no order {number}"
            folded = orders.load(connection, store.id, [order_id], now)[order_id]
            return described(connection, store.id, folded)

    def numbers(self, store: Store) -> list[str]:
        with reading(self.databases.main) as connection:
            return orders.page(connection, store.id)


def make_world(databases: Databases, connect: Callable[[], Session] | None = None) -> World:
    """Return an empty world on migrated databases."""
    sink = Sink(keep=True)
    return World(databases, new_key(), sink, connect or (lambda: sink))


def everything(databases: Databases) -> bytes:
    """Return all that lies in the databases: the files of SQLite, or every row of PostgreSQL."""
    if is_sqlite(databases.main):
        files = sorted(databases.directory.glob("vefa*db*"))
        return b"".join(file.read_bytes() for file in files)
    with reading(databases.main) as connection:
        tables = [*metadata.sorted_tables, *intake_metadata.sorted_tables]
        values = chain(*(row for table in tables for row in connection.execute(table.select())))
        return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in values)
