"""Working days, and where days end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.promises.calendar import Calendar, calendar_of, end_of_day, local_date
from vefa.stores.store import Store

MONDAY = date(2026, 3, 2)
SAO_PAULO, HAVANA, APIA = ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/Havana"), ZoneInfo("Pacific/Apia")


def store(**settings: object) -> Store:
    return Store(1, "s", "S", **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "closed"),
    [
        ({}, "sat sun"),
        ({"country": "TR"}, "sat sun"),
        ({"country": "IR"}, "fri"),
        ({"country": "SA"}, "fri sat"),
        ({"country": "XX"}, "sat sun"),
        ({"country": "IR", "weekend": frozenset({3, 4})}, "thu fri"),
        ({"country": "IR", "weekend": frozenset()}, ""),
    ],
)
def test_the_weekend_is_the_stores_else_the_countrys(settings: dict[str, object], closed: str) -> None:
    calendar = calendar_of(store(**settings))
    week = [MONDAY + timedelta(days=day) for day in range(7)]
    assert " ".join(day.strftime("%a").lower() for day in week if not calendar.is_working(day)) == closed


@pytest.mark.parametrize(
    ("holidays", "extra", "day", "working"),
    [
        (None, (), date(2026, 4, 23), True),
        ("TR", (), date(2026, 4, 23), False),
        ("TR", (), date(2026, 4, 22), True),
        ("BR", (), date(2017, 9, 7), False),
        (None, ("2026-04-22",), date(2026, 4, 22), False),
        ("XX", (), date(2026, 12, 25), True),
    ],
)
def test_holidays(holidays: str | None, extra: tuple[str, ...], day: date, working: bool) -> None:
    assert calendar_of(store(holidays=holidays, extra_holidays=extra)).is_working(day) is working


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 1, date(2026, 3, 3)),
        (MONDAY, 5, date(2026, 3, 9)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 2, date(2026, 3, 11)),
    ],
)
def test_adding_working_days(day: date, count: int, expected: date) -> None:
    calendar = Calendar(frozenset({5, 6}), {date(2026, 3, 10)})
    assert calendar.add(day, count) == expected


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
CALENDARS = st.builds(Calendar, st.frozensets(st.integers(0, 6), max_size=6), st.frozensets(DAYS))


@given(CALENDARS, DAYS, st.integers(1, 30), st.integers(1, 30))
def test_days_add_up_and_end_on_working_days(calendar: Calendar, day: date, one: int, other: int) -> None:
    assert calendar.is_working(calendar.add(day, one)) and calendar.add(day, one) > day
    assert calendar.add(calendar.add(day, one), other) == calendar.add(day, one + other)


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="working day"):
        calendar_of(store(weekend=frozenset(range(7))))


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        (ZoneInfo("UTC"), MONDAY, "2026-03-03T00:00"),
        (ZoneInfo("Europe/Istanbul"), MONDAY, "2026-03-02T21:00"),
        (ZoneInfo("Asia/Tehran"), MONDAY, "2026-03-02T20:30"),
        pytest.param(ZoneInfo("Europe/Berlin"), date(2026, 3, 29), "2026-03-29T22:00", id="23 hours"),
        pytest.param(ZoneInfo("Europe/Berlin"), date(2026, 10, 25), "2026-10-25T23:00", id="25 hours"),
        pytest.param(SAO_PAULO, date(2017, 10, 14), "2017-10-15T03:00", id="a midnight that does not exist"),
        pytest.param(SAO_PAULO, date(2018, 2, 17), "2018-02-18T03:00", id="its last hour comes twice"),
        pytest.param(HAVANA, date(2026, 10, 31), "2026-11-01T04:00", id="a midnight that comes twice"),
        pytest.param(APIA, date(2011, 12, 29), "2011-12-30T10:00", id="the next day does not exist"),
    ],
)
def test_the_end_of_a_local_day(zone: ZoneInfo, day: date, end: str) -> None:
    expected = datetime.fromisoformat(end + "+00:00")
    assert end_of_day(day, zone) == expected
    assert local_date(expected - timedelta(microseconds=1), zone) == day
    assert local_date(expected, zone) > day


@given(
    DAYS,
    st.sampled_from(
        ["America/Sao_Paulo", "Asia/Tehran", "Africa/Cairo", "America/Havana", "Europe/Istanbul"]
    ),
)
def test_a_day_ends_after_it_began_and_equals_itself_elsewhere(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    start, end = end_of_day(day - timedelta(days=1), zone), end_of_day(day, zone)
    assert timedelta(hours=22) < end - start < timedelta(hours=26)
    assert end == end.astimezone(UTC) == end.astimezone(ZoneInfo("UTC"))


def test_the_last_hours_of_the_calendar_have_a_date() -> None:
    assert end_of_day(date.max, ZoneInfo("Europe/Istanbul")) == datetime.max.replace(tzinfo=UTC)
    assert local_date(datetime.max.replace(tzinfo=UTC), ZoneInfo("Europe/Istanbul")) == date.max
