"""Reads a form field by field: what was typed stays, and what cannot be used is said beside its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time

from markupsafe import Markup

from vefa.locales import mark
from vefa.locales.dates import from_jalali
from vefa.panel.text import say
from vefa.stores.schema import NO_REPLY

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
CLOCK = re.compile(r"(\d{1,2})[:.٫](\d{2})(?::\d{2})?")
DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
# Years below this are of the Jalali calendar; nobody plans a holiday in the Gregorian year 1500.
JALALI_UNTIL = 1700

NEEDED = mark("This is needed.")
UNUSABLE = mark("This cannot be used.")
TOO_LONG = mark("Write at most %(n)s characters.")
NUMBER = mark("Write a whole number from %(low)s to %(high)s.")
TIME = mark("Write a time of day such as 14:30.")
NOT_EMAIL = mark("Write an e-mail address such as care@example.com.")
NOBODY_READS = mark("Nobody reads a no-reply address. Name one that a person reads.")
NOT_A_DAY = mark("Write a day such as %(example)s.")


def latin(text: str) -> str:
    """Return a text with the digits of every script written as 0 to 9, without blanks around it."""
    digits = (unicodedata.decimal(letter, None) for letter in text)
    return "".join(
        letter if digit is None else str(digit) for letter, digit in zip(text, digits, strict=True)
    ).strip()


def read_day(text: str) -> date:
    """Return a day, typed in figures in the Gregorian or the Jalali calendar; raises ``ValueError``."""
    parts = DAY.fullmatch(latin(text))
    if not parts:
        raise ValueError(f"This is no day in figures: {text!r}")
    year, month, day = (int(part) for part in parts.groups())
    return date(year, month, day) if year >= JALALI_UNTIL else from_jalali(year, month, day)


class Form:
    """What was typed, by field, and what is wrong with it; a form that was not sent holds what stands now."""

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self.values = {name: value or "" for name, value in values.items()}
        self.faults: dict[str, Markup] = {}

    @property
    def first(self) -> str | None:
        """The field on which the page opens: the first one at fault."""
        return next(iter(self.faults), None)

    def fault(self, name: str, msgid: str, **values: object) -> None:
        """Say what is wrong with a field; the first thing said stays."""
        self.faults.setdefault(name, say(msgid, **values))

    def text(self, name: str, *, longest: int = 200, needed: bool = False) -> str | None:
        """Return what was typed, or None for nothing."""
        found = " ".join(self.values.get(name, "").split())
        if needed and not found:
            self.fault(name, NEEDED)
        if len(found) > longest:
            self.fault(name, TOO_LONG, n=longest)
        return found or None

    def number(self, name: str, low: int, high: int, *, needed: bool = True) -> int | None:
        """Return a whole number, in whichever digits it was typed."""
        found = latin(self.values.get(name, ""))
        if not found and not needed:
            return None
        if not found.isascii() or not found.isdigit() or not low <= int(found[:9]) <= high:
            self.fault(name, NUMBER if found else NEEDED, low=low, high=high)
            return None
        return int(found)

    def clock(self, name: str, *, needed: bool = False) -> str | None:
        """Return a time of day as the settings keep it."""
        found = latin(self.values.get(name, ""))
        if not found:
            if needed:
                self.fault(name, NEEDED)
            return None
        parts = CLOCK.fullmatch(found)
        if parts and int(parts[1]) < 24 and int(parts[2]) < 60:
            return time(int(parts[1]), int(parts[2])).isoformat()
        self.fault(name, TIME)
        return None

    def email(self, name: str, *, needed: bool = False) -> str | None:
        """Return an e-mail address that a person reads."""
        found = self.text(name, longest=320, needed=needed)
        if found and not EMAIL.fullmatch(found):
            self.fault(name, NOT_EMAIL)
        elif found and NO_REPLY.match(found):
            self.fault(name, NOBODY_READS)
        return found

    def choice(self, name: str, among: Collection[str], *, needed: bool = True) -> str | None:
        """Return one of the values that the page offers."""
        found = self.values.get(name, "")
        if not found and not needed:
            return None
        if found not in among:
            self.fault(name, UNUSABLE if found else NEEDED)
            return None
        return found

    def day(self, name: str, example: str) -> date | None:
        """Return a day, typed in the Gregorian or the Jalali calendar; None for nothing."""
        found = latin(self.values.get(name, ""))
        if not found:
            return None
        try:
            return read_day(found)
        except ValueError:
            self.fault(name, NOT_A_DAY, example=example)
            return None


def numbered(prefix: str, values: Sequence[str]) -> dict[str, str]:
    """Return the values of a column of fields by the names they have on the page: ``days-0``, ``days-1``."""
    return {f"{prefix}-{number}": value for number, value in enumerate(values)}
