"""Reads one row by the meaning of its columns: its values, and what cannot be read, by row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from babel import Locale

from vefa.customers.phone import to_e164
from vefa.imports import values
from vefa.imports.bounds import LONGEST_CELL
from vefa.imports.fields import AMOUNTS, DUES, MOMENTS, Field, cells_of
from vefa.imports.statuses import is_on_delivery, state_of
from vefa.imports.terms import SHOWN, Issue, Terms
from vefa.imports.values import ValueFaultError
from vefa.locales import fold

EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s.,;<>]+(?:\.[^@\s.,;<>]+)+")
LONGEST: Mapping[Field, int] = {
    Field.NUMBER: 80, Field.SERVICE: 200, Field.CARRIER: 80, Field.TRACKING: 120, Field.NAME: 300,
    Field.FIRST_NAME: 150, Field.LAST_NAME: 150, Field.EMAIL: 320, Field.REGION: 60, Field.CITY: 120,
    Field.POSTAL_CODE: 20, Field.MARKETPLACE: 80, Field.TITLE: 500, Field.SKU: 200, Field.STATUS: 60,
    Field.PAYMENT: 80,
}  # fmt: skip
DAY = timedelta(days=1)
# Whose orders a shop merely packs: its customers are the marketplace's, and are never written to.
MARKETPLACES = re.compile(
    "trendyol|hepsiburada|n11|amazon|ciceksepeti|pazarama|pttavm|epttavm|idefix|morhipo|gittigidiyor|teknosa|koctas"
    "|lcwaikiki|boyner|modanisa|ebay|etsy|allegro|zalando|bol\\.com|cdiscount|emag|kaufland|walmart|temu|shein"
    "|aliexpress|mercadolivre|mercadolibre|ozon|wildberries|yandexmarket|digikala|دیجی|basalam|باسلام|snappshop"
    "|اسنپ|torob|ترب|emalls|ایمالز"
)


@dataclass(slots=True)
class Row:
    """A row as read."""

    number: int
    values: dict[Field, Any] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        """Whether something in it keeps it from being taken."""
        return any(issue.fatal for issue in self.issues)

    def fault(self, field: Field | None, code: str, text: str = "", *, fatal: bool = True) -> None:
        """Say what is wrong with a cell."""
        self.issues.append(Issue(self.number, field, code, text[:SHOWN], fatal))


def read_row(number: int, cells: Sequence[str], terms: Terms) -> Row:
    """Read a row; whatever stands in it, what cannot be read becomes an issue."""
    row = Row(number)
    for meaning, text in cells_of(terms.meaning.columns, cells).items():
        if len(text) > LONGEST_CELL:
            row.fault(meaning, "too_long", text)
            continue
        try:
            value = _value(meaning, text, row, terms)
        except ValueFaultError as error:
            row.fault(meaning, error.code, text)
            continue
        if value is not None:
            row.values[meaning] = value
    if not row.values.get(Field.NUMBER) and not row.is_faulty:
        row.fault(Field.NUMBER, "missing")
    return row


def _value(meaning: Field, text: str, row: Row, terms: Terms) -> Any:
    if meaning in MOMENTS:
        return _past(values.read_when(text, terms.reader), terms)
    if meaning in DUES:
        return values.read_when(text, terms.reader)
    if meaning in AMOUNTS:
        return _amount(meaning, text, row)
    if meaning is Field.QUANTITY:
        return values.read_count(text)
    if values.is_nothing(text) and meaning is not Field.NUMBER:
        return None
    if reader := _READERS.get(meaning):
        return reader(text, row, terms)
    plain = " ".join(text.split())
    if len(plain) > LONGEST.get(meaning, LONGEST_CELL):
        raise ValueFaultError("too_long")
    return plain


def _past(told: date | datetime | None, terms: Terms) -> date | datetime | None:
    """Refuse what cannot have happened by the instant that the file tells of."""
    if told is None:
        return None
    begins = told if isinstance(told, datetime) else datetime.combine(told, time(), terms.store.zone)
    if begins.astimezone(UTC) > terms.as_of + DAY:
        raise ValueFaultError("in_the_future")
    if begins.year < 2000:
        raise ValueFaultError("too_long_ago")
    return told


def _amount(meaning: Field, text: str, row: Row) -> Any:
    amount, currency, worth = values.read_amount(text)
    if amount is None:
        return None
    if amount < 0:
        raise ValueFaultError("negative")
    if currency is not None and meaning is Field.TOTAL:
        row.values.setdefault(Field.CURRENCY, (currency, 1))
    # An amount that names no unit is in the one that the currency's column, or the person, names.
    return amount if currency is not None or worth != 1 else _Bare(amount)


@dataclass(frozen=True, slots=True)
class _Bare:
    """An amount whose unit stands elsewhere."""

    amount: Any


def amount_of(row: Mapping[Field, Any], meaning: Field, terms: Terms) -> Any:
    """Return an amount in the currency of ``currency_of``, or None."""
    found = row.get(meaning)
    if not isinstance(found, _Bare):
        return found
    told = row.get(Field.CURRENCY)
    worth = told[1] if told else 10 if terms.meaning.options.toman else 1
    return found.amount * worth


def currency_of(row: Mapping[Field, Any], terms: Terms) -> str | None:
    """Return the currency of a row's amounts: as it says, else the store's."""
    told = row.get(Field.CURRENCY)
    if told:
        return str(told[0])
    return "IRR" if terms.meaning.options.toman else terms.store.currency


def _number(text: str, _row: Row, _terms: Terms) -> str | None:
    plain = values.latin(text)
    if len(plain) > LONGEST[Field.NUMBER]:
        raise ValueFaultError("too_long")
    return plain or None


def _currency(text: str, row: Row, _terms: Terms) -> Any:
    told = values.currency_of(text)
    known = row.values.get(Field.CURRENCY)
    if known and known[0] != told[0]:
        raise ValueFaultError("other_currency")
    return told


def _email(text: str, row: Row, _terms: Terms) -> str | None:
    if not EMAIL.fullmatch(text) or len(text) > LONGEST[Field.EMAIL]:
        row.fault(Field.EMAIL, "not_an_email", text, fatal=False)
        return None
    return text


def _phone(text: str, row: Row, terms: Terms) -> str | None:
    plain = values.latin(text)
    found = to_e164(plain, terms.store.country) or to_e164(f"+{plain}", None)
    if found is None:
        row.fault(Field.PHONE, "not_a_phone", text, fatal=False)
    return found


@cache
def _countries() -> dict[str, str]:
    """Return countries by their folded names in Turkish, Persian and English."""
    return {
        fold(name): code
        for tag in ("en", "tr", "fa")
        for code, name in Locale.parse(tag).territories.items()
        if len(code) == 2 and code.isalpha()
    }


def _country(text: str, row: Row, _terms: Terms) -> str | None:
    code = text.upper()
    found = code if code in _countries().values() else _countries().get(fold(text))
    if found is None:
        row.fault(Field.COUNTRY, "unknown_country", text, fatal=False)
    return found


def _status(text: str, row: Row, terms: Terms) -> Any:
    plain = " ".join(text.split())[: LONGEST[Field.STATUS]]
    state = state_of(plain, {**terms.store.status_map, **terms.meaning.words})
    if state is None:
        row.fault(Field.STATUS, "unknown_status", plain, fatal=False)
    return plain, state


def _payment(text: str, _row: Row, _terms: Terms) -> bool:
    return is_on_delivery(text)


def _marketplace(text: str, _row: Row, _terms: Terms) -> str | None:
    plain = fold(text).replace(" ", "")
    return " ".join(text.split())[: LONGEST[Field.MARKETPLACE]] if MARKETPLACES.search(plain) else None


_READERS: Mapping[Field, Any] = {
    Field.NUMBER: _number,
    Field.CURRENCY: _currency,
    Field.EMAIL: _email,
    Field.PHONE: _phone,
    Field.COUNTRY: _country,
    Field.STATUS: _status,
    Field.PAYMENT: _payment,
    Field.MARKETPLACE: _marketplace,
}
