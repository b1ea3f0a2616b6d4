"""A letter in somebody's own words: paragraphs as they were typed, buttons, the store's name and signature."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from vefa import locales
from vefa.outreach.paper import Letter, greetable, lay_out, line, of_store, web_address
from vefa.stores.store import Store

_LONGEST_SUBJECT = 200
_LONGEST_LABEL = 80
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class WordsFacts:
    """What the letter says.

    ``paragraphs`` are free text of whoever writes; lines inside one stay lines. ``buttons`` are labels with web
    addresses. ``customer_name`` is greeted where ``greet`` is set; people's own words mostly greet by themselves.
    ``order_number`` names the order that the letter is about.
    """

    subject: str
    paragraphs: tuple[str, ...]
    language: str
    store_name: str
    brand_colour: str
    signed_by: str | None
    phone: str | None
    reply_to: str
    buttons: tuple[tuple[str, str], ...] = ()
    heading: str | None = None
    greet: bool = False
    customer_name: str | None = None
    order_number: str | None = None
    preferences: str | None = None

    @classmethod
    def of(
        cls,
        store: Store,
        *,
        subject: str,
        text: str,
        language: str,
        signed_by: str | None = None,
        **more: object,
    ) -> WordsFacts:
        """Gather the facts from a store's settings; ``text`` is split into paragraphs at empty lines."""
        return cls(
            subject=subject,
            paragraphs=paragraphs(text),
            language=language,
            store_name=store.name,
            brand_colour=store.brand_colour,
            signed_by=signed_by or store.signed_by,
            phone=store.phone,
            reply_to=store.reply_to or "",
            **more,  # type: ignore[arg-type]
        )


def paragraphs(text: str) -> tuple[str, ...]:
    """Split a text at its empty lines."""
    blocks = re.split(r"\n[^\S\n]*\n+", text.replace("\r\n", "\n").replace("\r", "\n"))
    return tuple(block.strip() for block in blocks if block.strip())


def render(facts: WordsFacts) -> Letter:
    """Return the letter for the facts; what is the store's own is said in the letter's language."""
    language = locales.get(facts.language)
    values = of_store(
        language,
        name=facts.store_name,
        brand_colour=facts.brand_colour,
        signed_by=facts.signed_by,
        phone=facts.phone,
        reply_to=facts.reply_to,
    ) | {
        "heading": line(facts.heading or "", _LONGEST_SUBJECT),
        "greeted": facts.greet,
        "customer": greetable(facts.customer_name or ""),
        "paragraphs": [_lines(paragraph) for paragraph in facts.paragraphs],
        "buttons": [
            (line(label, _LONGEST_LABEL), web_address(url))
            for label, url in facts.buttons
            if web_address(url)
        ],
        "order_number": line(facts.order_number or "", _LONGEST_LABEL),
        "preferences": web_address(facts.preferences or ""),
    }
    return lay_out("words", line(facts.subject, _LONGEST_SUBJECT), values, language)


def _lines(paragraph: str) -> list[str]:
    """Return the lines of a paragraph without what cannot be printed or turns the direction of what follows."""
    found = []
    for one in paragraph.split("\n"):
        kept = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in one)
        found.append(_MARKS.sub("", "".join(kept)).strip())
    return found
