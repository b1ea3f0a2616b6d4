"""The panel's words in the reader's language: what templates call to write text, numbers and times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from babel import Locale
from flask import Flask
from markupsafe import Markup, escape

from vefa import locales
from vefa.locales import mark
from vefa.locales.dates import numeric
from vefa.panel import assets, frame, visit


def say(msgid: str, **values: object) -> Markup:
    """Return a text in the reader's language; values that are not markup are escaped, numbers written."""
    return Markup(visit.language().gettext(msgid, **_safe(values)))  # noqa: S704 - every value is escaped


def ngettext(one: str, many: str, n: int, **values: object) -> Markup:
    """Return the form of a text that fits a count."""
    return Markup(visit.language().ngettext(one, many, n, **_safe(values)))  # noqa: S704 - every value is escaped


def _safe(values: dict[str, object]) -> dict[str, object]:
    return {name: value if type(value) is int else escape(value) for name, value in values.items()}


def number(value: int | float | Decimal) -> str:
    """Return a number as the reader writes it."""
    return visit.language().number(value)


def day(value: date) -> str:
    """Return a day, short."""
    return visit.language().short_date(value, year=value.year != visit.now().year)


def long_day(value: date) -> str:
    """Return a day with its weekday."""
    return visit.language().date(value)


def moment(value: datetime) -> str:
    """Return day and time in the store's time zone."""
    return visit.language().moment(value, visit.store().zone, year=value.year != visit.now().year)


def deadline(value: datetime) -> str:
    """Return an instant by which something is due; the midnight after a day is written as that day."""
    local = value.astimezone(visit.store().zone)
    if local.time() != time():
        return moment(value)
    return day((local - timedelta(days=1)).date())


def digits(value: object) -> str:
    """Return a value, its digits as the reader writes them, without grouping."""
    return visit.language().digits(value)


def case_name(number: int) -> Markup:
    """Return what a case is called everywhere: by its number, in the reader's digits."""
    return say(mark("case %(number)s"), number=digits(number))


def case_title(number: int) -> Markup:
    """Return what a case is called where a line begins with it."""
    return say(mark("Case %(number)s"), number=digits(number))


def return_name(number: int) -> Markup:
    """Return what a return is called within a line: by its number, in the reader's digits."""
    return say(mark("return %(number)s"), number=digits(number))


def return_title(number: int) -> Markup:
    """Return what a return is called where a line or a page begins with it."""
    return say(mark("Return %(number)s"), number=digits(number))


def language_name(tag: str) -> str:
    """Return what the reader calls a language."""
    reader = visit.language().tag.replace("-", "_")
    return Locale.parse(tag, sep="-").get_display_name(reader) or locales.get(tag).name


def clock(value: time) -> str:
    """Return a time of day."""
    return visit.language().time_of_day(value)


def figures(value: date) -> str:
    """Return a day in figures, as the reader types one in their calendar."""
    language = visit.language()
    return language.digits(numeric(value, language.calendar))


def iso(value: date | datetime) -> str:
    """Return a day or an instant for machines."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def register(app: Flask) -> None:
    """Give the templates these functions."""
    frame.register(app)
    app.jinja_env.globals.update(_=say, ngettext=ngettext, asset=assets.address, visit=visit)
    app.jinja_env.globals.update(case_name=case_name, case_title=case_title, return_title=return_title)
    app.jinja_env.filters.update(
        number=number, digits=digits, day=day, deadline=deadline, long_day=long_day, figures=figures
    )
    app.jinja_env.filters.update(moment=moment, clock=clock, iso=iso)
