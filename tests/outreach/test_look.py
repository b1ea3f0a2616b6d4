"""What is written, once for one reason, and what is owned when it proves wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import event, on, parcel, placed, said
from tests.shop import DUE, MORNING, OVER, WHO, Shop, late_order, make_shop, order_of

from vefa.database import Databases
from vefa.outreach.decide import Purpose
from vefa.outreach.records import add_messages
from vefa.stores.schema import ConfigurationError

AFTER = MORNING + timedelta(hours=1)


@pytest.fixture
def shop(databases: Databases) -> Shop:
    return make_shop(databases)


def test_in_shadow_a_message_is_written_and_goes_nowhere(databases: Databases) -> None:
    shop = make_shop(databases, sending=False)
    shop.tell(late_order())
    shop.world.run(on(0), AFTER)
    (row,) = shop.messages
    assert (row.state, row.reason, row.shadow, row.purpose) == ("dropped", "shadow", True, "delay_notice")
    assert shop.line.taken == []


@pytest.mark.parametrize("since", [OVER, MORNING, AFTER])
def test_switching_sending_on_releases_nothing_old(databases: Databases, since: object) -> None:
    shop = make_shop(databases, sending=False)
    shop.tell(late_order("1"), late_order("2"))
    moment = {OVER: OVER + timedelta(hours=1)}.get(since, since)  # type: ignore[call-overload]
    shop.world.run(on(0), moment - timedelta(microseconds=1))
    shop.switch(True, moment)
    shop.tell(parcel("scanned", on(9), status="in_transit"))
    shop.world.run(moment, on(30))
    shop.tell(parcel("scanned", on(31), "S2", order_id="2", status="in_transit"))
    shop.world.run(on(30), on(40))
    assert shop.line.taken == []
    assert {state for state, _ in shop.states} <= {"dropped"}


def test_sending_needs_an_address_that_a_person_reads(databases: Databases) -> None:
    with pytest.raises(ConfigurationError, match="reply_to"):
        make_shop(databases, reply_to=None)


def test_the_night_is_waited_for_and_every_step_has_its_reason(shop: Shop) -> None:
    shop.tell(late_order())
    shop.world.run(on(0), OVER)
    assert shop.reasons == [("wait", "quiet_hours")] and shop.messages == []
    shop.world.run(OVER, AFTER)
    assert shop.reasons == [("wait", "quiet_hours"), ("write", "not_handed_over")]
    assert shop.states == [("sent", None)] and shop.line.taken == [WHO["email"]]


def test_one_message_for_one_reason_however_often_it_is_looked_at(shop: Shop) -> None:
    shop.tell(late_order())
    shop.world.run(on(0), AFTER)
    for day in range(9, 14):
        shop.tell(parcel("scanned", on(day), status="in_transit", place=f"P{day}"))
        shop.world.run(on(day), on(day + 1))
    assert len(shop.messages) == 1 and shop.line.taken == [WHO["email"]]


def test_the_database_refuses_a_second_message_for_one_reason(shop: Shop) -> None:
    shop.tell(late_order())
    shop.world.run(on(0), AFTER)
    (row,) = shop.messages
    with pytest.raises(sa.exc.IntegrityError), shop.world.databases.main.begin() as connection:
        add_messages(connection, [dict(row._mapping) | {"id": "another"}])


def test_a_notice_and_then_an_apology(shop: Shop) -> None:
    shop.tell(late_order(), parcel("delivered", on(9)))
    shop.world.run(on(0), on(10))
    assert [row.purpose for row in shop.messages] == [Purpose.DELAY_NOTICE, Purpose.APOLOGY]
    assert [row.contradicted_by for row in shop.messages] == [None, None]


def test_delivered_in_the_night_there_is_only_an_apology(shop: Shop) -> None:
    shop.tell(late_order(), parcel("delivered", OVER + timedelta(hours=2)))
    shop.world.run(on(0), on(10))
    assert [row.purpose for row in shop.messages] == [Purpose.APOLOGY]
    assert shop.reasons == [("wait", "quiet_hours"), ("skip", "delivered_meanwhile")]


def test_a_second_promise_broken_is_a_second_reason(shop: Shop) -> None:
    shop.tell(late_order(), said("promise.revised", on(9), deliver_by="2026-03-13"))
    shop.world.run(on(0), on(20))
    assert [row.promise.rpartition("|")[2] for row in shop.messages] == [DUE, "2026-03-13"]


@pytest.mark.parametrize(
    ("customer", "verdict"),
    [
        (None, ("skip", "no_address")),
        ({"id": "C1", "email": "nobody"}, ("skip", "no_address")),
        ({"email": "guest@buyer.example"}, ("write", "not_handed_over")),
        ({"email": "pf+a1@trendyolmail.com"}, ("skip", "masked_address")),
        ({"email": "a1@marketplace.amazon.com.tr"}, ("skip", "masked_address")),
    ],
)
def test_only_who_has_an_address_is_written_to(
    shop: Shop, customer: dict[str, str] | None, verdict: tuple[str, str]
) -> None:
    shop.tell(placed(deliver_by=DUE, customer=customer))
    shop.world.run(on(0), AFTER)
    assert shop.reasons[-1] == verdict


def test_an_order_of_a_marketplace_is_not_written_about(shop: Shop) -> None:
    shop.tell(late_order())
    shop.tell(event("order.updated", on(1), order={"id": "1", "marketplace": "Hepsiburada"}))
    shop.world.run(on(0), AFTER)
    assert (shop.reasons[-1], shop.line.taken) == (("skip", "marketplace"), [])


def test_an_address_learned_later_is_used(shop: Shop) -> None:
    shop.tell(placed(deliver_by=DUE, customer={"id": "C1"}))
    shop.tell(event("customer.updated", on(3), customer=WHO))
    shop.world.run(on(0), AFTER)
    assert shop.line.taken == [WHO["email"]]


def test_a_customers_day_is_not_filled_with_notices(shop: Shop) -> None:
    shop.tell(*(late_order(str(number)) for number in range(6)))
    shop.world.run(on(0), on(30))
    days = [row.written_at.date().isoformat() for row in shop.messages]
    assert days[:4] == ["2026-03-10", "2026-03-10", "2026-03-11", "2026-03-11"]
    assert len(shop.line.taken) == len(days)
    assert {reason for _, reason in shop.reasons} >= {"cap_reached"}


@pytest.mark.parametrize("first", ["1", "2"])
def test_when_one_message_is_left_the_notice_comes_before_the_apology(
    databases: Databases, first: str
) -> None:
    shop = make_shop(databases, daily_cap=1, weekly_cap=1)
    orders = [late_order("1"), late_order("2")]
    shop.tell(*(orders if first == "1" else orders[::-1]))
    shop.tell(parcel("delivered", OVER + timedelta(hours=1), order_id=first))
    shop.world.run(on(0), on(9))
    assert [row.purpose for row in shop.messages] == [Purpose.DELAY_NOTICE]


@pytest.mark.parametrize(
    ("late_word", "code"),
    [
        (parcel("delivered", on(5)), "delivered_before"),
        (said("order.cancelled", on(5)), "ended_before"),
        (said("promise.revised", on(5), deliver_by="2026-03-20", agreed_by_customer=True), "promise_changed"),
    ],
)
def test_a_message_that_a_late_word_proves_wrong_is_owned(
    shop: Shop, late_word: dict[str, Any], code: str
) -> None:
    shop.tell(late_order())
    shop.world.run(on(0), AFTER)
    shop.tell(late_word, at=on(9))
    shop.world.run(AFTER, on(10))
    (row,) = shop.messages
    assert (row.state, row.contradicted_by) == ("sent", code) and row.contradicted_at > row.settled_at


def test_what_a_message_says_is_sealed(shop: Shop) -> None:
    shop.tell(late_order())
    shop.world.run(on(0), AFTER)
    (row,) = shop.messages
    assert b"elif" not in row.sealed_content.lower() and "elif" not in repr(row).replace(
        repr(row.sealed_content), ""
    )


def test_an_hour_takes_no_more_than_its_ceiling(databases: Databases) -> None:
    shop = make_shop(databases, ceiling=3)
    people = [WHO | {"id": f"C{number}", "email": f"c{number}@buyer.example"} for number in range(8)]
    shop.tell(*(order_of(who) for who in people))
    shop.world.run(on(0), on(9))
    sent = sorted(row.settled_at for row in shop.messages)
    assert len(shop.line.taken) == 8
    for moment in sent:
        assert sum(moment - timedelta(hours=1) < other <= moment for other in sent) <= 3
