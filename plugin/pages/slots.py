"""When somebody can be called: windows on the store's working days, told in the customer's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vefa.promises.calendar import DAY, Calendar, local_date

DAYS = 5
LEAD = timedelta(hours=1)
WINDOWS = ((time(9), time(12)), (time(12), time(15)), (time(15), time(18)))


@dataclass(frozen=True, slots=True)
class Slot:
    """A window in which somebody calls, in UTC."""

    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """What the slot is called in a form."""
        return self.start.strftime("%Y%m%dT%H%MZ")


def slots(calendar: Calendar, store_zone: ZoneInfo, now: datetime) -> list[Slot]:
    """Return the windows of the next working days, the first of them with at least an hour's time before it."""
    found: list[Slot] = []
    days: set[date] = set()
    day = calendar.next_working(local_date(now, store_zone))
    while len(days) < DAYS:
        for start, end in WINDOWS:
            slot = Slot(_at(day, start, store_zone), _at(day, end, store_zone))
            if slot.start >= now + LEAD and slot.end > slot.start:
                found.append(slot)
                days.add(day)
        day = calendar.next_working(day + DAY)
    return found


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def by_day(found: Sequence[Slot], zone: ZoneInfo) -> dict[date, list[Slot]]:
    """Return the windows by the day on which they begin where the customer is."""
    days: dict[date, list[Slot]] = {}
    for slot in found:
        days.setdefault(local_date(slot.start, zone), []).append(slot)
    return days


def named(found: Sequence[Slot], name: str) -> Slot | None:
    """Return the window of a name, if it is still on offer."""
    return next((slot for slot in found if slot.name == name), None)
