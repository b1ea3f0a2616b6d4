"""A feed that falls silent: a hole is opened, the shop is asked, and what is known closes the hole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import SECRET, START, on, placed
from tests.fake_shop import failing
from tests.inbound.feeds import HOUR, MINUTE, Feeds, Told, make_feeds

from vefa.database import Databases, reading
from vefa.inbound import feed_watch
from vefa.inbound.feed_watch import alone, step_of
from vefa.insights.trouble import Health, Trouble, troubles
from vefa.stores import feed_gaps, feed_hours, feeds, refusals
from vefa.stores.feed_state import FeedState
from vefa.stores.refusals import Refused

DAY = timedelta(days=1)


@pytest.fixture
def shop(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feeds]:
    yield from make_feeds(databases, monkeypatch)


def test_a_shop_that_can_be_asked_explains_its_silence(shop: Feeds) -> None:
    shop.hear_for_a_day()
    shop.watch(on(1, hours=30))
    assert shop.state.gap_open
    assert shop.state.gap_reason == "silent"
    shop.ask(on(1, hours=30))
    assert not shop.state.gap_open
    shop.watch(on(1, hours=31))
    assert (shop.state.gap_open, shop.state.silent_since) == (False, shop.last)
    assert [(one.outcome, one.untold) for one in shop.holes] == [("asked", 0)]
    assert shop.letters() == []


def test_what_only_asking_brings_to_light_is_counted_and_told(shop: Feeds) -> None:
    shop.hear_for_a_day()
    shop.ask(on(1))
    shop.watch(on(1))
    changed = on(1, hours=20)
    shop.told = [Told(placed(order_id=f"n{n}"), changed) for n in range(4)]
    shop.watch(on(1, hours=30))
    shop.ask(on(1, hours=30))
    shop.watch(on(1, hours=30) + 10 * MINUTE)
    assert [(one.outcome, one.untold) for one in shop.holes] == [("asked", 4)]
    assert [kind for kind in shop.letters() if kind.startswith("feed")] == ["feed_untold"]


def test_what_an_event_told_already_is_not_counted(shop: Feeds) -> None:
    shop.hear_for_a_day()
    shop.watch(on(1))
    shop.hear(on(1, hours=2), placed(on(1, hours=2), order_id="n1"))
    shop.told = [Told(placed(on(1, hours=2), order_id="n1"), on(1, hours=2))]
    shop.ask(on(1, hours=3))
    with reading(shop.world.databases.main) as connection:
        assert feed_hours.untold(connection, shop.store.id, "standard", on(0), on(3)) == 0


def test_a_shop_that_does_not_answer_leaves_the_hole_open_and_is_told_of_once(shop: Feeds) -> None:
    shop.hear_for_a_day()
    shop.ask(on(1))
    shop.server.trouble.extend([failing(500)] * 12)
    for hours in (30, 31, 32):
        shop.watch(on(1, hours=hours))
        shop.ask(on(1, hours=hours) + MINUTE)
    assert shop.state.gap_open
    assert [kind for kind in shop.letters() if kind.startswith("feed")] == ["feed_unreachable"]
    shop.server.trouble.clear()
    shop.ask(on(3))
    assert not shop.state.gap_open


def test_a_shop_that_cannot_be_asked_must_send_again(shop: Feeds) -> None:
    shop.give(None)
    shop.hear_for_a_day()
    shop.watch(on(2, hours=6))
    assert shop.state.gap_from == shop.last
    assert shop.letters() == ["feed_silent"]
    shop.hear(on(3), placed(order_id="again"))
    shop.watch(on(3) + MINUTE)
    assert not shop.state.gap_open
    assert [(one.outcome, one.reason) for one in shop.holes] == [("came_again", "silent")]
    assert shop.letters() == ["feed_silent"]


def test_what_a_member_closed_opens_again_only_after_another_long_silence(shop: Feeds) -> None:
    shop.give(None)
    shop.hear_for_a_day()
    shop.watch(on(3))
    shop.close_by_hand(on(3))
    shop.watch(on(3) + 2 * HOUR)
    assert not shop.state.gap_open
    shop.watch(on(4) + 2 * HOUR)
    assert shop.state.gap_open and shop.state.gap_from == on(3)


def test_a_shop_that_is_only_asked_is_never_silent(shop: Feeds) -> None:
    shop.hear_for_a_day()
    shop.give("pull")
    shop.watch(on(4))
    assert not shop.state.gap_open and shop.state.silent_since is None


def test_a_look_reads_no_bodies(shop: Feeds) -> None:
    shop.hear_for_a_day()
    asked: list[str] = []
    databases = shop.world.databases
    sa.event.listen(databases.main, "before_cursor_execute", lambda *args: asked.append(args[2]))
    feed_watch.look(databases, shop.world.master, shop.store.id, [feed_watch.SUBJECT], on(2))
    assert asked and not [one for one in asked if "raw_bodies" in one or "FROM facts" in one]


def refused(number: int, first: datetime, last: datetime, reason: str = refusals.SIGNATURE) -> Refused:
    return Refused("standard", reason, number, first, last)


@pytest.mark.parametrize(
    ("lines", "last", "number"),
    [
        ([], None, 0),
        ([refused(5, START, START + HOUR)], None, 5),
        ([refused(5, START, START + HOUR)], START - HOUR, 5),
        ([refused(5, START, START + HOUR)], START + 2 * HOUR, 0),
        ([refused(5, START, START), refused(2, START + 3 * HOUR, START + 4 * HOUR)], START + HOUR, 2),
    ],
)
def test_what_is_refused_while_nothing_is_taken(
    lines: list[Refused], last: datetime | None, number: int
) -> None:
    assert alone(lines, last)["refused"] == number


FAILING = START - HOUR


@pytest.mark.parametrize(
    ("state", "health", "expected"),
    [
        ({}, {}, []),
        ({"gap_from": START}, {}, ["silent"]),
        ({"gap_from": START}, {"askable": True}, ["catching_up"]),
        ({"gap_from": START, "failing_since": FAILING}, {"askable": True}, ["unreachable"]),
        ({"gap_from": START, "gap_until": START}, {}, []),
        ({"failing_since": FAILING}, {"askable": True}, ["failing"]),
        ({"failing_since": START - MINUTE}, {"askable": True}, []),
        ({"refused": 2}, {}, []),
        ({"refused": 3, "gap_from": START}, {}, ["silent", "refused"]),
        ({}, {"untold": 3, "askable": True}, ["untold"]),
        ({}, {"untold": 3, "askable": True, "pull": True}, []),
    ],
)
def test_what_is_wrong_with_a_feed(
    state: dict[str, Any], health: dict[str, Any], expected: list[str]
) -> None:
    one = Health(FeedState("standard", **state), **health)
    assert list(troubles(one, START)) == [Trouble(name) for name in expected]


def test_nothing_is_done_about_a_feed_that_never_sent() -> None:
    step = step_of(Health(FeedState("standard")), None, START)
    assert step.open_since is None and not step.ask and step.notes["watched_since"] == START


def test_hours_and_holes_are_kept_apart_by_store(shop: Feeds) -> None:
    shop.world.add_store("kilim", START, [SECRET])
    shop.hear_for_a_day()
    shop.give(None)
    shop.watch(on(3))
    with reading(shop.world.databases.main) as connection:
        assert feed_hours.hours(connection, 2, START - DAY) == {}
        assert feeds.states(connection, 2) == {}
        assert list(feed_gaps.since(connection, 2, START)) == []
