"""A language as the rest of the program sees it, and how one is chosen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import (
    format_decimal,
    format_percent,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
)

from vefa.locales import dates, text
from vefa.locales.catalogue import Catalogue, CatalogueError, mark, read
from vefa.locales.money import as_unit
from vefa.resources import catalogues

_FALLBACK = "en"
_DAY_AND_TIME = mark("%(day)s, %(time)s")
# Prices in toman are whole; ISO 4217 does not know the unit, so CLDR would give it two decimals.
_PRECISION = {"IRT": 0, "IRR": 0}


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: ``direction`` is ltr or rtl, ``calendar`` gregorian or jalali, ``numerals`` a CLDR system."""

    tag: str
    name: str
    direction: str
    calendar: str
    numerals: str
    catalogue: Catalogue = field(repr=False)

    def gettext(self, msgid: str, **values: object) -> str:
        """Return the translation, else the English text, with ``%(name)s`` filled in and ``%%`` made ``%``.

        Whole numbers among the values are written as the language writes them.
        """
        found = self.catalogue.texts.get(msgid, msgid)
        return (found if isinstance(found, str) else found[0]) % self._written(values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the form for a count, which is also the value ``%(n)s`` unless another is given."""
        forms = self.catalogue.texts.get(one)
        english = one if n == 1 else many
        form = forms[self.catalogue.plural(n)] if isinstance(forms, tuple) else english
        return form % self._written({"n": n, **values})

    def _written(self, values: Mapping[str, object]) -> dict[str, object]:
        return {key: self.number(value) if type(value) is int else value for key, value in values.items()}

    def digits(self, value: object) -> str:
        """Return the value as text, its Latin digits in the language's own."""
        return text.to_digits(str(value), self.numerals)

    def number(self, n: int | float | Decimal) -> str:
        """Return a number with the language's digits, grouping and decimal mark."""
        return self.digits(format_decimal(n, locale=self.tag, numbering_system="default"))

    def percent(self, share: float | Decimal) -> str:
        """Return a share (0.942) as a percentage with at most one decimal."""
        pattern = Locale.parse(self.tag).percent_formats[None].pattern.replace("#,##0", "#,##0.#")
        written = format_percent(share, pattern, locale=self.tag, numbering_system="default")
        return self.digits(written if self.numerals == "latn" else written.replace("%", "٪"))

    def money(self, amount: Decimal, currency: str, unit: str | None = None) -> str:
        """Return an amount in an ISO 4217 currency (or IRT, toman), with the sign and order the language uses.

        ``unit`` is the one in which amounts of the same currency are to be shown: toman in place of rial.
        """
        amount, currency = as_unit(amount, currency, unit)
        places = _PRECISION.get(currency, get_currency_precision(currency))
        pattern = "#,##0." + "0" * places if places else "#,##0"
        number = self.digits(format_decimal(amount, pattern, self.tag, numbering_system="default"))
        sign = self._currencies().get(currency) or get_currency_symbol(currency, locale=self.tag)
        if self._property("x-currency-position", "before") == "after":
            return f"{number}\u00a0{text.isolate(sign, self.direction)}"
        minus, number = ("-", number[1:]) if number.startswith("-") else ("", number)
        return f"{minus}{sign}\u00a0{number}" if sign[-1].isalpha() else f"{minus}{sign}{number}"

    def currency(self, code: str) -> str:
        """Return what a currency is called, by the sign of its amounts where the language writes that as a word."""
        return self._currencies().get(code) or get_currency_name(code, locale=self.tag)

    def _currencies(self) -> dict[str, str]:
        pairs = (entry.partition("=") for entry in self._property("x-currencies", "").split(","))
        return {code.strip(): sign.strip() for code, _, sign in pairs}

    def date(self, day: datetime.date) -> str:
        """Return a day, long and with its weekday, in the language's calendar."""
        if self.calendar == "jalali":
            return self.digits(dates.jalali(day, self.tag))
        return self.digits(dates.gregorian(day, self._property("x-date", "full"), self.tag))

    def date_both(self, day: datetime.date) -> str:
        """Return the long day, with the Gregorian day in brackets where the calendar is another."""
        if self.calendar == "gregorian":
            return self.date(day)
        return f"{self.date(day)} ({self.digits(dates.gregorian_beside(day, self.tag))})"

    def short_date(self, day: datetime.date, *, year: bool = False) -> str:
        """Return a day, short, for tables; with the year if wanted."""
        if self.calendar == "jalali":
            return self.digits(dates.jalali_short(day, year=year))
        pattern = self._property("x-short-date", "d MMM") + (" y" if year else "")
        return self.digits(dates.gregorian(day, pattern, self.tag))

    def moment(self, at: datetime.datetime, zone: datetime.tzinfo, *, year: bool = False) -> str:
        """Return an aware moment as short day and time in the zone."""
        local = at.astimezone(zone)
        day = self.short_date(local.date(), year=year)
        return self.gettext(_DAY_AND_TIME, day=day, time=self.time_of_day(local.time()))

    def time_of_day(self, at: datetime.time) -> str:
        """Return a time of day, to the minute."""
        return self.digits(dates.clock_time(at, self._property("x-time", "short"), self.tag))

    def fold(self, value: str) -> str:
        """Return the form under which a text is searched and matched; the same in every language."""
        return text.fold(value)

    def isolate(self, value: str) -> str:
        """Return a text for plain prose, the runs written against the language's direction isolated."""
        return text.isolate(value, self.direction)

    def _property(self, name: str, default: str) -> str:
        return self.catalogue.header.get(name, default)


@cache
def languages() -> tuple[str, ...]:
    """Return the tags of all catalogues, sorted."""
    return tuple(sorted(path.stem for path in catalogues().glob("*.po")))


def get(tag: str) -> Language:
    """Return the language of a BCP 47 tag, else of its primary subtag, else English. Raises CatalogueError."""
    return _load(tag if tag in languages() else negotiate(tag, (_FALLBACK, *languages())))


@cache
def _load(tag: str) -> Language:
    catalogue = read(catalogues() / f"{tag}.po")
    try:
        name, direction, calendar, numerals = (
            catalogue.header[field] for field in ("x-name", "x-direction", "x-calendar", "x-digits")
        )
    except KeyError as error:
        raise CatalogueError(f"The catalogue {tag}.po lacks the header field {error.args[0]}.") from error
    return Language(tag, name, direction, calendar, numerals, catalogue)


def negotiate(wanted: str | None, offered: Sequence[str]) -> str:
    """Return the offered tag that fits best what is wanted: a tag, or the value of an Accept-Language header.

    Where nothing fits it is the first one offered; without an offer it is English.
    """
    by_fold = {_plain(tag): tag for tag in reversed(offered)}
    for tag in _by_preference(wanted or ""):
        if found := by_fold.get(tag) or by_fold.get(tag.split("-")[0]):
            return found
    return offered[0] if offered else _FALLBACK


def _plain(tag: str) -> str:
    return tag.strip().replace("_", "-").lower()


def _by_preference(header: str) -> list[str]:
    """Return the tags of a header, the most wanted first; a tag refused with q=0 or unreadable is left out."""
    weighed = []
    for entry in header.split(","):
        tag, _, parameter = entry.partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0:
            weighed.append((-weight, _plain(tag)))
    return [tag for _, tag in sorted(weighed, key=lambda entry: entry[0])]
