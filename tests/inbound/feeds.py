"""A store that is heard every hour for a day, at a platform that can be asked what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import SECRET, START, on, placed, request
from tests.fake_shop import FakeShop, answer
from tests.support import World, make_world

from vefa.database import Databases, reading
from vefa.inbound import feed_watch
from vefa.inbound.reconcile import Reconciler
from vefa.outreach import gap
from vefa.platforms import Fetched, Page, Shop, platforms
from vefa.platforms._asking import json_of
from vefa.platforms.standard import Standard
from vefa.settings import Settings
from vefa.staff import records as staff
from vefa.staff.mail_records import staff_messages
from vefa.stores import access, feed_gaps, feeds
from vefa.stores.access import Access
from vefa.stores.feed_state import FeedState
from vefa.stores.records import key_of
from vefa.subscriptions import FACTS_WAKE

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SETTINGS = Settings(public_url="https://vefa.example", allow_private=frozenset({"127.0.0.1"}))
# No night and no questions, so that what is written follows from the orders alone.
SETTLED: dict[str, Any] = {"timezone": "UTC", "quiet_from": "09:00:00", "ask_feedback": False}


@dataclass(frozen=True)
class Told:
    """What the shop answers of one order, and when it changed."""

    event: dict[str, Any]
    changed_at: datetime


class Asked(Standard):
    """The standard platform with an interface that lists what changed."""

    def base(self, account: str | None, url: str | None) -> str | None:
        return url

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        found, _ = json_of(shop, "GET", "/events")
        return Page(tuple(self._fetched(*one) for one in found))

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        return ()

    def _fetched(self, event: dict[str, Any], changed_at: str) -> Fetched:
        at = datetime.fromisoformat(changed_at)
        return Fetched(f"asked:{event['id']}:{changed_at}", "order.fetched", json.dumps(event).encode(), at)


class Feeds:
    """A world with one store, its shop's server, and the steps of the worker that watch it."""

    def __init__(self, world: World, server: FakeShop) -> None:
        self.world, self.server = world, server
        self.store = world.add_store("mercan", START, secrets=[SECRET], **SETTLED)
        self.told: list[Told] = []
        self.last = START
        self.give("push")
        with world.databases.main.begin() as connection:
            account = staff.add(connection, "owner@mercan.example", name="Owner", language="en", now=START)
            connection.execute(
                staff.memberships.insert().values(
                    store_id=self.store.id, account_id=account.id, role="owner", joined_at=START, digest=False
                )
            )
        server.routes["GET /events"] = lambda _: answer(
            [[one.event, one.changed_at.isoformat()] for one in self.told]
        )
        self.asker = Reconciler(world.databases, world.master, SETTINGS, FACTS_WAKE)

    def give(self, how: str | None) -> None:
        """Let the shop be asked (``push``), be asked alone (``pull``), or not at all."""
        given = Access(self.server.url, {"k": "x"}, how == "pull") if how else None
        with self.world.databases.main.begin() as connection:
            key = key_of(connection, self.store.id, self.world.master)
            access.give(connection, self.store.id, "standard", given, key)

    def hear(self, at: datetime, event: dict[str, Any]) -> None:
        """Let an event come in."""
        self.world.inbound.keep(request(event, "mercan", START), at)
        self.world.work(at)
        self.last = at

    def hear_for_a_day(self) -> None:
        """Let an order come in every hour of the first day."""
        for hour in range(24):
            at = START + hour * HOUR
            one = placed(at, order_id=f"o{hour}")
            self.world.inbound.keep(request(one, "mercan", START), at)
            self.last = at
        self.world.work(on(1))

    def watch(self, now: datetime) -> None:
        """Look at the feeds, and let the members be told."""
        result = feed_watch.look(
            self.world.databases, self.world.master, self.store.id, [feed_watch.SUBJECT], now
        )
        assert result.write is not None and result.again
        with self.world.databases.main.begin() as connection:
            result.write(connection)
        self.world.work(now)

    def ask(self, now: datetime) -> None:
        """Ask the shop, as the worker's second thread does."""
        result = self.asker.look(self.store.id, ["standard"], now)
        assert result.write is not None
        with self.world.databases.main.begin() as connection:
            result.write(connection)
        self.world.work(now)

    def work(self, start: datetime, end: datetime) -> None:
        """Work every half hour from one instant to another."""
        while start <= end:
            self.world.work(start)
            start += HOUR / 2

    def close_by_hand(self, now: datetime) -> None:
        with self.world.databases.main.begin() as connection:
            gap.close(connection, self.store.id, "standard", now, feed_gaps.BY_HAND, "someone")

    @property
    def state(self) -> FeedState:
        with reading(self.world.databases.main) as connection:
            return feeds.state(connection, self.store.id, "standard")

    @property
    def holes(self) -> Sequence[Any]:
        with reading(self.world.databases.main) as connection:
            return feed_gaps.newest(connection, self.store.id, "standard", 10)

    def letters(self) -> list[str]:
        """Return the kinds of letters that were written to members."""
        with reading(self.world.databases.main) as connection:
            return list(connection.scalars(sa.select(staff_messages.c.kind).order_by(staff_messages.c.id)))


def make_feeds(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feeds]:
    """Return the store, and stop its shop's server afterwards."""
    monkeypatch.setitem(platforms(), "standard", Asked())  # type: ignore[arg-type]
    monkeypatch.setattr("vefa.inbound.shop.PAUSE", 0)
    monkeypatch.setattr("vefa.clock.real_now", lambda: START)
    server = FakeShop()
    try:
        yield Feeds(make_world(databases), server)
    finally:
        server.close()
