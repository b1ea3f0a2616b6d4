"""Rates by the hour of the week, estimated from few weeks; ``silence`` says what for, and the formulas."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HOURS = 7 * 24
# So many slots' worth of the product of hour and day stand beside what was seen of an hour of the week.
PRIOR = 24.0
HOUR_PRIOR, DAY_PRIOR = 12.0, 36.0
# Days scatter at least so much (a third of their level), however even the past was.
LEAST_SCATTER, MOST_SCATTER = 0.1, 1.0
SATURATED, ENOUGH_HOURS = 0.5, 5
RECENT_DAYS = 14
SLOWEST = 0.25

Observed = tuple[date, int, int]


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates a slot by hour of the week, beginning with Monday's first; ``active_share`` is that of all slots."""

    by_hour: tuple[float, ...]
    active_share: float
    scatter: float


def rates(observed: Sequence[Observed], slots: int) -> Rates | None:
    """Estimate from local day, hour of the week and active slots of each hour; None where nothing was seen.

    ``slots`` is how many an hour has.
    """
    seen, active = [0] * HOURS, [0] * HOURS
    for _, hour, heard in observed:
        seen[hour] += slots
        active[hour] += heard
    if not sum(active):
        return None
    shares = _shares(seen, active)
    pace = _pace(observed, shares, slots)
    # One more slot without anything than there was: no hour is certain to bring something.
    by_hour = tuple(-math.log1p(-share) * pace for share in shares)
    return Rates(by_hour, sum(active) / sum(seen), _scatter(observed, shares, slots))


def _shares(seen: Sequence[int], active: Sequence[int]) -> list[float]:
    """Return the share of slots with anything of each hour of the week."""
    mean = sum(active) / sum(seen)
    by_hour = [
        _share(
            [
                (active[day * 24 + (hour + near) % 24], seen[day * 24 + (hour + near) % 24], weight)
                for day in range(7)
                for near, weight in ((-1, 0.25), (0, 1.0), (1, 0.25))
            ],
            mean,
            HOUR_PRIOR,
        )
        for hour in range(24)
    ]
    by_day = [
        _share([(active[day * 24 + hour], seen[day * 24 + hour], 1.0) for hour in range(24)], mean, DAY_PRIOR)
        for day in range(7)
    ]
    found = []
    for number in range(HOURS):
        likely = min(by_hour[number % 24] * by_day[number // 24] / mean, 0.99)
        found.append((active[number] + PRIOR * likely) / (seen[number] + PRIOR + 1))
    return found


def _share(parts: Sequence[tuple[int, int, float]], mean: float, prior: float) -> float:
    active = sum(one * weight for one, _, weight in parts)
    seen = sum(one * weight for _, one, weight in parts)
    return (active + prior * mean) / (seen + prior)


def _pace(observed: Sequence[Observed], shares: Sequence[float], slots: int) -> float:
    """Return how the last two weeks compare with all, where they were slower; a store may be in its quiet season."""
    last = max(day for day, _, _ in observed)
    recent = [(hour, heard) for day, hour, heard in observed if (last - day).days < RECENT_DAYS]
    expected = sum(shares[hour] * slots for hour, _ in recent)
    return max(SLOWEST, min(1.0, (sum(heard for _, heard in recent) + 1) / (expected + 1)))


def _scatter(observed: Sequence[Observed], shares: Sequence[float], slots: int) -> float:
    """Return the variance of the days' own levels: what their counts scatter more than chance alone lets them."""
    days: dict[date, list[Observed]] = defaultdict(list)
    for one in observed:
        # Where nearly every slot has something, a busier day looks like any other.
        if shares[one[1]] <= SATURATED:
            days[one[0]].append(one)
    if sum(map(len, days.values())) < ENOUGH_HOURS * len(days):
        return LEAST_SCATTER
    more = level = 0.0
    for hours in days.values():
        expected = sum(shares[hour] * slots for _, hour, _ in hours)
        by_chance = sum(shares[hour] * (1 - shares[hour]) * slots for _, hour, _ in hours)
        more += (sum(heard for _, _, heard in hours) - expected) ** 2 - by_chance
        level += expected**2
    # The days are compared with rates that were drawn from them, which makes them look more even.
    weeks = max(len(days) / 7, 2.0)
    return min(MOST_SCATTER, max(LEAST_SCATTER, more / level * weeks / (weeks - 1) if level else 0.0))
