"""The forms in which days are written, and which days each of them may mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from persiantools.jdatetime import JalaliDate

from vefa.cases import date_words as say
from vefa.promises.calendar import Calendar

DAY = timedelta(days=1)
# A day named without its year is the next one, unless it has just gone by.
JUST_GONE, LONG_GONE = timedelta(days=120), timedelta(days=240)
DAY_FIRST = ("tr", "fa")

_day = r"(?P<day>\d{1,2})(?!\d)"
_year = r"(?:,?\s+(?P<year>\d{4})(?!\d))?"
_months = say.one_of({**say.ENGLISH, **say.TURKISH})
_persian = say.one_of({**say.JALALI, **say.PERSIAN_GREGORIAN})
_count = rf"(?P<count>\d{{1,3}}|{say.one_of(say.NUMBERS)})"
_unit = (
    r"(?P<working>(?:business|working)\s+|is\s+)?"
    r"(?P<unit>days?|weeks?|hours?|gunu?|hafta|saat|روز|هفته|ساعت)(?P<working_after>\s+کاری)?"
)
PATTERNS: dict[str, re.Pattern[str]] = {
    "ymd": re.compile(
        r"(?<![\d./-])(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?![\d/-])"
    ),
    "dmy": re.compile(
        r"(?<![\d./-])(?P<day>\d{1,2})(?P<sep>[./-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})(?![\d/-])"
    ),
    "dm": re.compile(
        r"(?:(?:(?<=\bby )|(?<=\bon )|(?<=\buntil )|(?<=\bbefore )|(?<=تا ))"
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/])"
        r"|(?<![\d./-])(?P<day2>\d{1,2})[./](?P<month2>\d{1,2})(?='[dtyae]|\s+tarih|\s+gunu))"
    ),
    "named": re.compile(
        rf"(?<!\d)(?<!\d[.,:]){_day}(?:st|nd|rd|th|\.)?(?:\s+of)?\s+(?P<month>{_months})\b\.?{say.SUFFIX}\b{_year}"
    ),
    "named_first": re.compile(
        rf"\b(?P<month>{say.one_of(say.ENGLISH)})\.?\s+{_day}(?:st|nd|rd|th)?\b(?![.:]\d){_year}"
    ),
    "suffixed": re.compile(
        rf"(?<!\d)(?<!\d[.,:]){_day}\s+(?P<month>{say.one_of(say.TURKISH)}){say.SUFFIX}\b{_year}"
    ),
    "persian": re.compile(
        rf"(?<![\w/])(?P<day>\d{{1,2}}|{say.one_of(say.ORDINALS)})(?:\s?ام|\s?م)?\s+(?:ماه\s+)?(?P<month>{_persian})"
        rf"(?:\s?ماه)?\b(?:\s+(?:سال\s+)?(?P<year>\d{{4}})(?!\d))?"
    ),
    "relative": re.compile(rf"\b{say.one_of(say.RELATIVE)}(?:\s?'?(?:a|ya|e|ki))?\b"),
    "week": re.compile(rf"\b{say.one_of(say.WEEK)}\b"),
    "within": re.compile(rf"\b(?:in|within)\s+(?:the\s+next\s+)?{_count}\s+{_unit}\b"),
    "within_tr": re.compile(rf"\b{_count}\s+{_unit}\s+(?:icinde|sonra|icerisinde)\b"),
    "within_fa": re.compile(rf"\b(?:ظرف|تا|طی|حداکثر|در)\s+(?:مدت\s+)?{_count}\s+{_unit}\b"),
    "weekday": re.compile(rf"\b(?P<weekday>{say.one_of(say.WEEKDAYS)}){say.SUFFIX}\b"),
}

_jalali: Callable[..., Any] = JalaliDate  # the library is not typed
Read = tuple[tuple[date, ...], str | None]


def _made(build: Callable[[], date]) -> tuple[date, ...]:
    try:
        return (build(),)
    except (ValueError, OverflowError):
        return ()


def _exact(year: int, month: int, day: int) -> tuple[date, ...]:
    if 1300 <= year < 1500:
        return _made(lambda: _jalali(year, month, day).to_gregorian())
    return _made(lambda: date(year, month, day)) if 2000 <= year < 2200 else ()


def _or_none(days: tuple[date, ...]) -> Read:
    return (days, None) if days else ((), "no_such_day")


def _ymd(match: re.Match[str], *_: object) -> Read:
    return _or_none(_exact(int(match["year"]), int(match["month"]), int(match["day"])))


def _dmy(match: re.Match[str], _today: date, language: str, *_: object) -> Read:
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    return _either(
        _exact(year, int(match["month"]), int(match["day"])),
        _exact(year, int(match["day"]), int(match["month"])),
        certain=match["sep"] != "/" or language.partition("-")[0] in DAY_FIRST,
    )


def _dm(match: re.Match[str], today: date, language: str, *_: object) -> Read:
    day, month = int(match["day"] or match["day2"]), int(match["month"] or match["month2"])
    certain = match["day"] is None or language.partition("-")[0] in DAY_FIRST
    year = _jalali(today).year if language.startswith("fa") else today.year
    first, second = (_near(year, *pair, today) for pair in ((month, day), (day, month)))
    days, doubt = _either(first[0], second[0], certain=certain)
    return days, doubt or (first[1] if days == first[0] else None)


def _either(first: tuple[date, ...], second: tuple[date, ...], *, certain: bool) -> Read:
    if not first or not second or certain or first == second:
        return _or_none(first or second)
    return (*first, *second), "order"


def _near(year: int, month: int, day: int, today: date) -> Read:
    """Return the day of a date without a year: the next one, unless it has just gone by."""
    this, following = _exact(year, month, day), _exact(year + 1, month, day)
    if not this:
        return _or_none(following)
    if this[0] >= today or today - this[0] < JUST_GONE:
        return this, None
    return (following, None) if today - this[0] > LONG_GONE else ((*following, *this), "year")


def _named(match: re.Match[str], today: date, *_: object) -> Read:
    month = {**say.ENGLISH, **say.TURKISH}[match["month"]]
    if match["year"]:
        return _or_none(_exact(int(match["year"]), month, int(match["day"])))
    return _near(today.year, month, int(match["day"]), today)


def _in_persian(match: re.Match[str], today: date, *_: object) -> Read:
    word = match["day"]
    day = int(word) if word.isdecimal() else say.known(say.ORDINALS, word)
    jalali = match["month"] in say.JALALI
    month = say.JALALI[match["month"]] if jalali else say.PERSIAN_GREGORIAN[match["month"]]
    if match["year"]:
        return _or_none(_exact(int(match["year"]), month, day))
    return _near(_jalali(today).year if jalali else today.year, month, day, today)


def _relative(match: re.Match[str], today: date, *_: object) -> Read:
    said = " ".join(match[0].split())
    name = next(name for name in sorted(say.RELATIVE, key=len, reverse=True) if said.startswith(name))
    return (today + say.RELATIVE[name] * DAY,), None


def _week(*_: object) -> Read:
    return (), "week"


def _within(match: re.Match[str], today: date, _language: str, calendar: Calendar | None) -> Read:
    count = int(match["count"]) if match["count"].isdecimal() else say.known(say.NUMBERS, match["count"])
    if match["unit"].startswith(("hour", "saat", "ساعت")):
        return (today + -(-count // 24) * DAY,), "hours"
    if match["unit"].startswith(("week", "hafta", "هفته")):
        return (today + 7 * count * DAY,), None
    if match["working"] or match["working_after"]:
        return ((calendar.add(today, count),), None) if calendar else ((), "working_days")
    return (today + count * DAY,), None


def _weekday(match: re.Match[str], today: date, *_: object) -> Read:
    ahead = (say.known(say.WEEKDAYS, match["weekday"]) - today.weekday()) % 7
    around = match.string[max(match.start() - 14, 0) : match.start()].split()[-1:]
    around += match.string[match.end() : match.end() + 8].split()[:1]
    if any(word in say.LAST for word in around):
        return (today + (ahead - 7) * DAY,), None
    day = today + ahead * DAY
    if ahead == 0:
        return (day, day + 7 * DAY), "weekday"
    return ((day, day + 7 * DAY), "next") if any(word in say.NEXT for word in around) else ((day,), None)


READERS: dict[str, Callable[..., Read]] = {
    "ymd": _ymd,
    "dmy": _dmy,
    "dm": _dm,
    "named": _named,
    "named_first": _named,
    "suffixed": _named,
    "persian": _in_persian,
    "relative": _relative,
    "week": _week,
    "within": _within,
    "within_tr": _within,
    "within_fa": _within,
    "weekday": _weekday,
}
