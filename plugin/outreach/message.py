"""Writes a letter to a customer: subject, plain text and HTML, from facts that are already known."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from vefa import locales, resources
from vefa.locales import Language, mark
from vefa.outreach.colour import readable

DELAY_NOTICE = "delay_notice"
APOLOGY = "apology_after_late_delivery"

SUBJECTS = {
    DELAY_NOTICE: mark("Your order is late: %(order)s"),
    APOLOGY: mark("Your order arrived late: %(order)s"),
}

_LONGEST_GREETING = 60
_LONGEST_ITEM = 120
_LONGEST_UNBROKEN = 24
_MOST_ITEMS = 20
_LIGHT, _DARK = "#ffffff", "#201a18"
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter may state; None is what is not known and is therefore not stated.

    ``purpose`` is ``delay_notice`` or ``apology_after_late_delivery``, ``language`` a BCP 47 tag. Dates are days
    in the customer's time zone. ``signed_by`` is a person's name, ``reply_to`` an address that people read.
    """

    purpose: str
    language: str
    store_name: str
    brand_colour: str
    signed_by: str | None
    phone: str | None
    reply_to: str
    customer_name: str | None
    order_number: str
    promised_by: date
    delivered_on: date | None
    shipped_on: date | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is sent; ``subject`` is one line, ``language`` the tag of the catalogue that was used."""

    subject: str
    text: str
    html: str
    language: str


def render(facts: LetterFacts) -> Letter:
    """Return the letter for the facts, in their language or, without a catalogue for it, in English.

    Raises ValueError for a purpose that no letter is written for.
    """
    if facts.purpose not in SUBJECTS:
        raise ValueError(f"No letter is written for the purpose {facts.purpose!r}.")
    language = locales.get(facts.language)
    values = _values(facts, language)
    subject = language.gettext(SUBJECTS[facts.purpose], order=language.isolate(values["order_number"]))
    text = _environment(html=False).get_template(f"messages/{facts.purpose}.txt")
    html = _environment(html=True).get_template(f"messages/{facts.purpose}.html")
    return Letter(
        subject=subject,
        text=text.render(values, subject=subject, **_plain(language)).strip() + "\n",
        html=html.render(values, subject=subject, **_marked_up(language)),
        language=language.tag,
    )


@cache
def _environment(*, html: bool) -> Environment:
    # Two environments, so that one file of sentences serves both forms and is escaped in one of them only.
    return Environment(
        loader=FileSystemLoader(resources.templates()),
        autoescape=html,  # noqa: S701 - the other form is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _values(facts: LetterFacts, language: Language) -> dict[str, Any]:
    items = [_line(item, _LONGEST_ITEM) for item in facts.items if item.strip()]
    return {
        "store": _line(facts.store_name, _LONGEST_GREETING),
        "signed_by": _line(facts.signed_by or "", _LONGEST_GREETING),
        "phone": _line(facts.phone or "", 40),
        "dialled": _dialled(facts.phone or ""),
        "reply_to": _line(facts.reply_to, 254),
        "customer": _greetable(facts.customer_name or ""),
        "order_number": _line(facts.order_number, 60),
        "promised_by": facts.promised_by,
        "delivered_on": facts.delivered_on,
        "shipped_on": facts.shipped_on,
        "carrier": _line(facts.carrier or "", _LONGEST_GREETING),
        "tracking_number": _line(facts.tracking_number or "", 60),
        "tracking_url": _web_address(facts.tracking_url or ""),
        "items": items[:_MOST_ITEMS],
        "further_items": len(items[_MOST_ITEMS:]),
        "brand": readable(facts.brand_colour, _LIGHT),
        "brand_in_dark": readable(facts.brand_colour, _DARK),
        "language": language,
        "start": "right" if language.direction == "rtl" else "left",
    }


def _line(text: str, longest: int) -> str:
    """Return the text as one line without control characters, cut to a number of characters."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    line = " ".join("".join(letter for letter in kept if letter not in _BIDI_CONTROLS).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _dialled(phone: str) -> str:
    digits = (str(unicodedata.decimal(sign, sign)) for sign in phone)
    return "".join(sign for sign in digits if sign in "+0123456789")


def _greetable(name: str) -> str:
    """Return the name if one can greet a person by it; shops are abused to mail links in names to strangers."""
    line = _line(name, _LONGEST_GREETING + 1)
    link = any(sign in line.lower() for sign in ("://", "www.", "@"))
    return "" if link or len(line) > _LONGEST_GREETING else line


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    printable = all(letter.isprintable() and not letter.isspace() for letter in url)
    return url if parts.scheme in ("http", "https") and parts.netloc and printable else ""


def _plain(language: Language) -> dict[str, Callable[..., str]]:
    """Return the functions that the sentences use, for plain text."""
    return {
        "_": language.gettext,
        "ngettext": language.ngettext,
        "free": language.isolate,
        "code": language.isolate,
        "day": language.date_both,
    }


def _marked_up(language: Language) -> dict[str, Callable[..., str]]:
    """Return the functions that the sentences use, for HTML; what they are given is escaped."""

    def gettext(msgid: str, **values: object) -> Markup:
        safe = {key: _escaped(value) for key, value in values.items()}
        return Markup(language.gettext(msgid, **safe))  # noqa: S704 - the values are escaped, the texts are ours

    def ngettext(one: str, many: str, n: int) -> Markup:
        return Markup(language.ngettext(one, many, n))  # noqa: S704 - the texts are ours

    return {
        "_": gettext,
        "ngettext": ngettext,
        "free": lambda value: Markup("<bdi>{}</bdi>").format(value),
        "code": _code,
        "day": lambda value: escape(language.date_both(value)),
    }


def _code(value: str) -> Markup:
    # An identifier is read in one piece, unless it is so long that it would break a narrow screen.
    if len(value) > _LONGEST_UNBROKEN:
        return Markup('<bdi dir="ltr">{}</bdi>').format(value)
    return Markup('<bdi dir="ltr" style="white-space:nowrap">{}</bdi>').format(value)


def _escaped(value: object) -> object:
    return escape(value) if isinstance(value, str) else value
