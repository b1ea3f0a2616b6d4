"""The words by which people name days in English, Turkish and Persian, folded letter by letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_ALIKE = {
    "İ": "i",
    "I": "i",
    "ı": "i",
    "\u200c": " ",
    "\u0654": " ",
    "’": "'",
    "آ": "ا",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    "ي": "ی",
    "ى": "ی",
    "ئ": "ی",
    "ك": "ک",
    "ة": "ه",
    "ۀ": "ه",
}


def plain(text: str) -> str:
    """Fold a text letter by letter, so that places in it stay what they were."""
    return "".join(_letter(letter) for letter in text)


def _letter(letter: str) -> str:
    if letter in _ALIKE:
        return _ALIKE[letter]
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    return unicodedata.normalize("NFKD", letter.lower())[:1] or letter


def _months(*names: str) -> dict[str, int]:
    """Return the numbers of names: twelve of them, forms of one month parted by a stroke."""
    return {plain(form): n for n, forms in enumerate(names, 1) for form in forms.split("|")}


ENGLISH = _months(
    "january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug",
    "september|sept|sep", "october|oct", "november|nov", "december|dec",
)  # fmt: skip
TURKISH = _months(
    "ocak|oca", "şubat|şub", "mart|mar", "nisan|nis", "mayıs|may", "haziran|haz",
    "temmuz|tem", "ağustos|ağu", "eylül|eyl", "ekim|eki", "kasım|kas", "aralık|ara",
)  # fmt: skip
# "می" is left out: it begins half of all Persian verbs.
PERSIAN_GREGORIAN = _months(
    "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه|جولای", "اوت|آگوست",
    "سپتامبر", "اکتبر", "نوامبر", "دسامبر",
)  # fmt: skip
JALALI = _months(
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
ORDINALS = {
    plain(name): n
    for n, names in enumerate(
        (
            "یکم|اول", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم", "هشتم", "نهم", "دهم", "یازدهم", "دوازدهم",
            "سیزدهم", "چهاردهم", "پانزدهم", "شانزدهم", "هفدهم", "هجدهم", "نوزدهم", "بیستم", "بیست و یکم",
            "بیست و دوم", "بیست و سوم", "بیست و چهارم", "بیست و پنجم", "بیست و ششم", "بیست و هفتم",
            "بیست و هشتم", "بیست و نهم", "سی ام|سیم", "سی و یکم",
        ),
        1,
    )
    for name in names.split("|")
}  # fmt: skip
WEEKDAYS = {
    plain(form): n
    for n, forms in enumerate(
        (
            "monday|pazartesi|دو شنبه|دوشنبه", "tuesday|salı|سه شنبه|سهشنبه",
            "wednesday|çarşamba|چهار شنبه|چهارشنبه", "thursday|perşembe|پنج شنبه|پنجشنبه",
            "friday|cuma|جمعه", "saturday|cumartesi|شنبه", "sunday|pazar|یک شنبه|یکشنبه",
        )
    )
    for form in forms.split("|")
}  # fmt: skip
NUMBERS = {
    plain(name): n
    for n, names in enumerate(
        (
            "a|an|one|bir|یک", "two|iki|دو", "three|üç|سه", "four|dört|چهار", "five|beş|پنج", "six|altı|شش",
            "seven|yedi|هفت", "eight|sekiz|هشت", "nine|dokuz|نه", "ten|on|ده",
        ),
        1,
    )
    for name in names.split("|")
}  # fmt: skip
RELATIVE: Mapping[str, int] = {
    plain(name): days
    for name, days in {
        "today": 0, "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
        "bugün": 0, "bu akşam": 0, "yarın": 1, "öbür gün": 2, "yarından sonra": 2,
        "امروز": 0, "امشب": 0, "فردا": 1, "پس فردا": 2, "پسفردا": 2,
    }.items()
}  # fmt: skip
WEEK = tuple(
    map(
        plain,
        (
            "this week", "next week", "bu hafta", "gelecek hafta", "önümüzdeki hafta", "haftaya",
            "این هفته", "هفته آینده", "هفته بعد",
        ),
    )
)  # fmt: skip
NEXT = tuple(map(plain, ("next", "gelecek", "önümüzdeki", "haftaya", "آینده", "بعد", "بعدی")))
LAST = tuple(map(plain, ("last", "geçen", "geçtiğimiz", "گذشته", "پیش", "قبل")))
# What Turkish puts behind a name.
SUFFIX = r"(?:'?(?:y?[ae]|[dt][ae]n?|y?[iu]|n?[iu]n|ki))?"


def one_of(names: Iterable[str]) -> str:
    """Return a pattern for any of these names, the longest first."""
    longest_first = sorted(names, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first) + ")"


def known(names: Mapping[str, int], found: str) -> int:
    """Return the number of a name that a pattern of ``one_of`` found, however wide its blanks are."""
    return names[" ".join(found.split())]
