"""A store in which parcels arrived, and what its customers send back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import on, placed, said
from tests.shop import WHO, Shop, make_shop

from vefa.database import Databases, reading
from vefa.lateness.look import assess_orders
from vefa.orders.order import Order
from vefa.outreach import listing as outreach
from vefa.policy import book
from vefa.policy.decision import Decision
from vefa.returns.ask import ask
from vefa.returns.records import returns
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store

ORDER = "standard:1"
LINES = [{"id": "L1", "title": "Bakır cezve", "quantity": 2}, {"id": "L2", "title": "Fincan", "quantity": 1}]


@dataclass
class Counter:
    """The store's desk for what comes back."""

    shop: Shop
    by: Account

    @property
    def rows(self) -> list[Any]:
        with reading(self.shop.world.databases.main) as connection:
            return list(connection.execute(sa.select(returns).order_by(returns.c.requested_at, returns.c.id)))

    @property
    def row(self) -> Any:
        (row,) = self.rows
        return row

    def keys(self) -> tuple[Store, Key]:
        world = self.shop.world
        with reading(world.databases.main) as connection:
            return with_key(connection, self.shop.store.id, world.master)

    def order(self, now: datetime) -> Order:
        with reading(self.shop.world.databases.main) as connection:
            return assess_orders(connection, self.shop.store.id, [ORDER], now)[ORDER].order

    def ask(self, now: datetime, **wanted: Any) -> str:
        """Ask for a return as the customer's page does."""
        store, key = self.keys()
        request = {"lines": {"L1": 1}, "reason": "changed_mind", "wanted": "refund", "words": None}
        with self.shop.world.databases.main.begin() as connection:
            return ask(
                connection,
                store,
                key,
                order=self.order(now),
                holder="standard:C1",
                language="tr",
                now=now,
                **(request | wanted),
            )

    def decisions(self, return_id: str) -> list[Decision]:
        with reading(self.shop.world.databases.main) as connection:
            found = book.records_of(connection, self.shop.store.id, f"return:{return_id}")
            return [one.decision for one in found]

    @property
    def buttons(self) -> list[str]:
        """The labels of the links in the letters that were written."""
        store, key = self.keys()
        found = []
        with reading(self.shop.world.databases.main) as connection:
            for row in self.shop.messages:
                content = outreach.content(connection, store.id, row.id, key)
                lines = content["text"].splitlines() if content else []
                found += [line.removeprefix("- ") for line in lines if line.startswith("- ")]
        return found

    def tell(self, *events: dict[str, Any], now: datetime) -> None:
        self.shop.tell(*events)
        self.shop.world.work(now)


def delivered_order(**more: Any) -> list[dict[str, Any]]:
    """Return the events of an order that was delivered on the third day."""
    order = {"number": "1001", "customer": WHO, "lines": LINES, "total": "300.00", "currency": "TRY"}
    place = {"country": "TR", "city": "Van"}
    return [
        placed(on(0), ship_to=place, payment={"paid": True}, **(order | more)),
        said("shipment.shipped", on(1), shipment_id="S1", shipped_at=on(1).isoformat()),
        said("shipment.delivered", on(3), shipment_id="S1", delivered_at=on(3).isoformat()),
    ]


def make_counter(databases: Databases) -> Counter:
    """Return a store in Turkey with one order that was delivered."""
    shop = make_shop(
        databases, country="TR", timezone="Europe/Istanbul", languages=["tr", "en", "fa"], currency="TRY"
    )
    with databases.main.begin() as connection:
        by = staff.add(connection, "ayse@shop.example", name="Ayşe Demir", now=on(0))
    found = Counter(shop, by)
    found.tell(*delivered_order(), now=on(4))
    return found


@pytest.fixture
def counter(databases: Databases) -> Counter:
    return make_counter(databases)
