"""Text in several scripts: folding for search, digits, and the isolation of foreign runs."""

from __future__ import annotations

import re
import unicodedata

# Letters that are one to a reader and several to a computer. The rest is left to Unicode's own decomposition.
_ALIKE = str.maketrans(
    {"ı": "i", "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ٱ": "ا", "ـ": None}
)
_DIGITS = {"latn": "0123456789", "arabext": "۰۱۲۳۴۵۶۷۸۹", "arab": "٠١٢٣٤٥٦٧٨٩"}

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_LTR_CORE = "A-Za-z0-9\u00c0-\u024f"
_ISOLATED = "[\u2066-\u2068][^\u2069]*\u2069"
_LTR_RUN = re.compile(f"{_ISOLATED}|[#+@]?[{_LTR_CORE}](?:[^{_RTL}\u2066-\u2069\r\n]*[{_LTR_CORE}])?")
_RTL_RUN = re.compile(f"{_ISOLATED}|[{_RTL}](?:[^{_LTR_CORE}\u2066-\u2069\r\n]*[{_RTL}])?")


def fold(text: str) -> str:
    """Return the form of a text under which it is searched and matched, the same in every language.

    Case, accents, Turkish dotted and dotless i, Arabic and Persian forms of one letter, vowel marks, zero-width
    characters and the script of digits make no difference; runs of white space become one blank.
    """
    for _ in range(2):  # folding case can yield letters that decompose once more
        text = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    kept = (
        _latin_digit(letter) for letter in unicodedata.normalize("NFKD", text) if _carries_meaning(letter)
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _carries_meaning(letter: str) -> bool:
    # Combining classes up to 9 are letters' own parts in Indic scripts and kana, not accents.
    return unicodedata.category(letter) != "Cf" and unicodedata.combining(letter) <= 9


def _latin_digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def fold_email(address: str) -> str:
    """Return an e-mail address as it is compared: lower case, Latin digits, without blanks around it."""
    plain = unicodedata.normalize("NFKC", address).replace("İ", "i").strip().lower()
    return "".join(_latin_digit(letter) for letter in plain if unicodedata.category(letter) != "Cf")


def fold_phone(number: str) -> str:
    """Return the last ten digits of a phone number, in Latin digits, as it is compared.

    Ten digits tell numbers apart in Turkey, Iran, Britain and North America, whether written with a country
    code, with a leading zero or with neither.
    """
    return "".join(str(unicodedata.decimal(letter)) for letter in number if letter.isdecimal())[-10:]


def to_digits(text: str, system: str) -> str:
    """Return the text with its Latin digits written in a CLDR numbering system: latn, arabext or arab."""
    return text.translate(str.maketrans(_DIGITS["latn"], _DIGITS[system]))


def isolate(text: str, direction: str) -> str:
    """Wrap the runs that are written against the direction (ltr or rtl) in U+2068 and U+2069.

    In rtl text the runs are Latin letters and digits (order numbers, names), in ltr text Arabic and Hebrew letters.
    """
    run = _LTR_RUN if direction == "rtl" else _RTL_RUN
    return run.sub(
        lambda found: found[0] if found[0][0] in "\u2066\u2067\u2068" else f"\u2068{found[0]}\u2069", text
    )
