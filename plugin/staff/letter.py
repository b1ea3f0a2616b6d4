"""Writes a letter to a member of staff: plain text and HTML from a subject, paragraphs and one link."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vefa import resources
from vefa.locales import Language

# A paragraph is prose, or a line (words, address) that leads to what it tells of.
Paragraph = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class StaffLetter:
    """A letter as it is sent; ``subject`` is one line."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Part:
    words: str
    address: str | None


def render(
    language: Language,
    *,
    subject: str,
    paragraphs: Sequence[Paragraph],
    link: tuple[str, str] | None,
    store_name: str,
) -> StaffLetter:
    """Return the letter; ``link`` is the label and the address of its button."""
    parts = [_Part(*one) if isinstance(one, tuple) else _Part(one, None) for one in paragraphs]
    line = one_line(subject)
    values = {
        "subject": line,
        "parts": parts,
        "link": link,
        "store": one_line(store_name),
        "language": language,
        "start": "right" if language.direction == "rtl" else "left",
        "_": language.gettext,
    }
    text = _environment(html=False).get_template("messages/staff.txt").render(values)
    html = _environment(html=True).get_template("messages/staff.html").render(values)
    return StaffLetter(line, text.strip() + "\n", html)


@cache
def _environment(*, html: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(resources.templates()),
        autoescape=html,  # noqa: S701 - the other form is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters."""
    kept = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(kept).split())
