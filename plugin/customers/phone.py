"""Phone numbers as people write them, kept as E.164: a plus sign, the country code, the number."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

LONGEST = 40


def to_e164(text: str, region: str | None) -> str | None:
    """Return a number in E.164, or None for what cannot be called.

    ``region`` (ISO 3166-1 alpha-2) is the country whose numbers are written without a country code. Digits of every
    script are read; an extension is refused, because nobody could dial it from a list.
    """
    if len(text) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, (region or "").upper() or None)
    except NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def examples(region: str | None) -> tuple[str, ...]:
    """Return how numbers are written that ``to_e164`` takes: as at home and with the country code, in Latin digits.

    Where the region is not known there is only the one with a country code.
    """
    home = (region or "").upper()
    number = phonenumbers.example_number_for_type(home, PhoneNumberType.MOBILE) if home else None
    if number is None:
        return ("+44 7400 123456",)
    return tuple(
        phonenumbers.format_number(number, form)
        for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL)
    )
