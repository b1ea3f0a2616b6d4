"""Every way in which people write a day in English, Turkish and Persian is seen, and none is guessed in silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vefa import locales
from vefa.cases.dates import Found, find, unpromised
from vefa.promises.calendar import Calendar

TODAY = date(2026, 11, 22)  # a Sunday, the first of Azar 1405
D24, D27 = date(2026, 11, 24), date(2026, 11, 27)


def seen(
    text: str, language: str = "en", today: date = TODAY
) -> list[tuple[str, tuple[date, ...], str | None]]:
    return [(one.text, one.days, one.doubt) for one in find(text, today, language)]


@pytest.mark.parametrize(
    ("language", "text", "named"),
    [
        ("en", "It will reach you by 24 November.", "24 November"),
        ("en", "It will reach you by November 24th, 2026.", "November 24th, 2026"),
        ("en", "on the 24th of November", "24th of November"),
        ("en", "Nov. 24", "Nov. 24"),
        ("en", "24 Nov 2026", "24 Nov 2026"),
        ("en", "Tuesday, 24 November", "Tuesday, 24 November"),
        ("en", "24 November (Tuesday)", "24 November (Tuesday"),
        ("en", "until 2026-11-24", "2026-11-24"),
        ("en", "by 24.11.2026", "24.11.2026"),
        ("en", "by 24/11/26", "24/11/26"),
        ("en", "by 11/24/2026", "11/24/2026"),
        ("en", "by 24/11 at the latest", "24/11"),
        ("en", "We call on Tuesday", "Tuesday"),
        ("en", "the day after tomorrow", "the day after tomorrow"),
        ("en", "within two days", "within two days"),
        ("en", "in 48 hours", "in 48 hours"),
        ("tr", "24 Kasım'da elinizde olacak", "24 Kasım'da"),
        ("tr", "24 KASIM SALI günü", "24 KASIM SALI"),
        ("tr", "24 kasim 2026", "24 kasim 2026"),
        ("tr", "24 Kasıma kadar", "24 Kasıma"),
        ("tr", "Salıya kadar", "Salıya"),
        ("tr", "salı günü arayacağız", "salı"),
        ("tr", "24.11.2026 tarihinde", "24.11.2026"),
        ("tr", "en geç 24.11'de", "24.11"),
        ("tr", "24/11/2026", "24/11/2026"),
        ("tr", "2 gün içinde", "2 gün içinde"),
        ("tr", "iki gün sonra", "iki gün sonra"),
        ("tr", "Öbür gün arayalım", "Öbür gün"),
        ("fa", "تا سه‌شنبه ۳ آذر به دستتان می‌رسد", "سه‌شنبه ۳ آذر"),
        ("fa", "تا سه شنبه ۳ آذر ۱۴۰۵", "سه شنبه ۳ آذر ۱۴۰۵"),
        ("fa", "سوم آذرماه", "سوم آذرماه"),
        ("fa", "سوم آذر ماه سال ۱۴۰۵", "سوم آذر ماه سال ۱۴۰۵"),
        ("fa", "۲۴ نوامبر ۲۰۲۶", "۲۴ نوامبر ۲۰۲۶"),
        ("fa", "تاریخ ۱۴۰۵/۰۹/۰۳", "۱۴۰۵/۰۹/۰۳"),
        ("fa", "۳/۹/۱۴۰۵", "۳/۹/۱۴۰۵"),
        ("fa", "تا ۳/۹ خبر می‌دهیم", "۳/۹"),
        ("fa", "سه‌شنبه تماس می‌گیریم", "سه‌شنبه"),
        ("fa", "پس‌فردا", "پس‌فردا"),
        ("fa", "سه  شنبه", "سه  شنبه"),
        ("fa", "ظرف ۲ روز", "ظرف ۲ روز"),
        ("fa", "تا دو روز دیگر", "تا دو روز"),
    ],
)
def test_a_tuesday_in_november_is_seen_however_it_is_written(language: str, text: str, named: str) -> None:
    found = seen(text, language)
    assert [(one[0], one[1]) for one in found] == [(named, (D24,))]
    assert found[0][2] in (None, "hours")


@pytest.mark.parametrize(
    ("language", "text", "days", "doubt"),
    [
        ("en", "by 3/12/2026", (date(2026, 12, 3), date(2026, 3, 12)), "order"),
        ("tr", "3/12/2026", (date(2026, 12, 3),), None),
        ("en", "on Sunday", (TODAY, TODAY + timedelta(days=7)), "weekday"),
        ("en", "next Friday", (D27, D27 + timedelta(days=7)), "next"),
        ("tr", "önümüzdeki cuma", (D27, D27 + timedelta(days=7)), "next"),
        ("fa", "جمعهٔ آینده", (D27, D27 + timedelta(days=7)), "next"),
        ("en", "Monday 24 November", (D24,), "mismatch"),
        ("fa", "دوشنبه ۳ آذر", (D24,), "mismatch"),
        ("en", "31 November", (), "no_such_day"),
        ("fa", "۳۱ آذر ۱۴۰۵", (), "no_such_day"),
        ("en", "2026-13-01", (), "no_such_day"),
        ("en", "next week", (), "week"),
        ("tr", "haftaya", (), "week"),
        ("fa", "هفتهٔ آینده", (), "week"),
        ("en", "within 3 working days", (), "working_days"),
        ("tr", "3 iş günü içinde", (), "working_days"),
        ("fa", "ظرف ۳ روز کاری", (), "working_days"),
        ("en", "24 April", (date(2027, 4, 24), date(2026, 4, 24)), "year"),
        ("en", "5 January", (date(2027, 1, 5),), None),
        ("en", "3 November", (date(2026, 11, 3),), None),
        ("tr", "geçen cuma", (date(2026, 11, 20),), None),
        ("en", "29 February", (), "no_such_day"),
    ],
)
def test_what_may_mean_several_days_says_so(
    language: str, text: str, days: tuple[date, ...], doubt: str | None
) -> None:
    assert [(one[1], one[2]) for one in seen(text, language)] == [(days, doubt)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Order 1001-22 weighs 2.5 kg and costs 24.11 TL."),
        ("en", "You may 100 times march on; the second sun is bright."),
        ("en", "Version 1.2.3, 192.168.10.12, +90 555 111 22 33"),
        ("tr", "pazar yerinde, salıncakta, ocakta yemek, 3 ekmek"),
        ("fa", "ساعت ۵ می‌رسد، تیر خورد، مهربان"),
        ("en", ""),
    ],
)
def test_what_is_no_day_is_left_alone(language: str, text: str) -> None:
    assert seen(text, language) == []


def test_only_days_to_come_that_are_not_the_promised_one_are_pointed_out() -> None:
    text = "You ordered on 3 November. We write on Tuesday 24 November, and call on Friday or next week."
    assert [one.text for one in unpromised(text, TODAY, "en")] == [
        "Tuesday 24 November",
        "Friday",
        "next week",
    ]
    assert [one.text for one in unpromised(text, TODAY, "en", promised=D24)] == ["Friday", "next week"]
    assert unpromised("Thank you for your patience.", TODAY, "en") == []


def test_a_calendar_counts_working_days() -> None:
    calendar = Calendar(frozenset({5, 6}), frozenset())
    (found,) = find("3 iş günü içinde", TODAY, "tr", calendar)
    assert (found.days, found.doubt) == ((date(2026, 11, 25),), None)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789 ./-'آذرسه\u200cشنبه۳KasımİFriday,24novmay"), max_size=40))
def test_any_text_can_be_read_and_places_fit(text: str) -> None:
    before = 0
    for one in find(text, TODAY, "en"):
        assert before <= one.start < one.end <= len(text)
        assert one.text == text[one.start : one.end]
        assert one.days or one.doubt
        before = one.end


@settings(deadline=None)
@given(st.dates(TODAY, TODAY + timedelta(days=200)), st.sampled_from(["en", "tr", "fa"]))
def test_a_day_in_the_programs_own_words_is_read_as_that_day(day: date, tag: str) -> None:
    language = locales.get(tag)
    for written in (language.date(day), language.short_date(day, year=True)):
        assert [one.days for one in find(f"... {written} ...", TODAY, tag)] == [(day,)], written
    assert isinstance(find(language.date_both(day), TODAY, tag)[0], Found)
