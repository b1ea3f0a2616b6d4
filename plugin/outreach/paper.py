"""What every letter is laid out with: the templates, clean lines of text, and the functions that sentences use."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from vefa import resources
from vefa.locales import Language
from vefa.outreach.colour import readable

LONGEST_NAME = 60
_LONGEST_UNBROKEN = 24
_LIGHT, _DARK = "#ffffff", "#201a18"
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is sent; ``subject`` is one line, ``language`` the tag of the catalogue that was used."""

    subject: str
    text: str
    html: str
    language: str


def lay_out(name: str, subject: str, values: dict[str, Any], language: Language) -> Letter:
    """Fill in the two templates of a kind of letter."""
    text = _environment(html=False).get_template(f"messages/{name}.txt")
    html = _environment(html=True).get_template(f"messages/{name}.html")
    values = values | {"subject": subject, "language": language}
    return Letter(
        subject=subject,
        text=text.render(values, **_plain(language)).strip() + "\n",
        html=html.render(values, **_marked_up(language)),
        language=language.tag,
    )


def of_store(
    language: Language,
    *,
    name: str,
    brand_colour: str,
    signed_by: str | None,
    phone: str | None,
    reply_to: str,
) -> dict[str, Any]:
    """Return what every letter's templates state of the store."""
    return {
        "store": line(name, LONGEST_NAME),
        "signed_by": line(signed_by or "", LONGEST_NAME),
        "phone": line(phone or "", 40),
        "dialled": _dialled(phone or ""),
        "reply_to": line(reply_to, 254),
        "brand": readable(brand_colour, _LIGHT),
        "brand_in_dark": readable(brand_colour, _DARK),
        "start": "right" if language.direction == "rtl" else "left",
    }


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


def line(text: str, longest: int) -> str:
    """Return the text as one line without control characters, cut to a number of characters."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    found = " ".join("".join(letter for letter in kept if letter not in _BIDI_CONTROLS).split())
    return found if len(found) <= longest else found[: longest - 1].rstrip() + "…"


def greetable(name: str) -> str:
    """Return the name if one can greet a person by it; shops are abused to mail links in names to strangers."""
    found = line(name, LONGEST_NAME + 1)
    link = any(sign in found.lower() for sign in ("://", "www.", "@"))
    return "" if link or len(found) > LONGEST_NAME else found


def web_address(url: str) -> str:
    """Return an address that a browser may open, or nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    printable = all(letter.isprintable() and not letter.isspace() for letter in url)
    return url if parts.scheme in ("http", "https") and parts.netloc and printable else ""


def _dialled(phone: str) -> str:
    digits = (str(unicodedata.decimal(sign, sign)) for sign in phone)
    return "".join(sign for sign in digits if sign in "+0123456789")


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
