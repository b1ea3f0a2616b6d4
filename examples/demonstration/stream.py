"""Everything that happens in a shop, day by day: the same seed and beginning give the same days, in any number."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path

from demonstration.orders import DAY, Event, Life
from demonstration.people import person
from demonstration.shops import Shop

HISTORY = 60
CUSTOMERS = 400
# How many orders come on each weekday, from Monday, as shares of the usual number.
WEEK = (1.15, 1.0, 1.0, 1.05, 1.1, 0.9, 0.8)
# Orders come from morning until after midnight; these are the hours' weights.
HOURS = {
    0: 2,
    8: 2,
    9: 4,
    10: 6,
    11: 7,
    12: 8,
    13: 7,
    14: 6,
    15: 6,
    16: 6,
    17: 6,
    18: 6,
    19: 7,
    20: 9,
    21: 9,
    22: 7,
    23: 4,
}


class Stream:
    """A shop's orders from ``HISTORY`` days before the live part on, made one day at a time."""

    def __init__(
        self, shop: Shop, start: datetime, seed: int, *, share: float = 1.0, days: int = HISTORY
    ) -> None:
        self.shop, self.seed, self.share = shop, seed, share
        self.start = start.astimezone(shop.zone)
        self.first = self.start.date() - days * DAY
        self.number = 0

    def day(self, day: date) -> list[Life]:
        """Return the orders that are placed on a day, each with its whole life."""
        chance = random.Random(f"{self.seed}:{self.shop.slug}:{day.isoformat()}")
        # The shop grows: at the beginning of the history it had a third of the orders that it has now.
        grown = min(1.0, 1 + (day - self.start.date()).days / (1.5 * HISTORY))
        usual = self.shop.daily * self.share * grown * WEEK[day.weekday()]
        return [
            self._life(day, number, chance) for number in range(1, round(chance.gauss(usual, usual / 8)) + 1)
        ]

    def _life(self, day: date, number: int, chance: random.Random) -> Life:
        shop = self.shop
        hour = chance.choices(list(HOURS), list(HOURS.values()))[0]
        placed = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), shop.zone)
        # The square of chance: a few customers come often, most come once.
        who = int(CUSTOMERS * chance.random() ** 1.6)
        languages = random.Random(f"{self.seed}:{shop.slug}:language:{who}")
        language = languages.choices(list(shop.languages), list(shop.languages.values()))[0]
        customer = person(shop.slug, self.seed, who, language, shop.places[language], shop.domain)
        count = (day - date(2020, 1, 1)).days
        identity = f"{shop.slug}-{count}{number:02d}"
        name = f"{shop.slug[0].upper()}{count % 10000}{number:02d}"
        own = random.Random(f"{self.seed}:{identity}")
        return Life(shop, customer, identity, name, placed, self.start.date(), own).plan()

    def until(self, end: datetime) -> list[Life]:
        """Return every order from the first day to the one of ``end``, the orders after ``end`` left out."""
        last = end.astimezone(self.shop.zone).date()
        days = (self.first + days * DAY for days in range((last - self.first).days + 1))
        return [life for day in days for life in self.day(day) if life.placed_at <= end]


def happened(lives: list[Life], end: datetime) -> Iterator[Event]:
    """Return the events up to ``end``, in the order in which they happened."""
    events = [event for life in lives for event in life.events if instant(event) <= end]
    return iter(sorted(events, key=lambda event: (instant(event), event["id"])))


def instant(event: Event) -> datetime:
    """Return when an event happened."""
    return datetime.fromisoformat(event["timestamp"])


def write(lives: list[Life], end: datetime, path: Path) -> int:
    """Write the events up to ``end`` to a file, one a line, and return how many there are."""
    lines = [json.dumps(event, ensure_ascii=False) for event in happened(lives, end)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def write_truth(lives: list[Life], path: Path) -> None:
    """Write what is true about every order to a file that its owner alone may read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(life.truth) for life in lives], file, ensure_ascii=False, indent=1)
