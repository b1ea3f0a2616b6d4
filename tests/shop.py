"""A store with a late order, for tests of what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from tests.build import SECRET, on, placed, request
from tests.support import World, make_world

from vefa import clock
from vefa.channels import Session
from vefa.database import Databases, reading
from vefa.errors import ChannelError
from vefa.outreach.records import decisions, messages
from vefa.stores import records as stores
from vefa.stores.store import Store

DUE = "2026-03-09"
OVER = datetime(2026, 3, 10, tzinfo=UTC)
MORNING = datetime(2026, 3, 10, 9, tzinfo=UTC)
WHO = {"id": "C1", "email": "elif@buyer.example", "name": "Elif Kaya", "phone": "+905551112233"}


@dataclass
class Line:
    """A mail server that does as it is told: ``trouble`` is raised at ``step``, and only once."""

    trouble: BaseException | None = None
    step: str = "offer"
    taken: list[str] = field(default_factory=list)
    before: Any = None
    offered: str = ""

    def _now(self, step: str) -> None:
        if self.before and step == self.step:
            self.before()
        if self.trouble and step == self.step:
            trouble, self.trouble = self.trouble, None
            raise trouble

    def offer(self, sender: str, recipient: str) -> None:
        self.offered = recipient
        self._now("offer")

    def transmit(self, data: bytes) -> None:
        self._now("transmit")
        self.taken.append(self.offered)
        self._now("after")

    def reset(self) -> None:
        self.offered = ""

    def close(self) -> None:
        pass


@dataclass
class Shop:
    """One store in a world, and what was written in it."""

    world: World
    store: Store
    line: Line

    def tell(self, *events: dict[str, Any], at: datetime | None = None) -> None:
        """Let the store's platform tell these events, each when it happened unless said otherwise."""
        for document in events:
            received_at = at or datetime.fromisoformat(document["timestamp"])
            self.world.inbound.keep(request(document, self.store.slug, clock.now()), received_at)

    def switch(self, sending: bool, now: datetime) -> None:
        with self.world.databases.main.begin() as connection:
            stores.switch(connection, stores.by_id(connection, self.store.id), sending=sending, now=now)

    def stop(self, now: datetime) -> None:
        with self.world.databases.main.begin() as connection:
            stores.stop(connection, self.store, now=now)

    def resume(self, now: datetime) -> None:
        with self.world.databases.main.begin() as connection:
            stores.resume(connection, stores.by_id(connection, self.store.id), now=now)

    def rows(self, table: sa.Table) -> list[Any]:
        order = table.c.at if "at" in table.c else table.c.written_at
        with reading(self.world.databases.main) as connection:
            return list(connection.execute(sa.select(table).order_by(order, table.c.id)))

    @property
    def messages(self) -> list[Any]:
        return self.rows(messages)

    @property
    def states(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.reason) for row in self.messages]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The decisions about the delay notice, as verdict and reason."""
        return [(row.verdict, row.reason) for row in self.rows(decisions) if row.purpose == "delay_notice"]


def make_shop(databases: Databases, *, sending: bool = True, **settings: Any) -> Shop:
    """Return a store without orders."""
    line = Line()

    def connect() -> Session:
        line._now("connect")
        return line

    world = make_world(databases, connect)
    store = world.add_store("shop", on(-9), [SECRET], **settings)
    shop = Shop(world, store, line)
    if sending:
        shop.switch(True, on(-9))
    return shop


def late_order(order_id: str = "1", **more: Any) -> dict[str, Any]:
    """Return an order that was due on the ninth and comes from a known customer."""
    return placed(order_id=order_id, deliver_by=DUE, number=f"#{order_id}", customer=WHO, **more)


def order_of(who: dict[str, str]) -> dict[str, Any]:
    """Return a late order of another customer, with that customer's id as its number."""
    order = late_order(who["id"])["data"]["order"] | {"customer": who}
    return late_order(who["id"]) | {"id": f"placed-{who['id']}", "data": {"order": order}}


def refused(**kind: bool) -> ChannelError:
    return ChannelError("The mail server said no.", **kind)
