"""Calls are offered on the store's working days, never within the hour, and told in the customer's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from vefa.pages.slots import DAYS, LEAD, by_day, named, slots
from vefa.promises.calendar import Calendar

ISTANBUL, TEHRAN, AUCKLAND = (
    ZoneInfo(name) for name in ("Europe/Istanbul", "Asia/Tehran", "Pacific/Auckland")
)
TURKISH = Calendar(frozenset({5, 6}), frozenset[date]())
IRANIAN = Calendar(frozenset({4}), frozenset[date](), frozenset({date(2026, 11, 22)}))


def test_a_saturday_offers_the_week_that_begins_on_monday() -> None:
    found = slots(TURKISH, ISTANBUL, datetime(2026, 11, 21, 12, 30, tzinfo=UTC))
    assert found[0].start == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert [day.isoformat() for day in by_day(found, ISTANBUL)] == [
        f"2026-11-{day}" for day in (23, 24, 25, 26, 27)
    ]
    assert len(found) == DAYS * 3


def test_what_begins_within_the_hour_is_not_offered() -> None:
    monday = datetime(2026, 11, 23, 8, 1, tzinfo=UTC)  # 11.01 in Istanbul
    assert slots(TURKISH, ISTANBUL, monday)[0].start == datetime(2026, 11, 23, 12, tzinfo=UTC)
    evening = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert slots(TURKISH, ISTANBUL, evening)[0].start == datetime(2026, 11, 24, 6, tzinfo=UTC)


def test_an_iranian_store_works_on_saturday_but_not_on_its_own_holiday() -> None:
    found = slots(IRANIAN, TEHRAN, datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert [day.isoformat() for day in by_day(found, TEHRAN)][:2] == ["2026-11-21", "2026-11-23"]


def test_a_window_is_told_by_the_day_on_which_it_begins_for_the_customer() -> None:
    found = slots(TURKISH, ISTANBUL, datetime(2026, 11, 21, 12, 30, tzinfo=UTC))
    days = by_day(found, AUCKLAND)
    assert next(iter(days)) == date(2026, 11, 23)
    assert date(2026, 11, 28) in days  # Friday afternoon in Istanbul


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.sampled_from([ISTANBUL, TEHRAN, AUCKLAND, ZoneInfo("Europe/Berlin")]),
)
def test_every_window_lies_ahead_on_a_working_day_and_is_found_by_its_name(
    now: datetime, zone: ZoneInfo
) -> None:
    found = slots(TURKISH, zone, now)
    assert len({slot.start.astimezone(zone).date() for slot in found}) == DAYS
    for slot in found:
        assert slot.start >= now + LEAD and timedelta(hours=1) < slot.end - slot.start <= timedelta(hours=4)
        assert slot.start.astimezone(zone).weekday() < 5
        assert named(found, slot.name) is slot
    assert named(found, "20200101T0000Z") is None
