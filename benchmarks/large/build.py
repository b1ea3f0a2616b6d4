"""Builds the large shop: prototypes of every kind lived through by the program, then copied by the thousand."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from large.kinds import Order
from large.mix import KINDS, Kind
from large.multiply import TABLES, Multiplier, Prototype
from large.shop import Shop, open_shop
from vefa.stores.store import Store

ORDERS = 100_000
SHARES = (0.8, 0.2)
"""How the orders are shared between the stores."""
FIRST_NUMBER, FIRST_CUSTOMER = 977_001, 9_550_001
TIMES = 2
"""Prototypes of a kind, at different hours of the day."""
COMING_BACK = 0.25
"""How many good orders are of a customer who has ordered before."""
SINCE = timedelta(days=400)
CHUNK = 2000


def build(folder: Path, now: datetime, orders: int = ORDERS) -> Shop:
    """Build the shop in a folder and return it."""
    shop = open_shop(folder, now - SINCE)
    made = {store.id: _plan(shop, store, now) for store in shop.stores}
    shop.live(now)
    _check(shop)
    draw = random.Random(1)
    for store, share in zip(shop.stores, SHARES, strict=True):
        _multiply(shop, store.id, made[store.id], share * orders / sum(kind.number for kind in KINDS), draw)
    shop.databases.main.dispose()
    return shop


def _plan(shop: Shop, store: Store, now: datetime) -> list[tuple[Kind, Order]]:
    found = []
    for n, kind in enumerate(kind for kind in KINDS for _ in range(TIMES)):
        order = Order(shop, store, str(FIRST_NUMBER + n), str(FIRST_CUSTOMER + n), now)
        kind.story(order)
        found.append((kind, order))
    return found


def _check(shop: Shop) -> None:
    """Refuse prototypes that the program could not work off."""
    database = sqlite3.connect(shop.databases.directory / "vefa.db")
    dead = database.execute("SELECT package, subject, error FROM work WHERE due_at IS NULL").fetchall()
    unreadable = database.execute("SELECT key, error FROM raw_bodies WHERE state <> 'read'").fetchall()
    database.close()
    assert not dead, dead
    assert not unreadable, unreadable


def _multiply(
    shop: Shop, store_id: int, made: list[tuple[Kind, Order]], share: float, draw: random.Random
) -> None:
    assert shop.owner is not None
    with shop.writing(store_id) as (_, _, key):
        pass
    database = sqlite3.connect(shop.databases.directory / "vefa.db", isolation_level=None)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("PRAGMA foreign_keys=OFF")
    database.execute("PRAGMA cache_size=-262144")
    copier = Multiplier(database, store_id, key)
    read = [(kind, copier.read(order.number, order.customer, shop.owner.id)) for kind, order in made]
    rows: dict[str, list[list[Any]]] = defaultdict(list)
    for position, (kind, prototype, customer) in enumerate(_copies(read, share, draw)):
        days = draw.randint(0, kind.back)
        for table, values in copier.copy(prototype, str(100_001 + position), customer, days):
            rows[table].append(values)
        if position % CHUNK == CHUNK - 1:
            copier.write(rows)
            rows.clear()
    copier.write(rows)
    database.close()


def _copies(
    read: list[tuple[Kind, Prototype]], share: float, draw: random.Random
) -> list[tuple[Kind, Prototype, str]]:
    """Say for every copy which prototype it is of and whose it is; some who were content come again."""
    found: list[tuple[Kind, Prototype, str]] = []
    again: list[str] = []
    for kind, prototype in read:
        for _ in range(round(kind.number * share / TIMES)):
            customer = str(1_000_001 + len(found))
            if kind.name in ("good", "delivered late", "on track"):
                if again and draw.random() < COMING_BACK:
                    customer = draw.choice(again)
                else:
                    again.append(customer)
            found.append((kind, prototype, customer))
    draw.shuffle(found)
    return found


def contents(folder: Path) -> dict[str, Counter[str]]:
    """Count the rows of every table, and the states of those that have one."""
    database = sqlite3.connect(folder / "vefa.db")
    found = {name: database.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in TABLES}
    counts = {"rows": Counter(found)}
    for name in ("judgements", "cases", "returns", "messages"):
        counts[name] = Counter(dict(database.execute(f"SELECT state, COUNT(*) FROM {name} GROUP BY state")))
    database.close()
    return counts
