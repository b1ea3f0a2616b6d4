"""Every state of a delivery with its reason, and when it is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.build import folded, on, parcel, placed, said, standard

from vefa.lateness.judgement import SEVERITY, UNDELIVERED, Assessment, Lateness, assess
from vefa.promises.calendar import calendar_of
from vefa.promises.promise import PromiseKind, State
from vefa.stores.store import Evidence, Store

INSTANT = timedelta(microseconds=1)
A = "2026-03-09"
OVER = datetime(2026, 3, 9, 21, tzinfo=UTC)  # midnight in Istanbul
AT = "2026-03-09T21:00:00+00:00"
STORE = Store(1, "s", "S", timezone="Europe/Istanbul", country="TR", lost_after=3)
SILENT = Store(1, "s", "S", timezone="Europe/Istanbul", country="TR", delivery_evidence=Evidence.NONE)


def look(now: datetime, *events: dict[str, Any], store: Store = STORE) -> Assessment:
    return assess(folded(standard(*events), now), store, calendar_of(store), now)


def eta(day: str, at: datetime) -> dict[str, Any]:
    return parcel("scanned", at, status="in_transit", carrier_eta=day)


PLACED = placed(deliver_by=A)
Events = list[dict[str, Any]]
SHIPPED, CAME, CAME_LATE = parcel("shipped", on(1)), parcel("delivered", on(5)), parcel("delivered", on(9))
SHIP_BY = placed(promise={"deliver_by": A, "ship_by": "2026-03-04"})
SHIP_BY_AT = placed(promise={"deliver_by": A, "ship_by": "2026-03-04T12:00:00Z"})
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SHIP_OVER = datetime(2026, 3, 4, 21, tzinfo=UTC)
CANCELLED = said("order.cancelled", on(2))
DAYS_LATE = datetime(2026, 3, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "events", "state", "reason", "again_at"),
    [
        pytest.param(on(1), [PLACED], "on_track", "on_track", OVER, id="in time"),
        pytest.param(OVER - INSTANT, [PLACED, SHIPPED], "on_track", "on_track", OVER, id="the last microsecond"),
        pytest.param(on(5), [PLACED, CAME], "on_track", "delivered_in_time", None, id="delivered"),
        pytest.param(OVER, [PLACED, eta(A, on(6))], "late", "not_handed_over", DAYS_LATE, id="late"),
        pytest.param(
            OVER, [PLACED, SHIPPED, eta(A, on(6))], "late", "not_delivered", DAYS_LATE, id="late on the way"
        ),
        pytest.param(
            DAYS_LATE - INSTANT, [PLACED, SHIPPED, eta(A, on(6))], "late", "not_delivered", DAYS_LATE, id="still late"
        ),
        pytest.param(
            DAYS_LATE, [PLACED, SHIPPED, eta(A, on(6))], "lost_suspected", "nothing_new", None, id="nothing new"
        ),
        pytest.param(OVER, [PLACED, SHIPPED], "lost_suspected", "nothing_new", None, id="silent for long"),
        pytest.param(on(9), [PLACED, CAME_LATE], "delivered_late", "delivered_late", None, id="delivered late"),
        pytest.param(NOON, [SHIP_BY], "on_track", "on_track", SHIP_OVER, id="the day of dispatch"),
        pytest.param(SHIP_OVER, [SHIP_BY], "at_risk", "ship_by_over", OVER, id="not handed over"),
        pytest.param(SHIP_OVER, [SHIP_BY, SHIPPED], "on_track", "on_track", OVER, id="handed over"),
        pytest.param(NOON, [SHIP_BY_AT], "on_track", "on_track", NOON + INSTANT, id="at the instant of dispatch"),
        pytest.param(NOON + INSTANT, [SHIP_BY_AT], "at_risk", "ship_by_over", OVER, id="an instant later"),
        pytest.param(on(3), [PLACED, eta(A, on(2))], "on_track", "on_track", OVER, id="ETA on the day"),
        pytest.param(on(3), [PLACED, eta("2026-03-10", on(2))], "at_risk", "carrier_eta", OVER, id="ETA after it"),
        pytest.param(on(3), [PLACED, eta(AT, on(2))], "at_risk", "carrier_eta", OVER, id="ETA at midnight"),
        pytest.param(
            on(3), [PLACED, eta("9999-12-31T23:59:59Z", on(2))], "at_risk", "carrier_eta", OVER, id="ETA never"
        ),
        *[
            pytest.param(
                on(3), [PLACED, parcel("scanned", on(2), status=scan)], "at_risk", "exception_scan", OVER, id=scan
            )
            for scan in ("exception", "lost", "returning", "returned")
        ],
        *[
            pytest.param(
                on(3), [PLACED, parcel("scanned", on(2), status=scan)], "on_track", "on_track", OVER, id=scan
            )
            for scan in ("label_created", "in_transit", "out_for_delivery", "attempted", "available_for_pickup")
        ],
        pytest.param(
            on(3),
            [PLACED, parcel("scanned", on(2), status="exception"), parcel("cancelled", on(2.5))],
            "on_track",
            "on_track",
            OVER,
            id="trouble with a cancelled parcel",
        ),
        pytest.param(on(9), [PLACED, CANCELLED], "not_watched", "cancelled", None, id="cancelled"),
        pytest.param(on(9), [PLACED, said("order.deleted", on(2))], "not_watched", "deleted", None, id="deleted"),
        pytest.param(on(9), [placed()], "not_watched", "no_promise", None, id="no promise"),
        pytest.param(on(9), [SHIPPED], "not_watched", "not_placed", None, id="a stub"),
        pytest.param(OVER, [placed(deliver_by=AT)], "on_track", "on_track", OVER + INSTANT, id="at the due instant"),
        pytest.param(
            on(4), [PLACED, said("order.cancelled", on(3), cancelled_at=on(5).isoformat())],
            "on_track", "on_track", on(5), id="cancelled ahead of now",
        ),
        pytest.param(
            on(4), [PLACED, parcel("delivered", on(3), delivered_at=on(5).isoformat())],
            "on_track", "on_track", on(5), id="delivered ahead of now",
        ),
    ],
)  # fmt: skip
def test_judge(now: datetime, events: Events, state: str, reason: str, again_at: datetime | None) -> None:
    found = look(now, *events)
    assert (found.judgement.state, found.judgement.reason, found.judgement.again_at) == (
        state,
        reason,
        again_at,
    )


@pytest.mark.parametrize(
    ("now", "events", "state", "reason"),
    [
        (on(1), [PLACED], "on_track", "on_track"),
        (OVER, [PLACED], "unconfirmed", "no_evidence"),
        (on(300), [PLACED], "unconfirmed", "no_evidence"),
        (on(9), [PLACED, CAME], "on_track", "delivered_in_time"),
        (on(9), [PLACED, CAME_LATE], "unconfirmed", "status_after_due"),
        (on(9), [PLACED, CANCELLED], "not_watched", "cancelled"),
        (on(3), [PLACED, eta("2026-03-10", on(2))], "at_risk", "carrier_eta"),
    ],
)
def test_without_evidence_nothing_is_late(now: datetime, events: Events, state: str, reason: str) -> None:
    found = look(now, *events, store=SILENT)
    assert (found.judgement.state, found.judgement.reason) == (state, reason)


def test_the_refund_comes_before_the_cancellation_among_reasons() -> None:
    paid = placed(deliver_by=A, total="10")
    refund = said("refund.created", on(2), refund={"id": "R", "amount": "10"})
    assert look(on(3), paid, refund, said("order.cancelled", on(1))).judgement.reason == "refunded"


@pytest.mark.parametrize(("at", "days"), [(OVER, 1), (OVER + timedelta(days=1), 2), (on(30), 23)])
def test_days_late_are_local_days(at: datetime, days: int) -> None:
    found = look(at, PLACED, parcel("delivered", at)).judgement
    assert (found.evidence["days"], found.evidence["delivered_at"]) == (days, at.isoformat())


def test_the_delivery_that_stands_worst_is_judged() -> None:
    parts = [
        parcel("created", on(1), name, shipment={"deliver_by": day})
        for name, day in (("S1", A), ("S2", "2026-03-20"))
    ]
    found = look(on(9), placed(), *parts, parcel("delivered", on(3), "S2")).judgement
    assert found.state in UNDELIVERED and found.promise and found.promise.shipment_id == "S1"
    assert set(SEVERITY) == set(Lateness)


def test_a_cancelled_parcel_owes_nothing() -> None:
    told = [parcel("created", on(1), shipment={"deliver_by": A}), parcel("cancelled", on(2))]
    assert look(on(20), placed(deliver_by="2026-03-30"), *told).judgement.state == "on_track"


def test_risk_stands_on_the_promise_that_is_at_risk() -> None:
    found = look(SHIP_OVER, SHIP_BY)
    assert {one.kind: standing.state for one, standing in found.promises} == {
        PromiseKind.DELIVERY: State.AT_RISK,
        PromiseKind.DISPATCH: State.BROKEN,
    }


def test_looking_only_when_told_to_misses_nothing() -> None:
    """Follow ``again_at`` from the start, and compare with looking every hour."""
    for events in (
        [SHIP_BY_AT],
        [placed(deliver_by=AT)],
        [SHIP_BY, SHIPPED],
        [PLACED, eta("2026-03-10", on(2))],
    ):
        now, seen = on(3), []
        while True:
            found = look(now, *events).judgement
            seen.append((found.state, found.reason))
            if found.again_at is None:
                break
            assert found.again_at > now
            now = found.again_at
        hourly = [look(on(3, hours=hour), *events).judgement for hour in range(24 * 30)]
        steps = [(one.state, one.reason) for one in hourly]
        assert list(dict.fromkeys(seen)) == list(dict.fromkeys(steps))
