"""Dates as plugins of shops write them: by their settings, in their language and calendar, or as a time stamp."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product

from babel.dates import get_month_names

from vefa.locales import fold
from vefa.locales.dates import JALALI_MONTHS, from_jalali

LONGEST = 80
LANGUAGES = ("en", "tr", "fa", "de", "fr", "es", "it", "nl")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
TOKEN = re.compile(r"\d+|[^\W\d_]+")
SECONDS, MILLISECONDS = 10, 13
JALALI_YEARS, YEARS = range(1300, 1500), range(2000, 2101)
# Countries whose people write the month before the day.
MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "FM", "MH", "PW"})
# A time stamp is the midnight of a day; across the change to summer time it lies an hour beside it.
BESIDE_MIDNIGHT = timedelta(hours=2)
DAY = 86_400


def written_date(value: object, offset: timedelta = timedelta(), country: str | None = None) -> date | None:
    """Return the day that a value names, or None where it names none or could be two.

    ``offset`` is that of the shop's clock from UTC. ``country`` (ISO 3166-1) decides whether 3/4 is in March or in
    April; where it is not known, such a date is not known either. Years of the fourteenth and fifteenth century are
    those of the Jalali calendar.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = fold(str(value)[:LONGEST])
    if text.isdecimal():
        return _from_number(text, offset)
    if found := YEAR_FIRST.match(text):
        return _day(*map(int, found.groups()))
    if found := YEAR_LAST.match(text):
        first, mark, second, year = found.groups()
        return _either(int(first), int(second), int(year), slashed=mark == "/", country=country)
    return _in_words(text)


def _from_number(text: str, offset: timedelta) -> date | None:
    if found := COMPACT.fullmatch(text):
        return _day(*map(int, found.groups()))
    if len(text) not in (SECONDS, MILLISECONDS):
        return None
    seconds = int(text) // (1000 if len(text) == MILLISECONDS else 1)
    at = datetime.fromtimestamp(seconds, UTC)
    # Some write the midnight of UTC whatever the shop's clock says.
    local = at if seconds % DAY == 0 else at + offset + BESIDE_MIDNIGHT
    return local.date() if local.year in YEARS else None


def _either(first: int, second: int, year: int, *, slashed: bool, country: str | None) -> date | None:
    day_first = not slashed or first > 12 or (country is not None and country not in MONTH_FIRST)
    if slashed and first <= 12 and second <= 12 and first != second and country is None:
        return None
    return _day(year, second, first) if day_first and second <= 12 else _day(year, first, second)


def _in_words(text: str) -> date | None:
    tokens = TOKEN.findall(TIME.sub(" ", text))
    year = next((int(one) for one in tokens if one.isdecimal() and len(one) == 4), None)
    day = next((int(one) for one in tokens if one.isdecimal() and len(one) <= 2), None)
    if year is None or day is None:
        return None
    months = JALALI if year in JALALI_YEARS else _months()
    month = next((months[one] for one in tokens if one in months), None)
    return _day(year, month, day) if month else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        if year in JALALI_YEARS:
            return from_jalali(year, month, day)
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


JALALI = {fold(name): number for number, name in enumerate(JALALI_MONTHS, 1)}


@cache
def _months() -> dict[str, int]:
    """Return the months of the Gregorian calendar by their names; a name of two months is left out."""
    found: dict[str, set[int]] = {}
    for tag, width, context in product(LANGUAGES, ("wide", "abbreviated"), ("format", "stand-alone")):
        for number, name in get_month_names(width, context, locale=tag).items():  # type: ignore[arg-type]
            found.setdefault(fold(name).rstrip("."), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
