"""When a silence is improbable: what a platform usually sends by the hour of the week, and how likely nothing is.

Time is cut into slots of ten minutes, and a slot counts once however much came in it, so that a burst (one order's
four events, a batch of labels) is one thing. Of each hour of the week, in the store's zone, the share p of slots with
anything is estimated from up to 8 weeks, drawn towards the product of the usual hour of day and day of week where
little is known. With the rate r = -ln(1 - p) a slot, L = sum of r over the silent slots of one local day, and the
day's own level a gamma variable of mean 1 and variance f (found from how the days of the past scatter),

    P(nothing that day) = (1 + f L) ** (-1 / f)

which is the zero term of the negative binomial, the usual model of counts that scatter more than Poisson's
(Cameron and Trivedi, Regression Analysis of Count Data, section 3.3); days multiply. With f towards 0 it is Poisson's
exp(-L). Holidays are no evidence and count for a quarter; so do weeks that were slower than those before.

Every pause between slots is a trial, so the bound is 1/1000 or less: a quarter of one false alarm is expected in 90
days, however busy the store is. With under 4 weeks of history a store is silent after 24 hours and three times the
pause that 95 of 100 do not exceed; with under 20 slots, never.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from vefa.insights.rates import Rates, rates

HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=10)
SLOTS = 6
LONGEST_PAST = timedelta(weeks=8)
SHORTEST_PAST = timedelta(weeks=4)
FEWEST_SLOTS = 20
UNLIKELY = 1 / 1000
FALSE_IN_QUARTER = 0.25
QUARTER = timedelta(days=90)
HOLIDAY = 0.25
LEAST = HOUR
LONGEST_QUIET = timedelta(hours=24)
TIMES_USUAL = 3
# Nothing is gained by adding up longer silences: they are improbable or nothing is known.
LONGEST = timedelta(days=60)

IsHoliday = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one platform of a store usually sends; ``rates`` is None while too little is known of its weeks.

    ``usual`` is the pause that 95 of 100 do not exceed, None with under 20 slots heard.
    """

    zone: ZoneInfo
    is_holiday: IsHoliday
    usual: timedelta | None
    rates: Rates | None

    def chance(self, since: datetime, now: datetime) -> float:
        """Return how likely it is that nothing comes between two instants; 1 where too little is known."""
        if self.rates is None:
            return 1.0
        expected: dict[date, float] = {}
        for local, share in _slots(max(since, now - LONGEST), now, self.zone):
            weight = HOLIDAY if self.is_holiday(local.date()) else 1.0
            rate = self.rates.by_hour[_hour_of_week(local)]
            expected[local.date()] = expected.get(local.date(), 0.0) + rate * share * weight
        scatter = self.rates.scatter
        return math.exp(-sum(math.log1p(scatter * one) / scatter for one in expected.values()))

    @property
    def bound(self) -> float:
        """The chance below which a silence is called improbable."""
        if self.rates is None:
            return UNLIKELY
        return min(UNLIKELY, FALSE_IN_QUARTER / max(self.rates.active_share * (QUARTER / SLOT), 1.0))

    def improbable(self, since: datetime, now: datetime) -> bool:
        """Say whether nothing between two instants is so unusual that something is probably wrong."""
        if now - since < LEAST or self.usual is None:
            return False
        if self.rates is None:
            return now - since > max(LONGEST_QUIET, TIMES_USUAL * self.usual)
        return self.chance(since, now) < self.bound


def learn(
    heard: Mapping[datetime, int],
    until: datetime,
    zone: ZoneInfo,
    is_holiday: IsHoliday,
    left_out: Callable[[datetime], bool] = lambda _: False,
) -> Pattern:
    """Learn a pattern from hours (UTC) with the number of their slots in which anything came, up to an instant.

    ``is_holiday`` speaks of days in the zone; ``left_out`` names hours of which nothing can be learned, as within a
    hole in the feed.
    """
    end = until.replace(minute=0, second=0, microsecond=0)
    known = {hour: slots for hour, slots in sorted(heard.items()) if end - LONGEST_PAST <= hour <= end}
    if sum(known.values()) < FEWEST_SLOTS:
        return Pattern(zone, is_holiday, None, None)
    usual = _usual(list(known))
    begin = min(known)
    if end - begin < SHORTEST_PAST:
        return Pattern(zone, is_holiday, usual, None)
    observed: list[tuple[date, int, int]] = []
    hour = begin
    while hour < end:
        local = hour.astimezone(zone)
        if not is_holiday(local.date()) and not left_out(hour):
            observed.append((local.date(), _hour_of_week(local), known.get(hour, 0)))
        hour += HOUR
    return Pattern(zone, is_holiday, usual, rates(observed, SLOTS))


def _hour_of_week(local: datetime) -> int:
    return local.weekday() * 24 + local.hour


def _slots(since: datetime, now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, float]]:
    """Yield the local hours of a silence with their slots, of which the last may have been silent in part."""
    at = since
    while at < now:
        over = min(at.replace(minute=0, second=0, microsecond=0) + HOUR, now)
        yield at.astimezone(zone), (over - at) / SLOT
        at = over


def _usual(hours: list[datetime]) -> timedelta:
    """Return the pause that 95 of 100 do not exceed, to the hour."""
    pauses = sorted(later - earlier for earlier, later in pairwise(hours))
    return pauses[min(len(pauses) - 1, len(pauses) * 95 // 100)] if pauses else HOUR
