"""A page's words: texts, days and moments as the customer reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from vefa.locales import Language

MIDNIGHT = time()
LONGEST_UNBROKEN = 24


@dataclass(frozen=True, slots=True)
class Text:
    """Writes in one language, for clocks of one zone, as of one instant; ``unit`` is that of the store's money."""

    language: Language
    zone: ZoneInfo
    now: datetime
    unit: str | None = None

    def say(self, msgid: str, **values: object) -> Markup:
        """Return a text; values that are not markup are escaped, numbers written."""
        return Markup(self.language.gettext(msgid, **_safe(values)))  # noqa: S704 - every value is escaped

    def ngettext(self, one: str, many: str, n: int, **values: object) -> Markup:
        """Return the form of a text that fits a count."""
        return Markup(self.language.ngettext(one, many, n, **_safe(values)))  # noqa: S704 - every value is escaped

    def day(self, value: date | datetime) -> Markup:
        """Return a day with its weekday, for people and machines."""
        day = value.astimezone(self.zone).date() if isinstance(value, datetime) else value
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), self.language.date(day))

    def moment(self, value: datetime) -> Markup:
        """Return a day and the time of day, for people and machines."""
        local = value.astimezone(self.zone)
        written = self.language.moment(
            value, self.zone, year=local.year != self.now.astimezone(self.zone).year
        )
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), written)

    def by(self, value: datetime) -> Markup:
        """Return by when: the day with its weekday and, unless it is the end of that day, the time."""
        local = value.astimezone(self.zone)
        written = self.language.date(local.date())
        if local.time() == MIDNIGHT:
            written = self.language.date((value - timedelta(microseconds=1)).astimezone(self.zone).date())
        else:
            clock = self.language.time_of_day(local.time())
            written = self.language.gettext("%(day)s, %(time)s", day=written, time=clock)
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), written)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return what a template calls to write."""
        return {
            "_": self.say,
            "ngettext": self.ngettext,
            "day": self.day,
            "moment": self.moment,
            "by": self.by,
            "digits": self.language.digits,
            "free": free,
            "ltr": ltr,
        }


def free(text: str) -> Markup:
    """Return a name or other free text as markup that keeps its own direction."""
    return Markup('<bdi dir="auto">{}</bdi>').format(text)


def ltr(text: str) -> Markup:
    """Return an identifier as markup that reads from left to right in every language, in one piece if it is short."""
    if len(text) > LONGEST_UNBROKEN:
        return Markup('<bdi dir="ltr">{}</bdi>').format(text)
    return Markup('<bdi dir="ltr" class="p-one">{}</bdi>').format(text)


def web_address(url: str | None) -> str | None:
    """Return an address that a page may link to, else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    printable = all(letter.isprintable() and not letter.isspace() for letter in url or "")
    return url if parts.scheme in ("http", "https") and parts.netloc and printable else None


def _safe(values: dict[str, object]) -> dict[str, object]:
    return {name: value if type(value) is int else escape(value) for name, value in values.items()}
