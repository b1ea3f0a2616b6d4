"""Texts of the manifest in every language that Vefa speaks."""

from __future__ import annotations

from vefa import locales
from vefa.locales import mark

NAME = mark("Vefa")
DESCRIPTION = mark(
    "Keeps an online store's word: it writes down every promise, notices when one breaks, and writes to the customer "
    "before the customer has to ask."
)


def in_all(msgid: str) -> dict[str, str]:
    """Return a text in every language, by BCP 47 tag."""
    return {tag: locales.get(tag).gettext(msgid) for tag in locales.languages()}
