"""What the store is called, how it delivers, and how it writes money and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

STORE = "alma"
CURRENCY = "EUR"
COUNTRY = "TR"
LANGUAGES = {"tr": "Türkçe", "fa": "فارسی", "en": "English"}
ZONE = ZoneInfo("Europe/Istanbul")
SUNDAY = 6


@dataclass(frozen=True)
class Delivery:
    """A way to deliver: its name, its price in cents, and after how many days without Sundays it is there."""

    name: str
    price: int
    days: int

    def day(self, ordered: datetime) -> date:
        """Return the day by which an order of this instant is delivered."""
        day, left = ordered.astimezone(ZONE).date(), self.days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() != SUNDAY
        return day


DELIVERIES = {"standard": Delivery("Standard", 590, 3), "express": Delivery("Express", 1290, 1)}


def money(cents: int) -> str:
    """Write an amount in the store's currency."""
    return f"€{cents / 100:,.2f}"


def day(value: date) -> str:
    """Write a day in words."""
    return f"{value:%A} {value.day} {value:%B}"
