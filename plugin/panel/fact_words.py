"""What happened to an order, in words: one line for every kind of fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Flask
from markupsafe import Markup

from vefa.carriers.known import name_of, page_of
from vefa.cases.case import Channel
from vefa.facts import Fact
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.case_words import CHANNELS
from vefa.panel.frame import free, ltr
from vefa.panel.text import long_day, say
from vefa.panel.words import SCANS, local_day

NOTHING = Markup()
# How a scan stands whose word is in no dictionary.
UNREAD = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as a line of the story: an icon, a kind (its colour) or none, and what it says."""

    icon: str
    kind: str
    title: Markup
    detail: Markup = NOTHING


KINDS = {
    "order.placed": ("shopping-cart", "", mark("Ordered")),
    "order.created": ("shopping-cart", "", mark("Ordered")),
    "order.updated": ("package", "", mark("Order changed in the store")),
    "order.fetched": ("package", "", mark("The order as the store told it when asked")),
    "order.deleted": ("ban", "is-held", mark("Order deleted in the store")),
    "order.paid": ("credit-card", "", mark("Paid")),
    "order.cancelled": ("ban", "is-held", mark("Order cancelled")),
    "promise.revised": ("bookmark", "is-note", mark("The store named another date")),
    "shipment.created": ("package", "", mark("Parcel made ready")),
    "shipment.shipped": ("truck-delivery", "", mark("Handed to the carrier")),
    "shipment.scanned": ("map-pin", "", mark("Seen by the carrier")),
    "shipment.expected": ("clock", "", mark("The carrier said when it expects to deliver")),
    "shipment.delivered": ("circle-check", "is-kept", mark("Delivered")),
    "shipment.cancelled": ("ban", "is-held", mark("Shipment cancelled")),
    "return.requested": ("arrow-back-up", "", mark("Return asked for")),
    "return.received": ("arrow-back-up", "", mark("Return received")),
    "return.closed": ("arrow-back-up", "", mark("Return closed")),
    "refund.created": ("arrow-back-up", "", mark("Money given back")),
    "customer.contacted_us": ("mail", "is-note", mark("The customer got in touch")),
    "review.posted": ("mail", "", mark("The customer left a review")),
}
# How the parcels and payments of an order stand whenever the platform tells of it.
REPEATED = ("shipment.fetched", "payment.fetched", "payment.updated")
STATUS = mark("The store's status became %(status)s")
UNKNOWN_KIND = mark("Event %(kind)s")


def tell(fact: Fact, status_before: object, currency: str | None) -> Told | None:
    """Return a fact's line, or None for a state that the platform merely repeats."""
    if fact.type in REPEATED:
        return None
    icon, kind, title = KINDS.get(fact.type, ("info-circle", "", UNKNOWN_KIND))
    status = fact.values.get("platform_status")
    if status is not None and fact.type in ("order.updated", "order.fetched"):
        if status == status_before:
            return None
        return Told(icon, kind, say(STATUS, status=ltr(str(status))))
    detail = DETAILS.get(fact.type, _nothing)(fact.values, currency)
    return Told(icon, kind, say(title, kind=ltr(fact.type)), detail)


def _nothing(_values: Mapping[str, Any], _currency: str | None) -> Markup:
    return NOTHING


def _leaf(values: Mapping[str, Any], name: str) -> Any:
    return next((value for path, value in values.items() if path.rpartition("/")[2] == name), None)


def money(amount: object, currency: str | None) -> Markup:
    """Return an amount as the reader writes it; without a currency the bare number."""
    value = Decimal(str(amount))
    language = visit.language()
    unit = visit.store().counts_in
    return free(language.money(value, currency, unit) if currency else language.number(value))


def _amount(values: Mapping[str, Any], currency: str | None) -> Markup:
    amount = values.get("total") or _leaf(values, "amount")
    return money(amount, values.get("currency") or currency) if amount is not None else NOTHING


def carrier_name(told: str) -> Markup:
    """Return what a carrier is called in the reader's language; one that is not known, as it was told."""
    return free(name_of(told, visit.language().tag) or told)


def _parcel(values: Mapping[str, Any], _currency: str | None) -> Markup:
    carrier, number = _leaf(values, "carrier"), _leaf(values, "tracking_number")
    parts = [carrier_name(carrier)] if carrier else []
    parts += [ltr(number)] if number else []
    return Markup(" ").join(parts)


def _scan(values: Mapping[str, Any], _currency: str | None) -> Markup:
    status, place, detail, code = (_leaf(values, name) for name in ("status", "place", "detail", "code"))
    parts = [say(SCANS[status])] if status in SCANS else []
    if status == UNREAD:
        parts = [say(mark("a word that Vefa does not know: %(code)s"), code=ltr(str(code)))] if code else []
    parts += [free(str(part)) for part in (place, detail) if part]
    return Markup(" · ").join(parts)


def _expected(values: Mapping[str, Any], _currency: str | None) -> Markup:
    due = _leaf(values, "carrier_eta")
    return say(mark("on %(day)s"), day=long_day(local_day(due))) if due else NOTHING


def _revised(values: Mapping[str, Any], _currency: str | None) -> Markup:
    due, agreed = _leaf(values, "deliver_by"), _leaf(values, "agreed_by_customer")
    if due is None:
        return say(mark("It took its date back and named no other."))
    if agreed:
        return say(mark("%(due)s, agreed with the customer."), due=long_day(local_day(due)))
    return say(mark("%(due)s, without asking the customer."), due=long_day(local_day(due)))


def _score(values: Mapping[str, Any], _currency: str | None) -> Markup:
    score = _leaf(values, "score")
    return say(mark("%(score)s of 5"), score=score) if score is not None else NOTHING


def _channel(values: Mapping[str, Any], _currency: str | None) -> Markup:
    channel = _leaf(values, "channel")
    if channel in CHANNELS:
        return say(CHANNELS[Channel(channel)])
    return ltr(str(channel)) if channel else NOTHING


DETAILS: dict[str, Callable[[Mapping[str, Any], str | None], Markup]] = {
    "order.placed": _amount,
    "order.created": _amount,
    "shipment.created": _parcel,
    "shipment.shipped": _parcel,
    "shipment.scanned": _scan,
    "shipment.delivered": _scan,
    "shipment.expected": _expected,
    "promise.revised": _revised,
    "refund.created": _amount,
    "review.posted": _score,
    "customer.contacted_us": _channel,
}


def register(app: Flask) -> None:
    """Give the templates a way to write amounts, carriers and where a parcel can be followed."""
    app.jinja_env.globals.update(money=money, carrier_name=carrier_name, followed_at=page_of)
