"""A silence is judged by what the hours of the week usually bring: seldom wrongly, and soon enough."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from vefa.insights.silence import HOUR, SLOT, Pattern, learn

ZONE = ZoneInfo("Europe/Istanbul")
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
PAST, QUARTER = 8 * WEEK, 13 * WEEK
WEEKDAYS = (1.1, 1, 1, 1, 1.1, 0.8, 0.7)


def never(_: date) -> bool:
    return False


def busy(hour: int) -> float:
    """How busy an hour of the day is: from seven in the morning to midnight, most in the afternoon."""
    return max(0.02, math.sin((hour - 6) / 18 * math.pi)) ** 1.3 if hour >= 6 else 0.03


MEAN = sum(map(busy, range(24))) * sum(WEEKDAYS) / 7


def store(per_day: float, seed: int, burst: float, span: timedelta = PAST + QUARTER) -> list[datetime]:
    """Return when a store was heard, once in ten minutes: bursts of events, and days with a level of their own."""
    chance, levels = random.Random(seed), {}
    found = []
    for number in range(span // SLOT):
        local = (MONDAY + number * SLOT).astimezone(ZONE)
        level = levels.setdefault(local.date(), chance.gammavariate(1 / 0.15, 0.15))
        rate = per_day / MEAN * busy(local.hour) * WEEKDAYS[local.weekday()] / 6 * level / burst
        if chance.random() < 1 - math.exp(-rate):
            found.append(MONDAY + number * SLOT + chance.random() * SLOT)
    return found


def learned(heard: list[datetime], until: datetime) -> Pattern:
    hours = Counter(at.replace(minute=0, second=0, microsecond=0) for at in heard if at <= until)
    return learn(hours, until, ZONE, never)


def weekly(heard: list[datetime]) -> Iterator[tuple[Pattern, datetime, datetime]]:
    """Yield the pauses of a quarter of an hour and more of the last 13 weeks, with what was learned a week before."""
    pattern, until = None, MONDAY + PAST
    for before, after in pairwise(heard):
        if before < until and pattern is None:
            continue
        if pattern is None or before >= until:
            pattern, until = learned(heard, before), before + WEEK
        if after - before >= HOUR:
            yield pattern, before, after


# Orders a day, events that come together, and in how many hours half of the outages are noticed, and all.
STORES = [(3, 1, 80, 150), (30, 3, 36, 60), (300, 3, 9, 20), (24_000, 3, 2, 4)]


@pytest.mark.parametrize(("per_day", "burst", "half", "always"), STORES)
def test_a_normal_store_is_hardly_ever_warned_and_an_outage_is_noticed(
    per_day: float, burst: float, half: float, always: float
) -> None:
    heard = store(per_day, 7, burst)
    assert sum(pattern.improbable(before, after) for pattern, before, after in weekly(heard)) <= 1
    chance = random.Random(7)
    delays = sorted(_delay(heard, MONDAY + PAST + chance.random() * QUARTER) for _ in range(6))
    assert delays[len(delays) // 2] <= half
    assert delays[-1] <= always


def _delay(heard: list[datetime], outage: datetime) -> float:
    """Return after how many hours it is noticed that nothing has come since an outage."""
    last = max(at for at in heard if at <= outage)
    pattern, now = learned(heard, last), outage
    while not pattern.improbable(last, now) and now - outage < 30 * DAY:
        now += SLOT
    return (now - outage) / HOUR


def steady(weeks: float, every: timedelta) -> dict[datetime, int]:
    """Return the hours of a store that is heard at a steady pace until MONDAY."""
    times = [MONDAY - number * every for number in range(1, int(weeks * WEEK / every))]
    return Counter(at.replace(minute=0, second=0, microsecond=0) for at in times)


@pytest.mark.parametrize(
    ("weeks", "every", "quiet", "expected"),
    [
        (8, HOUR, timedelta(minutes=50), False),
        (8, HOUR, 4 * HOUR, False),
        (8, HOUR, 24 * HOUR, True),
        (8, SLOT, 30 * timedelta(minutes=1), False),
        (8, SLOT, 3 * HOUR, True),
        (8, DAY, 3 * DAY, False),
        (8, DAY, 14 * DAY, True),
        # Too short a past: 24 hours, and three times the usual pause.
        (2, HOUR, 23 * HOUR, False),
        (2, HOUR, 25 * HOUR, True),
        (3.5, DAY, 2.5 * DAY, False),
        (3.5, DAY, 4 * DAY, True),
        (1, DAY, 60 * DAY, False),
    ],
)
def test_how_long_a_silence_is_usual(
    weeks: float, every: timedelta, quiet: timedelta, *, expected: bool
) -> None:
    pattern = learn(steady(weeks, every), MONDAY, ZONE, never)
    assert pattern.improbable(MONDAY, MONDAY + quiet) is expected


def test_the_night_is_expected_to_be_quiet() -> None:
    heard = store(300, 3, 3, PAST)
    night = datetime(2026, 2, 27, 23, 50, tzinfo=ZONE)
    pattern = learned(heard, night)
    assert not pattern.improbable(night, night + 6 * HOUR)
    assert pattern.improbable(night + 14 * HOUR, night + 20 * HOUR)


def test_a_holiday_says_less() -> None:
    every = steady(8, HOUR)
    quiet = 12 * HOUR
    usual = learn(every, MONDAY, ZONE, never)
    feast = learn(every, MONDAY, ZONE, lambda day: day >= date(2026, 1, 5))
    assert usual.chance(MONDAY, MONDAY + quiet) < feast.chance(MONDAY, MONDAY + quiet) / 10


def test_what_lay_in_a_hole_teaches_nothing() -> None:
    heard = store(300, 4, 3, PAST)
    hole = (MONDAY + 6 * WEEK, MONDAY + 7.5 * WEEK)
    hours = Counter(
        at.replace(minute=0, second=0, microsecond=0) for at in heard if not hole[0] <= at < hole[1]
    )
    last = heard[-1]
    naive = learn(hours, last, ZONE, never)
    wise = learn(hours, last, ZONE, never, lambda hour: hole[0] <= hour < hole[1])
    assert wise.chance(last, last + 5 * HOUR) < naive.chance(last, last + 5 * HOUR)


def test_a_longer_silence_is_less_likely() -> None:
    pattern = learned(store(30, 5, 3, PAST), MONDAY + PAST)
    chances = [pattern.chance(MONDAY + PAST, MONDAY + PAST + hours * HOUR) for hours in range(60)]
    assert chances[0] == 1 and all(later <= earlier for earlier, later in pairwise(chances))
