"""The sentence for every code that the rules leave in the data: states, reasons, decisions, what happened.

A code is what rules write down; here each gets its words, its shape, and how its evidence is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from vefa.lateness.judgement import Lateness
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.outreach_words import DECISIONS
from vefa.panel.text import day, long_day, say
from vefa.promises.promise import PromiseKind, State

LATENESS = {
    Lateness.ON_TRACK: ("on-time", mark("On track")),
    Lateness.AT_RISK: ("at-risk", mark("At risk")),
    Lateness.LATE: ("late", mark("Late")),
    Lateness.DELIVERED_LATE: ("late", mark("Delivered late")),
    Lateness.UNCONFIRMED: ("note", mark("Unconfirmed")),
    Lateness.LOST_SUSPECTED: ("broken", mark("Lost?")),
    Lateness.NOT_WATCHED: ("held", mark("Not watched")),
}

# Why a delivery stands as it does: the whole sentence, and the words that fit into a row beside state and due date.
REASONS = {
    "on_track": (
        mark("Should arrive by %(due)s, and nothing speaks against it."),
        mark("nothing speaks against it"),
    ),
    "delivered_in_time": (
        mark("Delivered on %(delivered_at)s, in time for %(due)s."),
        mark("arrived %(delivered_at)s"),
    ),
    "no_evidence": (
        mark("Was due on %(due)s. This store does not report deliveries, so nobody knows."),
        mark("deliveries are not reported"),
    ),
    "status_after_due": (
        mark("Was due on %(due)s, marked as delivered on %(delivered_at)s. When it arrived is not known."),
        mark("marked as delivered %(delivered_at)s"),
    ),
    "arrival_not_heard": (
        mark("Was due on %(due)s and had arrived by %(delivered_at)s; the store's own word of it was lost."),
        mark("arrived by %(delivered_at)s"),
    ),
    "delivered_late": (
        mark("Arrived on %(delivered_at)s; it was due on %(due)s."),
        mark("arrived %(delivered_at)s"),
    ),
    "nothing_new": (
        mark("Was due on %(due)s. Nothing was heard for %(days)s working days, since %(news_at)s."),
        mark("no news since %(news_at)s"),
    ),
    "not_delivered": (mark("Was due on %(due)s. It is on its way and not delivered."), mark("on its way")),
    "not_handed_over": (
        mark("Was due on %(due)s and was not handed to a carrier."),
        mark("not handed to a carrier"),
    ),
    "exception_scan": (
        mark("The carrier reports: %(scan)s. It is due on %(due)s."),
        mark("carrier: %(scan)s"),
    ),
    "carrier_eta": (
        mark("The carrier expects %(carrier_eta)s; it is due on %(due)s."),
        mark("carrier expects %(carrier_eta)s"),
    ),
    "ship_by_over": (
        mark("Should have left by %(ship_by)s and has not; it is due on %(due)s."),
        mark("should have left by %(ship_by)s"),
    ),
    "cancelled": (mark("The order was cancelled on %(at)s."), mark("cancelled %(at)s")),
    "refunded": (mark("The order was refunded on %(at)s."), mark("refunded %(at)s")),
    "deleted": (mark("The order was deleted in the store on %(at)s."), mark("deleted %(at)s")),
    "not_placed": (
        mark("Something was heard of this order, but not yet that it was placed."),
        mark("not placed yet"),
    ),
    "awaits_payment": (
        mark("The order waits for its payment; until then no promise runs."),
        mark("waits for payment"),
    ),
    "promise_withdrawn": (
        mark("The store took its delivery date back and named no other."),
        mark("date taken back"),
    ),
    "promise_before_order": (
        mark("The delivery date lies before the order itself, so it makes no promise."),
        mark("date before the order"),
    ),
    "no_promise": (
        mark("No delivery date was named, and no delivery days are set for its shipping method."),
        mark("no delivery date"),
    ),
}

SCANS = {
    "label_created": mark("label made"),
    "in_transit": mark("on its way"),
    "out_for_delivery": mark("out for delivery"),
    "attempted": mark("delivery attempt failed"),
    "available_for_pickup": mark("waiting to be picked up"),
    "exception": mark("a problem on the way"),
    "returning": mark("on its way back"),
    "returned": mark("returned to the sender"),
    "lost": mark("lost"),
}

PROMISES = {
    PromiseKind.DELIVERY: mark("Delivery by %(due)s"),
    PromiseKind.DISPATCH: mark("Dispatch by %(due)s"),
}
SOURCES = {
    "checkout": mark("said at checkout"),
    "store": mark("said by the store"),
    "learned": mark("learned from earlier orders"),
    "legal": mark("required by law"),
    "message": mark("said in a message"),
    "person": mark("said by a person"),
}
PROMISE_STATES = {
    State.OPEN: ("on-time", mark("Open")),
    State.AT_RISK: ("at-risk", mark("At risk")),
    State.KEPT: ("kept", mark("Kept")),
    State.BROKEN: ("broken", mark("Broken")),
    State.RELEASED: ("held", mark("Released")),
}

SETTLED = {
    State.OPEN: mark("Promise open"),
    State.AT_RISK: mark("Promise at risk"),
    State.KEPT: mark("Promise kept"),
    State.BROKEN: mark("Promise broken"),
    State.RELEASED: mark("Promise released"),
}

UNKNOWN = mark("No words are known for the code %(code)s.")
NOT_KNOWN = mark("not known")


def reason(code: str, evidence: Mapping[str, Any], write: Callable[[date], str] = long_day) -> Markup:
    """Return the whole sentence of a judgement's reason; ``write`` writes its days."""
    return _told(REASONS, code, 0, {name: _tell(name, value, write) for name, value in evidence.items()})


def short_reason(code: str, evidence: Mapping[str, Any]) -> Markup:
    """Return the few words of a judgement's reason, its days written short."""
    return _told(REASONS, code, 1, {name: _tell(name, value, day) for name, value in evidence.items()})


def decision(code: str, **values: object) -> Markup:
    """Return the whole sentence of why somebody is not written to, or not yet."""
    return _told(DECISIONS, code, 0, values)


def short_decision(code: str) -> Markup:
    """Return the few words of why somebody is not written to, or not yet."""
    return _told(DECISIONS, code, 1, {})


def _told(
    table: Mapping[str, tuple[str, str]], code: str, length: int, values: Mapping[str, object]
) -> Markup:
    # A database may hold codes of a newer version; they are named rather than hidden.
    return say(table[code][length], **values) if code in table else say(UNKNOWN, code=code)


def _tell(name: str, value: Any, write: Callable[[date], str]) -> object:
    if value is None:
        return say(NOT_KNOWN)
    if name == "scan":
        return say(SCANS[value]) if value in SCANS else value
    return write(local_day(value)) if isinstance(value, str) else value


def local_day(text: str) -> date:
    """Return the day of an ISO date, or of an instant in the store's time zone."""
    if "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(visit.store().zone).date()
