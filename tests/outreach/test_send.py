"""A message leaves at most once, whatever breaks on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import on, parcel, said
from tests.shop import MORNING, WHO, Shop, late_order, make_shop, order_of, refused

from vefa.database import Databases, reading
from vefa.engines import is_sqlite
from vefa.outreach.records import messages
from vefa.outreach.send import FIRST_RETRY, recover, settle_left
from vefa.work import dead_letters

pytestmark = pytest.mark.contract

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(databases: Databases) -> Shop:
    """A store with one late order, in the moment before the night ends."""
    shop = make_shop(databases)
    shop.tell(late_order())
    shop.world.run(on(0), MORNING - MINUTE)
    return shop


def test_what_is_sent_is_sent(shop: Shop) -> None:
    shop.world.run(MORNING, on(20))
    (row,) = shop.messages
    assert (row.state, row.settled_at, row.tries, row.error) == ("sent", MORNING, 0, None)
    assert shop.line.taken == [WHO["email"]]


@pytest.mark.parametrize("step", ["connect", "offer", "transmit"])
def test_a_temporary_failure_is_tried_again(shop: Shop, step: str) -> None:
    shop.line.step, shop.line.trouble = step, refused()
    shop.world.work(MORNING)
    (row,) = shop.messages
    assert (row.state, row.tries, row.claim, row.error) == ("written", 1, None, "The mail server said no.")
    shop.world.work(MORNING + FIRST_RETRY - timedelta(microseconds=1))
    assert shop.line.taken == []
    shop.world.run(MORNING, on(20))
    assert shop.states == [("sent", None)] and shop.line.taken == [WHO["email"]]


@pytest.mark.parametrize("step", ["offer", "transmit"])
def test_a_refused_address_is_not_tried_again(shop: Shop, step: str) -> None:
    shop.line.step, shop.line.trouble = step, refused(permanent=True)
    shop.world.run(MORNING, on(20))
    assert shop.states == [("dropped", "refused")] and shop.line.taken == []


def test_an_unknown_outcome_is_never_tried_again(shop: Shop) -> None:
    shop.line.step, shop.line.trouble = "transmit", refused(unknown=True)
    shop.world.run(MORNING, on(20))
    assert shop.states == [("outcome_unknown", None)] and shop.line.taken == []


LAST = MORNING - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("late_word", "reason"),
    [
        (parcel("delivered", LAST), "delivered_meanwhile"),
        (said("order.cancelled", LAST), "cancelled"),
        (said("order.deleted", LAST), "deleted"),
        (said("promise.revised", LAST, deliver_by="2026-03-20"), "not_late"),
    ],
)
def test_the_order_is_read_again_in_the_last_second(
    shop: Shop, late_word: dict[str, Any], reason: str
) -> None:
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.work(MORNING)
    assert shop.states == [("written", None)]
    shop.tell(late_word, at=MORNING)
    shop.world.run(MORNING, on(8))
    assert shop.states[0] == ("dropped", reason)
    assert all(row.purpose != "delay_notice" for row in shop.messages[1:])


def test_the_stop_button_holds_what_is_written(shop: Shop) -> None:
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.work(MORNING)
    shop.stop(MORNING)
    shop.world.run(MORNING, on(9))
    assert shop.states == [("dropped", "stopped")] and shop.line.taken == []
    shop.resume(on(9))
    shop.world.run(on(9), on(20))
    assert shop.line.taken == []


def test_the_stop_button_holds_from_the_next_message_on(databases: Databases) -> None:
    shop = make_shop(databases)
    people = [WHO | {"id": f"C{number}", "email": f"c{number}@buyer.example"} for number in range(5)]
    shop.tell(*(order_of(who) for who in people))
    shop.world.run(on(0), MORNING - MINUTE)
    shop.line.step, shop.line.before = "after", lambda: shop.stop(MORNING)
    shop.world.run(MORNING, on(20))
    assert len(shop.line.taken) == 1
    assert sorted(shop.states) == [("dropped", "stopped")] * 4 + [("sent", None)]


def test_starting_again_releases_nothing_old(databases: Databases) -> None:
    shop = make_shop(databases)
    shop.stop(on(0))
    shop.tell(late_order())
    shop.world.run(on(0), MORNING)
    shop.resume(MORNING + MINUTE)
    shop.tell(said("shipment.scanned", on(4), shipment_id="S1", status="in_transit"))
    shop.world.run(MORNING + MINUTE, on(20))
    assert shop.line.taken == [] and shop.reasons[0] == ("skip", "stopped")


def test_back_in_shadow_nothing_leaves(shop: Shop) -> None:
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.work(MORNING)
    shop.switch(False, MORNING)
    shop.world.run(MORNING, on(9))
    assert shop.states == [("dropped", "shadow")] and shop.line.taken == []


def test_a_night_that_falls_on_a_retry_is_waited_for(shop: Shop) -> None:
    shop.line.step, shop.line.trouble = "connect", refused()
    evening = MORNING.replace(hour=20, minute=59, second=30)
    shop.world.work(evening)
    shop.world.run(evening, on(20))
    assert [row.settled_at for row in shop.messages] == [MORNING + timedelta(days=1)]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("step", "left", "after", "taken"),
    [
        ("connect", "claimed", "sent", 1),
        ("offer", "claimed", "sent", 1),
        ("transmit", "sending", "outcome_unknown", 0),
        ("after", "sending", "outcome_unknown", 1),
    ],
)
def test_a_process_that_is_killed_sends_nothing_twice(
    shop: Shop, step: str, left: str, after: str, taken: int
) -> None:
    shop.line.step, shop.line.trouble = step, Killed()
    with pytest.raises(Killed):
        shop.world.work(MORNING)
    assert shop.states == [(left, None)]
    assert recover(shop.world.databases.main, MORNING + MINUTE) == (after == "outcome_unknown")
    shop.world.run(MORNING + MINUTE, on(20))
    assert shop.states == [(after, None)] and len(shop.line.taken) == taken


@pytest.mark.parametrize(
    ("state", "after", "taken"),
    [("written", "sent", 1), ("claimed", "sent", 1), ("sending", "outcome_unknown", 0), ("sent", "sent", 0)],
)
def test_recovery_settles_what_a_dead_process_left(shop: Shop, state: str, after: str, taken: int) -> None:
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.work(MORNING)
    with shop.world.databases.main.begin() as connection:
        connection.execute(
            messages.update().values(state=state, claim=None if state == "written" else "dead")
        )
    recover(shop.world.databases.main, MORNING + MINUTE)
    recover(shop.world.databases.main, MORNING + MINUTE)
    shop.world.run(MORNING + MINUTE, on(20))
    assert shop.states == [(after, None)] and len(shop.line.taken) == taken


@pytest.mark.parametrize(
    ("step", "after", "taken"), [("offer", "sent", 1), ("transmit", "outcome_unknown", 0)]
)
def test_the_next_look_settles_what_a_dead_worker_left(shop: Shop, step: str, after: str, taken: int) -> None:
    """Nobody is asked to recover: another worker was at work all the time."""
    shop.line.step, shop.line.trouble = step, Killed()
    with pytest.raises(Killed):
        shop.world.work(MORNING)
    with shop.world.databases.main.begin() as connection:
        connection.execute(messages.update().values(claim="the dead one"))
    shop.world.run(MORNING + MINUTE, on(20))
    assert shop.states == [(after, None)] and len(shop.line.taken) == taken


@pytest.mark.parametrize("state", ["claimed", "sending"])
def test_what_a_living_worker_is_at_is_left_to_it(shop: Shop, state: str) -> None:
    engine, seen = shop.world.databases.main, []

    def another_worker_starts() -> None:
        if not is_sqlite(engine):
            seen.append((recover(engine, MORNING), shop.states))

    shop.line.step, shop.line.before = (
        {"claimed": "offer", "sending": "transmit"}[state],
        another_worker_starts,
    )
    shop.world.work(MORNING)
    assert seen in ([], [(0, [(state, None)])])
    assert shop.states == [("sent", None)] and len(shop.line.taken) == 1


@pytest.mark.parametrize(
    ("step", "after", "taken"), [("offer", "sent", 1), ("transmit", "outcome_unknown", 1)]
)
def test_a_worker_that_was_thought_dead_sends_nothing_twice(
    shop: Shop, step: str, after: str, taken: int
) -> None:
    """It lost its lock while it hung; another settled its message and worked on; then it goes on."""

    def another_takes_over() -> None:
        shop.line.before = None
        settle_left(shop.world.databases.main, shop.store.id, "another", MORNING)

    shop.line.step, shop.line.before = step, another_takes_over
    shop.world.run(MORNING, on(20))
    assert shop.states == [(after, None)] and len(shop.line.taken) == taken


@pytest.mark.parametrize(
    ("step", "after"), [("connect", "sent"), ("offer", "sent"), ("transmit", "outcome_unknown")]
)
def test_a_fault_in_the_channel_is_seen_and_sends_nothing_twice(shop: Shop, step: str, after: str) -> None:
    shop.line.step, shop.line.trouble = step, ZeroDivisionError("a fault")
    shop.world.work(MORNING)
    assert shop.line.taken == []
    shop.world.run(MORNING, on(20))
    assert shop.states == [(after, None)] and len(shop.line.taken) == (after == "sent")


def test_a_fault_that_stays_becomes_a_dead_letter(databases: Databases) -> None:
    shop = make_shop(databases, quiet_from="00:00:00", quiet_until="00:00:00")
    shop.tell(late_order())

    def broken() -> None:
        raise ZeroDivisionError("a fault")

    shop.line.step, shop.line.before = "connect", broken
    shop.world.run(on(0), on(12))
    with reading(shop.world.databases.main) as connection:
        letters = dead_letters(connection, shop.store.id)
    assert [(package, error) for package, _, error in letters] == [("send", "ZeroDivisionError: a fault")]
    assert shop.line.taken == []


def test_another_process_that_was_first_is_left_alone(shop: Shop) -> None:
    def steal() -> None:
        with shop.world.databases.main.begin() as connection:
            connection.execute(messages.update().values(claim="another"))

    shop.line.step, shop.line.before = "offer", steal
    shop.world.work(MORNING)
    (row,) = shop.messages
    assert (row.state, row.claim) == ("claimed", "another") and shop.line.taken == []


def test_a_message_id_is_fixed_when_it_is_written(shop: Shop) -> None:
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.work(MORNING)
    first: str = shop.messages[0].message_id
    shop.world.run(MORNING, on(20))
    assert shop.messages[0].message_id == first and first.endswith("@shop.example>")
    with reading(shop.world.databases.main) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar() == 1


def sent_at(shop: Shop) -> list[datetime]:
    return [row.settled_at for row in shop.messages if row.state == "sent"]


def test_retries_come_further_apart_but_at_least_hourly(shop: Shop) -> None:
    failures = [refused() for _ in range(9)]

    def trouble() -> None:
        if failures:
            raise failures.pop()

    shop.line.step, shop.line.before = "connect", trouble
    shop.world.run(MORNING, on(20))
    minutes = sum(min(2**tries, 60) for tries in range(9))
    assert sent_at(shop)[0] - MORNING < timedelta(minutes=minutes + 1)
    assert shop.messages[0].tries == 9
