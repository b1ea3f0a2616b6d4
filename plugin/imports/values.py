"""Reads days, instants and amounts as people and programs write them in Turkish, Persian and English tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from vefa.locales import fold
from vefa.locales.dates import from_jalali

YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?!\d)")
YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
BY_NAME = re.compile(r"(?:(\d{1,2})\.? +([^\W\d_]+)\.?|([^\W\d_]+)\.? +(\d{1,2})),? +(\d{4})(?!\d)")
CLOCK = re.compile(
    r"(?:[T,]\s*|\s+-?\s*)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*([^\W\d_]{1,2}\.?[^\W\d_]?\.?)??\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
SERIAL = re.compile(r"(\d{5})(?:\.(\d{1,12}))?")
STAMP = re.compile(r"\d{10}|\d{13}")
JALALI_YEARS = range(1300, 1500)
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
COUNT_FROM, COUNT_FROM_1904 = date(1899, 12, 30), date(1904, 1, 1)
NOTHING = frozenset({"", "-", "--", "—", "0", "null", "none", "n/a", "nan", "yok", "ندارد", "nat"})
ZEROES = re.compile(r"[0\s:./-]+")
AFTERNOON = frozenset({"pm", "p", "os", "بظ", "ب"})
MORNING = frozenset({"am", "a", "oo", "قظ", "ق"})
MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW"})
LONGEST_AMOUNT = 40
# A number whose thousands are grouped, or not.
RUN = re.compile(r"\d[\d.,'’ ]*")
GROUPED = re.compile(r"\d*|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+")

CURRENCIES: Mapping[str, tuple[str, int]] = {
    "₺": ("TRY", 1), "tl": ("TRY", 1), "try": ("TRY", 1), "ytl": ("TRY", 1), "turk lirasi": ("TRY", 1),
    "تومان": ("IRR", 10), "toman": ("IRR", 10), "tuman": ("IRR", 10), "irt": ("IRR", 10), "ت": ("IRR", 10),
    "ریال": ("IRR", 1), "﷼": ("IRR", 1), "rial": ("IRR", 1), "irr": ("IRR", 1),
    "irht": ("IRR", 10_000), "irhr": ("IRR", 1_000), "هزار تومان": ("IRR", 10_000), "هزار ریال": ("IRR", 1_000),
    "$": ("USD", 1), "€": ("EUR", 1), "£": ("GBP", 1), "usd": ("USD", 1), "eur": ("EUR", 1), "gbp": ("GBP", 1),
    "euro": ("EUR", 1), "dolar": ("USD", 1), "r$": ("BRL", 1),
}  # fmt: skip


class ValueFaultError(ValueError):
    """A value that cannot be read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reader:
    """How this table's values are read: the store's zone, the order of day and month, and where days count from."""

    zone: ZoneInfo
    day_first: bool = True
    from_1904: bool = False


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is no value."""
    return fold(text) in NOTHING


def latin(text: str) -> str:
    """Return a text with digits of every script as 0 to 9, and without marks of direction."""
    kept = (mark for mark in text if unicodedata.category(mark) != "Cf")
    digits = ((mark, unicodedata.decimal(mark, None)) for mark in kept)
    plain = "".join(mark if digit is None else str(digit) for mark, digit in digits)
    return " ".join(plain.split())


def read_when(text: str, reader: Reader) -> date | datetime | None:
    """Read a day, or an aware instant; None for a cell that says nothing. Raises ``ValueFaultError``."""
    plain = latin(text)
    if is_nothing(plain) or ZEROES.fullmatch(plain):
        return None
    try:
        if STAMP.fullmatch(plain):
            return datetime.fromtimestamp(int(plain[:10]), UTC)
        if serial := SERIAL.fullmatch(plain):
            return _from_serial(plain, int(serial[1]), reader)
        day, rest = _day(plain, reader)
        return _with_clock(day, rest, reader.zone)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueFaultError("not_a_day") from error


def _from_serial(plain: str, days: int, reader: Reader) -> date | datetime:
    """Read the number under which workbooks keep an instant: days, and the part of the day."""
    if not FIRST_SERIAL <= days <= LAST_SERIAL:
        raise ValueError(plain)
    day = (COUNT_FROM_1904 if reader.from_1904 else COUNT_FROM) + timedelta(days=days)
    seconds = round(float(plain) % 1 * 86_400)
    if not seconds:
        return day
    local = datetime.combine(day, time(), reader.zone) + timedelta(seconds=seconds)
    return local.astimezone(UTC)


def _day(plain: str, reader: Reader) -> tuple[date, str]:
    """Return the day that a text begins with, and what follows it."""
    if found := YEAR_FIRST.match(plain):
        return _date(*(int(part) for part in found.groups())), plain[found.end() :]
    if found := YEAR_LAST.match(plain):
        one, mark, other, year = found.groups()
        day, month = (int(one), int(other)) if reader.day_first or mark == "." else (int(other), int(one))
        return _date(int(year) if len(year) == 4 else 2000 + int(year), month, day), plain[found.end() :]
    if found := BY_NAME.match(plain):
        month = _months()[fold(found[2] or found[3])[:3]]
        return _date(int(found[5]), month, int(found[1] or found[4])), plain[found.end() :]
    raise ValueError(plain)


def _date(year: int, month: int, day: int) -> date:
    return from_jalali(year, month, day) if year in JALALI_YEARS else date(year, month, day)


@cache
def _months() -> Mapping[str, int]:
    """Return the months of English and Turkish by the first three letters of their folded names."""

    class Known(dict[str, int]):
        def __missing__(self, name: str) -> int:
            raise ValueError(name)

    names = ((tag, get_month_names("wide", locale=tag)) for tag in ("en", "tr"))
    return Known({fold(name)[:3]: month for _, found in names for month, name in found.items()})


def _with_clock(day: date, rest: str, zone: ZoneInfo) -> date | datetime:
    if not rest.strip():
        return day
    found = CLOCK.fullmatch(rest)
    if not found:
        raise ValueError(rest)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = fold(found[4] or "").replace(".", "")
    if half and half not in AFTERNOON | MORNING:
        raise ValueError(rest)
    if half in AFTERNOON and hour < 12:
        hour += 12
    elif half in MORNING and hour == 12:
        hour = 0
    local = datetime.combine(day, time(hour, minute, second), _zone(found[5]) or zone)
    return local.astimezone(UTC)


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    offset = "+00:00" if text in ("Z", "UTC", "GMT") else text
    return datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo


def reads_day_first(texts: list[str], country: str | None) -> bool:
    """Say whether days are written before months: as the values themselves show, else as the country does."""
    for text in texts:
        found = YEAR_LAST.match(latin(text))
        if found and found[2] != "." and max(int(found[1]), int(found[3])) > 12:
            return int(found[1]) > 12
    return country not in MONTH_FIRST


def read_amount(text: str) -> tuple[Decimal | None, str | None, int]:
    """Read an amount: the number, its currency if the text names one, and what a unit of it is worth in that.

    Raises ``ValueFaultError``.
    """
    plain = latin(text).replace("٫", ".").replace("٬", ",")
    number = "".join(mark for mark in plain if mark.isdigit() or mark in ".,-()")
    words = fold(re.sub(r"[\d.,()\-+'’\s]+", " ", plain)).strip()
    runs = RUN.findall(plain)
    if not runs and (is_nothing(plain) or not (number or words)):
        return None, None, 1
    if len(runs) != 1:
        raise ValueFaultError("not_an_amount")
    currency, worth = currency_of(words) if words else (None, 1)
    negative = number.startswith(("-", "(")) or number.endswith("-")
    digits = number.strip("-()").rstrip(".,")
    try:
        value = Decimal(_with_point(digits))
    except InvalidOperation as error:
        raise ValueFaultError("not_an_amount") from error
    if len(digits) > LONGEST_AMOUNT:
        raise ValueFaultError("not_an_amount")
    return (-value if negative else value) * worth, currency, worth


def _with_point(digits: str) -> str:
    """Return a number with a point before its fraction alone: the last mark, unless it groups thousands."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits
    mark, before, after = digits[last], digits[:last], digits[last + 1 :]
    both = "." in digits and "," in digits
    groups = digits.count(mark) > 1 or (len(after) == 3 and before not in ("", "0") and not both)
    if not GROUPED.fullmatch(digits if groups else before):
        raise ValueFaultError("not_an_amount")
    whole = before.replace(".", "").replace(",", "")
    return whole + after if groups else f"{whole or '0'}.{after}"


def currency_of(text: str) -> tuple[str, int]:
    """Return the ISO 4217 code of a currency and what the unit is worth in it; raises ``ValueFaultError``."""
    plain = fold(text).strip(" .")
    if found := CURRENCIES.get(plain):
        return found
    if re.fullmatch("[a-z]{3}", plain):
        return plain.upper(), 1
    raise ValueFaultError("unknown_currency")


def read_count(text: str) -> int | None:
    """Read a number of pieces, 0 to 1,000,000; raises ``ValueFaultError``."""
    number, _, _ = read_amount(text)
    if number is None:
        return None
    if number != number.to_integral_value() or not 0 <= number <= 1_000_000:
        raise ValueFaultError("not_a_count")
    return int(number)
