"""Whether a customer is written to, and why not: guards in order, the night, and how much is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.build import folded, on, parcel, placed, said, standard

from vefa.lateness.judgement import Assessment, assess
from vefa.outreach.decide import (
    Decision,
    Purpose,
    Situation,
    Verdict,
    applies,
    capacity_free,
    contradiction,
    decide,
    end_of_quiet,
)
from vefa.promises.calendar import calendar_of
from vefa.stores.store import Evidence, Outgoing, Sending, Store

UTC_ZONE, ISTANBUL, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Berlin")
NOTICE, APOLOGY = Purpose.DELAY_NOTICE, Purpose.APOLOGY
STORE = Store(1, "s", "S", outgoing=Outgoing(Sending.ON, since=on(-30)))
DUE = "2026-03-09"
LATE = on(8, hours=2)  # noon on the day after
PLACED, CAME_LATE = placed(deliver_by=DUE), parcel("delivered", on(8))
LENT, UNNAMED = (placed(deliver_by=DUE, marketplace=name) for name in ("Trendyol", ""))
Events = list[dict[str, Any]]


def look(now: datetime, *events: dict[str, Any], store: Store = STORE) -> Assessment:
    return assess(folded(standard(*events), now), store, calendar_of(store), now)


def situation(store: Store = STORE, **more: Any) -> Situation:
    return Situation(store, UTC_ZONE, **({"reachable": True} | more))


@pytest.mark.parametrize(
    ("events", "notice", "apology"),
    [
        ([PLACED], None, "not_delivered_late"),
        ([PLACED, CAME_LATE], "delivered_meanwhile", None),
        ([PLACED, parcel("delivered", on(3))], "delivered_meanwhile", "not_delivered_late"),
        ([placed(deliver_by="2026-03-30")], "not_late", "not_delivered_late"),
        ([placed()], "not_late", "not_delivered_late"),
        ([PLACED, said("order.cancelled", on(7))], "cancelled", "cancelled"),
        ([PLACED, CAME_LATE, said("order.cancelled", on(8))], "cancelled", "cancelled"),
        ([PLACED, said("order.cancelled", on(1)), said("order.deleted", on(2))], "deleted", "deleted"),
        (
            [
                placed(deliver_by=DUE, total="5"),
                said("refund.created", on(2), refund={"id": "R", "amount": "5"}),
            ],
            "refunded",
            "refunded",
        ),
    ],
)
def test_when_a_purpose_applies(events: Events, notice: str | None, apology: str | None) -> None:
    found = look(LATE, *events)
    assert (applies(NOTICE, found), applies(APOLOGY, found)) == (notice, apology)


def test_nobody_is_written_to_about_what_is_unconfirmed() -> None:
    found = look(LATE, PLACED, store=replace(STORE, delivery_evidence=Evidence.NONE))
    assert {applies(purpose, found) for purpose in Purpose} == {"unconfirmed"}


ENDED = [PLACED, said("order.cancelled", on(7.9))]
STOPPED = Outgoing(Sending.ON, since=on(-30), stopped_at=on(1))
TODAY = [on(8), on(8)]
YES = Decision(Verdict.WRITE, "not_handed_over")


@pytest.mark.parametrize(
    ("events", "store", "more", "now", "expected"),
    [
        pytest.param([PLACED], {}, {}, LATE, YES, id="yes"),
        pytest.param(ENDED, {}, {"reachable": False}, LATE, "cancelled", id="the reason before all else"),
        pytest.param([PLACED], {"notice_age": 1}, {"reachable": False}, on(9), "too_old", id="too old"),
        pytest.param(
            [PLACED], {"outgoing": Outgoing(Sending.ON, since=LATE)}, {}, LATE, "before_sending", id="nothing old"
        ),
        pytest.param(
            [PLACED], {"outgoing": replace(STOPPED, since=LATE)}, {"reachable": False}, LATE, "before_sending",
            id="nothing old before no address",
        ),
        pytest.param([PLACED], {"outgoing": STOPPED}, {"reachable": False}, LATE, "no_address", id="no address"),
        pytest.param([PLACED], {"outgoing": STOPPED}, {}, on(7, hours=23), "stopped", id="stopped before the night"),
        pytest.param([PLACED], {"outgoing": STOPPED}, {"masked": True}, LATE, "masked_address", id="a lent address"),
        pytest.param([LENT], {}, {"reachable": False, "masked": True}, LATE, "marketplace", id="a marketplace"),
        pytest.param([UNNAMED], {}, {}, LATE, YES, id="an empty name is none"),
        pytest.param(
            [PLACED], {"daily_cap": 1}, {"recent": [on(7, hours=15)]}, on(7, hours=16),
            Decision(Verdict.WAIT, "quiet_hours", datetime(2026, 3, 10, 9, tzinfo=UTC)), id="night",
        ),
        pytest.param(
            [PLACED], {}, {"recent": TODAY}, LATE,
            Decision(Verdict.WAIT, "cap_reached", datetime(2026, 3, 11, tzinfo=UTC)), id="the cap",
        ),
        pytest.param([PLACED], {"outgoing": Outgoing()}, {}, LATE, YES, id="shadow"),
    ],
)  # fmt: skip
def test_guards_stand_in_order(
    events: Events, store: dict[str, Any], more: dict[str, Any], now: datetime, expected: Decision | str
) -> None:
    if isinstance(expected, str):
        expected = Decision(Verdict.SKIP, expected)
    changed = replace(STORE, **store)
    assert decide(NOTICE, look(now, *events, store=changed), situation(changed, **more), now) == expected


@pytest.mark.parametrize(("days", "reason"), [(15, "delivered_late"), (15.01, "too_old")])
def test_an_apology_ages_from_the_arrival(days: float, reason: str) -> None:
    now = on(days)
    assert decide(APOLOGY, look(now, PLACED, CAME_LATE), situation(), now).reason == reason


MARCH = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "start", "end", "now", "awake"),
    [
        (UTC_ZONE, 21, 9, MARCH.replace(hour=20, minute=59), None),
        (UTC_ZONE, 21, 9, MARCH.replace(hour=21), MARCH.replace(day=4, hour=9)),
        (UTC_ZONE, 21, 9, MARCH, MARCH.replace(hour=9)),
        (
            UTC_ZONE,
            21,
            9,
            MARCH.replace(hour=8, minute=59, second=59, microsecond=999999),
            MARCH.replace(hour=9),
        ),
        (UTC_ZONE, 21, 9, MARCH.replace(hour=9), None),
        (ISTANBUL, 21, 9, MARCH.replace(hour=18), MARCH.replace(day=4, hour=6)),
        (ISTANBUL, 21, 9, MARCH.replace(hour=6), None),
        (UTC_ZONE, 13, 15, MARCH.replace(hour=14), MARCH.replace(hour=15)),
        (UTC_ZONE, 13, 15, MARCH.replace(hour=16), None),
        (UTC_ZONE, 9, 9, MARCH.replace(hour=9), None),
        (BERLIN, 21, 9, datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (BERLIN, 21, 9, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        # The hour from 2 to 3 comes twice; the night ends at its second half past two.
        (
            BERLIN,
            21,
            2.5,
            datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
        (BERLIN, 21, 2.5, datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_quiet_hours(zone: ZoneInfo, start: int, end: float, now: datetime, awake: datetime | None) -> None:
    until = time(int(end), int(end % 1 * 60))
    assert end_of_quiet(now, zone, time(start), until) == awake


@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "Europe/Berlin", time(21), time(2, 30))
@example(datetime(2026, 4, 4, 15, 10, tzinfo=UTC), "Australia/Lord_Howe", time(21), time(1, 45))
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Berlin", "Asia/Tehran", "America/Sao_Paulo", "Australia/Lord_Howe"]),
    st.times(),
    st.times(),
)
def test_the_end_of_the_night_is_ahead_and_equals_itself(
    now: datetime, name: str, start: time, end: time
) -> None:
    awake = end_of_quiet(now, ZoneInfo(name), start, end)
    assert awake is None or (awake > now and awake == awake.astimezone(UTC))


@pytest.mark.parametrize(
    ("ago_hours", "daily", "weekly", "free"),
    [
        ([], 2, 4, None),
        ([1], 2, 4, None),
        ([1, 2], 2, 4, on(1, hours=-10)),
        ([1, 11], 2, 4, None),
        ([30, 60, 90, 120], 2, 4, on(7, hours=-120)),
        ([1, 30, 60, 120], 1, 4, on(7, hours=-120)),
        ([1, 2, 160, 161], 2, 4, on(1, hours=-10)),
        ([168], 1, 1, None),
        ([167], 1, 1, on(0, hours=1)),
        ([10, 20, 30, 40, 50], 2, 4, on(7, hours=-40)),
    ],
)
def test_how_much_is_enough(ago_hours: list[int], daily: int, weekly: int, free: datetime | None) -> None:
    recent = [on(0, hours=-hours) for hours in ago_hours]
    assert capacity_free(recent, UTC_ZONE, daily, weekly, on(0)) == free


@given(st.lists(st.integers(0, 8 * 24 * 60), max_size=8), st.integers(1, 3), st.integers(1, 5))
def test_when_capacity_is_free_it_is_free(minutes: list[int], daily: int, weekly: int) -> None:
    recent = [on(0) - timedelta(minutes=ago) for ago in minutes]
    free = capacity_free(recent, ISTANBUL, daily, weekly, on(0))
    assert free is None or (free > on(0) and capacity_free(recent, ISTANBUL, daily, weekly, free) is None)


KEY = f"x:1||delivery|checkout|{DUE}"
REVISED = said("promise.revised", on(6), deliver_by="2026-03-20", agreed_by_customer=True)


@pytest.mark.parametrize(
    ("purpose", "events", "sent_at", "code"),
    [
        (NOTICE, [PLACED], LATE, None),
        (NOTICE, [PLACED, parcel("delivered", on(9))], LATE, None),
        (NOTICE, [PLACED, parcel("delivered", on(8))], LATE, "delivered_before"),
        (NOTICE, [PLACED, parcel("delivered", on(3))], LATE, "delivered_before"),
        (NOTICE, [PLACED, said("order.cancelled", on(8))], LATE, "ended_before"),
        (NOTICE, [PLACED, said("order.cancelled", on(9))], LATE, None),
        (NOTICE, [PLACED, REVISED], LATE, "promise_changed"),
        (NOTICE, [placed(deliver_by="2026-03-10")], LATE, "promise_changed"),
        (APOLOGY, [PLACED, CAME_LATE], LATE, None),
        (APOLOGY, [PLACED, parcel("delivered", on(5))], LATE, "delivered_in_time"),
        (APOLOGY, [PLACED], LATE, "not_delivered"),
        (APOLOGY, [PLACED, parcel("delivered", on(9))], LATE, "not_delivered"),
        (APOLOGY, [placed(deliver_by="2026-03-10"), CAME_LATE], LATE, "promise_changed"),
    ],
)
def test_contradiction(purpose: Purpose, events: Events, sent_at: datetime, code: str | None) -> None:
    assert contradiction(purpose, KEY, sent_at, look(on(30), *events)) == code
