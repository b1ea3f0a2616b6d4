"""Days and times in words, in the Gregorian and the Jalali calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

from babel.dates import format_date, format_time, get_day_names
from persiantools.jdatetime import JalaliDate

# Persian month names stand alone here ("LLLL"): the joining form is read as a genitive inside brackets.
_GREGORIAN = "d LLLL y"
_JALALI: Any = JalaliDate  # the library is not typed
_to_jalali: Callable[[date], Any] = _JALALI
JALALI_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)


def gregorian(day: date, pattern: str, tag: str) -> str:
    """Return the day by a CLDR pattern (or ``full``, ``medium`` ...) in a language's words and Latin digits."""
    return format_date(day, pattern, locale=tag)


def gregorian_beside(day: date, tag: str) -> str:
    """Return the Gregorian day without its weekday, as it stands in brackets beside another calendar's."""
    return format_date(day, _GREGORIAN, locale=tag)


def jalali(day: date, tag: str) -> str:
    """Return the day in the Jalali calendar, long, with its weekday and in Latin digits."""
    there = _to_jalali(day)
    weekday = get_day_names("wide", locale=tag)[day.weekday()]
    return f"{weekday} {there.day} {JALALI_MONTHS[there.month - 1]} {there.year}"


def jalali_short(day: date, *, year: bool) -> str:
    """Return day and month in the Jalali calendar, with the year if wanted, in Latin digits."""
    there = _to_jalali(day)
    text = f"{there.day} {JALALI_MONTHS[there.month - 1]}"
    return f"{text} {there.year}" if year else text


def from_jalali(year: int, month: int, day: int) -> date:
    """Return the day that is so written in the Jalali calendar; raises ``ValueError`` if there is none."""
    found: date = _JALALI(year, month, day).to_gregorian()
    return found


def numeric(day: date, calendar: str) -> str:
    """Return a day in figures, as people type it in their calendar, in Latin digits."""
    if calendar != "jalali":
        return day.isoformat()
    there = _to_jalali(day)
    return f"{there.year:04d}/{there.month:02d}/{there.day:02d}"


def clock_time(at: time, pattern: str, tag: str) -> str:
    """Return a time of day by a CLDR pattern, in Latin digits."""
    return format_time(at, pattern, locale=tag)
