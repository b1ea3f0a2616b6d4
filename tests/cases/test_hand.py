"""What a person says of an order stands beside what its platform says, and merges with it in any order."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import on, parcel, placed, said, standard, woocommerce
from tests.cases.desk import NOW, ORDER, WHO, Desk, make_desk
from tests.orders.test_any_order import EVENTS, SNAPSHOTS, STORE

from vefa import journal
from vefa.cases import hand
from vefa.cases.case import EntryKind
from vefa.database import Databases, reading
from vefa.errors import ConflictError, NotFoundError
from vefa.facts import PERSON, Fact
from vefa.lateness import listing
from vefa.lateness.judgement import Lateness, assess
from vefa.orders.fold import fold
from vefa.orders.records import load
from vefa.promises.calendar import calendar_of
from vefa.promises.promise import State
from vefa.stores.store import Evidence, Store

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return make_desk(databases)


def mark(desk: Desk, at: datetime = NOW - HOUR, shipment: str | None = None, **more: Any) -> None:
    now = more.pop("now", NOW)
    with desk.writing() as (connection, store, _):
        order_id = more.pop("order_id", ORDER)
        hand.mark_delivered(connection, store.id, order_id, shipment, at, desk.agent, now, **more)
    desk.world.work(now)


def promise(desk: Desk, day: date, *, agreed: bool = False, **more: Any) -> None:
    now = more.pop("now", NOW)
    with desk.writing() as (connection, store, _):
        hand.change_promise(connection, store.id, ORDER, day, agreed, "No stock", desk.agent, now, **more)
    desk.world.work(now)


def shown(desk: Desk, now: datetime = NOW) -> dict[str, Any]:
    return desk.world.order(desk.store, "#1", now)


def judged(desk: Desk) -> Any:
    with reading(desk.world.databases.main) as connection:
        (found,) = listing.of_orders(connection, desk.store.id, [ORDER])
    return found


def order(desk: Desk, now: datetime = NOW) -> Any:
    with reading(desk.world.databases.main) as connection:
        return load(connection, desk.store.id, [ORDER], now)[ORDER]


def test_an_order_without_shipments_arrives_by_a_persons_word(desk: Desk) -> None:
    case_id = desk.say()
    mark(desk)
    assert order(desk).delivered_at == NOW - HOUR
    assert order(desk).vouched_for()
    assert judged(desk).state == "delivered_late"
    (entry,) = [one for one in desk.said(case_id) if one.kind is EntryKind.HAND]
    assert (entry.author_id, entry.detail["act"]) == (desk.agent.id, "mark_delivered")
    assert desk.audit == ["case.mark_delivered"]


def test_one_shipment_of_two_arrives(desk: Desk) -> None:
    desk.tell(parcel("shipped", on(1), "S1"), parcel("shipped", on(1), "S2"))
    desk.world.work(NOW)
    mark(desk, shipment="S1")
    assert [(one.id, one.delivered_at is not None) for one in order(desk).shipments] == [
        ("S1", True),
        ("S2", False),
    ]
    assert order(desk).delivered_at is None
    mark(desk, NOW, now=NOW + HOUR)
    assert order(desk, NOW + HOUR).delivered_at == NOW


def test_a_store_whose_feed_proves_nothing_takes_a_persons_word(databases: Databases) -> None:
    desk = make_desk(databases, delivery_evidence="none")
    assert judged(desk).state == "unconfirmed"
    mark(desk)
    found = shown(desk)
    assert judged(desk).state == "delivered_late"
    assert [one["state"] for one in found["promises"]] == ["broken"]


def test_a_word_in_time_keeps_the_promise_where_the_feed_proves_nothing(databases: Databases) -> None:
    desk = make_desk(databases, delivery_evidence="none")
    mark(desk, on(6))
    assert judged(desk).reason == "delivered_in_time"
    assert [one["state"] for one in shown(desk)["promises"]] == ["kept"]


@pytest.mark.parametrize(
    ("at", "shipment", "says"),
    [
        (NOW + HOUR, None, "future"),
        (on(-1), None, "before it was ordered"),
        (NOW - HOUR, "S2", "was cancelled"),
        (on(2), "S1", "on its way after"),
        (on(2), None, "on its way after"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    desk: Desk, at: datetime, shipment: str | None, says: str
) -> None:
    desk.tell(
        parcel("shipped", on(1), "S1"),
        parcel("scanned", on(3), "S1", status="in_transit"),
        parcel("cancelled", on(1), "S2"),
    )
    desk.world.work(NOW)
    before = order(desk)
    with pytest.raises(ConflictError, match=says):
        mark(desk, at, shipment)
    assert order(desk) == before
    assert desk.audit == []


def test_an_order_that_is_over_or_unknown_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        mark(desk, order_id="standard:999")
    with pytest.raises(NotFoundError, match="no shipment"):
        mark(desk, shipment="S9")
    desk.tell(said("order.cancelled", on(3)))
    desk.world.work(NOW)
    with pytest.raises(ConflictError, match="cancelled"):
        mark(desk)
    with pytest.raises(ConflictError, match="cancelled"):
        promise(desk, date(2026, 3, 20))


def test_another_stores_order_is_not_found(desk: Desk, databases: Databases) -> None:
    desk.tell(placed(order_id="77", deliver_by="2026-03-09", customer=WHO))
    desk.world.work(NOW)
    other = make_desk(databases, desk.world, slug="kilim")
    with pytest.raises(NotFoundError):
        mark(other, order_id="standard:77")


def test_the_same_form_marks_once(desk: Desk) -> None:
    mark(desk, form="f")
    mark(desk, NOW - 2 * HOUR, form="f", now=NOW + HOUR)
    assert order(desk, NOW + HOUR).delivered_at == NOW - HOUR
    assert desk.audit == ["case.mark_delivered"]


def test_a_person_corrects_what_a_person_said(desk: Desk) -> None:
    mark(desk)
    mark(desk, NOW - 3 * HOUR, now=NOW + HOUR)
    assert order(desk, NOW + HOUR).delivered_at == NOW - 3 * HOUR


def test_a_later_word_of_the_platform_merges(desk: Desk) -> None:
    mark(desk)
    desk.tell(parcel("delivered", NOW + HOUR, "S1", delivered_at=(NOW - 5 * HOUR).isoformat()))
    desk.world.work(NOW + 2 * HOUR)
    assert order(desk, NOW + 2 * HOUR).delivered_at == NOW - 5 * HOUR
    assert not order(desk, NOW + 2 * HOUR).vouched_for()


@pytest.mark.parametrize(("agreed", "state"), [(False, State.BROKEN), (True, State.RELEASED)])
def test_another_date_without_consent_breaks_the_one_before(
    databases: Databases, agreed: bool, state: State
) -> None:
    desk = make_desk(databases)
    early = on(3)
    promise(desk, date(2026, 3, 25), agreed=agreed, now=early)
    states = {one["due"]: (one["state"], one["source"]) for one in shown(desk, early)["promises"]}
    assert states["2026-03-25"] == ("open", "person")
    assert states["2026-03-09"][0] == state.value
    with reading(desk.world.databases.main) as connection:
        action, detail = connection.execute(
            sa.text("SELECT action, detail FROM audit ORDER BY id DESC LIMIT 1")
        ).one()
    assert action == "case.change_promise"
    assert "No stock" in detail


def test_a_date_by_shipping_method_is_followed_by_a_persons(databases: Databases) -> None:
    desk = make_desk(databases, delivery_days={"*": 20})
    desk.tell(placed(order_id="5", number="#5", customer=WHO))
    now = on(3)
    desk.world.work(now)
    with desk.writing() as (connection, store, _):
        hand.change_promise(connection, store.id, "standard:5", date(2026, 5, 1), False, "", desk.agent, now)
    desk.world.work(now)
    found = desk.world.order(desk.store, "#5", now)["promises"]
    assert sorted((one["source"], one["state"]) for one in found) == [("person", "open"), ("store", "broken")]


def test_dates_of_shipments_that_are_on_their_way_change(desk: Desk) -> None:
    desk.tell(
        parcel("created", on(1), "S1", shipment={"deliver_by": "2026-03-08"}),
        parcel("created", on(1), "S2", shipment={"deliver_by": "2026-03-08"}),
        parcel("delivered", on(2), "S1"),
    )
    desk.world.work(NOW)
    promise(desk, date(2026, 3, 30))
    days = [(one.shipment_id, one.deliver_by) for one in order(desk).promised if one.by_person]
    assert days == [(None, date(2026, 3, 30)), ("S2", date(2026, 3, 30))]


def test_a_day_that_is_over_or_an_order_that_arrived_is_refused(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="This day is over"):
        promise(desk, date(2026, 3, 10))
    mark(desk)
    with pytest.raises(ConflictError, match="has arrived"):
        promise(desk, date(2026, 3, 30))


def test_a_platform_that_repeats_its_date_takes_back_no_persons() -> None:
    person = Fact(
        "order:x:1", "staff:1", hand.REVISED, on(2), on(2), PERSON, {"promise/deliver_by": "2026-03-20"}
    )
    told = [placed(at=on(n), deliver_by="2026-03-09") for n in (0, 1, 3)]
    order = fold("x:1", [*standard(*told), person], on(9))
    assert [one.deliver_by for one in order.promised] == [date(2026, 3, 9), date(2026, 3, 20)]
    moved = fold(
        "x:1", [*standard(*told, said("promise.revised", on(4), deliver_by="2026-03-30")), person], on(9)
    )
    assert [one.deliver_by for one in moved.promised] == [
        date(2026, 3, 9),
        date(2026, 3, 20),
        date(2026, 3, 30),
    ]


def facts_by_hand(at: datetime) -> st.SearchStrategy[Fact]:
    days = st.sampled_from(["2026-03-06", "2026-03-12"])
    delivered = (at - HOUR).isoformat()
    values = st.one_of(
        st.builds(
            lambda day, agreed: {"promise/deliver_by": day, "promise/agreed_by_customer": agreed},
            days,
            st.booleans(),
        ),
        st.sampled_from(
            [{"delivered_at": delivered}, {"delivered_at": delivered, "shipments/S1/delivered_at": delivered}]
        ),
    )
    return values.map(lambda paths: Fact("order:x:1", f"staff:{at}", "t", at, at, PERSON, paths))


TIMES = st.integers(0, 12).map(lambda half_days: on(half_days / 2))
STREAMS = {
    "standard": st.lists(EVENTS.map(lambda document: standard(document)), max_size=8),
    "woocommerce": st.lists(SNAPSHOTS.map(lambda document: woocommerce(document)), max_size=6),
}


@pytest.mark.parametrize("evidence", [Evidence.CARRIER, Evidence.NONE])
@pytest.mark.parametrize("platform", STREAMS)
def test_any_order_of_platform_and_person_ends_the_same(platform: str, evidence: Evidence) -> None:
    store = Store(1, "s", "S", delivery_evidence=evidence, delivery_days=STORE.delivery_days)

    def seen(facts: list[Fact], now: datetime) -> Any:
        found = assess(fold("x:1", facts, now), store, calendar_of(store), now)
        return found.order, found.judgement, found.promises

    @settings(max_examples=100, deadline=None)
    @given(
        STREAMS[platform],
        st.lists(TIMES.flatmap(facts_by_hand), max_size=3),
        st.randoms(use_true_random=False),
    )
    def check(stream: list[list[Fact]], by_hand: list[Fact], draw: Any) -> None:
        facts = [fact for one in stream for fact in one] + by_hand
        disturbed = facts + [fact for fact in facts if draw.random() < 0.3]
        draw.shuffle(disturbed)
        for moment in (on(4), on(40)):
            assert seen(facts, moment) == seen(disturbed, moment)

    check()


def test_the_fact_stands_in_the_journal_as_a_persons(desk: Desk) -> None:
    mark(desk, form="abc")
    with reading(desk.world.databases.main) as connection:
        facts = journal.facts_of(connection, desk.store.id, [f"order:{ORDER}"])[f"order:{ORDER}"]
    (fact,) = [one for one in facts if one.by_person]
    assert (fact.key, fact.type, fact.at, fact.learned_at) == ("staff:abc", "shipment.delivered", NOW, NOW)
    assert judged(desk).state == Lateness.DELIVERED_LATE
