"""Working days: the store's weekend and holidays."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as public_holidays

from vefa.stores.store import Store

SATURDAY_AND_SUNDAY = frozenset({5, 6})
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days; ``weekend`` holds weekday numbers, Monday being 0."""

    weekend: frozenset[int]
    holidays: Container[date]
    extra: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Say whether people work on that day."""
        return day.weekday() not in self.weekend and day not in self.extra and day not in self.holidays

    def next_working(self, day: date) -> date:
        """Return that day, or the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def add(self, day: date, count: int) -> date:
        """Return the working day that is ``count`` working days after a day, which itself is not counted."""
        for _ in range(count):
            day = self.next_working(day + DAY)
        return day


@lru_cache(maxsize=256)
def _calendar(
    country: str | None, weekend: frozenset[int] | None, code: str | None, extra: tuple[str, ...]
) -> Calendar:
    supported = public_holidays.list_supported_countries(include_aliases=False)
    if weekend is None:
        weekend = (
            frozenset(public_holidays.country_holidays(country).weekend)
            if country in supported
            else SATURDAY_AND_SUNDAY
        )
    if len(weekend) == 7:
        raise ValueError("A week needs a working day.")
    days = public_holidays.country_holidays(code) if code in supported else frozenset[date]()
    return Calendar(weekend, days, frozenset(date.fromisoformat(day) for day in extra))


def calendar_of(store: Store) -> Calendar:
    """Return a store's calendar: its own weekend and holidays, else those of its country."""
    return _calendar(store.country, store.weekend, store.holidays, store.extra_holidays)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day is over, in UTC.

    In UTC because a midnight that the zone's clocks skip or repeat never equals the same instant elsewhere (PEP 495).
    """
    try:
        return datetime.combine(day + DAY, time(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """Return the date that clocks in a zone show at an instant."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:  # the last hours of the calendar, which some write for "never"
        return at.date()


def known_countries() -> list[str]:
    """Return the codes of the countries whose public holidays are known."""
    return sorted(public_holidays.list_supported_countries(include_aliases=False))


def next_holidays(store: Store, today: date, language: str, count: int) -> list[tuple[date, str]]:
    """Return the next public holidays of a store with their names, in the language where it is known."""
    if store.holidays is None:
        return []
    spoken = getattr(public_holidays, store.holidays).supported_languages
    tag = next((one for one in spoken if one.partition("_")[0] == language), None)
    years = (today.year, today.year + 1)
    listed = public_holidays.country_holidays(store.holidays, years=years, language=tag)
    return sorted((day, name) for day, name in listed.items() if day >= today)[:count]
