"""Dates as plugins of shops write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from vefa.locales.dates import jalali
from vefa.platforms._written_date import LANGUAGES, written_date

NINTH = date(2026, 3, 9)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
# Since then a time stamp in seconds has ten digits.
DAYS_OF_STAMPS = st.dates(date(2001, 9, 12), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-03-09", NINTH),
        ("2026/3/9 10:00 - 12:00", NINTH),
        ("20260309", NINTH),
        ("09.03.2026", NINTH),
        ("09-03-2026", NINTH),
        ("13/03/2026", date(2026, 3, 13)),
        ("03/13/2026", date(2026, 3, 13)),
        ("03/03/2026", date(2026, 3, 3)),
        ("03/09/2026", None),
        ("9 March, 2026", NINTH),
        ("Mon, March 9th, 2026", NINTH),
        ("9 Mart 2026 Pazartesi", NINTH),
        ("09 Mar 2026, 10:00-12:00", NINTH),
        ("۱۴۰۴/۱۲/۱۸", NINTH),
        ("1404-12-18", NINTH),
        ("دوشنبه ۱۸ اسفند ۱۴۰۴", NINTH),
        ("1404/13/01", None),
        ("2026-02-30", None),
        ("9 March 1926", None),
        ("March 2026", None),
        ("tomorrow", None),
        ("", None),
        ("-1", None),
        ("2026", None),
        ("9" * 5000, None),
        (None, None),
        (True, None),
        (20260309.0, None),
        (["2026-03-09"], None),
    ],
)
def test_what_a_value_names(value: Any, day: date | None) -> None:
    assert written_date(value) == day


@pytest.mark.parametrize(("country", "day"), [("TR", date(2026, 9, 3)), ("US", NINTH), (None, None)])
def test_the_country_says_which_part_is_the_month(country: str | None, day: date | None) -> None:
    assert written_date("03/09/2026", country=country) == day


@given(
    DAYS, st.sampled_from(LANGUAGES), st.sampled_from(("d MMMM y", "EEEE, d MMMM y", "d LLLL y", "d MMM y"))
)
def test_every_day_in_words(day: date, tag: str, pattern: str) -> None:
    assert written_date(format_date(day, pattern, locale=tag)) == day


@given(DAYS)
def test_every_day_of_the_jalali_calendar(day: date) -> None:
    assert written_date(jalali(day, "fa")) == day


@given(DAYS_OF_STAMPS, st.integers(-48, 56), st.sampled_from((-1, 0, 1)), st.booleans(), st.booleans())
def test_a_time_stamp_is_the_shops_own_midnight(
    day: date, quarters: int, summer: int, in_text: bool, milliseconds: bool
) -> None:
    """Also where summer time begins between the order and the delivery, which shifts that midnight by an hour."""
    offset = timedelta(minutes=15 * quarters)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset - timedelta(hours=summer)
    stamp = int(midnight.timestamp()) * (1000 if milliseconds else 1)
    if midnight.hour == midnight.minute == 0:
        return
    assert written_date(str(stamp) if in_text else stamp, offset) == day


def test_a_time_stamp_may_be_the_midnight_of_utc() -> None:
    assert written_date(int(datetime(2026, 3, 9, tzinfo=UTC).timestamp()), timedelta(hours=-5)) == NINTH


@given(st.text() | st.integers() | st.none() | st.floats())
def test_nothing_is_an_accident(value: Any) -> None:
    found = written_date(value, timedelta(hours=3), "IR")
    assert found is None or 2000 <= found.year <= 2121
