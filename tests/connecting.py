"""A store that is being connected to a WooCommerce shop on this machine, and what has to hold of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from tests.captured import captured
from tests.panel.shop import NOW, Browser, Shop, plain
from tests.woocommerce_shop import KEYS, WooShop, captured_shop

from vefa.database import metadata, reading
from vefa.stores import access, records
from vefa.stores.access import Access
from vefa.subscriptions import errands
from vefa.work import drain

HERE = "/vefa/{slug}/settings/connect/woocommerce"
LATER = NOW + timedelta(hours=10)
HOST = frozenset({"127.0.0.1"})
# What looking back may touch: its own row and its work, and who asked for it.
OF_LOOKING_BACK = {"imports", "work", "audit"}


@dataclass
class Connecting:
    """The panel of a store, and the shop that it is to be connected to."""

    panel: Shop
    shop: WooShop
    slug: str = "mercan"

    @property
    def page(self) -> str:
        return HERE.format(slug=self.slug)

    def given(self, store_id: int = 1, platform: str = "woocommerce") -> Access | None:
        with reading(self.panel.world.databases.main) as connection:
            key = records.key_of(connection, store_id, self.panel.world.master)
            return access.of(connection, store_id, platform, key)

    def enter(self, browser: Browser, **changed: str) -> tuple[int, str]:
        """Enter the shop's address and keys."""
        fields = {"url": self.shop.url} | {f"key_{name}": value for name, value in KEYS.items()}
        answer = browser.post(f"{self.page}/access", self.page, **(fields | changed))
        return answer.status_code, plain(answer.text)

    def choose(self, browser: Browser, way: str) -> tuple[int, str]:
        answer = browser.post(f"{self.page}/events", self.page, way=way)
        return answer.status_code, plain(answer.text)

    def work(self, looks: int = 40) -> None:
        """Let the worker ask the shop, read what it answers, and do what follows."""
        world, settings = self.panel.world, self.panel.app.extensions["vefa"].settings
        chores = errands(world.databases, world.master, settings)
        for number in range(looks):
            at = LATER + timedelta(seconds=number)
            drain(world.databases.main, chores, at)
            world.work(at)

    def rows(self) -> dict[str, list[Any]]:
        """Return every row of the store but those that looking back is about."""
        with reading(self.panel.world.databases.main) as connection:
            tables = [one for one in metadata.sorted_tables if one.name not in OF_LOOKING_BACK]
            return {one.name: sorted(map(repr, connection.execute(sa.select(one)))) for one in tables}


def near(panel: Shop, hosts: frozenset[str] = HOST, public_url: str | None = None) -> None:
    """Let hosts on this machine be asked."""
    state = panel.app.extensions["vefa"]
    changed = {"public_url": public_url} if public_url else {}
    settings = replace(state.settings, allow_private=hosts, **changed)
    panel.app.extensions["vefa"] = replace(state, settings=settings)


@contextmanager
def woocommerce() -> Iterator[WooShop]:
    """Open the shop of the captured requests, and close it whatever happens."""
    shop = captured_shop(captured())
    try:
        yield shop
    finally:
        shop.close()
