"""The same events in any order, any number of times, make the same order and the same promises."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import START, deletion, event, on, parcel, placed, said, snapshot, standard, woocommerce

from vefa.facts import Fact
from vefa.lateness.judgement import assess
from vefa.orders.fold import fold
from vefa.orders.records import digest
from vefa.promises.calendar import calendar_of
from vefa.stores.store import Store

STORE = Store(
    1, "s", "S", timezone="America/Sao_Paulo", country="BR", delivery_days={"*": 3}, handling_days=1
)
TIMES = st.integers(0, 40).map(lambda quarter_days: START + timedelta(hours=6 * quarter_days))
DUES = st.sampled_from([None, "2026-02-01", "2026-03-04", "2026-03-09", "2026-03-09T12:00:00Z"])
NAMES = st.sampled_from(["S1", "S2"])
LINES = st.lists(st.sampled_from(["L1", "L2"]), max_size=2, unique=True).map(
    lambda names: [{"id": name, "quantity": 1} for name in names]
)
SCANS = st.sampled_from(["in_transit", "exception", "returned", "lost", "label_created"])
UPDATES = st.fixed_dictionaries(
    {"id": st.just("1")},
    optional={
        "total": st.sampled_from(["10", "20", None]),
        "lines": LINES,
        "promise": st.none() | st.fixed_dictionaries({"deliver_by": DUES}, optional={"ship_by": DUES}),
        "payment": st.none() | st.fixed_dictionaries({"paid": st.booleans()}),
        "customer": st.none()
        | st.fixed_dictionaries({}, optional={"id": st.just("C"), "locale": st.just("tr")}),
        "shipping": st.none() | st.just({"service": "Kargo"}),
        "tags": st.lists(st.sampled_from("ab"), max_size=2),
    },
)
EVENTS = st.one_of(
    st.builds(placed, TIMES, deliver_by=DUES, lines=LINES),
    st.builds(lambda at, order: event("order.updated", at, order=order), TIMES, UPDATES),
    st.builds(lambda at: said("order.deleted", at), TIMES),
    st.builds(lambda at: said("order.paid", at), TIMES),
    st.builds(lambda at: said("order.cancelled", at), TIMES),
    st.builds(
        lambda at, due, agreed: said("promise.revised", at, deliver_by=due, agreed_by_customer=agreed),
        TIMES,
        DUES,
        st.booleans(),
    ),
    st.builds(
        lambda at, name, due, lines: parcel(
            "created", at, name, shipment={"deliver_by": due, "lines": lines}
        ),
        TIMES,
        NAMES,
        DUES,
        LINES,
    ),
    st.builds(lambda at, name: parcel("shipped", at, name), TIMES, NAMES),
    st.builds(lambda at, name: parcel("delivered", at, name), TIMES, NAMES),
    st.builds(lambda at, name: parcel("cancelled", at, name), TIMES, NAMES),
    st.builds(lambda at, name, scan: parcel("scanned", at, name, status=scan), TIMES, NAMES, SCANS),
    st.builds(lambda at, name: said("refund.created", at, refund={"id": name, "amount": "10"}), TIMES, NAMES),
    st.builds(lambda at: said("review.posted", at, score=1), TIMES),
)
STATUSES = st.sampled_from(
    ["pending", "processing", "completed", "delivered", "cancelled", "refunded", "kargoda"]
)
TRACKING = st.lists(NAMES, max_size=2, unique=True).map(
    lambda names: [
        {"key": "_wc_shipment_tracking_items", "value": [{"tracking_number": name} for name in names]},
        {"key": "_estimated_delivery", "value": "2026-03-09"},
    ]
)
SNAPSHOTS = st.builds(
    lambda status, at, meta, refunds: snapshot(status, at, total="10", meta_data=meta, refunds=refunds),
    STATUSES,
    TIMES,
    TRACKING,
    st.sampled_from([[], [{"id": 1, "total": "-10"}]]),
)
STREAMS = {
    "standard": st.lists(EVENTS.map(lambda document: standard(document)), max_size=10),
    "woocommerce": st.lists(
        SNAPSHOTS.map(lambda document: woocommerce(document)) | TIMES.map(deletion), max_size=8
    ),
}


def _seen(facts: list[Fact], now: datetime) -> tuple[Any, ...]:
    order = fold("x:1", facts, now)
    found = assess(order, STORE, calendar_of(STORE), now)
    return order, digest(order), found.judgement, found.promises


@pytest.mark.parametrize("platform", STREAMS)
def test_order_and_repetition_do_not_matter(platform: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(STREAMS[platform], TIMES, st.randoms(use_true_random=False))
    def check(stream: list[list[Fact]], now: datetime, draw: Any) -> None:
        facts = [fact for one in stream for fact in one]
        disturbed = facts + [fact for fact in facts if draw.random() < 0.3]
        draw.shuffle(disturbed)
        for moment in (now, on(40)):
            assert _seen(facts, moment) == _seen(disturbed, moment)

    check()
