"""Days and amounts are read as people in three countries write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.imports.values import Reader, ValueFaultError, read_amount, read_count, read_when, reads_day_first

ISTANBUL = Reader(ZoneInfo("Europe/Istanbul"))
AMERICAN = Reader(ZoneInfo("America/New_York"), day_first=False)
DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-21", DAY),
        ("2026-11-21T14:05:00+03:00", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("2026-11-21 11:05:09.123 UTC", datetime(2026, 11, 21, 11, 5, 9, tzinfo=UTC)),
        ("2026-11-21T14:05:00Z", datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
        ("21.11.2026 14:05", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("21/11/2026", DAY),
        ("21-11-26", DAY),
        ("21.11.2026 - 02:05 PM", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("21 Kasım 2026", DAY),
        ("21 kas 2026 14:05", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("Nov 21, 2026", DAY),
        ("۱۴۰۵/۰۸/۳۰", DAY),
        ("۱۴۰۵/۰۸/۳۰ ۱۴:۰۵", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("30-08-1405", DAY),
        ("46347", DAY),
        ("46347.5868055556", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("1795259100", datetime(2026, 11, 21, 11, 5, tzinfo=UTC)),
        ("\u200e21.11.2026\u200f", DAY),
        ("-", None),
        ("0000-00-00 00:00:00", None),
        ("yok", None),
    ],
)
def test_a_day_or_an_instant_is_read(text: str, found: date | None) -> None:
    assert read_when(text, ISTANBUL) == found


@pytest.mark.parametrize(
    "text",
    ["31.11.2026", "11/21/2026", "21.13.2026", "soon", "25:00", "1405/13/01", "21.11.2026 25:61", "99999"],
)
def test_what_is_no_day_is_a_fault(text: str) -> None:
    with pytest.raises(ValueFaultError, match="not_a_day"):
        read_when(text, ISTANBUL)


def test_the_country_decides_what_comes_first_unless_the_values_do() -> None:
    assert read_when("11/21/2026", AMERICAN) == DAY
    assert reads_day_first(["03/04/2026"], "US") is False
    assert reads_day_first(["03/04/2026"], "TR") is True
    assert reads_day_first(["03/04/2026", "21/11/2026"], "US") is True
    assert reads_day_first(["03/04/2026", "11/21/2026"], "TR") is False


def test_days_may_count_from_1904() -> None:
    assert read_when("44885", Reader(ZoneInfo("UTC"), from_1904=True)) == DAY


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.234,56 ₺", ("1234.56", "TRY", 1)),
        ("1,234.56", ("1234.56", None, 1)),
        ("1234,5", ("1234.5", None, 1)),
        ("1.234", ("1234", None, 1)),
        ("0.500", ("0.500", None, 1)),
        ("12.345.678", ("12345678", None, 1)),
        ("₺ 99,90", ("99.90", "TRY", 1)),
        ("99.90 TL", ("99.90", "TRY", 1)),
        ("۱۲۳٬۴۵۶ تومان", ("1234560", "IRR", 10)),
        ("۱۲۳۴۵۶ ریال", ("123456", "IRR", 1)),
        ("$1,000.00", ("1000.00", "USD", 1)),
        ("1 234,00 EUR", ("1234.00", "EUR", 1)),
        ("-5", ("-5", None, 1)),
        ("", (None, None, 1)),
        ("--", (None, None, 1)),
        ("0", ("0", None, 1)),
    ],
)
def test_an_amount_is_read_with_its_currency(text: str, found: tuple[str | None, Any, int]) -> None:
    amount, currency, worth = found
    assert read_amount(text) == (None if amount is None else Decimal(amount), currency, worth)


@pytest.mark.parametrize("text", ["x", "1.2.3,4,5", "12 zorkmids", "1,23,456", "(", "5 TL 6"])
def test_what_is_no_amount_is_a_fault(text: str) -> None:
    with pytest.raises(ValueFaultError):
        read_amount(text)


def test_pieces_are_whole() -> None:
    assert read_count("2.00") == 2 and read_count("۳") == 3
    for text in ("1,5", "-1", "9999999"):
        with pytest.raises(ValueFaultError):
            read_count(text)


@given(st.text(max_size=60))
def test_no_text_is_an_accident(text: str) -> None:
    for reader in (lambda: read_when(text, ISTANBUL), lambda: read_amount(text), lambda: read_count(text)):
        try:
            reader()
        except ValueFaultError:
            continue


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d"]),
)
def test_a_day_that_was_written_is_read_back(day: date, form: str) -> None:
    assert read_when(day.strftime(form), ISTANBUL) == day
