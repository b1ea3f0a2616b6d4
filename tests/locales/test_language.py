from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from vefa import locales
from vefa.locales.catalogue import CatalogueError, read

DAY = date(2026, 11, 24)


def test_every_catalogue_is_a_language() -> None:
    assert {"en", "fa", "tr"} <= set(locales.languages())
    for tag in locales.languages():
        language = locales.get(tag)
        assert language.tag == tag and language.name
        assert language.direction in ("ltr", "rtl") and language.calendar in ("gregorian", "jalali")
        assert language.date_both(DAY) and language.money(Decimal(1), "EUR") and language.percent(0.5)


@pytest.mark.parametrize(
    ("tag", "found"), [("tr", "tr"), ("tr-TR", "tr"), ("fa_IR", "fa"), ("FA", "fa"), ("de", "en"), ("", "en")]
)
def test_get_falls_back_to_the_primary_subtag_and_to_english(tag: str, found: str) -> None:
    assert locales.get(tag).tag == found
    assert locales.get(tag) is locales.get(found)


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [
        ("tr", ("en", "tr"), "tr"),
        ("tr-TR", ("en", "tr"), "tr"),
        ("de;q=0.9, fa;q=0.8, en;q=0.1", ("en", "fa"), "fa"),
        ("en;q=0, tr;q=0.2", ("en", "tr"), "tr"),
        ("en;q=x", ("tr", "en"), "tr"),
        ("de", ("fa", "en"), "fa"),
        (None, ("tr", "en"), "tr"),
        (None, (), "en"),
    ],
)
def test_negotiate(wanted: str | None, offered: tuple[str, ...], chosen: str) -> None:
    assert locales.negotiate(wanted, offered) == chosen


@pytest.mark.parametrize(
    ("tag", "long", "both", "short", "with_year", "moment"),
    [
        (
            "en",
            "Tuesday 24 November 2026",
            "Tuesday 24 November 2026",
            "24 Nov",
            "24 Nov 2026",
            "24 Nov, 16:30",
        ),
        ("tr", "24 Kasım 2026 Salı", "24 Kasım 2026 Salı", "24 Kas", "24 Kas 2026", "24 Kas 16.30"),
        (
            "fa",
            "سه‌شنبه ۳ آذر ۱۴۰۵",
            "سه‌شنبه ۳ آذر ۱۴۰۵ (۲۴ نوامبر ۲۰۲۶)",
            "۳ آذر",
            "۳ آذر ۱۴۰۵",
            "۳ آذر، ۱۶:۳۰",
        ),
    ],
)
def test_days_and_times(tag: str, long: str, both: str, short: str, with_year: str, moment: str) -> None:
    language = locales.get(tag)
    assert (language.date(DAY), language.date_both(DAY)) == (long, both)
    assert (language.short_date(DAY), language.short_date(DAY, year=True)) == (short, with_year)
    assert language.moment(datetime(2026, 11, 24, 13, 30, tzinfo=UTC), ZoneInfo("Europe/Istanbul")) == moment


def test_a_moment_is_told_in_the_zone_it_is_asked_for() -> None:
    late = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert locales.get("en").moment(late, ZoneInfo("Asia/Tehran"), year=True) == "25 Nov 2026, 02:00"


@given(st.dates(date(1925, 1, 1), date(2120, 12, 31)))
def test_a_jalali_date_can_be_read_back(day: date) -> None:
    _, number, month, year = locales.get("fa").date(day).split(" ")
    names = [JalaliDate(1405, each, 1).strftime("%B", locale="fa") for each in range(1, 13)]
    assert JalaliDate(int(year), names.index(month) + 1, int(number)).to_gregorian() == day


@pytest.mark.parametrize(
    ("tag", "amount", "currency", "written"),
    [
        ("tr", "1249", "TRY", "1.249,00\u00a0TL"),
        ("tr", "-5.5", "EUR", "-5,50\u00a0€"),
        ("fa", "12450000", "IRR", "۱۲٬۴۵۰٬۰۰۰\u00a0ریال"),
        ("fa", "1245000", "IRT", "۱٬۲۴۵٬۰۰۰\u00a0تومان"),
        ("fa", "9.5", "SEK", "۹٫۵۰\u00a0\u2068SEK\u2069"),
        ("en", "1249", "USD", "$1,249.00"),
        ("en", "1249", "TRY", "TRY\u00a01,249.00"),
        ("en", "-3", "GBP", "-£3.00"),
        ("en", "1500", "JPY", "¥1,500"),
    ],
)
def test_money(tag: str, amount: str, currency: str, written: str) -> None:
    assert locales.get(tag).money(Decimal(amount), currency) == written


@pytest.mark.parametrize(
    ("tag", "number", "percent"),
    [("en", "12,450.5", "94.2%"), ("tr", "12.450,5", "%94,2"), ("fa", "۱۲٬۴۵۰٫۵", "۹۴٫۲٪")],
)
def test_numbers(tag: str, number: str, percent: str) -> None:
    assert locales.get(tag).number(Decimal("12450.5")) == number
    assert locales.get(tag).percent(0.942) == percent
    assert locales.get("fa").percent(0.71) == "۷۱٪"


@pytest.mark.parametrize(
    ("tag", "one", "many"),
    [
        ("en", "and one more item", "and 1,200 more items"),
        ("tr", "ve bir ürün daha", "ve 1.200 ürün daha"),
        ("fa", "و یک کالای دیگر", "و ۱٬۲۰۰ کالای دیگر"),
    ],
)
def test_plural_forms(tag: str, one: str, many: str) -> None:
    language = locales.get(tag)
    assert language.ngettext("and one more item", "and %(n)s more items", 1) == one
    assert language.ngettext("and one more item", "and %(n)s more items", 1200) == many


def test_an_unknown_text_stays_english_and_is_still_filled_in() -> None:
    assert locales.get("fa").gettext("%(n)s of 100%%", n=3) == "۳ of 100%"
    assert locales.get("tr").gettext("%(flag)s", flag=True) == "True"


@pytest.mark.parametrize(
    "content",
    [b'msgid "a"\nno keyword', b"\xff\xfe", b'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(;\\n"'],
)
def test_a_broken_catalogue_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "xx.po"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"xx\.po"):
        read(path)


def test_fuzzy_and_empty_translations_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "tr.po"
    head = 'msgid ""\nmsgstr "X-Name: T\\n"\n\n'
    path.write_text(
        head + '#, fuzzy\nmsgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr ""\n\nmsgid "d"\nmsgstr "e"\n'
    )
    assert dict(read(path).texts) == {"d": "e"}
