"""A store loses two days of events: asking fills them, and nobody is written to about what is over or long ago."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.build import START, on, placed, said
from tests.fake_shop import failing
from tests.inbound.feeds import HOUR, MINUTE, Feeds, Told, make_feeds

from vefa.database import Databases, reading
from vefa.outreach import records
from vefa.stores import feed_gaps
from vefa.stores import records as stores

BACK = on(4)
WAITING = [f"waiting{n}" for n in range(5)]
CEILING = 2


@pytest.fixture
def shop(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feeds]:
    yield from make_feeds(databases, monkeypatch)


def order(number: str, due: str, at: datetime = START) -> dict[str, object]:
    customer = {"id": number, "email": f"{number}@example.com"}
    return placed(at, order_id=number, deliver_by=due, customer=customer)


def lose_two_days(shop: Feeds) -> None:
    """Let the promises of Wednesday be given, the events stop on Tuesday, and the shop answer on Friday again."""
    shop.world.send(shop.store, START - timedelta(days=30))
    with shop.world.databases.main.begin() as connection:
        connection.execute(stores.stores.update().values(ceiling=CEILING))
    for number in ("arrived", *WAITING):
        shop.hear(START, order(number, "2026-03-04"))
    shop.hear_for_a_day()
    shop.ask(on(1))
    shop.server.trouble.extend([failing(500)] * 100)
    for hours in range(24, 96, 6):
        shop.ask(on(0, hours=hours))
        shop.watch(on(0, hours=hours) + MINUTE)
        shop.work(on(0, hours=hours) + MINUTE, on(0, hours=hours + 6))


def come_back(shop: Feeds) -> None:
    """Let the shop tell what happened, and of an order that no event ever told of."""
    shop.server.trouble.clear()
    at = on(2, hours=1)
    arrived = said("shipment.delivered", at, "arrived", shipment_id="S1", delivered_at=at.isoformat())
    shop.told = [Told(arrived, at), Told(order("old", "2026-02-20", on(-15)), START + HOUR)]
    shop.ask(BACK)
    shop.work(BACK, BACK + 6 * HOUR)


def sent(shop: Feeds) -> list[str]:
    """Return to whom messages left."""
    return [to for _, to, _ in shop.world.sink.messages if not to.startswith("owner@")]


def check_nobody_is_written_to_while_events_are_missing(shop: Feeds) -> None:
    lose_two_days(shop)
    assert shop.state.gap_open
    assert sent(shop) == []
    assert {reason for _, reason in decided(shop, "waiting0")} == {"feed_gap"}


def test_who_still_waits_is_told_once_and_nobody_else(shop: Feeds) -> None:
    check_nobody_is_written_to_while_events_are_missing(shop)
    come_back(shop)
    assert [one.outcome for one in shop.holes] == [feed_gaps.ASKED]
    assert Counter(sent(shop)) == Counter(f"{number}@example.com" for number in WAITING)
    assert ("skip", "too_old") in decided(shop, "old")
    assert not [verdict for verdict, _ in decided(shop, "arrived") if verdict == "write"]
    check_they_leave_at_the_pace_of_the_ceiling(shop)


def check_they_leave_at_the_pace_of_the_ceiling(shop: Feeds) -> None:
    with reading(shop.world.databases.main) as connection:
        left = sorted(connection.scalars(sa.select(records.messages.c.settled_at)))
    assert len(left) == len(WAITING)
    assert all(left[n + CEILING] - left[n] >= HOUR for n in range(len(left) - CEILING))


def decided(shop: Feeds, number: str) -> list[tuple[str, str]]:
    with reading(shop.world.databases.main) as connection:
        found = records.decisions_of(connection, shop.store.id, [f"standard:{number}"])
    return [(one.verdict, one.reason) for rows in found.values() for one in rows]
