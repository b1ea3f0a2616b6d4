"""Writes a letter to a customer: subject, plain text and HTML, from facts that are already known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from vefa import locales
from vefa.locales import Language, mark
from vefa.outreach.links import SCORES, Links
from vefa.outreach.paper import LONGEST_NAME, Letter, greetable, lay_out, line, of_store, web_address

__all__ = ["Letter", "LetterFacts", "render"]

DELAY_NOTICE = "delay_notice"
APOLOGY = "apology_after_late_delivery"
FEEDBACK = "feedback_request"

SUBJECTS = {
    DELAY_NOTICE: mark("Your order is late: %(order)s"),
    APOLOGY: mark("Your order arrived late: %(order)s"),
    FEEDBACK: mark("How was your order %(order)s?"),
}

_LONGEST_ITEM = 120
_MOST_ITEMS = 20


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter may state; None is what is not known and is therefore not stated.

    ``purpose`` is ``delay_notice``, ``apology_after_late_delivery`` or ``feedback_request``, ``language`` a BCP 47
    tag. Dates are days in the customer's time zone. ``signed_by`` is a person's name, ``reply_to`` an address that
    people read. ``links`` are the customer's own pages.
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
    links: Links


def render(facts: LetterFacts) -> Letter:
    """Return the letter for the facts, in their language or, without a catalogue for it, in English.

    Raises ValueError for a purpose that no letter is written for.
    """
    if facts.purpose not in SUBJECTS:
        raise ValueError(f"No letter is written for the purpose {facts.purpose!r}.")
    language = locales.get(facts.language)
    values = _values(facts, language)
    subject = language.gettext(SUBJECTS[facts.purpose], order=language.isolate(values["order_number"]))
    return lay_out(facts.purpose, subject, values, language)


def _values(facts: LetterFacts, language: Language) -> dict[str, Any]:
    items = [line(item, _LONGEST_ITEM) for item in facts.items if item.strip()]
    store = of_store(
        language,
        name=facts.store_name,
        brand_colour=facts.brand_colour,
        signed_by=facts.signed_by,
        phone=facts.phone,
        reply_to=facts.reply_to,
    )
    return store | {
        "customer": greetable(facts.customer_name or ""),
        "order_number": line(facts.order_number, 60),
        "promised_by": facts.promised_by,
        "delivered_on": facts.delivered_on,
        "shipped_on": facts.shipped_on,
        "carrier": line(facts.carrier or "", LONGEST_NAME),
        "tracking_number": line(facts.tracking_number or "", 60),
        "tracking_url": web_address(facts.tracking_url or ""),
        "items": items[:_MOST_ITEMS],
        "further_items": len(items[_MOST_ITEMS:]),
        "links": facts.links,
        "scores": SCORES,
    }
